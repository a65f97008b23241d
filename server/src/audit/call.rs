//! The two lines of one call.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::consent::ConsentRecord;
use crate::facets::SeenFacets;

/// Maximum length of a name in a line. Names of existing tools and targets are shorter.
pub(super) const MAX_NAME_CHARACTERS: usize = 128;

/// The program that calls.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// Its name and version, as it gives them.
    pub name: Option<String>,
    /// The name of the token with which it came, over HTTP.
    pub token: Option<Arc<str>>,
}

/// Facts of a call that are known before it runs.
#[derive(Debug, Clone, Default)]
pub(crate) struct CallFacts {
    pub client: Client,
    /// The engine's address.
    pub engine: Option<String>,
    /// The engine's name, if the server's settings name it.
    pub engine_name: Option<Arc<str>>,
    pub tool: String,
    /// The object that the call acts on, as the caller named it.
    pub target: Option<String>,
    /// The name of the work, if the lines are those of work that runs on without its caller.
    pub work: Option<String>,
    /// Names of the arguments and of the members in them.
    pub asks: Vec<String>,
    /// The number of names that the tool does not know, or for which there is no room.
    pub other: usize,
    /// The image that the call names.
    pub image: Option<String>,
    /// The digest of the body, if it was judged.
    pub digest: Option<String>,
    /// The facets of its requests so far, which are read when it ends.
    pub facets: SeenFacets,
    /// The consent of a person so far, which is read when it ends.
    pub consent: ConsentRecord,
}

/// The end of a call.
#[derive(Debug, Clone, Default)]
pub(crate) struct CallEnd {
    pub outcome: String,
    /// The rule of the policy that denied it.
    pub rule: Option<&'static str>,
    /// The bytes of the answer for the caller.
    pub bytes: Option<usize>,
    /// The full id of the object, if the answer has it.
    pub id: Option<String>,
}

impl CallEnd {
    /// The end of a call that panicked.
    pub(crate) fn broken() -> Self {
        CallEnd { outcome: "failed".to_owned(), ..CallEnd::default() }
    }

    /// The end of a call without an outcome.
    pub(super) fn cut(event: Option<&str>) -> Self {
        let outcome = event.map_or_else(|| "cancelled".to_owned(), |event| format!("cancelled by {event}"));
        CallEnd { outcome, ..CallEnd::default() }
    }
}

/// The line before a call.
pub(super) fn begin(call: &str, facts: &CallFacts) -> String {
    let mut line = Line::new("begin", call);
    line.name("client", facts.client.name.as_deref());
    line.name("token", facts.client.token.as_deref());
    line.name("engine", facts.engine.as_deref());
    line.name("engine_name", facts.engine_name.as_deref());
    line.subject(facts);
    line.add("asks", facts.asks.as_slice());
    if facts.other > 0 {
        line.add("other", facts.other);
    }
    line.name("image", facts.image.as_deref());
    line.name("digest", facts.digest.as_deref());
    line.print()
}

/// The line after a call.
pub(super) fn end(call: &str, facts: &CallFacts, end: &CallEnd, took: Duration) -> String {
    let mut line = Line::new("end", call);
    line.subject(facts);
    line.add("outcome", end.outcome.as_str());
    line.name("rule", end.rule);
    line.add("ms", u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
    line.name("consent", facts.consent.word());
    if let Some(bytes) = end.bytes {
        line.add("bytes", bytes);
    }
    line.name("id", end.id.as_deref());
    let facets = facts.facets.names();
    if !facets.is_empty() {
        line.add("facets", facets);
    }
    line.print()
}

struct Line(Map<String, Value>);

impl Line {
    fn new(event: &str, call: &str) -> Self {
        let mut line = Line(Map::new());
        line.add("time", chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true));
        line.add("event", event);
        line.add("call", call);
        line
    }

    fn add(&mut self, key: &str, value: impl Into<Value>) {
        self.0.insert(key.to_owned(), value.into());
    }

    fn name(&mut self, key: &str, name: Option<&str>) {
        if let Some(name) = name {
            self.add(key, name.chars().take(MAX_NAME_CHARACTERS).collect::<String>());
        }
    }

    fn subject(&mut self, facts: &CallFacts) {
        self.name("tool", Some(&facts.tool));
        self.name("target", facts.target.as_deref());
        self.name("work", facts.work.as_deref());
    }

    fn print(self) -> String {
        Value::Object(self.0).to_string()
    }
}
