//! Units become types; an integer without one is reported, and a unit of something else.

use std::path::Path;

use dockwright_codegen::history::History;
use dockwright_codegen::ir::{Api, Shape, Time, TimeForm, TimeKind, TypeRef, Unit};
use dockwright_codegen::overlay::{Overlay, TypeWords, Units};
use dockwright_codegen::problem::Problems;
use dockwright_codegen::{Source, generate, lowered, overlay, parse, spec, unmarked};

#[test]
fn a_number_of_a_unit_becomes_its_type() {
    let units = "
- { unit: nanoseconds, of: [Car.Delay, Car.Warranty] }
- { unit: microseconds, special: zero-is-default, of: [Car.Period] }
- { unit: seconds, special: negative-is-unlimited, of: [Car.Timeout, CarStop.t] }
- { unit: unix-seconds, of: [Car.Created, CarStop.since] }
- { unit: unix-nanoseconds, of: [Car.CreatedNano] }
- { unit: rfc3339, of: [Car.StartedAt] }
- { unit: bytes, of: [Car.Size, Car.Sizes] }
- { unit: none, of: [Car.BuildTime, Car.Expires] }
";
    let (api, problems) = cars(units, "Car");
    assert_eq!(problems, [] as [String; 0]);
    let time = |kind, form| Some(Time { kind, form });
    let stop = &api.operations[0].parameters;
    assert_eq!(stop[0].time, time(TimeKind::TimeLimit, TimeForm::Seconds));
    assert_eq!(stop[1].time, time(TimeKind::UnixTime, TimeForm::DecimalSeconds));
    let Shape::Struct(fields) = &api.type_named("Car").unwrap().shape else { panic!("{api:?}") };
    let times: Vec<_> = fields.iter().map(|field| (field.name.as_str(), field.time)).collect();
    assert_eq!(
        times,
        [
            ("BuildTime", None),
            ("Created", time(TimeKind::UnixTime, TimeForm::UnixSeconds)),
            ("CreatedNano", time(TimeKind::UnixTime, TimeForm::UnixNanoseconds)),
            ("Delay", time(TimeKind::Duration, TimeForm::Nanoseconds)),
            ("Period", time(TimeKind::Period, TimeForm::Microseconds)),
            ("Seen", time(TimeKind::Timestamp, TimeForm::Rfc3339)),
            ("Size", None),
            ("Sizes", None),
            ("StartedAt", time(TimeKind::Timestamp, TimeForm::Rfc3339)),
            ("Timeout", time(TimeKind::TimeLimit, TimeForm::Seconds)),
            ("Expires", None),
            ("Warranty", time(TimeKind::Duration, TimeForm::Nanoseconds)),
        ]
    );
    assert_eq!(fields[6].unit, Some(Unit::Bytes));
}

#[test]
fn keys_beside_a_reference_change_no_unit() {
    let units = "- { unit: nanoseconds, of: [Car.Delay, Car.Warranty] }";
    let times = |units: &str, text: &str| {
        let (api, problems) = lowered_with(units, &[], text);
        assert_eq!(problems, [] as [String; 0], "{text}");
        let Shape::Struct(fields) = &api.type_named("Car").unwrap().shape else { panic!("{api:?}") };
        let parameters = api.operations[0].parameters.iter().map(|parameter| parameter.time);
        fields.iter().map(|field| field.time).chain(parameters).map(|time| time.unwrap().kind).collect::<Vec<_>>()
    };
    let expected = [TimeKind::Timestamp, TimeKind::Duration, TimeKind::Duration];
    assert_eq!(times(units, REFERENCES), expected);
    let of_facts = REFERENCES.replace("description: When, ", "").replace("x-nullable: true, ", "");
    assert_eq!(times(units, &of_facts), expected);
    for keyword in ["allOf", "oneOf"] {
        let parameters = [TimeKind::Duration, TimeKind::Timestamp];
        let units = units.replace("]", ", CarList.t]");
        assert_eq!(times(&units, &OPENAPI_3.replace("allOf", keyword)), [&expected[..], &parameters].concat());
    }
}

#[test]
fn integers_and_times_without_a_unit_are_reported() {
    let (_, problems) = cars("- { unit: none, of: [Car.BuildTime] }", "Car");
    let names = "CarStop.t CarStop.since Car.Created Car.CreatedNano Car.Delay Car.Period Car.Size \
        Car.Sizes Car.StartedAt Car.Timeout Car.Expires Car.Warranty";
    let expected: Vec<_> = names.split(' ').map(|name| format!("`{name}` has no unit")).collect();
    assert_eq!(problems, expected);
}

#[test]
fn a_unit_of_something_else_is_reported() {
    for (units, expected) in [
        ("- { unit: bytes, of: [Car.Weight] }", "no parameter or property `Car.Weight` is defined"),
        ("- { unit: bytes, of: [Car.Seen] }", "`Car.Seen`: the unit does not fit its type"),
        ("- { unit: seconds, of: [Car.Sizes] }", "`Car.Sizes`: the unit does not fit its type"),
        ("- { unit: rfc3339, of: [Car.Size] }", "`Car.Size`: the unit does not fit its type"),
        ("- { unit: bytes, of: [Car.Size, Car.Size] }", "`Car.Size` has two units"),
    ] {
        let (_, problems) = cars(units, "Car");
        assert!(problems.iter().any(|problem| problem == expected), "{units}: {problems:?}");
    }
}

