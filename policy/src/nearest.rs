//! Finds the known names that are most like a mistyped name.

use strsim::{normalized_damerau_levenshtein, sorensen_dice};

/// The most names that are suggested.
const SUGGESTED: usize = 3;

/// The most bytes of a name that may be mistyped. Comparing a longer one would take memory for each pair of letters.
const LONGEST: usize = 128;

/// The least likeness of a suggestion: equal names have 1, names with nothing in common 0.
const ALIKE: f64 = 0.5;

/// The known names that are most like a name, the nearest first: at most three, and none if no name is near.
#[must_use]
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    if name.len() > LONGEST {
        return Vec::new();
    }
    let name = name.to_lowercase();
    let mut near: Vec<(f64, &str)> = known.into_iter().map(|known| (likeness(&name, known), known)).collect();
    near.retain(|(likeness, _)| *likeness >= ALIKE);
    near.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    near.into_iter().take(SUGGESTED).map(|(_, known)| known).collect()
}

/// The end of a message that suggests names: `; did you mean `a`, `b` or `c`?`; empty without names.
#[must_use]
pub fn did_you_mean(names: &[&str]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((only, [])) => format!("; did you mean {only}?"),
        Some((last, others)) => format!("; did you mean {} or {last}?", others.join(", ")),
    }
}

/// The likeness of two names, by letters and by words, for swapped letters (`contianer_list`) and words
/// (`list_containers`).
fn likeness(name: &str, known: &str) -> f64 {
    let known = known.to_lowercase();
    normalized_damerau_levenshtein(name, &known).max(sorensen_dice(name, &known))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 5] = ["container_list", "container_logs", "image_list", "Memory", "MemorySwap"];

    #[test]
    fn finds_names_with_swapped_letters_swapped_words_or_another_case() {
        for (name, expected) in [
            ("contianer_list", "container_list"),
            ("list_containers", "container_list"),
            ("ContainerLogs", "container_logs"),
            ("memory", "Memory"),
            ("images_list", "image_list"),
        ] {
            assert_eq!(nearest(name, NAMES).first(), Some(&expected), "{name}");
        }
    }

    #[test]
    fn suggests_at_most_three_names_and_none_that_are_not_alike() {
        assert_eq!(nearest("container_lis", ["container_a", "container_b", "container_c", "container_d"]).len(), 3);
        assert!(nearest("zzz", NAMES).is_empty());
        assert!(nearest("", NAMES).is_empty());
        let long = "container_list".repeat(1 << 20);
        assert!(nearest(&long, [long.as_str()]).is_empty(), "a name of megabytes is compared with none");
    }

    #[test]
    fn a_suggestion_reads_as_a_question() {
        assert_eq!(did_you_mean(&[]), "");
        assert_eq!(did_you_mean(&["a"]), "; did you mean `a`?");
        assert_eq!(did_you_mean(&["a", "b", "c"]), "; did you mean `a`, `b` or `c`?");
    }
}
