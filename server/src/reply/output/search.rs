//! A text looked for in lines in any case, at the speed at which logs come.

use memchr::{memchr_iter, memchr2_iter};

/// Bytes from the most frequent in logs on; all others are rarer.
const FREQUENT: &[u8] = b" e0t1aoni2rs3-4:5l.6d7c8u9m/pgfh\"bv,_wy=k";

/// Looks for one text.
#[derive(Debug, Clone)]
pub struct Search {
    /// In lower case.
    text: String,
    /// The place of its rarest byte: candidates are few where that is looked for first.
    rarest: usize,
}

impl Search {
    /// A search for this text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let text = text.to_lowercase();
        let rarity = |byte: u8| FREQUENT.iter().position(|other| *other == byte).unwrap_or(FREQUENT.len());
        let rarest = (0..text.len()).max_by_key(|at| rarity(text.as_bytes()[*at])).unwrap_or(0);
        Search { text, rarest }
    }

    /// Whether the text stands in these bytes, with both cases of ASCII.
    #[must_use]
    pub fn is_in_ascii(&self, line: &[u8]) -> bool {
        let text = self.text.as_bytes();
        let Some(&byte) = text.get(self.rarest) else { return true };
        let fits = |at: usize| {
            let from = at.checked_sub(self.rarest)?;
            Some(line.get(from..from + text.len())?.eq_ignore_ascii_case(text))
        };
        let upper = byte.to_ascii_uppercase();
        if upper == byte {
            memchr_iter(byte, line).any(|at| fits(at) == Some(true))
        } else {
            memchr2_iter(byte, upper, line).any(|at| fits(at) == Some(true))
        }
    }

    /// Whether the text stands in a line. Letters beyond ASCII have cases too, but only a text with one of them need know.
    #[must_use]
    pub fn is_in(&self, line: &str) -> bool {
        if self.text.is_ascii() || line.is_ascii() {
            return self.is_in_ascii(line.as_bytes());
        }
        line.to_lowercase().contains(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_in_any_case_wherever_it_stands() {
        for (text, line, found) in [
            ("error", "an ERROR", true),
            ("Error", "eRRor: x", true),
            ("error", "erro", false),
            ("error", "rror error", true),
            ("a-1", "b-1 A-1", true),
            ("42", "4 42", true),
            ("", "", true),
            ("x", "", false),
            ("größe", "die GRÖSSE, die GRÖßE", true),
            ("ñ", "AÑO", true),
            ("ab", "größe AB", true),
        ] {
            let search = Search::new(text);
            assert_eq!(search.is_in(line), found, "{text} in {line}");
            if line.is_ascii() {
                assert_eq!(search.is_in_ascii(line.as_bytes()), found, "{text} in {line}");
            }
        }
    }
}
