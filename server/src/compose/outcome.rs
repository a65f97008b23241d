//! The outcome of a run of the plugin: its lines come in, and what they tell is kept within bounds.

use serde_json::{Map, Value};

use crate::secrets::Safe;

/// The most objects whose last state is kept.
const MOST_EVENTS: usize = 300;
/// The most warnings that are kept.
const MOST_WARNINGS: usize = 10;
/// The most lines that are kept of those that are no JSON.
const MOST_LINES: usize = 20;

/// The way in which the plugin ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PluginEnd {
    /// It did its work.
    Done,
    /// It failed.
    Failed,
    /// The time limit of the call passed.
    Limit(u64),
    /// It told of no progress for so many seconds.
    Silent(u64),
    /// The caller went away.
    Cancelled,
}

/// The outcome of a run.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) end: PluginEnd,
    /// The standard output.
    pub(crate) output: Vec<u8>,
    pub(crate) told: PluginLines,
}

/// The lines of a run.
#[derive(Debug, Default)]
pub(crate) struct PluginLines {
    /// The last state of each object: `Container shop-web-1` is `Started`.
    pub(crate) events: Map<String, Value>,
    pub(crate) warnings: Vec<String>,
    error: Option<String>,
    lines: Vec<String>,
}

impl PluginLines {
    /// Reads one line, and returns what it tells of progress.
    pub(super) fn line(&mut self, line: &str) -> Option<Safe<String>> {
        let Ok(Value::Object(line)) = serde_json::from_str::<Value>(line) else {
            if !line.trim().is_empty() && self.lines.len() < MOST_LINES {
                self.lines.push(line.trim().to_owned());
            }
            return None;
        };
        let text = |name: &str| line.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        if line.get("error").is_some_and(|error| *error == true) {
            self.error = text("message").map(str::to_owned).or_else(|| self.error.take());
            return None;
        }
        if text("level").is_some() {
            let warning = text("msg").unwrap_or_default().to_owned();
            if self.warnings.len() < MOST_WARNINGS && !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
            return None;
        }
        let (id, state) = (text("id")?, text("status").or_else(|| text("text"))?);
        if self.events.len() < MOST_EVENTS || self.events.contains_key(id) {
            self.events.insert(id.to_owned(), state.into());
        }
        Some(Safe::line(&format!("{id}: {state}")))
    }

    /// The reason of a failure in the plugin's own words.
    pub(crate) fn reason(&self) -> String {
        match (&self.error, self.lines.last()) {
            (Some(error), _) => error.clone(),
            (None, Some(line)) => line.clone(),
            (None, None) => "Compose failed without a word".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_every_kind_are_read() {
        let mut told = PluginLines::default();
        let step = told.line(r#"{"id":"Container x-web-1","status":"Started"}"#).unwrap();
        assert_eq!(step.as_str(), "Container x-web-1: Started");
        assert!(told.line(r#"{"id":"a","text":"Pulling","details":{"x":1}}"#).is_some());
        for line in ["", "plain words", "[1]", "{}", r#"{"level":"warning","msg":"unset"}"#, r#"{"id":7}"#] {
            assert!(told.line(line).is_none(), "{line}");
        }
        assert_eq!(told.reason(), "[1]");
        told.line(r#"{"error":true,"message":"no such file"}"#);
        told.line(r#"{"error":true}"#);
        assert_eq!((told.reason().as_str(), told.warnings.as_slice()), ("no such file", &["unset".to_owned()][..]));
        assert_eq!(told.events.len(), 2);
        for number in 0..1_000 {
            told.line(&format!(r#"{{"id":"{number}","status":"x"}}"#));
            told.line(&format!(r#"{{"level":"warning","msg":"{number}"}}"#));
            told.line("line");
        }
        assert!(told.events.len() == MOST_EVENTS && told.warnings.len() == MOST_WARNINGS);
    }
}
