//! Tools that are made of several operations, where one call saves a model three and their traps. They are the only ones that
//! are written by hand; each is exposed only if every operation that it uses is.

mod container_run;
mod exec_run;
mod images;
mod preview;

use std::pin::Pin;

use dockwright::Value;
use dockwright::operation::{Annotations, Operation};
use dockwright::tools::{self, Tool};
use serde_json::{Map, json};

use crate::door::{Door, Failure};
use crate::exposure::{Exposure, NotExposed};
use crate::progress::Progress;
use crate::reply::Shaped;

pub(crate) use images::with_image;
pub(crate) use preview::{PREVIEW, is_prune, preview};

/// A tool that is made of several operations.
pub(crate) struct Convenience {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its title for people.
    pub(crate) title: &'static str,
    /// What it does.
    pub(crate) description: &'static str,
    /// The tag that it belongs to.
    pub(crate) tag: &'static str,
    /// The operations that it uses; the first is the one that its arguments are for.
    pub(crate) uses: &'static [&'static str],
    /// What a caller should know before calling it unasked.
    pub(crate) annotations: Annotations,
    /// The JSON Schema of its arguments.
    pub(crate) schema: fn() -> Value,
    run: for<'a> fn(Run<'a>) -> Running<'a>,
}

type Running<'a> = Pin<Box<dyn Future<Output = Result<Shaped, Failure>> + Send + 'a>>;

/// One call of a convenience.
struct Run<'a> {
    door: &'a Door,
    /// The operations that it uses, in their order.
    tools: Vec<&'static Tool>,
    arguments: Map<String, Value>,
    progress: &'a Progress,
}

/// All of them.
const ALL: &[Convenience] = &[container_run::CONTAINER_RUN, exec_run::EXEC_RUN];

/// Those that may be called.
pub(crate) fn exposed(exposure: &Exposure) -> impl Iterator<Item = &'static Convenience> {
    ALL.iter().filter(|convenience| convenience.tools(exposure).is_ok())
}

/// The names of all.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|convenience| convenience.name)
}

/// The operations that those of these names use.
pub(crate) fn used_by(names: &[&str]) -> Vec<&'static str> {
    let named = ALL.iter().filter(|convenience| names.contains(&convenience.name));
    named.flat_map(|convenience| convenience.uses).copied().collect()
}

/// The one of this name, whether it may be called or not.
pub(crate) fn named(name: &str) -> Option<&'static Convenience> {
    ALL.iter().find(|convenience| convenience.name == name)
}

impl Convenience {
    /// The operations that it uses.
    fn tools(&self, exposure: &Exposure) -> Result<Vec<&'static Tool>, Missing> {
        if exposure.excludes(self.name) {
            return Err(Missing(self.name, Some(NotExposed::Excluded)));
        }
        self.uses.iter().map(|name| used(name, exposure)).collect()
    }

    /// The whole schema of its arguments and what it does, if it may be called.
    pub(crate) fn described(&self, exposure: &Exposure) -> Result<Value, Failure> {
        self.tools(exposure).map_err(|missing| missing.failure(self.name))?;
        Ok(json!({
            "operation": self.name,
            "description": self.description,
            "made_of": self.uses,
            "inputSchema": (self.schema)(),
        }))
    }

    /// Calls it.
    pub(crate) async fn call(
        &self,
        door: &Door,
        arguments: Map<String, Value>,
        progress: &Progress,
    ) -> Result<Shaped, Failure> {
        let tools = self.tools(door.exposure()).map_err(|missing| missing.failure(self.name))?;
        (self.run)(Run { door, tools, arguments, progress }).await
    }
}

/// An operation that is needed and may not be called.
struct Missing(&'static str, Option<NotExposed>);

impl Missing {
    fn failure(self, name: &str) -> Failure {
        let Missing(needed, why) = self;
        let why = why.map_or_else(|| "not built into this server".to_owned(), |why| why.to_string());
        Failure::Request(match needed == name {
            true => format!("{name}: {why}"),
            false => format!("{name}: it uses {needed}, which is {why}"),
        })
    }
}

fn used(name: &'static str, exposure: &Exposure) -> Result<&'static Tool, Missing> {
    let tool = tools::ALL.iter().find(|tool| tool.operation.name == name).ok_or(Missing(name, None))?;
    exposure.exposes(tool.operation).map_err(|why| Missing(name, Some(why)))?;
    Ok(tool)
}

impl Run<'_> {
    /// The JSON answer of one of the operations.
    async fn json(
        &self,
        operation: &'static Operation,
        arguments: Map<String, Value>,
        body: Option<&Value>,
    ) -> Result<Value, Failure> {
        let answer = async {
            let call = self.door.engine()?.call(operation).arguments(arguments.clone());
            match body {
                Some(body) => call.body(body).json().await,
                None => call.json().await,
            }
        };
        self.told(operation, &arguments, answer.await).await
    }

    /// The outcome of one of the operations, its failure in words.
    async fn told<T>(
        &self,
        operation: &'static Operation,
        arguments: &Map<String, Value>,
        outcome: dockwright::Result<T>,
    ) -> Result<T, Failure> {
        match outcome {
            Ok(value) => Ok(value),
            Err(error) => Err(self.door.explain(operation, arguments, error).await),
        }
    }
}

fn object<const N: usize>(members: [(&str, Value); N]) -> Map<String, Value> {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
