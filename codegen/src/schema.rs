//! JSON Schemas of arguments, from the intermediate representation. A full schema refers to definitions. The schema for
//! a model is small and self-contained: all parameters and the first level of the body, and deeper levels only where
//! the overlay lists them.

use serde_json::{Map, Value, json};

use crate::ir::{
    Api, Enum, Field, FilterKind, Filters, Lifetime, Operation, Origin, Parameter, Shape, Type, TypeRef, Unit, Variant,
    Words,
};

/// The full schema of an operation's arguments; `$ref` names a definition.
pub fn full(operation: &Operation) -> Value {
    let mut properties = parameters(operation, |parameter| match filters_of(operation, parameter) {
        Some(filters) => described(filter_schema(filters), &parameter.words, parameter.lifetime),
        None => {
            let schema = in_unit(with_default(reference(&parameter.type_ref), parameter), parameter.unit);
            described(schema, &parameter.words, parameter.lifetime)
        }
    });
    if let Some(body) = operation.body.as_ref().and_then(|body| body.json.as_ref()) {
        properties.insert("body".into(), reference(body));
    }
    arguments(operation, properties)
}

/// The schemas of all types that a caller sends, by name.
pub fn definitions(api: &Api) -> Value {
    let sent = api.types.iter().filter(|described| described.sent);
    sent.map(|named| (named.name.clone(), described(definition(named), &named.words, named.lifetime)))
        .collect::<Map<_, _>>()
        .into()
}

/// The schema for a model.
pub fn shown(api: &Api, operation: &Operation) -> Value {
    let mut properties = parameters(operation, |parameter| match filters_of(operation, parameter) {
        Some(filters) => filter_summary(filters),
        None => parameter_summary(api, parameter),
    });
    if let Some(body) = operation.body.as_ref().and_then(|body| body.json.as_ref()) {
        let paths: Vec<Vec<&str>> = operation.shown.iter().map(|path| path.split('.').collect()).collect();
        properties.insert("body".into(), inlined(api, body, Depth::First(&paths)));
    }
    for path in &operation.tool.hidden {
        let mut names = path.split('.');
        if let Some(last) = names.next_back() {
            hide(&mut properties, names, last);
        }
    }
    let mut schema = arguments(operation, properties);
    // Every tool takes more than it shows, and a schema that forbids the rest costs room.
    if let Some(members) = schema.as_object_mut() {
        members.shift_remove("additionalProperties");
    }
    schema
}

/// Removes a property, below these names.
fn hide<'a>(properties: &mut Map<String, Value>, parents: impl Iterator<Item = &'a str>, name: &str) {
    let mut properties = Some(properties);
    for parent in parents {
        properties =
            properties.and_then(|properties| properties.get_mut(parent)?.get_mut("properties")?.as_object_mut());
    }
    if let Some(properties) = properties {
        properties.shift_remove(name);
    }
}

fn arguments(operation: &Operation, properties: Map<String, Value>) -> Value {
    let parameters = operation.parameters.iter().filter(|parameter| parameter.required);
    let mut required: Vec<&str> = parameters.map(|parameter| parameter.name.as_str()).collect();
    if operation.body.as_ref().is_some_and(|body| body.required && body.json.is_some()) {
        required.push("body");
    }
    let mut schema = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        schema["required"] = required.into();
    }
    schema["additionalProperties"] = false.into();
    schema
}

fn parameters(operation: &Operation, schema: impl Fn(&Parameter) -> Value) -> Map<String, Value> {
    operation.parameters.iter().map(|parameter| (parameter.name.clone(), schema(parameter))).collect()
}

fn filters_of<'a>(operation: &'a Operation, parameter: &Parameter) -> Option<&'a Filters> {
    operation.filters.as_ref().filter(|filters| parameter.type_ref == TypeRef::Filters(filters.name.clone()))
}

/// The values of a filter: one, or several of which one must match.
fn filter_values() -> Value {
    json!({ "type": ["string", "integer", "boolean", "array"], "items": { "type": ["string", "integer", "boolean"] } })
}

