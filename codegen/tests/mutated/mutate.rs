//! Mutates descriptions: a seed and a description in, a description with a few changes out. It knows the keywords of
//! the format and none of its rules.

use dockwright_codegen::problem::join;
use serde_json::{Map, Value, json};

/// Odd names.
const NAMES: [&str; 52] = [
    "",
    " ",
    "_",
    "-",
    "~",
    "/",
    "~1",
    "a/b",
    "a~b",
    "type",
    "self",
    "Self",
    "Option",
    "String",
    "Vec",
    "Box",
    "Some",
    "Other",
    "extra",
    "body",
    "options",
    "filters",
    "value",
    "__proto__",
    "constructor",
    "$ref",
    "x-odd",
    "ß",
    "SS",
    "½",
    "²a",
    "٣",
    "e\u{301}",
    "日本",
    "🚗",
    "\u{202e}a",
    "a\r\nb",
    "*/",
    "\0",
    "1",
    "-1",
    "All",
    "ApiVersion",
    "CarFilters",
    "CarListOptions",
    "CarInspectHeaders",
    "CAR",
    "carlist",
    "Extra",
    "r#a",
    "gen",
    "SELF",
];

/// Keys of paths and answers, and media types.
const PLACES: [&str; 22] = [
    "200",
    "2XX",
    "default",
    "99",
    "1000",
    "+20",
    "204",
    "304",
    "101",
    "abc",
    "/cars/{id",
    "/cars/id}/json",
    "/{}/json",
    "cars",
    "",
    "/cars//json",
    "/cars/{id}{id}",
    "/cars/{id}/{id}",
    "/CARS/json",
    "/../json",
    "application/json; a=b",
    "*/*",
];

/// Keywords of Swagger, of OpenAPI and of the overlay's corrections.
const KEYS: [&str; 50] = [
    "type",
    "format",
    "enum",
    "$ref",
    "allOf",
    "oneOf",
    "anyOf",
    "not",
    "items",
    "properties",
    "additionalProperties",
    "required",
    "default",
    "description",
    "title",
    "example",
    "readOnly",
    "discriminator",
    "minimum",
    "maximum",
    "minLength",
    "uniqueItems",
    "x-nullable",
    "x-go-type",
    "x-type-name",
    "x-enum-varnames",
    "x-object-enum",
    "x-content-encoding",
    "x-ref-siblings",
    "x-ref-type",
    "x-body-index",
    "x-body-name",
    "nullable",
    "in",
    "name",
    "schema",
    "content",
    "headers",
    "responses",
    "parameters",
    "requestBody",
    "collectionFormat",
    "explode",
    "style",
    "consumes",
    "produces",
    "operationId",
    "tags",
    "deprecated",
    "get",
];

/// Values for keys that expect one of a few.
const VALUES: [&str; 27] = [
    "object",
    "array",
    "string",
    "integer",
    "number",
    "boolean",
    "null",
    "file",
    "int32",
    "uint64",
    "odd",
    "password",
    "path",
    "query",
    "header",
    "body",
    "formData",
    "cookie",
    "multi",
    "csv",
    "pipes",
    "2.0",
    "1.9",
    "1.99999999999",
    "+1.+1",
    "application/json",
    "text/plain",
];

/// Random numbers that depend on the seed alone (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end.max(1) as u64) as usize
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

/// A description with one to four changes.
pub fn mutated(description: &Value, dice: &mut Dice) -> Value {
    let mut mutant = description.clone();
    for _ in 0..=dice.below(4) {
        let pointers = pointers(&mutant);
        let at = pointers[dice.below(pointers.len())].clone();
        change(&mut mutant, &at, &pointers, dice);
    }
    mutant
}

/// A text with one odd thing in it, or without something.
pub fn mutated_text(text: &str, dice: &mut Dice) -> String {
    const TOKENS: [&str; 16] = [
        "&a ",
        "*a",
        "<<: *a",
        "\t",
        "{",
        "]",
        "\"",
        "'",
        "!!binary ",
        "? ",
        "- ",
        "\n---\n",
        "#",
        "1e999",
        ".nan",
        "\u{feff}",
    ];
    let mut letters: Vec<char> = text.chars().collect();
    let start = dice.below(letters.len());
    let end = (start + dice.below(200)).min(letters.len());
    match dice.below(4) {
        0 => drop(letters.drain(start..end)),
        1 => letters.truncate(start),
        2 => drop(letters.splice(start..start, letters[start..end].to_vec())),
        _ => drop(letters.splice(start..start, dice.of(&TOKENS).chars())),
    }
    letters.into_iter().collect()
}

fn change(mutant: &mut Value, at: &str, pointers: &[String], dice: &mut Dice) {
    let copy = mutant.pointer(&pointers[dice.below(pointers.len())]).cloned().unwrap_or_default();
    let definitions = names_of(mutant, "/definitions");
    let Some(value) = mutant.pointer_mut(at) else { return };
    match dice.below(12) {
        0 | 1 => remove(mutant, at),
        2 => *value = odd_value(dice),
        3 => *value = copy,
        4 | 5 => rename(mutant, at, dice),
        6 => *value = json!({ "$ref": target(&definitions, dice) }),
        7 => *value = nested(value.take(), dice),
        8 => *value = filled(value.take(), dice),
        _ => match value {
            Value::Object(entries) => add(entries, copy, &definitions, dice),
            Value::Array(items) => items.push(if dice.below(2) == 0 { copy } else { odd_value(dice) }),
            Value::String(text) if text.starts_with("#/") => *text = target(&definitions, dice),
            scalar => *scalar = odd_value(dice),
        },
    }
}

