//! The description of one API version as our corrections leave it, and the contradictions of an answer to it.

use std::path::Path;

use dockwright::Operation;
use dockwright::operation::{Answer, Segment};
use dockwright_codegen::problem::Problems;
use dockwright_codegen::{corrected, overlay, spec};
use serde_json::Value;

use crate::recording::Recorded;
use crate::schema;

pub struct Description {
    openapi: Value,
}

impl Description {
    pub fn of(version: &str) -> Result<Self, String> {
        let mut problems = Problems::default();
        let overlay = overlay::read(Path::new("spec/overlay"), &mut problems);
        let file = Path::new("spec").join(format!("v{version}.json"));
        let source = spec::source(Path::new("spec"), Some(&file), &mut problems);
        let openapi = source.and_then(|source| corrected(&source, &overlay, &mut problems));
        let openapi = openapi.ok_or_else(|| problems.to_string())?;
        Ok(Self { openapi: serde_json::to_value(openapi).map_err(|error| error.to_string())? })
    }

    pub fn has(&self, operation: &Operation) -> bool {
        self.responses(operation).is_some()
    }

    /// Lists contradictions to the description: `ContainerInspect: /State/Pid: "1" is not of types "integer", "null"
    /// (…)`.
    pub fn mismatches(&self, operation: &Operation, recorded: &Recorded) -> Vec<String> {
        let id = operation.id;
        let Some(response) = self.responses(operation).map(|responses| &responses[recorded.status.to_string()]) else {
            return vec![format!("{id}: not in this version")];
        };
        if response.is_null() {
            return vec![format!("{id}: the status {} is not declared", recorded.status)];
        }
        if !matches!(operation.answer, Answer::Json | Answer::JsonStream) {
            return Vec::new();
        }
        let media_types = response["content"].as_object().into_iter().flatten();
        let Some(root) = media_types.map(|(_, content)| &content["schema"]).next() else {
            return vec![format!("{id}: {} has no schema", recorded.status)];
        };
        let validator = schema::validator(root, &self.openapi["components"]);
        let values = recorded.values(operation.answer).iter();
        values.flat_map(|value| schema::errors(&validator, value)).map(|error| format!("{id}: {error}")).collect()
    }

    /// The responses of an operation, by status.
    fn responses(&self, operation: &Operation) -> Option<&Value> {
        let segment = |segment: &Segment| match segment {
            Segment::Literal(literal) => format!("/{literal}"),
            Segment::Argument(name) => format!("/{{{name}}}"),
        };
        let path: String = operation.path.iter().map(segment).collect();
        self.openapi["paths"].get(path)?.get(operation.method.as_str().to_lowercase())?.get("responses")
    }
}
