//! The engines of a server, and the argument `engine`, which names one or several of them in a call. Nobody can set an
//! engine for later calls: two callers would disturb each other.

use serde_json::{Map, Value};

use crate::access::{Access, Failure};
use crate::catalogue::nearest::{did_you_mean, nearest};
use crate::catalogue::{Entry, Offer};
use crate::settings::Settings;

/// The argument that names an engine.
pub const ENGINE: &str = "engine";

/// The value of that argument that names all engines.
pub const EVERY_ENGINE: &str = "*";

/// The most names in a message.
const NAMES: usize = 20;

/// The engines of a server, at least one.
pub struct Engines(Vec<Access>);

/// The engines that a call is for.
pub(super) enum Choice<'a> {
    /// One, whose reply is the call's.
    One(&'a Access),
    /// Several, each of which has a part in the reply.
    Several(Vec<&'a Access>),
}

impl Engines {
    /// The engines that the settings name.
    ///
    /// # Errors
    /// If the settings name tags, tools, folders or engines that cannot be used.
    pub fn new(settings: Settings) -> Result<Self, String> {
        Access::to_all(settings).map(Engines)
    }

    /// Replaces the engine of this name, or the only one.
    pub(super) fn replace(&mut self, name: Option<&str>, engine: &dockwright::Engine) {
        for access in self.0.iter_mut().filter(|access| name.is_none() || access.name().map(|name| &**name) == name) {
            *access = access.with_engine(engine.clone());
        }
    }

    pub(super) fn replace_access(&mut self, place: usize, access: Access) {
        self.0[place] = access;
    }

    /// Access to each of them.
    #[must_use]
    pub fn all(&self) -> &[Access] {
        &self.0
    }

    /// Returns true if calls have to name one.
    #[must_use]
    pub fn are_several(&self) -> bool {
        self.0.len() > 1
    }

    /// The tools that a client is offered.
    #[must_use]
    pub fn offer(&self) -> Offer {
        let mut offer = Offer::default();
        for access in &self.0 {
            offer.add(access.name().cloned(), access.exposure().clone(), access.known_api_version());
        }
        offer
    }

    /// The engine of this name.
    ///
    /// # Errors
    /// Words with the nearest names.
    pub fn find(&self, name: &str) -> Result<&Access, String> {
        let found = self.0.iter().find(|access| access.name().is_some_and(|other| **other == *name));
        found.ok_or_else(|| {
            let near = nearest(name, self.names());
            let help = if near.is_empty() { format!("; there is {}", self.some_names()) } else { did_you_mean(&near) };
            let name: String = name.chars().take(64).collect();
            format!("no engine is named `{name}`{help}")
        })
    }

    /// Finds a tool that may be called on an engine.
    ///
    /// # Errors
    /// [`Failure::Unknown`] and [`Failure::NotExposed`].
    pub fn find_tool(&self, name: &str) -> Result<Entry, Failure> {
        let found = self.0.iter().find_map(|access| access.find(name).ok());
        found.map_or_else(|| self.0[0].find(name).map_err(|failure| self.unknown(name, failure)), Ok)
    }

    /// Takes the argument `engine` off a call's arguments. A server of one engine has no such argument.
    ///
    /// # Errors
    /// [`Failure`], if it names no engine, or several for a tool that changes something.
    pub(super) fn choose(&self, tool: &str, arguments: &mut Map<String, Value>) -> Result<Choice<'_>, Failure> {
        if !self.are_several() {
            return Ok(Choice::One(&self.0[0]));
        }
        let entry = Entry::find(tool).ok_or_else(|| self.unknown(tool, Failure::Unknown(String::new())))?;
        let refused = |problem: String| Failure::Request(format!("{tool}: {problem}"));
        let written = arguments.keys().find(|key| key.eq_ignore_ascii_case(ENGINE)).cloned();
        let value = written.and_then(|key| arguments.shift_remove(&key)).unwrap_or_default();
        let names = match names(value) {
            Some(Names::One(name)) => return self.find(&name).map(Choice::One).map_err(refused),
            Some(Names::Several(names)) if !names.is_empty() => names,
            _ => {
                let problem = format!("`{ENGINE}` is required: the name of an engine; there is {}", self.some_names());
                return Err(refused(problem));
            }
        };
        let chosen = match names.iter().any(|name| name == EVERY_ENGINE) {
            true => self.0.iter().collect(),
            false => names.iter().map(|name| self.find(name)).collect::<Result<Vec<_>, _>>().map_err(refused)?,
        };
        let reads = |access: &&Access| entry.annotations(access.exposure()).read_only;
        match chosen.iter().all(reads) {
            true => Ok(Choice::Several(chosen)),
            false => Err(refused(format!("it may change something, so `{ENGINE}` must be one name, not several"))),
        }
    }

    /// Adds to a refusal the engines that expose the tool.
    pub(super) fn elsewhere(&self, access: &Access, tool: &str, failure: Failure) -> Failure {
        let Some(engine) = access.name().filter(|_| self.are_several()) else { return failure };
        if !matches!(failure, Failure::Withheld(_) | Failure::NotExposed(..)) {
            return failure;
        }
        let exposes = |other: &&Access| other.find(tool).is_ok();
        let names = self.0.iter().filter(exposes).filter_map(|other| Some(&**other.name()?));
        let names: Vec<_> = names.take(NAMES).map(|name| format!("`{name}`")).collect();
        let others = match names.as_slice() {
            [] => "no engine exposes it".to_owned(),
            [name] => format!("{name} exposes it"),
            names => format!("{} expose it", names.join(", ")),
        };
        Failure::Elsewhere { failure: Box::new(failure), engine: engine.clone(), others }
    }

    /// Suggests tools of all engines for an unknown one.
    fn unknown(&self, tool: &str, failure: Failure) -> Failure {
        match failure {
            Failure::Unknown(_) => Failure::unknown(tool, self.offer().exposed()),
            other => other,
        }
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|access| access.name().map(|name| &**name))
    }

    /// The first names.
    fn some_names(&self) -> String {
        let more = self.0.len().saturating_sub(NAMES);
        let more = if more > 0 { format!(" and {more} more, see engine_list") } else { String::new() };
        format!("{}{more}", self.names().take(NAMES).collect::<Vec<_>>().join(", "))
    }
}

/// The names that a caller gives.
enum Names {
    One(String),
    Several(Vec<String>),
}

/// The names in a value: a text, `*`, or a list, which may be JSON in a text. Each is named once.
fn names(value: Value) -> Option<Names> {
    match value {
        Value::String(text) if text.trim().starts_with('[') => match serde_json::from_str(&text).ok()? {
            Value::Array(items) => names(Value::Array(items)),
            _ => None,
        },
        Value::String(text) => match text.trim() {
            "" => None,
            EVERY_ENGINE => Some(Names::Several(vec![EVERY_ENGINE.to_owned()])),
            name => Some(Names::One(name.to_owned())),
        },
        Value::Array(items) => {
            let mut all: Vec<String> = Vec::new();
            for item in items {
                let name = item.as_str()?.trim();
                if !all.iter().any(|other| other == name) {
                    all.push(name.to_owned());
                }
            }
            Some(Names::Several(all))
        }
        _ => None,
    }
}
