//! Short descriptions that could take for ever to read: each is read or refused in bounded time.

use serde_json::{Map, Value, json};

/// All descriptions, by name.
pub fn descriptions() -> Vec<(&'static str, Value)> {
    vec![
        ("types that all lead to one another", definitions((0..24).map(|index| (format!("T{index}"), mesh(24))))),
        ("a bad schema deep in others", definitions([("A".to_owned(), nested(50, json!({ "type": 5 })))])),
        ("good schemas deep in one another", definitions([("A".to_owned(), nested(50, json!({ "type": "string" })))])),
        (
            "bases of bases, each with such a property",
            definitions((0..40).map(|index| (format!("T{index}"), based(index)))),
        ),
        (
            "many properties",
            definitions([(
                "A".to_owned(),
                json!({ "type": "object", "properties": many(1000, json!({ "type": "string" })) }),
            )]),
        ),
        (
            "many references that lead nowhere",
            definitions([(
                "A".to_owned(),
                json!({ "type": "object", "properties": many(1000, json!({ "$ref": "#/definitions/B" })) }),
            )]),
        ),
        ("many types that lead on", definitions((0..300).map(|index| (format!("T{index}"), chained(index))))),
        ("many operations", paths(300)),
    ]
}

fn definitions(all: impl IntoIterator<Item = (String, Value)>) -> Value {
    let all: Map<_, _> = all.into_iter().collect();
    let answer = json!({ "200": { "schema": { "$ref": "#/definitions/T0" } } });
    let first = json!({ "operationId": "First", "responses": if all.contains_key("T0") { answer } else { json!({}) } });
    json!({ "swagger": "2.0", "info": { "title": "Large", "version": "1.0" }, "paths": { "/first": { "get": first } }, "definitions": all })
}

fn paths(count: usize) -> Value {
    let operation = |index: usize| json!({ "get": { "operationId": format!("Get{index}"), "responses": {} } });
    let all: Map<_, _> = (0..count).map(|index| (format!("/get/{index}"), operation(index))).collect();
    json!({ "swagger": "2.0", "info": { "title": "Large", "version": "1.0" }, "paths": all })
}

fn mesh(count: usize) -> Value {
    let to = |index: usize| json!({ "type": "array", "items": { "$ref": format!("#/definitions/T{index}") } });
    let properties: Map<_, _> = (0..count).map(|index| (format!("P{index}"), to(index))).collect();
    json!({ "type": "object", "properties": properties })
}

fn nested(depth: usize, inner: Value) -> Value {
    (0..depth / 2)
        .fold(inner, |inner, _| json!({ "type": "object", "properties": { "P": { "type": "array", "items": inner } } }))
}

fn based(index: usize) -> Value {
    let part = json!({ "type": "object", "properties": { format!("P{index}"): { "type": "string" } } });
    if index == 39 {
        return part;
    }
    let base = json!({ "$ref": format!("#/definitions/T{}", index + 1) });
    let inner = json!({ "allOf": [base, { "type": "object", "properties": { "X": { "type": "string" } } }] });
    json!({ "allOf": [base, part], "properties": { format!("Q{index}"): inner } })
}

fn chained(index: usize) -> Value {
    if index == 299 {
        return json!({ "type": "string" });
    }
    json!({ "type": "object", "properties": { "Next": { "$ref": format!("#/definitions/T{}", index + 1) } } })
}

fn many(count: usize, value: Value) -> Value {
    (0..count).map(|index| (format!("P{index}"), value.clone())).collect::<Map<_, _>>().into()
}

/// YAML that expands enormously, or that is ambiguous.
pub fn texts() -> Vec<(&'static str, String)> {
    let bomb: String = (1..12)
        .map(|level| format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 9].join(", ")))
        .collect();
    vec![
        ("aliases of aliases", format!("a0: &a0 [x]\n{bomb}")),
        ("a value in itself", "a: &a { b: *a }".to_owned()),
        ("lists in lists", format!("a: {}{}", "[".repeat(100_000), "]".repeat(100_000))),
        ("lines that all go further in", (0..5000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect()),
        ("a key twice", "swagger: '2.0'\ninfo: {}\nswagger: '2.0'".to_owned()),
        ("a key twice in a flow", "swagger: '2.0'\npaths: { /a: {}, /a: {} }".to_owned()),
        ("a key twice by merging", "b: &b { c: 1 }\nd: { c: 2, <<: *b, c: 3 }".to_owned()),
        ("two documents", "swagger: '2.0'\n---\nswagger: '2.0'".to_owned()),
        ("no number", "swagger: '2.0'\nx-a: .nan".to_owned()),
        ("a key that is a list", "? [a, b]\n: c".to_owned()),
        ("many aliases", format!("a: &a x\nb: [{}]", vec!["*a"; 60_000].join(", "))),
    ]
}
