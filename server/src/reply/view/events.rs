//! Events as a table: a row each, with the attributes that tell most. Events of commands in containers come three to a
//! command, and health checks bring them without end: a command that ran again and again is only counted.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::history::{self, rfc_3339};
use crate::grep::Grep;
use crate::reply::amounts;
use crate::secrets::Safe;

/// The names of the columns.
const COLUMNS: [&str; 6] = ["time", "type", "action", "name", "id", "detail"];
/// The attributes that tell most of an event, the most telling first.
const TELLING: [&str; 8] = ["exitCode", "signal", "oldName", "container", "destination", "path", "reclaimed", "image"];
/// The most attributes in a row.
const DETAILS: usize = 2;
/// The most characters of the details.
const DETAIL_CHARACTERS: usize = 160;
/// The most names and commands that are remembered.
const REMEMBERED: usize = 1_000;
/// The most commands that a note names.
const NAMED: usize = 3;
/// The most characters of a command in a note.
const COMMAND_CHARACTERS: usize = 50;
/// The digits of a short id, and of a long one.
const SHORT_ID: usize = 12;
const LONG_ID: usize = 64;

/// Events as far as they have come.
#[derive(Debug, Default)]
pub struct Events {
    /// True if events of commands are rows like any other.
    commands: bool,
    /// The commands, in the order of their first event.
    ran: Vec<Command>,
    /// The places of commands in `ran`, by container and words.
    places: HashMap<(String, String), usize>,
    /// The places of commands in `ran`, by the id of their exec.
    execs: HashMap<String, usize>,
    /// The names of containers by id, as far as events have told them.
    names: HashMap<String, String>,
    /// The events that are only counted.
    counted: usize,
    /// The time of the latest event.
    latest: Option<i64>,
}

/// A command in a container.
#[derive(Debug)]
struct Command {
    row: Vec<Value>,
    container: String,
    words: String,
    runs: usize,
    exit_code: Option<String>,
}

/// Events that are shown, and what goes with them.
#[derive(Debug)]
pub struct Table {
    /// The table.
    pub data: Safe<Value>,
    /// The notes beside it.
    pub notes: Vec<String>,
}

impl Events {
    /// No events yet. With `commands` those of commands are rows like any other.
    #[must_use]
    pub fn new(commands: bool) -> Self {
        Events { commands, ..Events::default() }
    }

    /// The row of an event; `None` for one that is only counted.
    #[must_use]
    pub fn row(&mut self, event: Safe<Value>) -> Option<Safe<Value>> {
        let mut row = None;
        let _ = event.map(|event| row = self.add(&event));
        row.map(Safe::trusted)
    }

    /// The time after the latest event, as `since` takes it.
    #[must_use]
    pub fn next(&self) -> Option<String> {
        self.latest.map(|latest| history::unix_seconds(latest.saturating_add(1)))
    }

    /// The table of the rows that are shown. Commands that ran once are among them, up to so many rows.
    #[must_use]
    pub fn table(self, rows: Safe<Value>, grep: Option<&Grep>, limit: usize) -> Table {
        let mut notes = Vec::new();
        let data = rows.map(|rows| {
            let mut rows: Vec<Value> = if let Value::Array(rows) = rows { rows } else { Vec::new() };
            let (once, repeated): (Vec<_>, Vec<_>) = self.ran.into_iter().partition(|command| command.runs == 1);
            let mut left_out = 0;
            let once = once.into_iter().map(|command| Value::from(command.row_with_code()));
            for row in once.filter(|row| grep.is_none_or(|grep| grep.is_match(&row.to_string()))) {
                if rows.len() < limit {
                    insert(&mut rows, row);
                } else {
                    left_out += 1;
                }
            }
            notes.extend(note(&repeated, self.counted, left_out));
            match take_date(&mut rows) {
                Some(date) => json!({ "date": date, "columns": COLUMNS, "rows": rows }),
                None => json!({ "columns": COLUMNS, "rows": rows }),
            }
        });
        Table { data, notes }
    }

    fn add(&mut self, event: &Value) -> Option<Value> {
        let (kind, action) = (text(&event["Type"]), text(&event["Action"]));
        let (actor, attributes) = (&event["Actor"], &event["Actor"]["Attributes"]);
        let (id, name) = (text(&actor["ID"]), text(&attributes["name"]));
        self.latest = history::time(event).max(self.latest);
        if kind == "container" && self.names.len() < REMEMBERED {
            self.names.insert(id.to_owned(), name.to_owned());
        }
        let (verb, words) =
            action.split_once(": ").filter(|(verb, _)| verb.starts_with("exec_")).unwrap_or((action, ""));
        let mut row = self.cells(event, verb, words);
        if self.commands || !verb.starts_with("exec_") {
            return Some(row.into());
        }
        row[2] = "exec".into();
        row[5] = words.into();
        self.count(verb, words, id, row, attributes);
        None
    }

