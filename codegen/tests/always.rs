//! Properties that every engine sends are read as their values; a list that does not fit is reported.

use dockwright_codegen::history::History;
use dockwright_codegen::overlay::Overlay;
use dockwright_codegen::{Source, generate};

#[test]
fn a_listed_property_is_its_value_and_the_others_stay_optional() {
    let (models, problems) = cars("Car", &["Id", "Wheels"]);
    assert_eq!(problems, [] as [String; 0]);
    assert!(models.contains("pub id: String,") && models.contains("pub wheels: Vec<String>,"), "{models}");
    assert!(models.contains("pub label: Option<String>,"), "{models}");
}

#[test]
fn a_property_that_cannot_be_one_is_reported() {
    for (name, property, expected) in [
        ("Van", "Id", "no such type"),
        ("Car", "Doors", "no property `Doors`"),
        ("CarCreateRequest", "Id", "`Id` is in a type that callers send"),
    ] {
        assert_eq!(cars(name, &[property]).1, [expected]);
    }
}

#[test]
fn more_than_a_type_has_a_place_for_are_reported() {
    let parts: Vec<_> = (0..PARTS).map(|number| format!("Part{number}")).collect();
    let parts: Vec<_> = parts.iter().map(String::as_str).collect();
    assert_eq!(cars("Car", &parts[..128]).1, [] as [String; 0]);
    assert_eq!(cars("Car", &parts).1, ["129 properties; a type has a place for 128"]);
}

/// The parts that a car has beside its wheels.
const PARTS: usize = 129;

/// The types of the cars, and the problems of the list.
fn cars(name: &str, always: &[&str]) -> (String, Vec<String>) {
    let text = r##"
swagger: "2.0"
info: { title: Cars, version: "1.0" }
paths:
  /cars:
    post:
      operationId: CarCreate
      tags: [Car]
      parameters: [{ name: body, in: body, schema: { type: object, properties: { Id: { type: string } } } }]
      responses: { 200: { schema: { $ref: "#/definitions/Car" } } }
definitions:
  Car:
    type: object
    properties:
      Id: { type: string }
      Label: { type: string }
      Wheels: { type: array, items: { type: string } }
"##;
    let parts: String = (0..PARTS).map(|number| format!("      Part{number}: {{ type: string }}\n")).collect();
    let always = [(name.to_owned(), always.iter().map(|property| (*property).to_owned()).collect())];
    let overlay = Overlay { title: "Cars".into(), always: always.into(), ..Overlay::default() };
    let (name, oldest) = ("cars.yaml".to_owned(), "1.0".to_owned());
    let source = Source { name, text: text.to_owned() + &parts, oldest, newest: true, tags: None };
    let (output, problems) = generate(&source, &overlay, &History::default());
    let of_list = problems.iter().filter(|problem| problem.file == "always.yaml").map(|problem| problem.what.clone());
    (output.unwrap_or_else(|| panic!("{problems}")).models, of_list.collect())
}
