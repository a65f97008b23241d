//! Claims that hold for every description, however odd. Each takes the result of one and returns the problem, if any.

use std::collections::BTreeSet;

use dockwright_codegen::emit::Output;
use dockwright_codegen::history::History;
use dockwright_codegen::ir::Api;
use dockwright_codegen::overlay::Overlay;
use dockwright_codegen::problem::Problems;
use dockwright_codegen::upgrade::swagger_to_openapi;
use dockwright_codegen::{Source, generate, import, lowered, parse, schema, shape};
use serde_json::Value;

use crate::names;
use crate::way_back::{differences, openapi_to_swagger};

/// The overlay and the history that descriptions are generated with.
pub struct Known {
    pub overlay: Overlay,
    pub history: History,
}

/// The result of a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    Rust,
    Refused,
}

/// All claims about the text of a description.
pub fn hold(source: &Source, known: &Known) -> Result<Became, String> {
    let (output, problems) = generate(source, &known.overlay, &known.history);
    problems_can_be_acted_on(&problems)?;
    claim(output.is_none() == problems.has_errors(), || {
        format!("there is output and an error, or neither: {problems}")
    })?;
    let again = generate(source, &known.overlay, &known.history);
    claim(again == (output.clone(), problems), || "it becomes something else the second time".to_owned())?;
    if let Ok(value) = parse::parse(&source.name, &source.text) {
        facts_are_their_own_facts(&value)?;
        nothing_is_lost(&value)?;
    }
    let Some(output) = output else { return Ok(Became::Refused) };
    is_of_a_sane_size(source, &output)?;
    is_printable(&output)?;
    names::are_unique_and_known(&output)?;
    let api = lowered(source, &known.overlay, &known.history, &mut Problems::default());
    api.map_or(Ok(()), |api| schemas_are_schemas(&api)).map(|()| Became::Rust)
}

fn claim(holds: bool, or: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(or()) }
}

/// Every problem has a file, a place in it, a description and a remedy.
fn problems_can_be_acted_on(problems: &Problems) -> Result<(), String> {
    for problem in problems.iter() {
        // Problems of the overlay have a file and a name; problems of a text a line and a column.
        let elsewhere = !problem.file.starts_with("mutant") || problem.remedy == "fix the file at that place";
        let of_the_whole =
            ["neither `swagger` nor", "lack a description"].iter().any(|what| problem.what.contains(what));
        let is_placed = problem.pointer.starts_with('/') || elsewhere || of_the_whole;
        let is_told = ![&problem.file, &problem.what, &problem.remedy].iter().any(|text| text.is_empty());
        claim(is_placed && is_told, || format!("nobody can act on: {problem:?}"))?;
    }
    Ok(())
}

fn facts_are_their_own_facts(description: &Value) -> Result<(), String> {
    let Ok(facts) = import::import("mutant", description) else { return Ok(()) };
    let text = import::render(&facts);
    let read = parse::parse("mutant.json", &text).map_err(|problem| format!("facts are no JSON: {problem}"))?;
    let again = import::import("mutant", &read).map_err(|problem| format!("facts are no description: {problem}"))?;
    let differences = differences("", &again, &facts);
    claim(import::render(&again) == text, || format!("facts of facts differ: {differences:?}"))
}

/// A description that is upgraded without problems converts back unchanged.
fn nothing_is_lost(description: &Value) -> Result<(), String> {
    let mut problems = Problems::default();
    let openapi = swagger_to_openapi(description.clone(), &mut problems);
    let Some(openapi) = openapi.and_then(|openapi| shape::read(openapi, &mut problems)) else { return Ok(()) };
    if !problems.is_empty() || description.get("swagger").is_none() {
        return Ok(());
    }
    let openapi = serde_json::to_value(openapi).map_err(|error| format!("cannot be written: {error}"))?;
    if has_form(description) {
        return Ok(());
    }
    let mut lost = differences("", &openapi_to_swagger(&openapi), description);
    // An empty value means no more than an absent one.
    lost.retain(|lost| {
        !["null", "false", "\"\"", "[]", "{}"].iter().any(|nothing| lost.ends_with(&format!(" is not {nothing}")))
    });
    claim(lost.is_empty(), || format!("lost without a word: {lost:?}"))
}