#[test]
fn a_property_keeps_its_unit_under_a_former_name_of_its_type() {
    let (api, _) = cars("- { unit: nanoseconds, of: [Vehicle.Delay] }", "Vehicle");
    let Shape::Struct(fields) = &api.type_named("Car").unwrap().shape else { panic!("{api:?}") };
    assert_eq!(fields.iter().find(|field| field.name == "Delay").unwrap().unit, Some(Unit::Nanoseconds));
}

/// References with keys beside them.
const REFERENCES: &str = r##"
swagger: "2.0"
info: { title: Cars, version: "1.0" }
paths:
  /cars: { get: { operationId: CarList, responses: { 200: { schema: { $ref: "#/definitions/Car" } } } } }
definitions:
  Moment: { type: string, format: date-time }
  Period: { type: integer }
  Car:
    type: object
    properties:
      Built: { description: When, $ref: "#/definitions/Moment" }
      Warranty: { description: When, $ref: "#/definitions/Period" }
      Delay: { x-nullable: true, $ref: "#/definitions/Period" }
"##;

const OPENAPI_3: &str = r##"
openapi: 3.0.0
info: { title: Cars, version: "1.0" }
paths:
  /cars:
    get:
      operationId: CarList
      parameters:
        - { name: t, in: query, schema: { $ref: "#/components/schemas/Period" } }
        - { name: since, in: query, schema: { $ref: "#/components/schemas/Moment" } }
      responses:
        200: { description: "", content: { application/json: { schema: { $ref: "#/components/schemas/Car" } } } }
components:
  schemas:
    Moment: { type: string, format: date-time }
    Period: { type: integer }
    Car:
      type: object
      properties:
        Built: { allOf: [{ $ref: "#/components/schemas/Moment" }] }
        Warranty: { allOf: [{ $ref: "#/components/schemas/Period" }] }
        Delay: { nullable: true, allOf: [{ $ref: "#/components/schemas/Period" }] }
"##;

/// The lowered cars, and the problems with their units. Their type is called `name` by now.
fn cars(units: &str, name: &str) -> (Api, Vec<String>) {
    let description = r##"
swagger: "2.0"
info: { title: Cars, version: "1.0" }
paths:
  /cars/stop:
    post:
      operationId: CarStop
      tags: [Car]
      parameters: [{ name: t, in: query, type: integer }, { name: since, in: query, type: string }]
      responses: { 200: { schema: { $ref: "#/definitions/Car" } } }
definitions:
  Car:
    type: object
    properties:
      BuildTime: { type: string }
      Created: { type: integer }
      CreatedNano: { type: integer }
      Delay: { type: integer }
      Period: { type: integer }
      Seen: { type: string, format: date-time }
      Size: { type: integer }
      Sizes: { type: array, items: { type: integer } }
      StartedAt: { type: string }
      Timeout: { type: integer }
      Expires: { type: string }
      Warranty: { $ref: "#/definitions/Period" }
  Period: { type: integer }
"##;
    let formerly = if name == "Car" { vec![] } else { vec!["Car".to_owned()] };
    lowered_with(units, &[(name.to_owned(), TypeWords { formerly, ..TypeWords::default() })], description)
}

fn lowered_with(units: &str, types: &[(String, TypeWords)], description: &str) -> (Api, Vec<String>) {
    let mut problems = Problems::default();
    let units = Units::gather(parse::parse_into("units.yaml", units).unwrap(), "units.yaml", &mut problems);
    let types = types.iter().cloned().collect();
    let overlay = Overlay { title: "Cars".into(), types, units, ..Overlay::default() };
    let source =
        Source { name: "cars.yaml".into(), text: description.into(), oldest: "1.0".into(), newest: true, tags: None };
    let api = lowered(&source, &overlay, &History::default(), &mut problems).unwrap_or_else(|| panic!("{problems}"));
    let of_units = problems.iter().filter(|problem| problem.file == "units.yaml");
    (api, of_units.map(|problem| problem.what.clone()).collect())
}

/// Definitions of older descriptions have the names that they have in the newest, or had their units listed for those.
#[test]
fn older_descriptions_have_the_units_of_the_newest() {
    let spec_folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
    let mut problems = Problems::default();
    let overlay = overlay::read(&spec_folder.join("overlay"), &mut problems);
    for source in spec::sources(&spec_folder, &mut problems) {
        let api = unmarked(&source, &overlay, &mut problems).unwrap_or_else(|| panic!("{problems}"));
        let without: Vec<_> = api.types.iter().flat_map(without_unit).collect();
        assert!(without.is_empty(), "{}: {without:?}", source.name);
        assert!(generate(&source, &overlay, &History::default()).0.is_some());
    }
}

fn without_unit(named: &dockwright_codegen::ir::Type) -> Vec<String> {
    let Shape::Struct(fields) = &named.shape else { return Vec::new() };
    let without = fields.iter().filter(|field| matches!(field.type_ref, TypeRef::Integer(_)) && field.unit.is_none());
    without.map(|field| format!("{}.{}", named.name, field.name)).collect()
}
