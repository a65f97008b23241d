//! The tools as data for the page: the words and sizes that a client is shown, the facts of the operations' rows, and
//! the whole schemas of their arguments.

use dockwright::operation::{Operation, Place};
use dockwright::tools::{DEFINITIONS, WORDS};
use dockwright_server::catalogue::exposure::Exposure;
use dockwright_server::catalogue::{Entry, Offer};
use dockwright_server::mcp::tools::{self, Tool};
use dockwright_server::settings::{Settings, Surface};
use serde_json::{Map, Value, json};

use super::exposed::Exposed;

/// All tools, in the order of a server's list. Sizes are those of one without options, which leaves out the arguments
/// that need some.
pub fn all(exposed: &Exposed) -> Vec<Value> {
    let settings = Settings::default();
    let exposure = Exposure::new(&settings).expect("no option is wrong");
    let offer = Offer::of_one(exposure.into(), None);
    let (whole, shown) = (tools::listed(&offer, Surface::Operations), tools::for_client(&offer, &settings));
    let sized = whole.iter().zip(&shown);
    sized.map(|(tool, shown)| described(tool, tools::bytes(shown), exposed)).collect()
}

/// The schemas that `$ref` in those of arguments names.
pub fn definitions() -> Value {
    parsed(DEFINITIONS)
}

/// Words of other programs, each with the arguments that it may mean.
pub fn words() -> Value {
    WORDS.iter().map(|word| (word.word.to_owned(), json!(word.arguments))).collect::<Map<_, _>>().into()
}

fn described(tool: &Tool, bytes: usize, exposed: &Exposed) -> Value {
    let entry = Entry::find(&tool.name);
    let hints = tool.annotations.as_ref();
    let mut described = json!({
        "name": tool.name,
        "title": tool.title,
        "tag": tools::tag(tool),
        "words": tool.description,
        "commands": entry.map_or("", Entry::search),
        "reads": hints.and_then(|hints| hints.read_only_hint),
        "destroys": hints.and_then(|hints| hints.destructive_hint),
        "repeats": hints.and_then(|hints| hints.idempotent_hint),
        "leaves": hints.and_then(|hints| hints.open_world_hint),
        "bytes": bytes,
        "schema": tool.input_schema,
        "exposed": entry.map_or_else(|| exposed.always(), |entry| exposed.of(entry)),
    });
    match entry {
        Some(Entry::Operation(row)) => {
            described["schema"] = whole_schema(row.full_schema, tool);
            described["errors"] = json!(row.errors);
            add_facts(&mut described, row.operation);
        }
        Some(Entry::Composed(composed)) => described["uses"] = json!(composed.operations()),
        None => {}
    }
    described
}

/// The facts of an operation's row.
fn add_facts(described: &mut Value, operation: &Operation) {
    let lifetime = operation.lifetime;
    let endpoint = operation.endpoint().to_string();
    let (method, path) = endpoint.split_once(' ').unwrap_or_default();
    let place = |place: Place| match place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
    };
    let body = operation.body.map(|_| ("body".to_owned(), json!("body")));
    let places =
        operation.parameters.iter().map(|parameter| (parameter.name.to_owned(), json!(place(parameter.place))));
    let mut facets: Vec<(&str, Vec<&str>)> = Vec::new();
    for rule in operation.facets.rules {
        let name = rule.facet.name();
        match facets.iter_mut().find(|(known, _)| *known == name) {
            Some((_, paths)) if !paths.contains(&rule.path) => paths.push(rule.path),
            Some(_) => {}
            None => facets.push((name, vec![rule.path])),
        }
    }
    described["id"] = json!(operation.id);
    described["method"] = json!(method);
    described["path"] = json!(path);
    described["since"] = json!(lifetime.since.map(|version| version.to_string()));
    described["until"] = json!(lifetime.until.map(|version| version.to_string()));
    described["places"] = places.chain(body).collect::<Map<_, _>>().into();
    described["facets"] = json!(facets);
}

/// The whole schema of an operation's arguments, with those that the server adds for a model.
fn whole_schema(full: &str, tool: &Tool) -> Value {
    let (mut whole, shown) = (parsed(full), &tool.input_schema);
    let added = shown.get("properties").and_then(Value::as_object).into_iter().flatten();
    for (name, schema) in added {
        if whole["properties"].get(name).is_none() {
            whole["properties"][name] = schema.clone();
        }
    }
    whole["required"] = shown.get("required").cloned().unwrap_or_default();
    whole
}

fn parsed(schema: &str) -> Value {
    serde_json::from_str(schema).expect("the generator writes JSON")
}
