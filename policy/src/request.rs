//! A request to an engine as plain facts: the operation, the arguments and the body; and changes of it.

use std::borrow::Cow;
use std::fmt;

use dockwright::Value;
use dockwright::operation::Operation;
use serde_json::Map;

/// The argument that is the body of a request.
pub const BODY: &str = "body";

/// A request that is judged. The decision needs nothing else from it: not its bytes, not its sender.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The row of the operation.
    pub operation: &'static Operation,
    /// The arguments of path, query and headers, by their names in the description.
    pub arguments: &'a Map<String, Value>,
    /// The body, if it is JSON.
    pub body: Option<&'a Value>,
}

impl<'a> Request<'a> {
    /// The value at a path; `None` if it is absent or means nothing. Lists are not entered.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<&'a Value> {
        let mut names = path.split('.');
        let first = names.next().unwrap_or_default();
        let value = if first == BODY { self.body } else { self.arguments.get(first) };
        let value = names.try_fold(value?, |value, name| value.get(name))?;
        (!value.is_null()).then_some(value)
    }

    /// The value at a path.
    #[must_use]
    pub fn value(&self, path: &Path<'_>) -> Option<&'a Value> {
        let mut steps = path.0.iter();
        let first = match steps.next()? {
            Step::Key(key) if key == BODY => self.body?,
            Step::Key(key) => self.arguments.get(key.as_ref())?,
            Step::Index(_) => return None,
        };
        steps.try_fold(first, |value, step| match step {
            Step::Key(key) => value.get(key.as_ref()),
            Step::Index(index) => value.get(index),
        })
    }

    /// The text of an argument.
    #[must_use]
    pub fn text(&self, argument: &str) -> Option<&'a str> {
        self.arguments.get(argument)?.as_str().filter(|text| !text.is_empty())
    }
}

/// A step of a path within a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step<'a> {
    /// A key of an object; the first is an argument or `body`.
    Key(Cow<'a, str>),
    /// An index of a list.
    Index(usize),
}

/// A path within a request, displayed as `body.HostConfig.Binds[0]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Path<'a>(pub Vec<Step<'a>>);

impl<'a> Path<'a> {
    /// The path of an operation's row, whose keys are joined by dots.
    #[must_use]
    pub fn of_row(path: &'static str) -> Path<'static> {
        Path(path.split('.').map(|key| Step::Key(key.into())).collect())
    }

    /// The path to a key below.
    #[must_use]
    pub fn below(mut self, key: impl Into<Cow<'a, str>>) -> Self {
        self.0.push(Step::Key(key.into()));
        self
    }

    /// The path to an item below.
    #[must_use]
    pub fn item(mut self, index: usize) -> Self {
        self.0.push(Step::Index(index));
        self
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(place, step)| match step {
            Step::Key(key) if place == 0 => f.write_str(key),
            Step::Key(key) => write!(f, ".{key}"),
            Step::Index(index) => write!(f, "[{index}]"),
        })
    }
}

/// A change of a request: the value at a path is set to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Change<'a> {
    /// The section of the policy that wants it, `set`.
    pub rule: &'static str,
    /// The path.
    pub path: Path<'a>,
    /// The new value.
    pub value: Value,
}

/// A change does not fit the request, which must not pass then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` cannot be set in this request")]
pub struct UnfitChange(String);

impl Change<'_> {
    /// Changes a request. Objects that the path goes through are made where they are absent.
    ///
    /// # Errors
    /// If something else than an object or a list is in the way.
    pub fn apply(&self, arguments: &mut Map<String, Value>, body: &mut Option<Value>) -> Result<(), UnfitChange> {
        let unfit = || UnfitChange(self.path.to_string());
        let Some((Step::Key(first), below)) = self.path.0.split_first() else { return Err(unfit()) };
        let mut value = match first.as_ref() {
            BODY => body.get_or_insert(Value::Null),
            name => arguments.entry(name).or_insert(Value::Null),
        };
        for step in below {
            value = match step {
                Step::Key(key) => {
                    if value.is_null() {
                        *value = Value::Object(Map::new());
                    }
                    value.as_object_mut().ok_or_else(unfit)?.entry(key.as_ref()).or_insert(Value::Null)
                }
                Step::Index(index) => value.get_mut(index).ok_or_else(unfit)?,
            };
        }
        *value = self.value.clone();
        Ok(())
    }
}
