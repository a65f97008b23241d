//! Bad input: one run reports all problems, each with its place, and never panics or hangs.

use dockwright_codegen::history::History;
use dockwright_codegen::overlay::{Correction, Overlay};
use dockwright_codegen::problem::Problems;
use dockwright_codegen::{Source, generate};
use serde_json::{Value, json};

#[test]
fn tells_a_dangling_reference() {
    let problems =
        problems_in("definitions: { Car: { type: object, properties: { Wheel: { $ref: '#/definitions/Wheel' } } } }");
    assert_told(&problems, "/components/schemas/Car/properties/Wheel", "`#/components/schemas/Wheel` is not defined");
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
    assert_told(&fields, "/components/schemas/Car/properties/foo_bar", "become the same field");
    let types = problems_in(
        "definitions: { Car: { type: object, properties: { Wheel: { type: object, properties: { A: { type: string } } } } },
          CarWheel: { type: object, properties: { B: { type: string } } } }",
    );
    assert_told(&types, "/components/schemas/CarWheel", "is also the name of the type at");
    let members = problems_in("definitions: { Gear: { type: string, enum: [on-off, on_off] } }");
    assert_told(&members, "/components/schemas/Gear/enum", "two members");
}

#[test]
fn tells_a_type_that_takes_itself_in() {
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
    assert_told(&problems, "/paths/~1cars~1{id}/get/parameters", "has no segment `name`");
    assert_told(&problems, "/paths/~1cars~1{id}/get/parameters", "`{id}` of the path");
}

#[test]
fn shows_the_first_problems_of_a_kind_and_counts_the_others() {
    let types: Vec<_> = (0..50).map(|number| format!("T{number}: {{ type: round }}")).collect();
    let problems =
        problems_in(&format!("definitions: {{ {}, Last: {{ $ref: '#/definitions/No' }} }}", types.join(", ")));
    let shown = problems.to_string();
    assert_eq!((problems.iter().count(), shown.lines().count()), (51, 22), "{shown}");
    assert!(shown.ends_with("error: 30 more of this kind: the type `…` is not supported\n"), "{shown}");
}

#[test]
fn reads_openapi_3_1_as_far_as_3_0_can_say_the_same() {
    let car = "{ type: object, properties: {
        Name: { type: [string, 'null'], examples: [a, b] }, Doors: { type: integer, exclusiveMinimum: 0 },
        Kind: { const: car, type: string } } }";
    let text = |schema: &str| {
        format!(
            "openapi: 3.1.0\ninfo: {{ title: Cars, version: '1.0' }}\npaths: {{}}\ncomponents: {{ schemas: {{ Car: {schema} }} }}"
        )
    };
    let problems = problems_of("cars.yaml", &text(car));
    assert!(problems.is_empty(), "{problems}");
    let several = problems_of("cars.yaml", &text("{ type: object, properties: { Name: { type: 7 } } }"));
    assert_told(&several, "/components/schemas/Car/properties/Name/type", "not a valid description");
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
        ("broken.json", r#"{"a": 1, "a": 2}"#, "duplicate key `a`"),
        ("broken.yaml", "a: 1\na: 2\n", "a"),
        ("broken.yaml", "swagger: \"2.0\"\ninfo: {title: x", ""),
        ("broken.yaml", "swagger: [", ""),
        ("broken.yaml", "\t- x: {", ""),
        ("empty.yaml", "", ""),
        ("scalar.yaml", "just words", "neither `swagger` nor `openapi`"),
        ("list.json", "[]", "neither `swagger` nor `openapi`"),
        ("other.yaml", "swagger: \"3.0\"", "unknown version \"3.0\""),
        ("other.yaml", "openapi: \"3.0.0\"", "not a valid description"),
        ("other.yaml", "openapi: \"3.1.0\"", "not a valid description"),
        ("other.yaml", "openapi: \"3.2.0\"", "unsupported version \"3.2.0\"; convert it to 3.0.3"),
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

#[test]
fn tells_what_a_reference_does_not_lead_to() {
    let problems = problems_in_openapi(
        "paths: { /cars: { parameters: [{ $ref: '#/components/parameters/Page' }],
          get: { operationId: Cars, requestBody: { $ref: '#/components/requestBodies/Car' },
          responses: { '200': { $ref: '#/components/responses/Circle' } } } } }
components: { responses: { Circle: { $ref: '#/components/responses/Circle' } } }",
    );
    assert_told(&problems, "/paths/~1cars/parameters/0", "`#/components/parameters/Page` is not defined");
    assert_told(&problems, "/paths/~1cars/get/requestBody", "`#/components/requestBodies/Car` is not defined");
    assert_told(&problems, "/paths/~1cars/get/responses/200", "refers to itself");
    let elsewhere =
        problems_in("paths: { /cars: { get: { operationId: Cars, responses: { 200: { $ref: 'other.yaml#/Ok' } } } } }");
    assert_told(&elsewhere, "/paths/~1cars/get/responses/200", "`other.yaml#/Ok` is not defined");
}

