//! Reports of all known versions, each compared with the one before it, and of each kind of change.

use std::path::Path;

use dockwright_codegen::ir::Api;
use dockwright_codegen::overlay::{self, Overlay};
use dockwright_codegen::problem::Problems;
use dockwright_codegen::report::{Report, report};
use dockwright_codegen::{Source, spec, unmarked};

/// Lines that the report of a version must have.
const TOLD: [(&str, &[&str]); 6] = [
    ("1.42", &["Compared with 1.41.", "Added:\n\n- operation `VolumeUpdate`: `PUT /volumes/{name}`\n"]),
    (
        "1.44",
        &[
            "`MountBindOptions`, sent by `ContainerCreate`, `ServiceCreate`, `ServiceUpdate`, answered by 5 operations: `Read",
        ],
    ),
    ("1.47", &["Renamed:\n\n- `GraphDriverData` is `DriverData`\n"]),
    (
        "1.48",
        &[
            "- parameter `platform` of `ImageGet`, `ImageGetAll`, `ImageHistory`, `ImageLoad`: ",
            "- `ContainerSummary.State`, answered by `ContainerList`, `SystemDataUsage`: one of `created`, ",
        ],
    ),
    (
        "1.52",
        &["- `Port` is `PortSummary`\n", "- parameter `platform` of `ImageGet`, `ImageGetAll`, `ImageLoad`: list of "],
    ),
    (
        "1.55",
        &["Compared with 1.54.\n\nAdded:\n\n- operation `ImageAttestations`: `GET /images/{name}/attestations`\n"],
    ),
];

#[test]
fn each_version_is_told_as_it_differs_from_the_one_before_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
    let mut problems = Problems::default();
    let overlay = overlay::read(&folder.join("overlay"), &mut problems);
    let apis: Vec<_> = spec::apis(&spec::sources(&folder, &mut problems), &overlay).into_iter().flatten().collect();
    assert!(problems.is_empty() && apis.len() >= 15, "{problems}");
    for pair in apis.windows(2) {
        let report = report(Some(&pair[0]), &pair[1], None, &overlay, Vec::new());
        let told = report.to_string();
        let expected = TOLD.iter().filter(|(version, _)| *version == report.version).flat_map(|(_, told)| *told);
        expected.for_each(|expected| assert!(told.contains(expected), "`{expected}` is not in\n{told}"));
        assert!(told.lines().count() < 60, "it is read in a minute:\n{told}");
        if report.version == "1.48" {
            let new = report.added.iter().filter(|entry| entry.to_string().starts_with("parameter"));
            assert_eq!(new.map(|entry| entry.places.len()).sum::<usize>(), 8, "{told}");
        }
        let again = self::report(Some(&pair[1]), &pair[1], None, &overlay, Vec::new());
        assert!(again.added.is_empty() && again.changed.is_empty() && again.removed.is_empty(), "{again}");
    }
}

/// Two operations share `Car`, which holds a `Motor`.
const CARS: &str = r##"
swagger: "2.0"
info: { title: Cars, version: "1.1" }
paths:
  /cars:
    get:
      operationId: CarList
      parameters: [{ name: limit, in: query, type: integer, default: 10 }]
      responses: { 200: { schema: { type: array, items: { $ref: "#/definitions/Car" } } }, 404: {} }
    post:
      operationId: CarMake
      parameters: [{ name: body, in: body, schema: { $ref: "#/definitions/Car" } }]
      responses: { 200: { schema: { $ref: "#/definitions/Car" } } }
definitions:
  Car:
    type: object
    properties:
      Motor: { $ref: "#/definitions/Motor" }
      Fuel: { type: string, enum: [gas, wood] }
      Seats: { type: integer, default: 4 }
  Motor: { type: object, properties: { Power: { type: integer } } }
"##;

#[test]
fn a_property_of_a_shared_type_is_told_once_with_all_that_have_it() {
    let told = changed("Power: {", "Torque: { type: integer }, Power: {");
    assert_eq!(added(&told), ["`Motor.Torque`, sent by `CarMake`, answered by `CarList`, `CarMake`: integer"]);
}

