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
pub struct Engines {
    all: Vec<Access>,
    /// Warnings of engines that are left out.
    warnings: Vec<String>,
}

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
        let (all, warnings) = Access::to_all(settings)?;
        Ok(Engines { all, warnings })
    }

    /// Replaces the engine of this name, or the only one.
    pub(super) fn replace(&mut self, name: Option<&str>, engine: &dockwright::Engine) {
        for access in self.all.iter_mut().filter(|access| name.is_none() || access.name().map(|name| &**name) == name) {
            *access = access.with_engine(engine.clone());
        }
    }

    pub(super) fn replace_access(&mut self, place: usize, access: Access) {
        self.all[place] = access;
    }

    /// Warnings of contexts that cannot be engines.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Access to each of them.
    #[must_use]
    pub fn all(&self) -> &[Access] {
        &self.all
    }

    /// Returns true if calls have to name one.
    #[must_use]
    pub fn are_several(&self) -> bool {
        self.all.len() > 1
    }

    /// The tools that a client is offered.
    #[must_use]
    pub fn offer(&self) -> Offer {
        let mut offer = Offer::default();
        for access in &self.all {
            offer.add(access.name().cloned(), access.exposure().clone(), access.known_api_version());
        }
        offer
    }

    /// The engine of this name.
    ///
    /// # Errors
    /// Words with the nearest names.
    pub fn find(&self, name: &str) -> Result<&Access, String> {
        let found = self.all.iter().find(|access| access.name().is_some_and(|other| **other == *name));
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
        let found = self.all.iter().find_map(|access| access.find(name).ok());
        found.map_or_else(|| self.all[0].find(name).map_err(|failure| self.unknown(name, failure)), Ok)
    }

    /// Takes the argument `engine` off a call's arguments. A server of one engine has no such argument.
    ///
    /// # Errors
    /// [`Failure`], if it names no engine, or several for a tool that changes something.
    pub(super) fn choose(&self, tool: &str, arguments: &mut Map<String, Value>) -> Result<Choice<'_>, Failure> {
        if !self.are_several() {
            return Ok(Choice::One(&self.all[0]));
        }
        let entry = Entry::find(tool).ok_or_else(|| self.unknown(tool, Failure::Unknown(String::new())))?;
        let refused = |problem: String| Failure::Request(format!("{tool}: {problem}"));
        let written = arguments.keys().find(|key| key.eq_ignore_ascii_case(ENGINE)).cloned();
        let value = written.and_then(|key| arguments.shift_remove(&key)).unwrap_or_default();
        let names = match names(value) {
            Some(Names::One(name)) => return self.find(&name).map(Choice::One).map_err(refused),
            Some(Names::Several(names)) if !names.is_empty() => names,
            Some(Names::Several(_)) => {
                return Err(refused(format!("`{ENGINE}` names none; there is {}", self.some_names())));
            }
            Some(Names::Invalid) => {
                return Err(refused(format!(
                    "`{ENGINE}` must be a name, or a list of names; there is {}",
                    self.some_names()
                )));
            }
            None => {
                let problem = format!("`{ENGINE}` is required: the name of an engine; there is {}", self.some_names());
                return Err(refused(problem));
            }
        };
        let named = names.iter().filter(|name| *name != EVERY_ENGINE);
        let named = named.map(|name| self.find(name)).collect::<Result<Vec<_>, _>>().map_err(refused)?;
        let chosen = if named.len() < names.len() { self.all.iter().collect() } else { named };
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
        let names = self.all.iter().filter(exposes).filter_map(|other| Some(&**other.name()?));
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
        self.all.iter().filter_map(|access| access.name().map(|name| &**name))
    }

    /// The first names.
    fn some_names(&self) -> String {
        let more = self.all.len().saturating_sub(NAMES);
        let more = if more > 0 { format!(" and {more} more, see engine_list") } else { String::new() };
        format!("{}{more}", self.names().take(NAMES).collect::<Vec<_>>().join(", "))
    }
}

/// The names that a caller gives.
enum Names {
    One(String),
    Several(Vec<String>),
    Invalid,
}

/// The names in a value: a text, `*`, or a list, which may be JSON in a text. Each is named once. `None` if it is
/// empty.
fn names(value: Value) -> Option<Names> {
    Some(match value {
        Value::Null => return None,
        Value::String(text) => match text.trim() {
            "" => return None,
            EVERY_ENGINE => Names::Several(vec![EVERY_ENGINE.to_owned()]),
            list if list.starts_with('[') => match serde_json::from_str(list) {
                Ok(Value::Array(items)) => listed(&items),
                _ => Names::Invalid,
            },
            name => Names::One(name.to_owned()),
        },
        Value::Array(items) => listed(&items),
        _ => Names::Invalid,
    })
}

/// The names in a list.
fn listed(items: &[Value]) -> Names {
    let mut all: Vec<String> = Vec::new();
    for item in items {
        match item.as_str().map(str::trim) {
            Some(name) if all.iter().any(|other| other == name) => {}
            Some(name) => all.push(name.to_owned()),
            None => return Names::Invalid,
        }
    }
    Names::Several(all)
}