    /// The cells of a row.
    fn cells(&self, event: &Value, action: &str, words: &str) -> Vec<Value> {
        let (actor, attributes) = (&event["Actor"], &event["Actor"]["Attributes"]);
        let id = text(&actor["ID"]);
        let time = history::time(event).map(rfc_3339).unwrap_or_default();
        let (named, short) = (text(&attributes["name"]), short(id));
        let name = if named.is_empty() && short == id { id } else { self::short(named) };
        let details = if words.is_empty() { self.details(action, attributes) } else { words.to_owned() };
        let details: String = details.chars().take(DETAIL_CHARACTERS).collect();
        // The name of a volume is its id.
        let short = if short == name { "" } else { short };
        [time.as_str(), text(&event["Type"]), action, name, short, &details].map(Value::from).to_vec()
    }

    /// The attributes that tell most. Labels stand among them, so only known ones are looked for.
    fn details(&self, action: &str, attributes: &Value) -> String {
        let Some(attributes) = attributes.as_object() else { return String::new() };
        let known = TELLING.into_iter().filter(|name| *name != "image" || action == "create").filter_map(|name| {
            let value = attributes.get(name)?.as_str().filter(|value| !value.is_empty())?;
            let value = match name {
                "container" => self.names.get(value).map_or_else(|| short(value), String::as_str).to_owned(),
                "reclaimed" => value.parse().map_or_else(|_| value.to_owned(), amounts::bytes),
                _ => short(value.strip_prefix('/').filter(|_| name == "oldName").unwrap_or(value)).to_owned(),
            };
            Some(format!("{name}={value}"))
        });
        let changed = attributes.iter().filter_map(|(name, new)| {
            let name = name.strip_suffix(".new")?;
            let old = attributes.get(&format!("{name}.old")).map_or("", text);
            Some(format!("{name}={old}→{}", text(new)))
        });
        known.chain(changed).take(DETAILS).collect::<Vec<_>>().join(", ")
    }

    /// Counts an event of a command: its creation, its start and its end.
    fn count(&mut self, verb: &str, words: &str, id: &str, row: Vec<Value>, attributes: &Value) {
        self.counted += 1;
        let exec = text(&attributes["execID"]);
        if verb == "exec_die" {
            if let Some(place) = self.execs.remove(exec) {
                self.ran[place].exit_code = Some(text(&attributes["exitCode"]).to_owned());
            }
            return;
        }
        let is_same = if exec.is_empty() { verb != "exec_create" } else { self.execs.contains_key(exec) };
        if is_same || self.execs.len() >= REMEMBERED {
            return;
        }
        let key = (id.to_owned(), words.to_owned());
        let place = self.places.get(&key).copied().or_else(|| (self.ran.len() < REMEMBERED).then_some(self.ran.len()));
        let Some(place) = place else { return };
        if place == self.ran.len() {
            let container = text(&row[3]).to_owned();
            self.ran.push(Command { row, container, words: words.to_owned(), runs: 0, exit_code: None });
            self.places.insert(key, place);
        }
        self.ran[place].runs += 1;
        self.execs.insert(exec.to_owned(), place);
    }
}

impl Command {
    fn row_with_code(mut self) -> Vec<Value> {
        if let Some(code) = &self.exit_code {
            let words: String = self.words.chars().take(DETAIL_CHARACTERS).collect();
            self.row[5] = format!("{words}, exitCode={code}").into();
        }
        self.row
    }
}

/// Names commands that ran again and again, the most frequent first.
fn note(repeated: &[Command], counted: usize, left_out: usize) -> Option<String> {
    let mut repeated: Vec<_> = repeated.iter().collect();
    repeated.sort_by_key(|command| std::cmp::Reverse(command.runs));
    let named = repeated.iter().take(NAMED).map(|command| {
        let words: String = command.words.chars().take(COMMAND_CHARACTERS).collect();
        let code = command.exit_code.as_ref().map_or_else(String::new, |code| format!(", last exit code {code}"));
        format!("{} ran `{words}` {} times{code}", command.container, command.runs)
    });
    let mut parts: Vec<_> = named.collect();
    let more = repeated.len().saturating_sub(NAMED);
    if more > 0 {
        parts.push(format!("{more} more such commands"));
    }
    if left_out > 0 {
        parts.push(format!("{left_out} commands that ran once are left out"));
    }
    (!parts.is_empty()).then(|| {
        format!("of {counted} exec events, repeated ones (health checks) are only counted: {}", parts.join("; "))
    })
}

/// Puts a row where its time is.
fn insert(rows: &mut Vec<Value>, row: Value) {
    let place = rows.partition_point(|other| text(&other[0]) <= text(&row[0]));
    rows.insert(place, row);
}

/// Takes the date out of each row if it is the same in all.
fn take_date(rows: &mut [Value]) -> Option<String> {
    let date = text(&rows.first()?[0]).split_once('T')?.0.to_owned();
    let times: Option<Vec<String>> =
        rows.iter().map(|row| text(&row[0]).strip_prefix(&*date)?.strip_prefix('T').map(str::to_owned)).collect();
    for (row, time) in rows.iter_mut().zip(times?) {
        row[0] = time.into();
    }
    Some(date)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A short form of an id or digest; any other text as it is.
fn short(text: &str) -> &str {
    let digits = text.strip_prefix("sha256:").unwrap_or(text);
    let is_id = digits.len() == LONG_ID && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    if is_id { &digits[..SHORT_ID] } else { text }
}

#[cfg(test)]
mod tests;
