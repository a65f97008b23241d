//! One request for each operation of the description, with every argument, to a server that keeps what it gets.

use std::sync::{Arc, Mutex};

use dockwright::bytes::Bytes;
use dockwright::operation::{Answer, Segment};
use dockwright::{Body, Engine, Operation, operations};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::description::{Described, Description};

#[tokio::test]
async fn every_operation_reaches_the_server_as_the_description_says() {
    let description = Description::read();
    let described = description.operations();
    assert_eq!(described.len(), operations::ALL.len());
    assert!(described.len() >= 40);
    for described in &described {
        reaches_the_server(&description, described).await;
    }
    println!("{} operations", described.len());
}

async fn reaches_the_server(description: &Description, described: &Described) {
    let operation = row(described);
    let wanted = Expected::of(description, described);
    let sent = Arc::new(Mutex::new(None));
    let kept = sent.clone();
    let engine = Engine::canned(move |request| {
        *kept.lock().unwrap() = Some(request);
        http::Response::builder().status(200).body(Bytes::new()).unwrap()
    });
    let call = engine.call(operation).arguments(wanted.arguments);
    let call = match (&wanted.body, operation.body) {
        (Some(body), Some(row)) if row.json => call.body(body),
        (Some(_), Some(_)) => call.content(Body::from("what it is")),
        (body, row) => {
            assert!(body.is_none() && row.is_none(), "{}", operation.id);
            call
        }
    };
    call.send().await.unwrap_or_else(|error| panic!("{error}"));
    let request = sent.lock().unwrap().take().unwrap();
    let id = operation.id;
    assert_eq!(request.method().as_str(), described.verb, "{id}");
    let path: Vec<_> = request.uri().path().split('/').map(decoded).collect();
    assert_eq!(path, wanted.path, "{id}");
    let query = request.uri().query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    let query: Vec<_> =
        query.filter_map(|pair| pair.split_once('=')).map(|(name, value)| (decoded(name), decoded(value))).collect();
    assert_eq!(query, wanted.query, "{id}");
    for (name, value) in &wanted.headers {
        assert_eq!(request.headers()[name], value, "{id}: {name}");
    }
    if let Some(body) = wanted.body {
        let media_type = request.headers()["content-type"].to_str().unwrap();
        assert!(described.consumes().contains(&media_type), "{id}: {media_type}");
        let json = described.consumes().iter().any(|media_type| media_type.ends_with("json"));
        assert_eq!(media_type.ends_with("json"), json, "{id}: {media_type}");
        match json && !body.is_string() {
            true => assert_eq!(serde_json::from_slice::<Value>(request.body()).unwrap(), body, "{id}"),
            false => assert_eq!(request.body(), "what it is", "{id}"),
        }
    }
}

#[test]
fn every_answer_is_of_its_declared_type() {
    for described in Description::read().operations() {
        let operation = row(&described);
        let responses = described.operation["responses"].as_object().unwrap().iter();
        let mut successes = responses.filter(|(status, _)| status.starts_with('2'));
        let declared = successes.find_map(|(_, response)| response["content"].as_object());
        let Some(declared) = declared else { continue };
        let expected = match declared.keys().map(String::as_str).collect::<Vec<_>>()[..] {
            [] => continue,
            ref types if types.contains(&"application/json") => Answer::Json,
            ["text/plain" | "text/yaml" | "application/text", ..] => Answer::Text,
            ["application/octet-stream"] => Answer::Tar,
            ref others => panic!("{}: how is {others:?} read?", operation.id),
        };
        let is_declared = declared.get("application/json").is_none_or(|content| content["schema"].is_object());
        assert!(operation.answer == expected || !is_declared, "{}: {:?}", operation.id, operation.answer);
    }
}

/// The request that should arrive by the description.
#[derive(Default)]
struct Expected {
    arguments: Map<String, Value>,
    path: Vec<String>,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Option<Value>,
}

impl Expected {
    fn of(description: &Description, described: &Described) -> Self {
        // Some write a query into the path to tell two operations apart.
        let (path, query) = described.template.split_once('?').unwrap_or((&described.template, ""));
        let query = query.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        let path = path.split('/').map(str::to_owned).collect();
        let mut wanted = Self { path, query: query.into_iter().collect(), ..Self::default() };
        for parameter in described.operation["parameters"].as_array().into_iter().flatten() {
            wanted.take(description, parameter);
        }
        let content = described.operation["requestBody"]["content"].as_object();
        let json = content.and_then(|content| content.get("application/json"));
        wanted.body = content.map(|_| json.map_or("bytes".into(), |content| description.value(&content["schema"])));
        wanted
    }

    fn take(&mut self, description: &Description, parameter: &Value) {
        let name = parameter["name"].as_str().unwrap().to_owned();
        let place = parameter["in"].as_str().unwrap();
        if place == "header" && ["accept", "content-type", "authorization"].contains(&name.to_lowercase().as_str()) {
            return;
        }
        let mut value = description.value(&parameter["schema"]);
        if place == "header" && value.is_string() {
            value = "visible".into();
        }
        let texts: Vec<_> = match &value {
            Value::Array(items) => items.iter().map(text).collect(),
            value => vec![text(value)],
        };
        match place {
            "path" => {
                let argument = format!("{{{name}}}");
                self.path
                    .iter_mut()
                    .filter(|segment| **segment == argument)
                    .for_each(|segment| *segment = texts.join(","));
            }
            "query" if parameter["explode"] == false => self.query.push((name.clone(), texts.join(","))),
            "query" => self.query.extend(texts.into_iter().map(|text| (name.clone(), text))),
            _ => self.headers.push((name.clone(), texts.join(","))),
        }
        self.arguments.insert(name, value);
    }
}

/// The row of the table for a method and a path.
fn row(described: &Described) -> &'static Operation {
    let path = |operation: &Operation| -> String {
        let segments = operation.path.iter().map(|segment| match segment {
            Segment::Literal(literal) => format!("/{literal}"),
            Segment::Argument(name) => format!("/{{{name}}}"),
        });
        segments.collect()
    };
    let mut rows = operations::ALL.iter();
    let row = rows.find(|row| row.method.as_str() == described.verb && path(row) == described.template);
    row.unwrap_or_else(|| panic!("there is no row for {} {}", described.verb, described.template))
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8().unwrap().into_owned()
}
