//! The description that `DOCKWRIGHT_SPEC` names, read again, apart from the generator: its operations, and values that
//! fit their schemas.

use std::fs;

use dockwright_codegen::overlay::Overlay;
use dockwright_codegen::problem::Problems;
use dockwright_codegen::{Source, corrected};
use serde_json::{Map, Value, json};

/// Text that every place must escape in its own way. Slashes and commas have a meaning in some.
const TEXT: &str = "a b&c=ü?";

/// The depth to which values are made; deeper properties are left out.
const DEPTH: usize = 4;

pub struct Description {
    openapi: Value,
}

/// One method on one path.
pub struct Described {
    pub verb: String,
    pub template: String,
    pub operation: Value,
}

impl Description {
    pub fn read() -> Self {
        let name = std::env::var("DOCKWRIGHT_SPEC").expect("tests/foreign/run names a description");
        let text = fs::read_to_string(&name).unwrap();
        let source = Source { name, text, oldest: String::new(), newest: false, tags: None };
        let mut problems = Problems::default();
        let openapi = corrected(&source, &Overlay::default(), &mut problems).unwrap_or_else(|| panic!("{problems}"));
        Self { openapi: serde_json::to_value(openapi).unwrap() }
    }

    /// All operations but those whose bodies are forms in parts, which are left out with a warning.
    pub fn operations(&self) -> Vec<Described> {
        let paths = self.openapi["paths"].as_object().unwrap().iter();
        let operations = paths.flat_map(|(template, item)| {
            let methods = item.as_object().unwrap().iter().filter(|(_, operation)| operation["responses"].is_object());
            methods.map(|(verb, operation)| Described {
                verb: verb.to_uppercase(),
                template: template.clone(),
                operation: operation.clone(),
            })
        });
        operations.filter(|described| !described.is_in_parts()).collect()
    }

    /// A value that fits a schema.
    pub fn value(&self, schema: &Value) -> Value {
        self.value_within(schema, DEPTH)
    }

    fn value_within(&self, schema: &Value, depth: usize) -> Value {
        if let Some(reference) = schema["$ref"].as_str() {
            return self.value_within(self.openapi.pointer(&reference[1..]).unwrap(), depth);
        }
        if let Some(member) = schema["enum"].get(0) {
            return member.clone();
        }
        for union in ["oneOf", "anyOf"] {
            if let Some(branches) = schema[union].as_array().filter(|_| schema.get("properties").is_none()) {
                return match &branches[..] {
                    [only] => self.value_within(only, depth),
                    _ => TEXT.into(),
                };
            }
        }
        if let (Some([only]), None) = (schema["allOf"].as_array().map(Vec::as_slice), schema.get("properties")) {
            return self.value_within(only, depth);
        }
        match schema["type"].as_str() {
            Some("string") => TEXT.into(),
            Some("integer") => 7.into(),
            Some("number") => 1.5.into(),
            Some("boolean") => true.into(),
            Some("array") if depth == 0 => json!([]),
            Some("array") => json!([self.value_within(&schema["items"], depth - 1)]),
            _ => self.object(schema, depth).into(),
        }
    }

    fn object(&self, schema: &Value, depth: usize) -> Map<String, Value> {
        let mut object = Map::new();
        for part in schema["allOf"].as_array().into_iter().flatten() {
            if let Value::Object(properties) = self.value_within(part, depth) {
                object.extend(properties);
            }
        }
        if depth > 0 {
            for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
                object.insert(name.clone(), self.value_within(schema, depth - 1));
            }
        }
        object
    }
}

impl Described {
    /// The media types of its body.
    pub fn consumes(&self) -> Vec<&str> {
        let content = self.operation["requestBody"]["content"].as_object();
        content.into_iter().flat_map(Map::keys).map(String::as_str).collect()
    }

    fn is_in_parts(&self) -> bool {
        let consumes = self.consumes();
        !consumes.is_empty() && consumes.iter().all(|media_type| media_type.starts_with("multipart/"))
    }
}
