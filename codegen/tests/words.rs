//! Words must say something, and missing ones are listed.

use dockwright_codegen::history::History;
use dockwright_codegen::ir::Origin;
use dockwright_codegen::overlay::{OperationWords, Overlay, TypeWords, Units};
use dockwright_codegen::problem::Problems;
use dockwright_codegen::{Source, lowered, missing, parse, schema};

const CARS: &str = r##"
swagger: "2.0"
info: { title: Cars, version: "1.0" }
paths:
  /cars:
    post:
      operationId: CarMake
      tags: [Car]
      parameters:
        - { name: hurry, in: query, type: boolean }
        - { name: body, in: body, schema: { $ref: "#/definitions/Car" } }
      responses: { 200: {} }
definitions:
  Vehicle: { type: object, properties: { Wheels: { type: integer } } }
  Car:
    allOf:
      - $ref: "#/definitions/Vehicle"
      - { type: object, properties: { MaxSpeed: { type: integer }, Kind: { type: string, enum: [van, ""] } } }
"##;

/// Words for every item.
const MAKE: &str = "summary: Make one.\nparameters: { hurry: Leaves out the paint. }";
const CAR: &str = "words: What stands on a drive.\nproperties: { MaxSpeed: Kilometres an hour. }\nreference: { Kind: What it carries. }";
const VEHICLE: &str = "words: What rolls.\nproperties: { Wheels: Three or four. }";
const KIND: &str = "words: What it is for.\nmembers: { van: Carries goods., '': Unknown. }";

#[test]
fn nothing_is_missing_where_all_has_words() {
    let (missing, problems) = said(MAKE, CAR, VEHICLE, KIND);
    assert!(missing.is_empty() && problems.is_empty(), "{missing:?} {problems}");
}

#[test]
fn what_has_no_words_is_listed_by_the_name_that_the_overlay_would_use() {
    let (missing, problems) =
        said("summary: ''", "words: What stands on a drive.", "{}", "members: { van: Carries goods. }");
    let expected =
        ["CarMake", "CarMake.hurry", "Car.MaxSpeed", "Car.Kind", "CarKind", "CarKind.", "Vehicle", "Vehicle.Wheels"];
    assert_eq!(missing, expected, "a property that is taken in whole is listed where it is defined");
    assert!(problems.to_string().contains("8 items lack a description"), "{problems}");
}

#[test]
fn words_that_repeat_the_name_or_are_too_long_or_stand_for_nothing_are_told() {
    let long = "x".repeat(101);
    for (said_of_car, expected) in [
        ("words: The cars.".to_owned(), "Car: `The cars.`: only repeats the name"),
        (
            "properties: { MaxSpeed: The max speed of the car. }".to_owned(),
            "Car.MaxSpeed: `The max speed of the car.`: only repeats",
        ),
        (format!("properties: {{ MaxSpeed: {long} }}"), "101 characters, more than 100"),
        (format!("reference: {{ MaxSpeed: {long}{long} }}"), "202 characters, more than 200"),
        ("properties: { Wheels: Four. }".to_owned(), "no property `Wheels`"),
        ("members: { van: Big. }".to_owned(), "no member `van`"),
        ("properties: { Kind: One. }\nreference: { Kind: One. }".to_owned(), "`Kind` is in `properties` too"),
    ] {
        let (_, problems) = said(MAKE, &said_of_car, VEHICLE, KIND);
        assert!(problems.iter().any(|problem| problem.what.contains(expected)), "{expected}: {problems}");
    }
    let (_, problems) = said(&format!("summary: {}", "x".repeat(121)), CAR, VEHICLE, KIND);
    assert!(problems.to_string().contains("CarMake: summary: 121 characters, more than 120"), "{problems}");
}

#[test]
fn what_is_for_reference_stands_in_the_whole_schema_and_not_in_what_a_model_is_shown() {
    let mut problems = Problems::default();
    let api = lowered(&source(), &overlay(MAKE, CAR, VEHICLE, KIND), &History::default(), &mut problems).unwrap();
    let shown = &schema::shown(&api, &api.operations[0])["properties"]["body"]["properties"];
    assert_eq!(shown["MaxSpeed"]["description"], "Kilometres an hour.");
    assert_eq!(shown["Kind"].get("description"), None);
    let whole = &schema::definitions(&api)["Car"]["properties"];
    assert_eq!(whole["Kind"]["description"], "What it carries.");
    let kinds = &schema::definitions(&api)["CarKind"];
    assert_eq!(kinds["x-enum-descriptions"], serde_json::json!({ "van": "Carries goods.", "": "Unknown." }));
    assert_eq!(api.type_named("CarKind").unwrap().words.origin, Origin::Overlay);
}

fn said(make: &str, car: &str, vehicle: &str, kind: &str) -> (Vec<String>, Problems) {
    let (overlay, mut problems) = (overlay(make, car, vehicle, kind), Problems::default());
    let api = lowered(&source(), &overlay, &History::default(), &mut problems).unwrap_or_else(|| panic!("{problems}"));
    (missing(&api, &overlay).into_iter().map(|missing| missing.name).collect(), problems)
}

fn overlay(make: &str, car: &str, vehicle: &str, kind: &str) -> Overlay {
    let annotations = "annotations: { read_only: false, destructive: false, idempotent: false, open_world: false }";
    let make: OperationWords = parse::parse_into("cars.yaml", &format!("{annotations}\n{make}")).unwrap();
    let words = |text: &str| -> TypeWords { parse::parse_into("cars.yaml", text).unwrap() };
    let units = "- { unit: count, of: [Vehicle.Wheels] }\n- { unit: none, of: [Car.MaxSpeed] }";
    let units = Units::gather(parse::parse_into("units.yaml", units).unwrap(), "units.yaml", &mut Problems::default());
    let types = [("Car", car), ("Vehicle", vehicle), ("CarKind", kind)];
    Overlay {
        title: "Cars".into(),
        operations: [("CarMake".into(), OperationWords { tag: "Car".into(), ..make })].into(),
        types: types.map(|(name, text)| (name.to_owned(), words(text))).into(),
        units,
        ..Overlay::default()
    }
}

fn source() -> Source {
    Source { name: "cars.yaml".into(), text: CARS.into(), oldest: "1.0".into(), newest: true, tags: None }
}
