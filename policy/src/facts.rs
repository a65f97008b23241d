//! Facts that a request does not tell: objects of the engine and paths of its host. A decision names those that it
//! needs as questions, the caller answers them, and the decision is made again.

use std::collections::HashMap;
use std::fmt;

use dockwright::operation::Operation;
use serde_json::{Map, Value, json};

use crate::objects;

/// A question of a decision to its caller.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Question {
    /// The object of this name, as the operation that reads it answers.
    Object {
        /// The collection, `containers`.
        collection: &'static str,
        /// A name or an id.
        name: String,
    },
    /// The containers that use a volume, running or not.
    Users {
        /// The name of the volume.
        volume: String,
    },
    /// The path on the engine's host that is left when all links in this one are followed. Of a path that does not
    /// exist yet, its nearest folder that exists is followed.
    Path(String),
}

impl Question {
    /// The operation that answers the question, and its arguments. `None` for a path, which the file system of the
    /// engine's host answers, and where the operation is not built in.
    #[must_use]
    pub fn call(&self) -> Option<(&'static Operation, Map<String, Value>)> {
        match self {
            Question::Object { collection, name } => {
                let (operation, argument) = objects::reader(collection)?;
                Some((operation, Map::from_iter([(argument.to_owned(), json!(name))])))
            }
            Question::Users { volume } => {
                let operation = objects::reader(objects::CONTAINERS)?.0.list?;
                let filters = json!({ "volume": [volume] });
                Some((operation, Map::from_iter([("all".to_owned(), json!(true)), ("filters".to_owned(), filters)])))
            }
            Question::Path(_) => None,
        }
    }
}

impl fmt::Display for Question {
    /// Names the thing that is looked up: `container web`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Question::Object { collection, name } => {
                write!(f, "{} {name}", collection.strip_suffix('s').unwrap_or(collection))
            }
            Question::Users { volume } => write!(f, "the containers that use the volume {volume}"),
            Question::Path(path) => write!(f, "the links of {path} on the engine's host"),
        }
    }
}

/// The answer to a question. An engine that fails has given none: such a request must not pass.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Answer {
    /// The engine's answer as JSON.
    Json(Value),
    /// The engine has no such object: 404.
    Absent,
    /// The path without links.
    Path(String),
    /// The engine's host is elsewhere, so nobody can follow links.
    Elsewhere,
}

/// Answers to questions. Facts are of one moment, so each request needs its own.
#[derive(Debug, Clone, Default)]
pub struct Facts(HashMap<Question, Answer>);

impl Facts {
    /// No facts.
    #[must_use]
    pub fn none() -> Self {
        Facts::default()
    }

    /// Adds an answer.
    pub fn add(&mut self, question: Question, answer: Answer) {
        self.0.insert(question, answer);
    }

    /// The answer to a question.
    #[must_use]
    pub fn answer(&self, question: &Question) -> Option<&Answer> {
        self.0.get(question)
    }
}

/// An object of the engine, as the operation that reads it answers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Object<'a>(pub(crate) &'a Value);

impl<'a> Object<'a> {
    /// The full id; of a volume the name.
    pub(crate) fn id(self) -> Option<&'a str> {
        ["/Id", "/ID", "/Name"].iter().find_map(|pointer| self.0.pointer(pointer)?.as_str())
    }

    /// The value of a label.
    pub(crate) fn label(self, key: &str) -> Option<&'a str> {
        let of = |labels: Option<&'a Value>| labels?.get(key)?.as_str();
        // A network and a volume have labels beside their names, other objects in their configuration.
        ["/Config", "/Spec", ""].iter().find_map(|parent| of(self.0.pointer(parent)?.get("Labels")))
    }

    /// The names and digests of an image.
    pub(crate) fn names(self) -> impl Iterator<Item = &'a str> {
        let list = move |key| self.0.get(key).and_then(Value::as_array).into_iter().flatten();
        list("RepoTags").chain(list("RepoDigests")).filter_map(Value::as_str)
    }
}

/// Returns true if the container list's element has this label.
pub(crate) fn has_label(element: &Value, key: &str, value: &str) -> bool {
    element.get("Labels").and_then(|labels| labels.get(key)).and_then(Value::as_str) == Some(value)
}
