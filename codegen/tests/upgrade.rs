//! The upgrade to OpenAPI loses nothing: converted back to Swagger 2.0, every description is unchanged.

mod way_back;

use std::path::Path;

use dockwright_codegen::problem::Problems;
use dockwright_codegen::upgrade::swagger_to_openapi;
use dockwright_codegen::{Source, parse, shape, spec};
use serde_json::{Value, json};
use way_back::{differences, openapi_to_swagger};

#[test]
fn loses_nothing_of_any_description() {
    for source in sources() {
        let swagger = parse::parse(&source.name, &source.text).unwrap();
        let openapi = upgraded(&swagger);
        assert_eq!(differences("", &openapi_to_swagger(&openapi), &swagger), Vec::<String>::new(), "{}", source.name);
    }
}

#[test]
fn leaves_open_what_may_be_of_several_types() {
    let command = json!({ "type": ["array", "string"], "items": { "type": "string" } });
    let swagger = json!({
        "swagger": "2.0",
        "info": { "title": "Old", "version": "1.25" },
        "paths": {},
        "definitions": { "Command": command },
    });
    let upgraded = upgraded(&swagger);
    assert_eq!(upgraded["components"]["schemas"]["Command"]["x-types"], command["type"]);
    assert_eq!(differences("", &openapi_to_swagger(&upgraded), &swagger), Vec::<String>::new());
}

#[test]
fn passes_an_openapi_description_as_it_is() {
    let swagger = parse::parse("newest", &sources().pop().unwrap().text).unwrap();
    let openapi = upgraded(&swagger);
    assert_eq!(upgraded(&openapi), openapi);
}

#[test]
fn tells_what_it_does_not_support_and_where() {
    let swagger = json!({
        "swagger": "2.0",
        "info": { "title": "Odd", "version": "1.0" },
        "parameters": {},
        "paths": { "/odd": {
            "parameters": [],
            "get": { "operationId": "Odd", "responses": {}, "parameters": [
                { "name": "a", "in": "cookie", "type": "string" },
                { "name": "b", "in": "query", "type": "array", "items": { "type": "string" }, "collectionFormat": "pipes" },
            ] },
        } },
    });
    let mut problems = Problems::in_file("odd.yaml");
    let openapi = swagger_to_openapi(swagger, &mut problems);
    openapi.and_then(|openapi| shape::read(openapi, &mut problems));
    let pointers: Vec<_> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
    assert_eq!(
        pointers,
        [
            "/parameters",
            "/paths/~1odd/parameters",
            "/paths/~1odd/get/parameters/0",
            "/paths/~1odd/get/parameters/1/collectionFormat"
        ]
    );
}

fn sources() -> Vec<Source> {
    let mut problems = Problems::default();
    let sources = spec::sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec"), &mut problems);
    assert!(problems.is_empty() && sources.len() >= 15, "{problems}");
    sources
}

fn upgraded(swagger: &Value) -> Value {
    let mut problems = Problems::in_file("test");
    let openapi = swagger_to_openapi(swagger.clone(), &mut problems);
    let openapi = openapi.and_then(|openapi| shape::read(openapi, &mut problems));
    let openapi = openapi.unwrap_or_else(|| panic!("{problems}"));
    assert!(problems.is_empty(), "{problems}");
    serde_json::to_value(openapi).unwrap()
}