#[test]
fn tells_where_a_description_is_not_valid() {
    let problems = problems_in_openapi(
        "paths: { /cars: { get: { operationId: Cars, responses: { '200': { content: {} } } } } }
components: { schemas: { Car: { type: [string, 'null'] } } }",
    );
    assert_told(&problems, "/paths/~1cars/get/responses/200", "missing field `description`");
    assert_told(&problems, "/components/schemas/Car/type", "not a valid description");
}

#[test]
fn tells_how_a_parameter_cannot_be_written() {
    for (parameter, what) in [
        (
            "in: query, style: deepObject, schema: { type: array, items: { type: string } }",
            "the style `deepObject` is not",
        ),
        (
            "in: query, style: pipeDelimited, schema: { type: array, items: { type: string } }",
            "the style `pipeDelimited`",
        ),
        (
            "in: query, schema: { type: object, properties: { a: { type: string } } }",
            "an object cannot be written as text here",
        ),
        ("in: cookie, schema: { type: string }", "cookies are not supported"),
    ] {
        let operation = format!("operationId: Cars, responses: {{}}, parameters: [{{ name: x, {parameter} }}]");
        let problems = problems_in_openapi(&format!("paths: {{ /cars: {{ get: {{ {operation} }} }} }}"));
        assert_told(&problems, "/paths/~1cars/get/parameters/0", what);
    }
    let form = "{ name: a, in: formData, type: string }, { name: b, in: body, schema: { type: object } }";
    let problems = problems_in(&format!(
        "paths: {{ /cars: {{ post: {{ operationId: Cars, responses: {{}}, parameters: [{form}] }} }} }}"
    ));
    assert_told(&problems, "/paths/~1cars/post/parameters", "both a body and a form");
}

#[test]
fn tells_a_path_with_a_query_beside_query_parameters() {
    let query = "parameters: [{ name: x, in: query, schema: { type: string } }]";
    let problems_of = |template: &str, parameters: &str| {
        problems_in_openapi(&format!(
            "paths: {{ '{template}': {{ get: {{ operationId: Cars, responses: {{}}, {parameters} }} }} }}"
        ))
    };
    assert!(!problems_of("/cars?old=true", "").has_errors());
    for (template, parameters) in [("/cars?old=true", query), ("/cars#old", "")] {
        let pointer = format!("/paths/{}/get/parameters", template.replace('/', "~1"));
        assert_told(&problems_of(template, parameters), &pointer, "contains a query or a fragment");
    }
}

#[test]
fn tells_successes_that_answer_differently() {
    let successes_of = |verb: &str, responses: &str| {
        let operation = format!("{{ operationId: Cars, responses: {{ {responses} }} }}");
        problems_in(&format!(
            "paths: {{ /cars: {{ {verb}: {operation} }} }}\ndefinitions: {{ Car: {{ type: object }} }}"
        ))
    };
    let successes = |responses: &str| successes_of("get", responses);
    let object = "schema: { type: object }";
    for responses in [
        format!("200: {{ {object} }}, 204: {{}}"),
        format!("200: {{ {object} }}, 201: {{ schema: {{ type: string }} }}"),
    ] {
        let problems = successes(&responses);
        let told = problems.iter().map(|problem| problem.what.as_str()).collect::<Vec<_>>();
        assert_eq!(told, ["successes answer differently; the first with content is read"], "{problems}");
    }
    let alike = successes(&format!("101: {{}}, 200: {{ {object} }}, 201: {{ {object} }}, 304: {{}}, 404: {{}}"));
    assert!(alike.is_empty(), "{alike}");
    // Prose is no difference, and a HEAD has headers only.
    let car = "$ref: '#/definitions/Car'";
    let alike = successes(&format!("200: {{ schema: {{ {car} }} }}, 201: {{ schema: {{ description: x, {car} }} }}"));
    assert!(alike.is_empty(), "{alike}");
    let named = |prose: &str| format!("schema: {{ {prose} properties: {{ title: {{ type: string, {prose} }} }} }}");
    let alike = successes(&format!("200: {{ {} }}, 201: {{ {} }}", named(""), named("title: x,")));
    assert!(alike.is_empty(), "{alike}");
    let head = successes_of("head", &format!("200: {{ {object} }}, 204: {{}}"));
    assert!(head.is_empty(), "{head}");
}

