//! Which way a tool's name leads: to an operation, through a tag's tool to an operation, or to the schema of one.

use serde_json::{Map, Value};

use super::Protocol;
use crate::conveniences;
use crate::door::Failure;
use crate::progress::Progress;
use crate::reply::Shaped;
use crate::settings::Surface;
use crate::surface::{self, ARGUMENTS, OPERATION, OPERATION_SCHEMA};

impl Protocol {
    /// Calls a tool of the list.
    pub(crate) async fn call(
        &self,
        name: &str,
        mut arguments: Map<String, Value>,
        progress: &Progress,
    ) -> Result<Shaped, Failure> {
        if name == OPERATION_SCHEMA {
            let operation = text(&mut arguments, OPERATION_SCHEMA, OPERATION)?;
            let schema = match conveniences::named(&operation) {
                Some(convenience) => convenience.described(self.door.exposure())?,
                None => surface::operation_schema(self.door.find(&operation)?),
            };
            return Ok(Shaped::of(schema));
        }
        match self.door.settings().surface {
            Surface::Operations => self.door.call(name, arguments, progress).await,
            Surface::Tags => {
                let (operation, arguments) = self.member(name, arguments)?;
                self.door.call(&operation, arguments, progress).await
            }
        }
    }

    /// What a tag's tool is to call. A member of another tag is refused, because the hints that a client went by are those
    /// of this one.
    fn member(&self, name: &str, mut arguments: Map<String, Value>) -> Result<(String, Map<String, Value>), Failure> {
        let exposed = surface::exposed(self.door.exposure());
        let tag = surface::tag_named(name, &exposed).ok_or_else(|| {
            let tools = self.tools();
            let names = tools.iter().map(|tool| tool.name.as_ref());
            Failure::Request(format!(
                "{name}: there is no such tool; there are {}",
                names.collect::<Vec<_>>().join(", ")
            ))
        })?;
        let operation = text(&mut arguments, name, OPERATION)?;
        let of = match conveniences::named(&operation) {
            Some(convenience) => convenience.tag,
            None => self.door.find(&operation)?.operation.tag,
        };
        if of != tag {
            let problem = format!("{name}: `{operation}` is a member of {}: call that", surface::tag_tool_name(of));
            return Err(Failure::Request(problem));
        }
        let inner = match arguments.remove(ARGUMENTS) {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(inner)) => inner,
            Some(_) => return Err(Failure::Request(format!("{name}: `{ARGUMENTS}` must be an object"))),
        };
        match arguments.keys().next() {
            None => Ok((operation, inner)),
            Some(key) => {
                let problem =
                    format!("{name}: there is no argument `{key}`; arguments of `{operation}` go into `{ARGUMENTS}`");
                Err(Failure::Request(problem))
            }
        }
    }
}

fn text(arguments: &mut Map<String, Value>, tool: &str, name: &str) -> Result<String, Failure> {
    match arguments.remove(name) {
        Some(Value::String(text)) => Ok(text),
        _ => Err(Failure::Request(format!("{tool}: `{name}` must be the name of an operation, as `container_list`"))),
    }
}
