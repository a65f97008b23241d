//! Compares the check with a JSON Schema validator on the same schemas. Arguments are generated from each schema, valid
//! ones and changed ones. The validator must reject all arguments that the check refuses, and accept all corrected
//! arguments that the check lets pass, nulls aside.

use dockwright::tools::{ALL, DEFINITIONS, Tool};
use jsonschema::Validator;
use serde_json::{Map, Value, json};

use super::{CheckedArguments, check_at, full_schema, merge};

/// Number of calls generated for each tool, half of them changed.
const CALLS: usize = 60;

#[test]
fn the_check_and_a_validator_agree_on_every_tool() {
    let mut dice = Dice(7);
    let (mut accepted, mut rejected) = (0, 0);
    for tool in ALL {
        let schemas = ToolSchemas::new(tool);
        for round in 0..CALLS {
            let mut arguments = schemas.arguments(&mut dice);
            if round % 2 == 1 {
                change(&mut arguments, &mut dice);
            }
            let valid = schemas.validator.is_valid(&arguments);
            let given = arguments.as_object().unwrap().clone();
            match check_at(tool, given, 1_700_000_000_000_000_000, false) {
                Ok(checked) => {
                    let sent = assemble(tool, checked);
                    let problems: Vec<_> = schemas.validator.iter_errors(&sent).map(|e| e.to_string()).collect();
                    assert!(problems.is_empty(), "{}: {arguments} became {sent}: {problems:?}", tool.operation.name);
                    accepted += 1;
                }
                Err(error) => {
                    // A schema does not tell which texts are expressions, and which of several arguments is needed.
                    let error = error.to_string();
                    let ruled = ["argument `grep`", "argument `select`", "argument `to`", "argument `all_tags`"];
                    let is_ruled = ruled.iter().any(|rule| error.contains(rule));
                    let needs_one = !tool.needs.is_empty() && error.contains("is required");
                    assert!(!valid || is_ruled || needs_one, "{arguments} is valid, but {error}");
                    rejected += 1;
                }
            }
            assert!(round % 2 == 1 || valid, "{arguments} was generated to be valid");
        }
    }
    assert!(accepted > rejected && rejected > CALLS * ALL.len() / 5, "{accepted} accepted, {rejected} rejected");
}

/// The schema of a tool's arguments, for generating and for validating.
struct ToolSchemas {
    schema: Value,
    definitions: Value,
    validator: Validator,
}

impl ToolSchemas {
    fn new(tool: &'static Tool) -> Self {
        let schema = full_schema::full_schema(tool, true).clone();
        let definitions: Value = serde_json::from_str(DEFINITIONS).unwrap();
        let mut standalone = schema.clone();
        standalone["$defs"] = definitions.clone();
        point_into_defs(&mut standalone);
        ToolSchemas { schema, definitions, validator: jsonschema::validator_for(&standalone).unwrap() }
    }

    /// Generates arguments that the schema allows, with valid times, limits and expressions.
    fn arguments(&self, dice: &mut Dice) -> Value {
        let mut arguments = self.value(&self.schema, dice, 6);
        let members = arguments.as_object_mut().unwrap();
        for (name, value) in members {
            let time = matches!(name.as_str(), "since" | "until");
            match value {
                Value::String(text) if time => *text = "10m".to_owned(),
                Value::String(text) if name == "select" => *text = "@".to_owned(),
                Value::String(text) if name == "tail" => *text = "10".to_owned(),
                Value::String(text) if name == "select" => *text = "@".to_owned(),
                Value::Number(number) if time || name.starts_with("limit_") => *number = 3.into(),
                _ => {}
            }
        }
        arguments
    }

    fn value(&self, schema: &Value, dice: &mut Dice, depth: usize) -> Value {
        if let Some(name) = schema["$ref"].as_str() {
            return self.value(&self.definitions[name], dice, depth);
        }
        if let Some(members) = schema["enum"].as_array() {
            return dice.one_of(members).clone();
        }
        let kinds = match &schema["type"] {
            Value::Array(kinds) => kinds.clone(),
            kind => vec![kind.clone()],
        };
        match dice.one_of(&kinds).as_str() {
            Some("string") => (*dice.one_of(&["web", "10", "a/b:c", "ü\"/"])).into(),
            Some("integer") => (*dice.one_of(&[0, 1, -1, 1_i64 << 40])).into(),
            Some("number") => (*dice.one_of(&[0.5, 2.0, -1.0])).into(),
            Some("boolean") => (dice.roll(2) == 0).into(),
            Some("array") => {
                (0..dice.roll(3)).map(|_| self.value(&schema["items"], dice, depth.saturating_sub(1))).collect()
            }
            Some("object") => self.object(schema, dice, depth),
            _ => Value::Null,
        }
    }