#[test]
fn tells_a_correction_that_adds_what_the_description_has_by_now() {
    let pointer = "/components/schemas/Car/properties/Wheels";
    let step = |op: &str, pointer: &str| json!({ "op": op, "path": pointer, "value": { "type": "integer" } });
    let told = |patch: Vec<Value>| {
        let text =
            format!("{HEAD}paths: {{}}\ndefinitions: {{ Car: {{ properties: {{ Wheels: {{ type: integer }} }} }} }}\n");
        let (reason, reference, file) = ("It rolls.".into(), "seen".into(), "cars.yaml".into());
        let versions = serde_json::from_value(json!("1.0..")).unwrap();
        let corrections = vec![Correction { reason, reference, versions, patch, file }];
        let source = Source { name: "cars.yaml".into(), text, oldest: "1.0".into(), newest: false, tags: None };
        let overlay = Overlay { title: "Cars".into(), corrections, ..Overlay::default() };
        generate(&source, &overlay, &History::default()).1.to_string()
    };
    let described = format!("a correction does not apply to 1.0: `{pointer}` is described by now (It rolls.)");
    let other = step("test", "/components/schemas/Car/properties/Wheels/type");
    let problems = told(vec![other, step("add", pointer)]);
    assert!(problems.contains(&described), "{problems}");
    for patch in [
        vec![step("test", pointer), step("add", pointer)],
        vec![step("remove", pointer), step("add", pointer)],
        vec![step("add", "/components/schemas/Car/properties/Doors")],
    ] {
        assert_eq!(told(patch), "");
    }
}

#[test]
fn tells_an_alias_that_leads_to_itself() {
    for schema in ["{ $ref: '#/components/schemas/B' }", "{ type: array, items: { $ref: '#/components/schemas/B' } }"] {
        let problems = problems_in_openapi(&format!(
            "paths: {{ /cars: {{ get: {{ operationId: Cars, responses: {{}},
              parameters: [{{ name: x, in: query, schema: {{ $ref: '#/components/schemas/A' }} }}] }} }} }}
components: {{ schemas: {{ A: {schema}, B: {{ $ref: '#/components/schemas/A' }} }} }}"
        ));
        assert_told(&problems, "/components/schemas/A", "`A` refers to itself");
    }
}

#[test]
fn goes_on_where_an_api_says_more_than_rust_and_tells_what_is_lost() {
    let problems = problems_in_openapi(
        "paths:
  /cars:
    put: { operationId: LongerThanSixtyFourCharactersWhichIsMoreThanSomeClientsTakeForTheNameOfATool, responses: {} }
    post: { responses: {}, requestBody: { content: { multipart/form-data: { schema: { type: object } } } } }
    get:
      responses: {}
      parameters: [{ name: x, in: query, schema: { oneOf: [{ type: string }, { type: integer }] } }]
components: { schemas: { Car: { properties: { Wheel: { anyOf: [{ type: string }, { type: object }] } } } } }",
    );
    assert!(!problems.has_errors(), "{problems}");
    for (pointer, what) in [
        ("/paths/~1cars/post/requestBody", "the operation is left out: its body is `multipart/form-data`"),
        ("/paths/~1cars/get", "no operationId"),
        (
            "/paths/~1cars",
            "`longer_than_sixty_four_characters_which_is_more_than_some_clients_take_for_the_name_of_a_tool` has more",
        ),
        ("/paths/~1cars/get/parameters/0", "several types are possible"),
        ("/components/schemas/Car/properties/Wheel", "`anyOf` is not one type in Rust"),
        ("/info/version", "the version `2024-01-15` is not of the form"),
    ] {
        let told = problems.iter().any(|problem| problem.pointer == pointer && problem.what.starts_with(what));
        assert!(told, "{pointer}: {what}\n{problems}");
    }
    assert_eq!(problems.iter().count(), 6, "{problems}");
}

fn problems_in_openapi(rest: &str) -> Problems {
    problems_of("cars.yaml", &format!("openapi: 3.0.3\ninfo: {{ title: Cars, version: \"2024-01-15\" }}\n{rest}\n"))
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
    assert_told(&problems, "/paths/~1cars~1{id}", "an argument can turn a request of `Car` into one of `Logs`");
    assert!(!problems_in(&paths).has_errors());
}