/// A form does not convert back: its fields become one body.
fn has_form(description: &Value) -> bool {
    let items = description["paths"].as_object().into_iter().flat_map(|paths| paths.values());
    let operations = items.filter_map(Value::as_object).flat_map(|item| item.values());
    let parameters = operations.filter_map(|operation| operation.get("parameters")?.as_array()).flatten();
    parameters.into_iter().any(|parameter| parameter["in"] == "formData")
}

/// A name appears in a few dozen places, so the output may be that much longer than the input, and no more.
fn is_of_a_sane_size(source: &Source, output: &Output) -> Result<(), String> {
    let bytes: usize = output.files().iter().map(|(_, text)| text.len()).sum();
    claim(bytes < 200_000 + source.text.len() * 300, || format!("{} bytes became {bytes}", source.text.len()))
}

/// Characters that rustc refuses in a comment, or that make a reader see other text.
fn is_printable(output: &Output) -> Result<(), String> {
    let is_odd = |letter: char| {
        letter.is_control() && letter != '\n'
            || ('\u{202a}'..='\u{202e}').contains(&letter)
            || ('\u{2066}'..='\u{2069}').contains(&letter)
    };
    let odd = output
        .files()
        .into_iter()
        .find_map(|(file, text)| text.lines().find(|line| line.contains(is_odd)).map(|line| (file, line)));
    odd.map_or(Ok(()), |(file, line)| Err(format!("unprintable in {file}: {line:?}")))
}

fn schemas_are_schemas(api: &Api) -> Result<(), String> {
    let definitions = schema::definitions(api);
    for (name, definition) in definitions.as_object().into_iter().flatten() {
        is_schema(definition, &definitions).map_err(|what| format!("definition {name}: {what}"))?;
    }
    for operation in &api.operations {
        let schemas = [("full", schema::full(operation)), ("shown", schema::shown(api, operation))];
        for (kind, schema) in schemas {
            is_schema(&schema, &definitions).map_err(|what| format!("{kind} schema of {}: {what}", operation.id))?;
        }
    }
    Ok(())
}

/// True if a value has the shape of the JSON Schemas that we write.
fn is_schema(schema: &Value, definitions: &Value) -> Result<(), String> {
    const TYPES: [&str; 7] = ["object", "array", "string", "integer", "number", "boolean", "null"];
    let entries = schema.as_object().ok_or_else(|| format!("{schema} is no object"))?;
    for (key, value) in entries {
        let is_well = match key.as_str() {
            "type" => one_or_all(value).iter().all(|kind| kind.as_str().is_some_and(|kind| TYPES.contains(&kind))),
            "$ref" => value.as_str().is_some_and(|name| definitions.get(name).is_some()),
            "enum" => value.as_array().is_some_and(|members| !members.is_empty() && are_unique(members)),
            "required" => value.as_array().is_some_and(|names| {
                are_unique(names)
                    && names.iter().all(|name| schema["properties"].get(name.as_str().unwrap_or("")).is_some())
            }),
            "properties" => {
                value.as_object().is_some_and(|all| all.values().all(|inner| is_schema(inner, definitions).is_ok()))
            }
            "items" => return is_schema(value, definitions),
            "additionalProperties" => value.is_boolean() || is_schema(value, definitions).is_ok(),
            "description" => value.as_str().is_some_and(|words| !words.is_empty()),
            "default" => true,
            _ => false,
        };
        claim(is_well, || format!("{key}: {value}"))?;
    }
    Ok(())
}

fn one_or_all(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |all| all.iter().collect())
}

fn are_unique(values: &[Value]) -> bool {
    values.iter().map(Value::to_string).collect::<BTreeSet<_>>().len() == values.len()
}
