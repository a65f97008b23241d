//! Routes a call by the tool's name: to the tool, through a tag's tool to a member, or to `operation_schema`.

use serde_json::{Map, Value};

use super::Server;
use super::engines::describe_list;
use super::operation_schema::{OPERATION_SCHEMA, PATH, operation_schema, schema_part};
use super::tools_by_tag::{ARGUMENTS, OPERATION, find_tag, tag_tool_name};
use crate::access::Failure;
use crate::arguments;
use crate::audit::Client;
use crate::consent::Consent;
use crate::dispatch::{ENGINE, ENGINE_LIST};
use crate::progress::Progress;
use crate::reply::ToolReply;
use crate::settings::Surface;

impl Server {
    /// Calls a tool of the list for a client, with the consent of a person if there are the means to ask.
    ///
    /// # Errors
    /// [`Failure`], whose text tells a model how to go on.
    pub async fn call(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        client: Client,
        progress: &Progress,
        consent: Option<&dyn Consent>,
    ) -> Result<ToolReply, Failure> {
        if name == OPERATION_SCHEMA {
            return self.describe(arguments);
        }
        let is_engine_list = name == ENGINE_LIST && self.dispatcher.engines().are_several();
        match self.dispatcher.settings().surface {
            _ if is_engine_list => self.dispatcher.call(name, arguments, client, progress, consent).await,
            Surface::Operations => self.dispatcher.call(name, arguments, client, progress, consent).await,
            Surface::Tags => {
                let (operation, arguments) = self.member(name, arguments)?;
                self.dispatcher.call(&operation, arguments, client, progress, consent).await
            }
        }
    }

    /// Answers `operation_schema`.
    fn describe(&self, mut arguments: Map<String, Value>) -> Result<ToolReply, Failure> {
        let operation = take_text(&mut arguments, OPERATION_SCHEMA, OPERATION)?;
        let engines = self.dispatcher.engines();
        if operation == ENGINE_LIST && engines.are_several() {
            return Ok(ToolReply::whole(describe_list()));
        }
        let (entry, offer) = (engines.find_tool(&operation)?, engines.offer());
        match arguments.get(PATH).and_then(Value::as_str).map(str::trim).filter(|path| !path.is_empty()) {
            Some(path) => match schema_part(entry, &offer, path) {
                Ok(part) => Ok(ToolReply::whole(part)),
                Err(problem) => Err(Failure::Request(format!("{OPERATION_SCHEMA}: {operation}: {problem}"))),
            },
            None => Ok(ToolReply::whole(operation_schema(entry, &offer))),
        }
    }

    /// The member of a tag's tool that a call names, and its arguments. A member of another tag is refused, because the
    /// client relies on the hints of this tag's tool.
    fn member(&self, name: &str, mut arguments: Map<String, Value>) -> Result<(String, Map<String, Value>), Failure> {
        let engines = self.dispatcher.engines();
        let tag = find_tag(name, &engines.offer()).ok_or_else(|| {
            let tools = self.tools();
            let names: Vec<_> = tools.iter().map(|tool| tool.name.as_ref()).collect();
            Failure::Request(format!("{name}: no such tool; the tools are {}", names.join(", ")))
        })?;
        let operation = take_text(&mut arguments, name, OPERATION)?;
        let member_tag = engines.find_tool(&operation)?.tag();
        if member_tag != tag {
            let problem = format!("{name}: `{operation}` belongs to {}; call that tool", tag_tool_name(member_tag));
            return Err(Failure::Request(problem));
        }
        let engine = arguments.shift_remove(ENGINE).filter(|_| engines.are_several());
        let mut inner = arguments::from_value(arguments.remove(ARGUMENTS).unwrap_or_default())
            .map_err(|problem| Failure::Request(format!("{name}: `{ARGUMENTS}` {problem}")))?;
        match arguments.keys().next() {
            None => {
                inner.extend(engine.map(|engine| (ENGINE.to_owned(), engine)));
                Ok((operation, inner))
            }
            Some(key) => {
                let problem =
                    format!("{name}: unknown argument `{key}`; arguments of `{operation}` go into `{ARGUMENTS}`");
                Err(Failure::Request(problem))
            }
        }
    }
}

fn take_text(arguments: &mut Map<String, Value>, tool: &str, name: &str) -> Result<String, Failure> {
    let written = arguments.keys().find(|key| key.eq_ignore_ascii_case(name)).cloned();
    match written.and_then(|name| arguments.remove(&name)) {
        Some(Value::String(text)) => Ok(text.trim().to_owned()),
        _ => Err(Failure::Request(format!(
            "{tool}: `{name}` must be the name of an operation, such as `container_list`"
        ))),
    }
}
