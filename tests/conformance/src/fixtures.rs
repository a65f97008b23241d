//! The fixtures as data: the tools, prompts and resources of `fixtures.json`. In its texts `{name}` stands for an
//! argument.

use std::sync::LazyLock;

use rmcp::ErrorData;
use rmcp::model as mcp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// All fixtures.
#[derive(Deserialize)]
pub struct Fixtures {
    pub tools: Vec<Tool>,
    pub prompts: Vec<Prompt>,
    pub resources: Vec<Resource>,
}

/// A tool: it answers with its content, asks its client over its own connection, or asks in rounds.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tool {
    pub name: String,
    #[serde(default = "no_arguments")]
    pub input_schema: Value,
    #[serde(default)]
    pub content: Vec<Value>,
    #[serde(default)]
    pub is_error: bool,
    /// The request to the client, and the beginning of the text that shows its answer.
    pub request: Option<Value>,
    #[serde(default)]
    pub says: String,
    #[serde(flatten)]
    pub questions: Questions,
}

/// A prompt.
#[derive(Deserialize)]
pub struct Prompt {
    pub name: String,
    #[serde(default)]
    pub arguments: Vec<String>,
    pub messages: Vec<Value>,
    #[serde(flatten)]
    pub questions: Questions,
}

/// The questions of one call, round after round.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub struct Questions {
    #[serde(default)]
    pub rounds: Vec<mcp::InputRequests>,
    /// Adds the round to each question, sealed.
    #[serde(default)]
    pub is_sealed: bool,
}

/// A resource, or a template of some with the part `{id}`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resource {
    uri: String,
    mime_type: String,
    text: Option<String>,
    blob: Option<String>,
}

/// The fixtures of the file.
pub static FIXTURES: LazyLock<Fixtures> =
    LazyLock::new(|| serde_json::from_str(include_str!("fixtures.json")).expect("the file fits these types"));

impl Fixtures {
    pub fn tool(&self, name: &str) -> Option<&Tool> {
        self.tools.iter().find(|tool| tool.name == name)
    }

    pub fn prompt(&self, name: &str) -> Option<&Prompt> {
        self.prompts.iter().find(|prompt| prompt.name == name)
    }

    pub fn read(&self, uri: &str) -> Option<mcp::ReadResourceResult> {
        self.resources.iter().find_map(|resource| resource.read(uri))
    }
}

impl Tool {
    pub fn listed(&self) -> mcp::Tool {
        let schema = self.input_schema.as_object().cloned().unwrap_or_default();
        mcp::Tool::new(self.name.clone(), format!("Fixture {}", self.name), schema)
    }
}

impl Prompt {
    pub fn listed(&self) -> mcp::Prompt {
        let argument = |name: &String| mcp::PromptArgument::new(name).with_description("A text").with_required(true);
        mcp::Prompt::new(
            &self.name,
            Some(format!("Fixture {}", self.name)),
            Some(self.arguments.iter().map(argument).collect()),
        )
    }

    pub fn result(&self, arguments: &Map<String, Value>) -> Result<mcp::GetPromptResult, ErrorData> {
        Ok(mcp::GetPromptResult::new(typed::<Vec<_>>(filled(json!(self.messages), arguments))?))
    }
}

impl Resource {
    pub fn is_template(&self) -> bool {
        self.uri.contains("{id}")
    }

    pub fn listed(&self) -> mcp::Resource {
        mcp::Resource::new(&self.uri, &self.uri).with_description("A fixture").with_mime_type(&self.mime_type)
    }

    pub fn template(&self) -> mcp::ResourceTemplate {
        mcp::ResourceTemplate::new(&self.uri, &self.uri).with_description("A fixture").with_mime_type(&self.mime_type)
    }

    fn read(&self, uri: &str) -> Option<mcp::ReadResourceResult> {
        let id = match self.uri.split_once("{id}") {
            Some((before, after)) => uri.strip_prefix(before)?.strip_suffix(after)?,
            None => (self.uri == uri).then_some("")?,
        };
        let contents = match (&self.text, &self.blob) {
            (Some(text), _) => mcp::ResourceContents::text(text.replace("{id}", id), uri),
            (None, blob) => mcp::ResourceContents::blob(blob.clone().unwrap_or_default(), uri),
        };
        Some(mcp::ReadResourceResult::new(vec![contents.with_mime_type(&self.mime_type)]))
    }
}

/// Puts the arguments into the texts of a value.
pub fn filled(value: Value, arguments: &Map<String, Value>) -> Value {
    match value {
        Value::String(text) => Value::String(arguments.iter().fold(text, |text, (name, value)| {
            text.replace(&format!("{{{name}}}"), value.as_str().unwrap_or_default())
        })),
        Value::Array(parts) => parts.into_iter().map(|part| filled(part, arguments)).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(name, value)| (name, filled(value, arguments))).collect::<Map<_, _>>().into()
        }
        other => other,
    }
}

/// Reads a value of the protocol.
pub fn typed<T: DeserializeOwned>(value: Value) -> Result<T, ErrorData> {
    serde_json::from_value(value).map_err(|error| ErrorData::internal_error(error.to_string(), None))
}

fn no_arguments() -> Value {
    json!({ "type": "object", "properties": {} })
}
