//! Replaces references by their targets: parameters, responses, request bodies, headers, and the parameters of a whole
//! path. References to schemas stay, because schemas become named types.

use serde_json::{Map, Value};

use crate::problem::{Problems, join};
use crate::shape::METHODS;

/// The shared parts of a Swagger 2.0 description.
const SHARED: [&str; 2] = ["parameters", "responses"];

/// The shared parts below `components` in OpenAPI 3.0.
const COMPONENTS: [&str; 4] = ["parameters", "responses", "requestBodies", "headers"];

/// Replaces all references but those to schemas.
pub fn resolve(mut description: Value, problems: &mut Problems) -> Value {
    let paths = description.get_mut("paths").map(Value::take);
    let mut resolver = Resolver { description: &description, problems };
    let paths = paths.map(|paths| map_values(paths, "/paths", |item, pointer| resolver.path(item, pointer)));
    if let (Value::Object(description), Some(paths)) = (&mut description, paths) {
        description.insert("paths".into(), paths);
        SHARED.iter().for_each(|key| drop(description.shift_remove(*key)));
        if let Some(Value::Object(components)) = description.get_mut("components") {
            COMPONENTS.iter().for_each(|key| drop(components.shift_remove(*key)));
        }
    }
    description
}

/// The description that references lead into.
struct Resolver<'a> {
    description: &'a Value,
    problems: &'a mut Problems,
}

impl Resolver<'_> {
    fn path(&mut self, mut item: Value, pointer: &str) -> Value {
        let Value::Object(entries) = &mut item else { return item };
        let shared = entries.shift_remove("parameters");
        let shared = shared.map(|shared| self.list(shared, &join(pointer, "parameters"))).unwrap_or_default();
        for (method, operation) in entries.iter_mut().filter(|(key, _)| METHODS.contains(&key.as_str())) {
            let pointer = join(pointer, method);
            if let Value::Object(operation) = operation {
                self.operation(operation, &shared, &pointer);
            }
        }
        item
    }

    fn operation(&mut self, operation: &mut Map<String, Value>, shared: &[Value], pointer: &str) {
        let declared = operation.get_mut("parameters").map(Value::take);
        let declared = declared.map(|declared| self.list(declared, &join(pointer, "parameters"))).unwrap_or_default();
        // A parameter of the operation overrides one of the path.
        let is_same = |one: &Value, other: &Value| one["name"] == other["name"] && one["in"] == other["in"];
        let mut parameters: Vec<_> = shared
            .iter()
            .filter(|shared| !declared.iter().any(|declared| is_same(declared, shared)))
            .cloned()
            .collect();
        parameters.extend(declared);
        if operation.contains_key("parameters") || !parameters.is_empty() {
            operation.insert("parameters".into(), parameters.into());
        }
        if let Some(body) = operation.get_mut("requestBody").map(Value::take) {
            let body = self.target(body, &join(pointer, "requestBody"));
            operation.insert("requestBody".into(), body.unwrap_or_else(empty));
        }
        if let Some(responses) = operation.get_mut("responses").map(Value::take) {
            let responses =
                map_values(responses, &join(pointer, "responses"), |response, at| self.response(response, at));
            operation.insert("responses".into(), responses);
        }
    }

    fn response(&mut self, response: Value, pointer: &str) -> Value {
        let mut response = self.target(response, pointer).unwrap_or_else(empty);
        if let Some(headers) = response.get_mut("headers").map(Value::take) {
            let header = |header, at: &str| self.target(header, at).unwrap_or_else(empty);
            response["headers"] = map_values(headers, &join(pointer, "headers"), header);
        }
        response
    }

    fn list(&mut self, list: Value, pointer: &str) -> Vec<Value> {
        let Value::Array(items) = list else {
            self.problems.error(pointer, "not a list", "compare it with the specification");
            return Vec::new();
        };
        let items = items.into_iter().enumerate();
        items.filter_map(|(index, item)| self.target(item, &join(pointer, &index.to_string()))).collect()
    }

    /// The target of a reference, through other references; any other value is its own target.
    fn target(&mut self, value: Value, pointer: &str) -> Option<Value> {
        let mut seen = Vec::new();
        let mut target = &value;
        while let Some(reference) = target.get("$ref").and_then(Value::as_str) {
            let found = reference.strip_prefix('#').and_then(|pointer| self.description.pointer(pointer));
            match found {
                Some(found) if !seen.contains(&reference) => {
                    seen.push(reference);
                    target = found;
                }
                Some(_) => {
                    self.problems.error(pointer, format!("`{reference}` refers to itself"), "break the cycle");
                    return None;
                }
                None => {
                    let what = format!("`{reference}` is not defined");
                    self.problems.error(pointer, what, "add the definition to this file or fix the reference");
                    return None;
                }
            }
        }
        Some(if seen.is_empty() { value } else { target.clone() })
    }
}

fn empty() -> Value {
    Map::new().into()
}

/// Changes each value of the object at `pointer`.
fn map_values(object: Value, pointer: &str, mut change: impl FnMut(Value, &str) -> Value) -> Value {
    let Value::Object(entries) = object else { return object };
    let entries = entries.into_iter().map(|(key, value)| {
        let pointer = join(pointer, &key);
        let value = if key.starts_with("x-") { value } else { change(value, &pointer) };
        (key, value)
    });
    entries.collect::<Map<_, _>>().into()
}