/// Known keys only: some engines accept a mistyped key and filter nothing.
fn filter_schema(filters: &Filters) -> Value {
    let key = |key: &crate::ir::FilterKey| {
        let mut schema = match key.kind {
            FilterKind::Key => json!({ "type": ["boolean", "array"], "enum": [true, []] }),
            _ => filter_values(),
        };
        schema["description"] = key.words.in_versions(key.lifetime).into();
        (key.key.clone(), schema)
    };
    let properties: Map<_, _> = filters.keys.iter().map(key).collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

/// A parameter whose value is made of objects shows their members by name only.
fn parameter_summary(api: &Api, parameter: &Parameter) -> Value {
    let mut schema = briefly(inlined(api, &parameter.type_ref, Depth::Closed), &parameter.words);
    let shape = parameter.type_ref.named().and_then(|name| api.type_named(name)).map(|named| &named.shape);
    if let Some(Shape::Struct(fields)) = shape {
        let names: Vec<_> = fields.iter().map(|field| field.name.as_str()).collect();
        let words = schema["description"].as_str().unwrap_or_default().trim_end_matches('.');
        let colon = if words.is_empty() { "" } else { ": " };
        schema["description"] = format!("{words}{colon}{{{}}}.", names.join(", ")).into();
    }
    schema
}

fn filter_summary(filters: &Filters) -> Value {
    let keys: Vec<_> = filters.keys.iter().map(|key| key.key.as_str()).collect();
    json!({ "type": "object", "description": format!("Values or lists by key: {}.", keys.join(", ")) })
}

fn definition(named: &Type) -> Value {
    match &named.shape {
        Shape::Struct(fields) => object(fields, |field| {
            described(in_unit(reference(&field.type_ref), field.unit), &field.words, field.lifetime)
        }),
        Shape::Enum(members) => with_members(enumeration(members), members),
        Shape::Alias(target) => reference(target),
    }
}

fn object(fields: &[Field], schema: impl Fn(&Field) -> Value) -> Value {
    let properties: Map<_, _> = fields.iter().map(|field| (field.name.clone(), schema(field))).collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

/// Adds the meaning of the members of an enumeration, which JSON Schema has no key for.
fn with_members(mut schema: Value, members: &Enum) -> Value {
    let said: Map<_, _> = match members {
        Enum::Strings(variants) => variants.iter().filter_map(|variant| member(&variant.value, variant)).collect(),
        Enum::Integers(variants) => {
            variants.iter().filter_map(|variant| member(&variant.value.to_string(), variant)).collect()
        }
    };
    if !said.is_empty() {
        schema["x-enum-descriptions"] = said.into();
    }
    schema
}

fn member<T>(value: &str, variant: &Variant<T>) -> Option<(String, Value)> {
    let said = variant.words.in_versions(variant.lifetime);
    (variant.words.origin != Origin::Name).then(|| (value.to_owned(), said.into()))
}

fn enumeration(members: &Enum) -> Value {
    match members {
        Enum::Strings(variants) => {
            let values: Vec<_> = variants.iter().map(|variant| variant.value.as_str()).collect();
            json!({ "type": "string", "enum": values })
        }
        Enum::Integers(variants) => {
            let values: Vec<_> = variants.iter().map(|variant| variant.value).collect();
            json!({ "type": "integer", "enum": values })
        }
    }
}

/// Leaves out the empty member, which some clients refuse and which says "not set".
fn named_members(mut schema: Value) -> Value {
    if let Some(members) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        members.retain(|member| member != "");
    }
    schema
}

/// A schema in which named types are references.
fn reference(type_ref: &TypeRef) -> Value {
    match type_ref {
        TypeRef::Named(name) | TypeRef::Filters(name) => json!({ "$ref": name }),
        TypeRef::Nullable(inner) => nullable(reference(inner)),
        _ => composed(type_ref, reference),
    }
}

/// The depth of a self-contained schema.
#[derive(Clone, Copy)]
enum Depth<'a> {
    /// The first level, and deeper levels along these paths.
    First(&'a [Vec<&'a str>]),
    /// The properties along these paths only.
    Along(&'a [&'a [&'a str]]),
    /// No properties.
    Closed,
}

/// A self-contained schema.
fn inlined(api: &Api, type_ref: &TypeRef, depth: Depth) -> Value {
    match type_ref {
        TypeRef::Named(name) => match api.type_named(name).map(|named| &named.shape) {
            Some(Shape::Alias(target)) => inlined(api, target, depth),
            Some(Shape::Enum(members)) => named_members(enumeration(members)),
            Some(Shape::Struct(fields)) => structure(api, fields, depth),
            None => json!({ "type": "object" }),
        },
        // Some clients do not read a list of types, and no model needs to see null.
        TypeRef::Nullable(inner) => inlined(api, inner, depth),
        // A value that is no text is converted.
        TypeRef::Map(value) if matches!(**value, TypeRef::String) => json!({ "type": "object" }),
        _ => composed(type_ref, |inner| inlined(api, inner, depth)),
    }
}

fn structure(api: &Api, fields: &[Field], depth: Depth) -> Value {
    let owned: Vec<&[&str]>;
    let (paths, all): (&[&[&str]], bool) = match depth {
        Depth::Closed => return json!({ "type": "object" }),
        Depth::First(paths) => {
            owned = paths.iter().map(Vec::as_slice).collect();
            (&owned, true)
        }
        Depth::Along(paths) => (paths, paths.iter().any(|path| path.is_empty())),
    };
    let properties = fields.iter().filter_map(|field| {
        let below: Vec<&[&str]> =
            paths.iter().filter(|path| path.first() == Some(&field.name.as_str())).map(|path| &path[1..]).collect();
        let below = match depth {
            _ if !below.is_empty() => Depth::Along(&below),
            _ if all => Depth::Closed,
            _ => return None,
        };
        Some((field.name.clone(), briefly(inlined(api, &field.type_ref, below), &field.words)))
    });
    json!({ "type": "object", "properties": properties.collect::<Map<_, _>>() })
}

fn composed(type_ref: &TypeRef, inner: impl Fn(&TypeRef) -> Value) -> Value {
    match type_ref {
        TypeRef::String | TypeRef::Sensitive | TypeRef::Variable => json!({ "type": "string" }),
        TypeRef::Boolean => json!({ "type": "boolean" }),
        TypeRef::Integer(_) => json!({ "type": "integer" }),
        TypeRef::Number => json!({ "type": "number" }),
        TypeRef::Object | TypeRef::Set | TypeRef::Filters(_) => json!({ "type": "object" }),
        TypeRef::List(item) => json!({ "type": "array", "items": inner(item) }),
        TypeRef::Map(value) => json!({ "type": "object", "additionalProperties": inner(value) }),
        TypeRef::Value | TypeRef::Named(_) | TypeRef::Nullable(_) => json!({}),
    }
}

fn nullable(mut schema: Value) -> Value {
    if let Some(kind) = schema.get("type").cloned() {
        schema["type"] = json!([kind, "null"]);
    }
    schema
}

/// Adds the unit of a number or a time, which JSON Schema has no key for.
fn in_unit(mut schema: Value, unit: Option<Unit>) -> Value {
    if let Some(unit) = unit.and_then(Unit::name) {
        schema["x-unit"] = unit.into();
    }
    schema
}

/// Adds the description.
fn described(mut schema: Value, words: &Words, lifetime: Lifetime) -> Value {
    let said = match words.origin {
        Origin::Name => lifetime.sentence(),
        _ => words.in_versions(lifetime),
    };
    if !said.is_empty() {
        schema["description"] = said.into();
    }
    schema
}

/// Adds the description that a model has room for.
fn briefly(mut schema: Value, words: &Words) -> Value {
    if matches!(words.origin, Origin::Overlay | Origin::Prose) {
        schema["description"] = words.text.as_str().into();
    }
    schema
}

fn with_default(mut schema: Value, parameter: &Parameter) -> Value {
    if let Some(default) = parameter.default.as_ref().and_then(|default| serde_json::from_str::<Value>(default).ok()) {
        schema["default"] = default;
    }
    schema
}