    fn object(&self, schema: &Value, dice: &mut Dice, depth: usize) -> Value {
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let mut members = Map::new();
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            if required.contains(&name.as_str().into()) || depth > 0 && dice.roll(8) < depth {
                members.insert(name.clone(), self.value(property, dice, depth.saturating_sub(2)));
            }
        }
        if let Some(others @ Value::Object(_)) = schema.get("additionalProperties") {
            members.insert("80/tcp".to_owned(), self.value(others, dice, depth.saturating_sub(1)));
        }
        members.into()
    }
}

/// Changes one value somewhere, removes an argument, or adds one that does not exist.
fn change(arguments: &mut Value, dice: &mut Dice) {
    let members = arguments.as_object_mut().unwrap();
    let mut names: Vec<_> = members.keys().cloned().collect();
    names.push("no_such_argument".to_owned());
    let name = dice.one_of(&names).clone();
    if dice.roll(4) == 0 {
        members.shift_remove(&name);
        return;
    }
    // Times, limits and expressions have rules beyond their schemas, which other tests hold.
    let ruled = matches!(
        name.as_str(),
        "since" | "until" | "tail" | "grep" | "select" | "limit_bytes" | "limit_items" | "limit_seconds"
    );
    let other = if ruled { json!({}) } else { dice.one_of(&others()).clone() };
    let place = members.entry(name).or_insert(Value::Null);
    *choose_part(place, dice) = other;
}

/// Values of every type, and some that stand for values of other types.
fn others() -> [Value; 13] {
    [
        json!("no such member"),
        json!("3"),
        json!("true"),
        json!("10m"),
        json!("{}"),
        json!("[\"a\"]"),
        json!(3),
        json!(3.0),
        json!(2.5),
        json!(false),
        json!([[]]),
        json!({"no such property": [1]}),
        json!({"a": true}),
    ]
}

/// Chooses a part of a value, or all of it.
fn choose_part<'a>(value: &'a mut Value, dice: &mut Dice) -> &'a mut Value {
    let parts = match value {
        Value::Array(items) => items.len(),
        Value::Object(members) => members.len(),
        _ => 0,
    };
    if parts == 0 || dice.roll(4) == 0 {
        return value;
    }
    let part = dice.roll(parts);
    match value {
        Value::Array(items) => choose_part(&mut items[part], dice),
        Value::Object(members) => choose_part(members.values_mut().nth(part).unwrap(), dice),
        _ => unreachable!("it has parts"),
    }
}

/// Assembles checked arguments to one object, as in the schema.
fn assemble(tool: &Tool, checked: CheckedArguments) -> Value {
    let mut arguments = checked.arguments;
    arguments.extend(checked.body.map(|body| ("body".to_owned(), without_nulls(body))));
    arguments.extend(checked.extra.replace.then(|| ("replace".to_owned(), true.into())));
    arguments.extend(checked.extra.context.map(|context| ("context".to_owned(), context)));
    for (_, argument) in &mut arguments {
        *argument = without_nulls(argument.take());
    }
    if tool.operation.reads.is_some() {
        // A patch needs no version, but this schema requires it.
        arguments.entry(merge::VERSION).or_insert_with(|| 1.into());
    }
    arguments.into()
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .filter(|(_, member)| !member.is_null())
            .map(|(name, member)| (name, without_nulls(member)))
            .collect(),
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        value => value,
    }
}

fn point_into_defs(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(target) if name == "$ref" => target.insert_str(0, "#/$defs/"),
                    member => point_into_defs(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(point_into_defs),
        _ => {}
    }
}

/// Pseudo-random numbers, equal in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn one_of<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        let index = self.roll(things.len());
        &things[index]
    }
}
