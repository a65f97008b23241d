//! Bad input is told apart, all of it in one run, each with its place; nothing panics or hangs.

use dockwright_codegen::history::History;
use dockwright_codegen::overlay::Overlay;
use dockwright_codegen::problem::Problems;
use dockwright_codegen::{Source, generate};

#[test]
fn tells_a_dangling_reference() {
    let problems =
        problems_in("definitions: { Car: { type: object, properties: { Wheel: { $ref: '#/definitions/Wheel' } } } }");
    assert_told(
        &problems,
        "/components/schemas/Car/properties/Wheel",
        "`#/components/schemas/Wheel` is defined nowhere",
    );
}

#[test]
fn tells_an_unknown_type() {
    let problems = problems_in("definitions: { Car: { type: object, properties: { Wheel: { type: round } } } }");
    assert_told(&problems, "/components/schemas/Car/properties/Wheel", "the type `round` is not supported");
}

#[test]
fn tells_a_duplicate_operation_id() {
    let operation = "{ operationId: Same, responses: { 200: {} } }";
    let problems = problems_in(&format!("paths: {{ /a: {{ get: {operation} }}, /b: {{ get: {operation} }} }}"));
    assert_told(&problems, "/paths/~1b/get/operationId", "the operationId `Same` is taken");
}

#[test]
fn tells_clashing_names() {
    let fields = problems_in(
        "definitions: { Car: { type: object, properties: { fooBar: { type: string }, foo_bar: { type: string } } } }",
    );
    assert_told(&fields, "/components/schemas/Car/properties/foo_bar", "would be the same field");
    let types = problems_in(
        "definitions: { Car: { type: object, properties: { Wheel: { type: object, properties: { A: { type: string } } } } },
          CarWheel: { type: object, properties: { B: { type: string } } } }",
    );
    assert_told(&types, "/components/schemas/CarWheel", "is also the name of the type at");
    let members = problems_in("definitions: { Gear: { type: string, enum: [on-off, on_off] } }");
    assert_told(&members, "/components/schemas/Gear/enum", "two members");
}

#[test]
fn tells_a_type_that_holds_itself() {
    let problems =
        problems_in("definitions: { Car: { type: object, properties: { Trailer: { $ref: '#/definitions/Car' } } } }");
    assert_told(&problems, "/components/schemas/Car", "holds itself");
    let circle = problems_in(
        "definitions: { A: { allOf: [{ $ref: '#/definitions/B' }, { type: object, properties: { x: { type: string } } }] }, B: { allOf: [{ $ref: '#/definitions/A' }, { type: object, properties: { y: { type: string } } }] } }",
    );
    assert!(circle.has_errors(), "{circle}");
}

#[test]
fn tells_a_path_and_parameters_that_do_not_fit() {
    let problems = problems_in(
        "paths: { '/cars/{id}': { get: { operationId: Car, responses: {}, parameters: [{ name: name, in: path, required: true, type: string }] } } }",
    );
    assert_told(&problems, "/paths/~1cars~1{id}/get/parameters", "has no place for `name`");
    assert_told(&problems, "/paths/~1cars~1{id}/get/parameters", "`{id}` of the path");
}

#[test]
fn tells_all_problems_in_one_run() {
    let problems = problems_in("definitions: { A: { type: round }, B: { $ref: '#/definitions/C' } }");
    assert_eq!(problems.iter().count(), 2, "{problems}");
}

#[test]
fn tells_malformed_text_and_where() {
    for (name, text, expected) in [
        ("broken.json", r#"{"swagger": "2.0", "info": {"#, "EOF while parsing"),
        ("broken.json", r#"{"a": 1, "a": 2}"#, "the key `a` stands twice"),
        ("broken.yaml", "a: 1\na: 2\n", "a"),
        ("broken.yaml", "swagger: \"2.0\"\ninfo: {title: x", ""),
        ("broken.yaml", "swagger: [", ""),
        ("broken.yaml", "\t- x: {", ""),
        ("empty.yaml", "", ""),
        ("scalar.yaml", "just words", "neither `swagger` nor `openapi`"),
        ("list.json", "[]", "neither `swagger` nor `openapi`"),
        ("other.yaml", "swagger: \"3.0\"", "version \"3.0\" is unknown"),
        ("other.yaml", "openapi: \"3.0.0\"", "it is not a valid description"),
    ] {
        let problems = problems_of(name, text);
        assert!(problems.has_errors() && problems.to_string().contains(expected), "{name} {text:?}: {problems}");
        assert!(problems.to_string().contains(name), "{problems}");
    }
}

#[test]
fn never_panics_on_a_truncated_description() {
    let whole = format!(
        "{HEAD}{}",
        "paths: { /a: { get: { operationId: A, parameters: [{ name: x, in: query, type: array, items: { type: string } }], responses: { 200: { schema: { type: object, properties: { a: { type: string } } } } } } } }"
    );
    for end in 0..whole.len() {
        problems_of("cut.yaml", &whole[..end]);
    }
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for name in ["deep.json", "deep.yaml"] {
        assert!(problems_of(name, &nested).has_errors());
    }
    let aliases = "a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d, *d]\nf: &f [*e, *e, *e, *e, *e, *e, *e, *e]\ng: [*f, *f, *f, *f, *f, *f, *f, *f]\n";
    assert!(problems_of("bomb.yaml", aliases).has_errors());
}

const HEAD: &str = "swagger: \"2.0\"\ninfo: { title: Cars, version: \"1.0\" }\n";

fn problems_in(rest: &str) -> Problems {
    let paths = if rest.starts_with("paths") { "" } else { "paths: {}\n" };
    problems_of("cars.yaml", &format!("{HEAD}{paths}{rest}\n"))
}

fn problems_of(name: &str, text: &str) -> Problems {
    let source = Source { name: name.into(), text: text.into(), oldest: "1.0".into(), newest: true, tags: None };
    let (output, problems) = generate(&source, &Overlay::default(), &History::default());
    assert_eq!(output.is_none(), problems.has_errors(), "{problems}");
    problems
}

#[track_caller]
fn assert_told(problems: &Problems, pointer: &str, what: &str) {
    let told = problems.iter().any(|problem| problem.pointer == pointer && problem.what.contains(what));
    assert!(told && problems.has_errors(), "{problems}");
    assert!(problems.iter().all(|problem| !problem.remedy.is_empty()));
}

#[test]
fn tells_an_argument_that_can_turn_one_endpoint_into_another() {
    let operation = |id: &str| {
        format!(
            "{{ get: {{ operationId: {id}, responses: {{}}, parameters: [{{ name: id, in: path, required: true, type: string }}] }} }}"
        )
    };
    let paths =
        format!("paths: {{ '/cars/{{id}}': {}, '/cars/{{id}}/logs': {} }}", operation("Car"), operation("Logs"));
    let text = format!("{HEAD}{paths}\n");
    let source = Source { name: "cars.yaml".into(), text, oldest: "1.0".into(), newest: false, tags: None };
    let slashes = vec!["/cars/{id}".to_owned()];
    let overlay = Overlay { title: "Cars".into(), slashes, ..Overlay::default() };
    let (_, problems) = generate(&source, &overlay, &History::default());
    assert_told(&problems, "/paths/~1cars~1{id}", "an argument can turn `Car` into `Logs`");
    assert!(!problems_in(&paths).has_errors());
}