fn add(entries: &mut Map<String, Value>, copy: Value, definitions: &[String], dice: &mut Dice) {
    let key = match dice.below(4) {
        0 => odd_name(dice),
        1 => other_case(entries.keys().next().map_or("", String::as_str)),
        _ => dice.of(&KEYS).to_owned(),
    };
    let value = match dice.below(4) {
        0 => copy,
        1 => json!({ "$ref": target(definitions, dice) }),
        2 if key == "allOf" => json!([{ "$ref": target(definitions, dice) }, copy]),
        _ => odd_value(dice),
    };
    entries.insert(key, value);
}

fn remove(mutant: &mut Value, at: &str) {
    let Some((above, token)) = split(at) else { return };
    match mutant.pointer_mut(above) {
        Some(Value::Object(entries)) => drop(entries.shift_remove(&token)),
        Some(Value::Array(items)) => drop(items.remove(token.parse().unwrap())),
        _ => {}
    }
}

/// The entry under another name, or under both.
fn rename(mutant: &mut Value, at: &str, dice: &mut Dice) {
    let Some((above, token)) = split(at) else { return };
    let Some(Value::Object(entries)) = mutant.pointer_mut(above) else { return };
    let value = match dice.below(2) {
        0 => entries.shift_remove(&token),
        _ => entries.get(&token).cloned(),
    };
    let name = match dice.below(3) {
        0 => other_case(&token),
        1 => dice.of(&PLACES).to_owned(),
        _ => odd_name(dice),
    };
    entries.insert(name, value.unwrap_or_default());
}

/// The value deep in a schema.
fn nested(value: Value, dice: &mut Dice) -> Value {
    let depth = 1 + if dice.below(4) == 0 { dice.below(55) } else { dice.below(4) };
    (0..depth).fold(value, |value, _| match dice.below(5) {
        0 => json!({ "type": "array", "items": value }),
        1 => json!({ "type": "object", "additionalProperties": value }),
        2 => json!({ "type": "object", "properties": { "Inner": value } }),
        3 => json!({ "allOf": [value], "properties": { "Own": { "type": "string" } } }),
        _ => json!({ "properties": { "Inner": value }, "required": ["Inner"] }),
    })
}

/// The value emptied, or with a lot in it.
fn filled(value: Value, dice: &mut Dice) -> Value {
    match value {
        Value::Object(_) if dice.below(2) == 0 => json!({}),
        Value::Array(_) if dice.below(2) == 0 => json!([]),
        Value::Array(items) => items.iter().cycle().take(items.len() * (1 + dice.below(9))).cloned().collect(),
        Value::Object(mut entries) => {
            for (name, value) in entries.clone() {
                entries.insert(format!("{name}{}", dice.below(3)), value);
            }
            entries.into()
        }
        Value::String(text) => text.repeat(dice.below(300)).into(),
        scalar => json!([scalar]),
    }
}

fn odd_value(dice: &mut Dice) -> Value {
    match dice.below(10) {
        0 => Value::Null,
        1 => json!(dice.below(2) == 0),
        2 => dice
            .of(&[json!(-1), json!(0), json!(200.5), json!(u64::MAX), json!(i64::MIN), json!(1.8e19), json!(1e300)]
                .each_ref())
            .clone(),
        3 => json!([]),
        4 => json!({}),
        5 => json!([odd_name(dice), odd_name(dice)]),
        6 => json!({ odd_name(dice): odd_name(dice) }),
        7 => json!({ "type": dice.of(&VALUES) }),
        8 => odd_name(dice).into(),
        _ => dice.of(&VALUES).into(),
    }
}

fn odd_name(dice: &mut Dice) -> String {
    match dice.below(12) {
        0 => "long".repeat(1 + dice.below(500)),
        1 => char::from_u32(dice.below(0x11_0000) as u32).unwrap_or('?').to_string(),
        _ => dice.of(&NAMES).to_owned(),
    }
}

fn target(definitions: &[String], dice: &mut Dice) -> String {
    match (dice.below(5), definitions) {
        (0, _) | (_, []) => format!("#/definitions/{}", odd_name(dice)),
        (1, _) if dice.below(3) == 0 => odd_name(dice),
        _ => join("#/definitions", &definitions[dice.below(definitions.len())]),
    }
}

fn other_case(name: &str) -> String {
    if name.chars().any(char::is_lowercase) { name.to_uppercase() } else { name.to_lowercase() }
}

fn names_of(value: &Value, pointer: &str) -> Vec<String> {
    value.pointer(pointer).and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

/// The pointers of all values in a value, itself first.
pub fn pointers(value: &Value) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut next = 0;
    while let Some(pointer) = found.get(next).cloned() {
        match value.pointer(&pointer) {
            Some(Value::Object(entries)) => found.extend(entries.keys().map(|key| join(&pointer, key))),
            Some(Value::Array(items)) => found.extend((0..items.len()).map(|index| join(&pointer, &index.to_string()))),
            _ => {}
        }
        next += 1;
    }
    found
}

/// The pointer to the parent of a value, and its key there.
fn split(pointer: &str) -> Option<(&str, String)> {
    let (above, token) = pointer.rsplit_once('/')?;
    Some((above, token.replace("~1", "/").replace("~0", "~")))
}

/// The value without one of its parts, each in turn, to reduce a found mutant.
pub fn smaller(value: &Value) -> impl Iterator<Item = Value> {
    pointers(value).into_iter().skip(1).map(|pointer| {
        let mut smaller = value.clone();
        remove(&mut smaller, &pointer);
        smaller
    })
}
