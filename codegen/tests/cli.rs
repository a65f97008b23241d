//! The command line: exit codes and messages on stderr.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::{env, fs};

#[test]
fn importing_twice_changes_nothing() {
    let folder = temporary("import");
    let upstream = folder.join("upstream.yaml");
    fs::write(&upstream, UPSTREAM).unwrap();
    let facts = folder.join("v1.99.json");
    assert!(run(&folder, &["import", &upstream.display().to_string()]).status.success());
    let first = fs::read_to_string(&facts).unwrap();
    assert!(run(&folder, &["import", &upstream.display().to_string()]).status.success());
    assert_eq!(fs::read_to_string(&facts).unwrap(), first);
    assert!(run(&folder, &["import", &facts.display().to_string()]).status.success());
    assert_eq!(fs::read_to_string(&facts).unwrap(), first, "facts are their own facts");
}

#[test]
fn importing_keeps_facts_and_no_prose() {
    let folder = temporary("prose");
    let upstream = folder.join("upstream.yaml");
    fs::write(&upstream, UPSTREAM).unwrap();
    run(&folder, &["import", &upstream.display().to_string()]);
    let facts: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(folder.join("v1.99.json")).unwrap()).unwrap();
    let expected = serde_json::json!({
        "swagger": "2.0",
        "info": { "version": "1.99", "title": "Cars" },
        "paths": { "/cars": { "get": {
            "operationId": "CarList",
            "parameters": [{ "name": "description", "in": "query", "type": "string", "default": "red" }],
            "responses": { "200": { "schema": { "$ref": "#/definitions/Car" } } },
        } } },
        "definitions": { "Car": {
            "type": "object",
            "required": ["title"],
            "properties": { "title": { "type": "string", "x-nullable": true, "enum": ["a", "b"] } },
        } },
    });
    assert_eq!(facts, expected);
}

#[test]
fn refuses_what_is_no_description_with_exit_code_1() {
    let folder = temporary("refuse");
    let huge = folder.join("huge.yaml");
    fs::File::create(&huge).unwrap().set_len(100 << 20).unwrap();
    let binary = folder.join("binary.yaml");
    fs::write(&binary, [0, 159, 146, 150]).unwrap();
    let other = folder.join("other.json");
    fs::write(&other, r#"{"openapi": "3.1.0"}"#).unwrap();
    let missing = folder.join("missing.yaml");
    let folder_itself = folder.clone();
    for (file, expected) in [
        (&huge, "larger than 16 MiB"),
        (&binary, "cannot be read"),
        (&other, "not Swagger 2.0"),
        (&missing, "cannot be read"),
        (&folder_itself, "cannot be read"),
    ] {
        let output = run(&folder, &["import", &file.display().to_string()]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.contains(expected) && told.contains(&file.display().to_string()), "{told}");
    }
}

#[test]
fn the_committed_overlay_fits_every_description() {
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
    let output = run(&spec, &["check", "--strict"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8(output.stdout).unwrap().lines().count() >= 15);
}

#[test]
fn a_correction_that_matches_nothing_is_told_and_refused_by_the_strict_check() {
    let folder = temporary("strict");
    fs::write(folder.join("upstream.yaml"), UPSTREAM).unwrap();
    run(&folder, &["import", &folder.join("upstream.yaml").display().to_string()]);
    fs::create_dir_all(folder.join("overlay/corrections")).unwrap();
    fs::write(folder.join("overlay/overlay.yaml"), "title: Cars\n").unwrap();
    fs::write(
        folder.join("overlay/car.yaml"),
        "tag: Car\noperations: { CarList: { summary: List cars., annotations: { read_only: true, destructive: false, idempotent: true, open_world: false } } }\n",
    )
    .unwrap();
    let correction = |path: &str| {
        format!(
            "- reason: seen\n  reference: here\n  versions: '1.99'\n  patch: [{{ op: test, path: {path}, value: string }}]\n"
        )
    };
    fs::write(folder.join("overlay/corrections/cars.yaml"), correction("/components/schemas/Van/type")).unwrap();
    let loose = run(&folder, &["check"]);
    let strict = run(&folder, &["check", "--strict"]);
    assert_eq!((loose.status.code(), strict.status.code()), (Some(0), Some(1)));
    let told = String::from_utf8(strict.stderr).unwrap();
    assert!(told.contains("cars.yaml") && told.contains("does not apply to 1.99"), "{told}");
    assert!(told.contains("there is no tag") || told.contains("its tag is"), "{told}");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
    let mut shown = command(&spec, &["show"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(shown.stdout.take());
    let output = shown.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

const UPSTREAM: &str = r##"
swagger: "2.0"
info:
  title: Cars
  version: "1.99"
  description: An API of cars, in many words.
paths:
  /cars:
    get:
      summary: List cars
      operationId: CarList
      parameters:
        - { name: description, in: query, description: Words., type: string, default: red, required: false }
      responses:
        200: { description: no error, schema: { $ref: "#/definitions/Car" }, examples: { application/json: {} } }
definitions:
  Car:
    description: |
      A car.
    type: object
    required: [title]
    properties:
      title: { type: string, description: The title., x-nullable: true, x-go-name: Title, example: T, enum: [a, b] }
"##;

fn run(spec: &Path, arguments: &[&str]) -> Output {
    command(spec, arguments).output().unwrap()
}

fn command(spec: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dockwright-codegen"));
    command.arg("--spec").arg(spec).args(arguments);
    command
}

/// An empty folder that the next run of this test empties again.
fn temporary(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}