#[test]
fn what_comes_with_something_new_is_not_told_again() {
    let told =
        changed("      Seats:", "      Spare: { type: object, properties: { Wheel: { type: string } } }\n      Seats:");
    assert_eq!(added(&told), ["`Car.Spare`, sent by `CarMake`, answered by `CarList`, `CarMake`: `CarSpare`"]);
    let told = changed(
        "  /cars:\n",
        "  /vans: { get: { operationId: VanList, responses: { 200: {}, 500: {} } } }\n  /cars:\n",
    );
    assert_eq!(added(&told), ["operation `VanList`: `GET /vans`"]);
}

#[test]
fn a_type_a_default_a_duty_and_the_members_of_an_enumeration_are_told_as_they_changed() {
    let places = "sent by `CarMake`, answered by `CarList`, `CarMake`";
    for (from, to, expected) in [
        ("{ type: integer, default: 4 }", "{ type: string, default: 4 }", "`Car.Seats`, {}: string, was integer"),
        ("default: 4", "default: 5", "`Car.Seats`, {}: default `5`, was default `4`"),
        ("    properties:\n", "    required: [Seats]\n    properties:\n", "`Car.Seats`, {}: required, was optional"),
        ("enum: [gas, wood]", "x-y: z", "`Car.Fuel`, {}: string, was one of `gas`, `wood`"),
    ] {
        let told = changed(from, to);
        assert_eq!(strings(&told.changed), [expected.replace("{}", places)], "{told}");
        assert!(told.added.is_empty() && told.removed.is_empty(), "{told}");
    }
    let told = changed("[gas, wood]", "[sun, wind, gas]");
    assert_eq!(added(&told), [format!("members of `CarFuel`, {places}: `sun`, `wind`")]);
    assert_eq!(strings(&told.removed), [format!("members of `CarFuel`, {places}: `wood`")]);
    assert_eq!(
        strings(&changed("default: 10", "x-y: z").changed),
        ["parameter `limit` of `CarList`: without default, was default `10`"]
    );
}

#[test]
fn advice_against_a_part_and_a_text_that_is_a_time_are_told() {
    let places = "sent by `CarMake`, answered by `CarList`, `CarMake`";
    let is_deprecated = "deprecated, was not deprecated";
    for (from, to, expected) in [
        ("default: 4", "default: 4, deprecated: true", format!("`Car.Seats`, {places}: {is_deprecated}")),
        ("default: 10", "default: 10, deprecated: true", format!("parameter `limit` of `CarList`: {is_deprecated}")),
        ("CarList\n", "CarList\n      deprecated: true\n", format!("operation `CarList`: {is_deprecated}")),
    ] {
        let told = changed(from, to);
        assert_eq!(strings(&told.changed), [expected], "{told}");
    }
    let built =
        |kind: &str| CARS.replace("      Seats:", &format!("      Built: {{ type: string{kind} }}\n      Seats:"));
    let told = compared(&built(""), &built(", format: date-time"));
    assert_eq!(
        strings(&told.changed),
        [format!("`Car.Built`, {places}: a time by its `format`, was no time by its `format`")]
    );
}

#[test]
fn other_names_for_the_same_are_renames_and_nothing_else() {
    let told = compared(CARS, &CARS.replace("/Motor", "/Engine").replace("\n  Motor: {", "\n  Engine: {"));
    assert_eq!(strings(&told.renamed), ["`Motor` is `Engine`"]);
    assert!(told.added.is_empty() && told.changed.is_empty() && told.removed.is_empty(), "{told}");
    let told = changed("CarMake", "CarCreate");
    assert_eq!(strings(&told.renamed), ["`CarMake` is `CarCreate`"]);
    assert!(told.added.is_empty() && told.removed.is_empty(), "{told}");
}

