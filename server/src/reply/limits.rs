//! Cuts a JSON value to a number of bytes: the parts that fit stay in their order, the others are named. The result is
//! JSON again, so that a cut reply reads like a whole one.

use serde_json::{Map, Value};

/// A string shorter than this is not worth cutting.
const SHORTEST_CUT: usize = 80;
/// The most cuts that are named.
const NAMED_CUTS: usize = 8;

/// The parts that were cut out of a value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cuts {
    /// The first cuts in words: `Labels left out`, `Mounts 3 of 20 items`.
    pub named: Vec<String>,
    /// The number of cuts.
    pub count: usize,
}

impl Cuts {
    fn add(&mut self, cut: String) {
        self.count += 1;
        if self.named.len() < NAMED_CUTS {
            self.named.push(cut);
        }
    }
}

/// Cuts `value` so that its compact JSON has at most about `bytes` bytes: an array loses its last items, an object its
/// largest members, a string its end.
#[must_use]
pub fn cut(value: Value, bytes: usize) -> (Value, Cuts) {
    let mut cuts = Cuts::default();
    let value = fit(value, bytes, "", &mut cuts);
    (value, cuts)
}

fn fit(value: Value, bytes: usize, path: &str, cuts: &mut Cuts) -> Value {
    if size(&value) <= bytes {
        return value;
    }
    match value {
        Value::Array(items) => fit_array(items, bytes, path, cuts),
        Value::Object(members) => fit_object(members, bytes, path, cuts),
        Value::String(text) => fit_string(&text, bytes, path, cuts),
        other => other,
    }
}

fn fit_array(items: Vec<Value>, bytes: usize, path: &str, cuts: &mut Cuts) -> Value {
    let total = items.len();
    let mut remaining = bytes.saturating_sub(2);
    let mut kept = Vec::new();
    for item in items {
        let needed = size(&item) + 1;
        if needed > remaining {
            // Part of the first item is better than an empty list.
            if kept.is_empty() && remaining > SHORTEST_CUT {
                kept.push(fit(item, remaining, &format!("{path}[0]"), cuts));
            }
            break;
        }
        remaining -= needed;
        kept.push(item);
    }
    if kept.len() < total {
        cuts.add(format!("{} {} of {total} items", part_name(path), kept.len()));
    }
    Value::Array(kept)
}

/// Keeps the small members first; the large members share the remaining bytes.
fn fit_object(members: Map<String, Value>, bytes: usize, path: &str, cuts: &mut Cuts) -> Value {
    let cost = |(key, value): (&String, &Value)| size_of_string(key) + size(value) + 2;
    let mut costs: Vec<usize> = members.iter().map(cost).collect();
    costs.sort_unstable();
    let mut remaining = bytes.saturating_sub(2);
    let mut largest_kept = 0;
    let mut large = costs.len();
    for cost in costs {
        // A member that takes more than its even share of the rest is a large one.
        if cost > remaining / large.max(1) {
            break;
        }
        remaining -= cost;
        large -= 1;
        largest_kept = cost;
    }
    let share = remaining / large.max(1);
    let mut kept = Map::new();
    for (key, value) in members {
        let child = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        let frame = size_of_string(&key) + 2;
        if cost((&key, &value)) <= largest_kept.max(share) {
            kept.insert(key, value);
        } else if share > frame + SHORTEST_CUT && !matches!(value, Value::Number(_) | Value::Bool(_) | Value::Null) {
            kept.insert(key, fit(value, share - frame, &child, cuts));
        } else {
            cuts.add(format!("{} left out", part_name(&child)));
        }
    }
    Value::Object(kept)
}

fn fit_string(text: &str, bytes: usize, path: &str, cuts: &mut Cuts) -> Value {
    let mut remaining = bytes.saturating_sub(2 + '…'.len_utf8());
    let fits = |character: char| {
        let needed = size_of_character(character);
        let fits = needed <= remaining;
        remaining = remaining.saturating_sub(needed);
        fits
    };
    let kept: String = text
        .chars()
        .take_while({
            let mut fits = fits;
            move |c| fits(*c)
        })
        .collect();
    cuts.add(format!("{} {} of {} bytes", part_name(path), kept.len(), text.len()));
    Value::String(kept + "…")
}

fn part_name(path: &str) -> &str {
    if path.is_empty() { "the answer" } else { path }
}

/// The bytes of a value as compact JSON.
#[must_use]
pub fn size(value: &Value) -> usize {
    match value {
        Value::Null => 4,
        Value::Bool(true) => 4,
        Value::Bool(false) => 5,
        Value::Number(number) => number.to_string().len(),
        Value::String(text) => size_of_string(text),
        Value::Array(items) => 2 + items.len().saturating_sub(1) + items.iter().map(size).sum::<usize>(),
        Value::Object(members) => {
            let members_size = members.iter().map(|(key, value)| size_of_string(key) + 1 + size(value)).sum::<usize>();
            2 + members.len().saturating_sub(1) + members_size
        }
    }
}

/// The bytes of a text as a JSON string.
pub(crate) fn size_of_string(text: &str) -> usize {
    2 + text.chars().map(size_of_character).sum::<usize>()
}

fn size_of_character(character: char) -> usize {
    match character {
        '"' | '\\' | '\n' | '\t' | '\r' | '\u{8}' | '\u{c}' => 2,
        '\0'..='\u{1F}' => 6,
        _ => character.len_utf8(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_size_equals_that_of_compact_json() {
        let value = json!({"a\"b": [1, -2.5, null, true, false, {}], "ü\n": "\u{1}\t🦀", "e": []});
        assert_eq!(size(&value), value.to_string().len());
    }

    #[test]
    fn a_value_that_fits_is_not_changed() {
        let value = json!({"a": [1, 2, 3]});
        assert_eq!(cut(value.clone(), 13), (value, Cuts::default()));
    }

    #[test]
    fn a_list_is_cut_between_items_and_an_object_keeps_its_small_members() {
        let value =
            json!({"Big": (0..1000).collect::<Vec<_>>(), "Id": "abc", "Log": "x".repeat(5000), "State": {"Ok": true}});
        let (cut, cuts) = cut(value, 1000);
        assert!(cut.to_string().len() <= 1000, "{}", cut.to_string().len());
        assert_eq!((&cut["Id"], &cut["State"]), (&json!("abc"), &json!({"Ok": true})));
        assert!(cut["Big"].as_array().unwrap().len() > 50 && cut["Log"].as_str().unwrap().len() > 200);
        assert_eq!(cuts.count, 2);
        assert!(cuts.named[0].ends_with("of 1000 items") && cuts.named[1].ends_with("of 5000 bytes"), "{cuts:?}");
    }

    #[test]
    fn no_cut_is_larger_than_its_limit() {
        let many: Map<_, _> = (0..500).map(|n| (format!("key{n}"), json!({"nested": ["é\n".repeat(n), n]}))).collect();
        for bytes in [2, 10, 100, 1000, 5000, 40_000] {
            for value in [Value::Object(many.clone()), json!([many.clone(), 1]), json!("\"ü".repeat(30_000))] {
                let size = cut(value, bytes).0.to_string().len();
                assert!(size <= bytes.max(5), "{size} > {bytes}");
            }
        }
    }
}
