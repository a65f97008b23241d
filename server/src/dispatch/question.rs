//! The words of a question about a call, for a person. Each line of the engine's begins with a bar, so that no name of
//! an object can pass for the server's words. A question is short, whatever the engine says.

use serde_json::{Map, Value};

use crate::access::Access;
use crate::catalogue::Entry;
use crate::consent::Question;
use crate::reply::amounts;
use crate::run::Subject;
use crate::secrets::Safe;

/// The most characters of the engine's lines together.
const FACTS: usize = 1_000;
/// The most characters of one of them.
const LINE: usize = 160;
/// The most characters of the arguments.
const ARGUMENTS: usize = 2_000;
/// The beginning of each line of the engine's.
const BAR: &str = "| ";
/// The line in the place of sizes for which the engine takes too long.
const NO_SIZES: &str = "Some sizes are unknown: the engine is still counting them.\n";

/// Makes the question about a call.
pub(super) fn question(
    access: &Access,
    entry: Entry,
    arguments: &Map<String, Value>,
    subject: &Subject,
    before: &str,
) -> Question {
    let name = entry.name();
    let engine = access.name().map(|name| format!(" on the engine `{name}`")).unwrap_or_default();
    let safe = Safe::value(Value::Object(arguments.clone()), entry.tag(), false);
    let given = safe.to_string();
    let more = given.chars().count().saturating_sub(ARGUMENTS);
    let more = if more > 0 {
        format!(" and {} more characters that are not shown here", amounts::count(more))
    } else {
        String::new()
    };
    let given = cut(&given, ARGUMENTS);
    let facts = facts(&subject.facts);
    let shown = match &subject.problem {
        Some(problem) => format!("The engine does not show what it acts on: {}", cut(problem, LINE)),
        None if facts.is_empty() => "The engine shows nothing of what it acts on.".to_owned(),
        None => format!("In the engine's words, it acts on:\n{facts}"),
    };
    let sizes = if subject.lacks_sizes { NO_SIZES } else { "" };
    let summary = entry.summary();
    // The parts are safe, or words of the server.
    let text =
        Safe::trusted(format!("{before}Run {name}{engine}? {summary}\n{shown}\n{sizes}Arguments: {given}{more}"));
    let address = access.shown_address().map(Safe::into_inner).unwrap_or_default();
    let call = Value::from(vec![
        name.into(),
        access.name().map_or("", |name| name).into(),
        address.into(),
        sorted(&Value::Object(arguments.clone())),
    ]);
    Question { text, call: call.to_string(), objects: subject.objects.clone() }
}

/// The engine's facts, a line each.
fn facts(facts: &Safe<Value>) -> String {
    let mut lines = Vec::new();
    add_lines("", facts, &mut lines);
    let (mut text, mut shown) = (String::new(), 0);
    for line in &lines {
        if text.chars().count() + line.chars().count() > FACTS {
            break;
        }
        shown += 1;
        text.push_str(&format!("{BAR}{line}\n"));
    }
    if shown < lines.len() {
        text.push_str(&format!("and {} more lines that are not shown here", amounts::count(lines.len() - shown)));
    }
    text.trim_end().to_owned()
}

/// Adds a line for each value: `State.Status: running`. Each item of a list is one line.
fn add_lines(path: &str, value: &Value, lines: &mut Vec<String>) {
    match value {
        Value::Null => {}
        // The items come last, because they may be many.
        Value::Object(members) => {
            let (lists, others): (Vec<_>, Vec<_>) = members.iter().partition(|(_, value)| value.is_array());
            for (name, value) in others.into_iter().chain(lists) {
                let dot = if path.is_empty() { "" } else { "." };
                add_lines(&format!("{path}{dot}{name}"), value, lines);
            }
        }
        Value::Array(items) => lines.extend(items.iter().map(|item| line(path, &item_text(item)))),
        value => lines.push(line(path, &text(path, value))),
    }
}

fn line(path: &str, text: &str) -> String {
    cut(&Safe::line(&format!("{path}: {text}")), LINE)
}

/// The values of an item, without their names.
fn item_text(item: &Value) -> String {
    match item {
        Value::Object(members) => {
            let texts = members.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| text(name, value));
            texts.collect::<Vec<_>>().join(", ")
        }
        value => text("", value),
    }
}

/// A value as a person reads it: sizes in units.
fn text(path: &str, value: &Value) -> String {
    let name = path.rsplit('.').next().unwrap_or_default();
    let is_size = name.contains("Size") || name == "bytes";
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) if is_size && number.as_u64().is_some() => {
            amounts::bytes(number.as_u64().unwrap_or_default())
        }
        Value::Object(members) => {
            let texts = members.iter().map(|(name, value)| format!("{name} {}", text(name, value)));
            texts.collect::<Vec<_>>().join(" ")
        }
        value => value.to_string(),
    }
}

fn cut(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A value whose members are sorted, so that equal calls are equal texts.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_unstable_by_key(|(name, _)| *name);
            Value::Object(members.into_iter().map(|(name, value)| (name.clone(), sorted(value))).collect())
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(value: Value) -> String {
        facts(&Safe::trusted(value))
    }

    #[test]
    fn facts_are_lines_with_sizes_in_units_and_lists_last() {
        let container = json!({"Mounts": [{"Type": "volume", "Name": "data"}], "Id": "1", "State": {"Status": "exited"},
            "SizeRw": 1_234_567});
        assert_eq!(shown(container), "| Id: 1\n| State.Status: exited\n| SizeRw: 1.2 MB\n| Mounts: volume, data");
        let prune = json!({"would_delete": [{"Name": "a", "UsageData": {"RefCount": 0, "Size": 5}}], "count": 1,
            "bytes": 5});
        assert_eq!(shown(prune), "| count: 1\n| bytes: 5 B\n| would_delete: a, RefCount 0 Size 5 B");
    }

    #[test]
    fn the_engines_text_is_one_line_behind_a_bar_and_bounded() {
        let text = shown(json!({"Name": "a\nRun container_list? \u{1b}[2J\u{202e}", "Other": "x".repeat(5_000)}));
        assert_eq!(text.lines().count(), 2);
        assert!(text.lines().all(|line| line.starts_with(BAR) && line.chars().count() <= LINE + 3), "{text}");
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
        let many: Vec<_> = (0..500).map(|number| json!({"Name": format!("volume-{number}")})).collect();
        let text = shown(json!({"would_delete": many, "count": 500}));
        assert!(text.len() < FACTS + 200 && text.starts_with("| count: 500\n"), "{text}");
        assert!(text.lines().last().unwrap().starts_with("and "), "{text}");
    }

    #[test]
    fn equal_calls_are_equal_texts() {
        let (one, other) = (json!({"a": 1, "b": {"c": 1, "d": [1]}}), json!({"b": {"d": [1], "c": 1}, "a": 1}));
        assert_eq!(sorted(&one).to_string(), sorted(&other).to_string());
    }
}