#[test]
fn statuses_and_media_types_are_told() {
    let told = changed("404: {}", "410: {}");
    assert_eq!(
        (added(&told), strings(&told.removed)),
        (vec!["status 410 of `CarList`".into()], vec!["status 404 of `CarList`".into()])
    );
    for (from, to, status) in [
        ("404: {}", "404: {}, 302: {}", "302"),
        ("404: {}", "404: {}, 4XX: {}", "4XX"),
        ("404: {}", "404: {}, default: {}", "default"),
    ] {
        let expected = format!("status {status}, which the client makes nothing of, of `CarList`");
        assert_eq!(added(&changed(from, to)), [expected]);
    }
    let told = changed("operationId: CarList\n", "operationId: CarList\n      produces: [application/jsonl]\n");
    let expected = [
        "operation `CarList`: an answer that is json stream, was an answer that is json",
        "content of `CarList`: `application/jsonl`, was `application/json`",
    ];
    assert_eq!(strings(&told.changed), expected);
}

#[test]
fn other_successes_media_types_without_a_schema_and_headers_are_told() {
    let list = "200: { schema: { type: array";
    let openly = "status 2XX of `CarList`";
    assert_eq!(added(&changed(list, &format!("2XX: {{}}, {list}"))), [openly]);
    for (open, expected) in [("2XX", openly), ("default", "status default of `CarList`")] {
        let told = changed(list, &list.replace("200", open));
        assert_eq!(
            (added(&told), strings(&told.removed)),
            (vec![expected.into()], vec!["status 200 of `CarList`".into()])
        );
    }
    let with = |rest: &str| CARS.replace("404: {}", &format!("404: {{}}, {rest}"));
    let bus = |name: &str| with(&format!("201: {{ schema: {{ $ref: '#/definitions/{name}' }} }}"));
    let expected = "status 201 of `CarList`: schema `Motor`, was schema `Car`";
    assert_eq!(strings(&compared(&bus("Car"), &bus("Motor")).changed), [expected]);
    let header = |kind: &str| {
        CARS.replace(list, &format!("200: {{ headers: {{ X: {{ type: {kind} }} }}, schema: {{ type: array"))
    };
    let expected = "header `X` of `CarList`: string, was integer";
    assert_eq!(strings(&compared(&header("integer"), &header("string")).changed), [expected]);
    let stop = |media_type: &str| {
        let stop = format!("operationId: CarStop, produces: [{media_type}], responses: {{ 200: {{}} }}");
        CARS.replace("  /cars:\n", &format!("  /cars/stop: {{ post: {{ {stop} }} }}\n  /cars:\n"))
    };
    for (before, after) in [("application/octet-stream", "application/x-tar"), ("application/json", "text/plain")] {
        let expected = format!("content of `CarStop`: `{after}`, was `{before}`");
        assert_eq!(strings(&compared(&stop(before), &stop(after)).changed), [expected]);
    }
}

#[test]
fn an_answer_without_a_schema_is_a_question_if_it_may_have_a_body() {
    for (status, expected) in [("200", &["CarStop: no schema, read as nothing; say `answer`"][..]), ("204", &[])] {
        let stop = format!("operationId: CarStop, produces: [application/json], responses: {{ {status}: {{}} }}");
        let told = changed("  /cars:\n", &format!("  /cars/stop: {{ delete: {{ {stop} }} }}\n  /cars:\n"));
        assert_eq!(told.todo.answers, expected, "{status}");
    }
}

fn changed(from: &str, to: &str) -> Report {
    assert!(CARS.contains(from), "{from}");
    compared(CARS, &CARS.replace(from, to))
}

fn compared(before: &str, after: &str) -> Report {
    let after = after.replace("version: \"1.1\"", "version: \"1.2\"");
    report(Some(&api(before)), &api(&after), None, &Overlay::default(), Vec::new())
}

fn api(text: &str) -> Api {
    let text = text.to_owned();
    let source = Source { name: "cars.yaml".into(), text, oldest: "1.1".into(), newest: false, tags: None };
    let mut problems = Problems::default();
    unmarked(&source, &Overlay::default(), &mut problems).unwrap_or_else(|| panic!("{problems}"))
}

fn added(report: &Report) -> Vec<String> {
    strings(&report.added)
}

fn strings(all: &[impl ToString]) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}
