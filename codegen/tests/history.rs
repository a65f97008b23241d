//! Lifetimes in three versions of a small API, of which the second or the third is built.

use dockwright_codegen::history::History;
use dockwright_codegen::ir::{Api, Enum, Lifetime, Shape};
use dockwright_codegen::overlay::{LifetimeOverride, Overlay};
use dockwright_codegen::problem::Problems;
use dockwright_codegen::{Source, lowered};

/// The first version: `CarList?color=`, with a part that the third lacks.
const FIRST: &str = r##"
swagger: "2.0"
info: { title: Cars, version: "1.1" }
paths:
  /cars:
    post:
      operationId: CarMake
      parameters:
        - { name: color, in: query, type: string, enum: [red] }
        - { name: tag, in: query, type: string }
        - { name: steam, in: query, type: boolean }
        - { name: body, in: body, schema: { $ref: "#/definitions/Car" } }
      responses: { 200: { schema: { $ref: "#/definitions/Car" } } }
definitions:
  Car: { type: object, properties: { Name: { type: string } } }
"##;

/// The second: a member, a property with properties of its own, and the definition has another name.
const SECOND: &str = r##"
swagger: "2.0"
info: { title: Cars, version: "1.2" }
paths:
  /cars:
    post:
      operationId: CarMake
      parameters:
        - { name: color, in: query, type: string, enum: [red, blue] }
        - { name: tag, in: query, type: string }
        - { name: steam, in: query, type: boolean }
        - { name: body, in: body, schema: { $ref: "#/definitions/Automobile" } }
      responses: { 200: { schema: { $ref: "#/definitions/Automobile" } } }
definitions:
  Automobile:
    type: object
    properties: { Name: { type: string }, Motors: { type: array, items: { $ref: "#/definitions/Motor" } } }
  Motor: { type: object, properties: { Power: { type: integer } } }
"##;

/// The third: no steam, another operation, and a property in a map.
const THIRD: &str = r##"
swagger: "2.0"
info: { title: Cars, version: "1.3" }
paths:
  /cars:
    get: { operationId: CarList, responses: { 200: { schema: { $ref: "#/definitions/Automobile" } } } }
    post:
      operationId: CarMake
      parameters:
        - { name: color, in: query, type: string, enum: [red, blue] }
        - { name: tag, in: query, type: array, items: { type: string }, collectionFormat: multi }
        - { name: body, in: body, schema: { $ref: "#/definitions/Automobile" } }
      responses: { 200: { schema: { $ref: "#/definitions/Automobile" } } }
definitions:
  Automobile:
    type: object
    properties:
      Name: { type: string }
      Motors: { type: array, items: { $ref: "#/definitions/Motor" } }
      Seats: { type: object, additionalProperties: { type: object, properties: { Row: { type: integer } } } }
  Motor: { type: object, properties: { Power: { type: integer }, Fuel: { type: string } } }
"##;

#[test]
fn what_a_caller_can_send_is_known_by_its_path_and_what_stands_in_it_is_not_told_again() {
    let (api, problems) = built(THIRD, &Overlay::default());
    assert!(problems.is_empty(), "{problems}");
    let [list, make] = &api.operations[..] else { panic!("{:?}", api.operations) };
    assert_eq!((list.lifetime, list.newer.len()), (since(3), 0));
    let newer = make.newer.iter().map(|newer| (newer.path.join("."), newer.member.as_deref(), newer.lifetime));
    let newer: Vec<_> = newer.collect();
    let expected = [
        ("color".to_owned(), Some("blue"), since(2)),
        ("tag.[1]".to_owned(), None, since(3)),
        ("body.Motors".to_owned(), None, since(2)),
        ("body.Motors.Fuel".to_owned(), None, since(3)),
        ("body.Seats".to_owned(), None, since(3)),
    ];
    assert_eq!(newer, expected, "a definition that got another name is no news");
}

#[test]
fn types_properties_and_members_say_since_when_unless_what_they_stand_in_does() {
    let (api, _) = built(THIRD, &Overlay::default());
    let lifetimes = |name: &str| {
        let named = api.type_named(name).unwrap();
        let parts: Vec<_> = match &named.shape {
            Shape::Struct(fields) => fields.iter().map(|field| (field.name.clone(), field.lifetime)).collect(),
            Shape::Enum(Enum::Strings(members)) => {
                members.iter().map(|member| (member.value.clone(), member.lifetime)).collect()
            }
            _ => panic!("{name}"),
        };
        (named.lifetime, parts)
    };
    let always = Lifetime::default();
    let part = |name: &str, lifetime| (name.to_owned(), lifetime);
    assert_eq!(
        lifetimes("Automobile"),
        (always, vec![part("Name", always), part("Motors", since(2)), part("Seats", since(3))])
    );
    assert_eq!(lifetimes("Motor"), (since(2), vec![part("Power", always), part("Fuel", since(3))]));
    assert_eq!(lifetimes("CarMakeColor"), (always, vec![part("red", always), part("blue", since(2))]));
}

#[test]
fn an_older_description_tells_what_went_later() {
    let (api, _) = built(SECOND, &Overlay::default());
    let steam = api.operations[0].parameters.iter().find(|parameter| parameter.name == "steam").unwrap();
    assert_eq!(steam.lifetime, Lifetime { since: None, until: Some((1, 2)) });
    assert_eq!(steam.lifetime.sentence(), "Up to API 1.2.");
}

#[test]
fn the_overlay_knows_better_and_is_told_of_what_no_description_has() {
    let lifetime_override = |key: &str| LifetimeOverride {
        reason: "seen".into(),
        reference: "here".into(),
        keys: vec![key.into()],
        since: Some("1.2".into()),
        until: None,
        file: "history.yaml".into(),
    };
    let history = vec![lifetime_override("CarMake body.Name"), lifetime_override("CarMake body.Wheels")];
    let overlay = Overlay { title: "Cars".into(), history, ..Overlay::default() };
    let (api, problems) = built(THIRD, &overlay);
    assert!(api.operations[1].newer.iter().any(|newer| newer.path == ["body", "Name"] && newer.lifetime == since(2)));
    assert!(problems.to_string().contains("history.yaml: no description has `CarMake body.Wheels`"), "{problems}");
}

#[test]
fn the_history_of_one_api_says_nothing_of_another() {
    let mut problems = Problems::default();
    let trucks = source(&THIRD.replace("title: Cars", "title: Trucks"));
    let api = lowered(&trucks, &Overlay::default(), &history(), &mut problems).unwrap();
    assert!(api.operations.iter().all(|operation| operation.lifetime == Lifetime::default()));
}

fn since(minor: u32) -> Lifetime {
    Lifetime { since: Some((1, minor)), until: None }
}

fn history() -> History {
    let lower = |text: &&str| {
        lowered(&source(text), &Overlay::default(), &History::default(), &mut Problems::default()).unwrap()
    };
    History::from_apis(&[FIRST, SECOND, THIRD].iter().map(lower).collect::<Vec<_>>())
}

fn built(text: &str, overlay: &Overlay) -> (Api, Problems) {
    let mut problems = Problems::default();
    let api = lowered(&source(text), overlay, &history(), &mut problems).unwrap_or_else(|| panic!("{problems}"));
    (api, problems)
}

fn source(text: &str) -> Source {
    Source { name: "cars.yaml".into(), text: text.into(), oldest: "1.1".into(), newest: false, tags: None }
}
