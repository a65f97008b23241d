//! Full sentences reach the documentation and no model; they are complete and plain.

use std::fs;
use std::path::Path;

use dockwright_codegen::history::History;
use dockwright_codegen::overlay::{self, Overlay, PartSentences, Sentences};
use dockwright_codegen::problem::Problems;
use dockwright_codegen::{Source, emit, generate, lowered, missing_sentences, parse, spec};

const CARS: &str = r##"
swagger: "2.0"
info: { title: Cars, version: "1.0" }
paths:
  "/cars/{id}":
    post:
      operationId: CarPaint
      tags: [Car]
      parameters:
        - { name: id, in: path, required: true, type: string }
        - { name: hurry, in: query, type: boolean, default: true }
        - { name: filters, in: query, type: string }
        - { name: body, in: body, schema: { $ref: "#/definitions/Car" } }
      responses: { 200: {} }
definitions:
  Vehicle: { type: object, properties: { Wheels: { type: integer } } }
  Car:
    allOf:
      - $ref: "#/definitions/Vehicle"
      - { type: object, properties: { MaxSpeed: { type: integer } } }
"##;

const SUMMARY: &str = r#"
summary: "Paint a car, as `docker paint`."
annotations: { read_only: false, destructive: false, idempotent: true, open_world: false }
filters: { colour: { type: string, words: Of this colour. } }
parameters: { id: Number plate., hurry: One coat. }
"#;

const WORDS: &str = "words: It stands on a drive.\nproperties: { MaxSpeed: Kilometres an hour. }";
const VEHICLE: &str = "words: It rolls.\nproperties: { Wheels: Three or four. }";

/// Sentences on everything.
const ALL: [(&str, &str, &str); 5] = [
    ("CarPaint", "id", "Selects the car by its number plate."),
    ("CarPaint", "hurry", "Leaves out the second coat."),
    ("CarPaint", "filters.colour", "Keeps the cars of this colour."),
    ("Car", "MaxSpeed", "Limits the speed, in kilometres an hour."),
    ("Vehicle", "Wheels", "Counts the wheels, of which a trike has three."),
];

#[test]
fn full_sentences_stand_at_arguments_fields_and_setters() {
    let (output, problems) = generated(&ALL);
    assert!(problems.is_empty(), "{problems}");
    let options = "/// Sets `hurry`.\n    ///\n    /// Leaves out the second coat. Default: `true`.\n";
    assert!(output.options.contains(options), "{}", output.options);
    let filter = "/// Adds a value for `colour`.\n    ///\n    /// Keeps the cars of this colour.\n    #[must_use]\n    pub fn colour";
    assert!(output.options.contains(filter), "{}", output.options);
    assert!(output.options.contains("the setters of [`CarPaintFilters`]"), "{}", output.options);
    let setter = "/// Sets `MaxSpeed`.\n    ///\n    /// Limits the speed, in kilometres an hour.\n    #[must_use]\n    pub fn max_speed";
    assert!(output.models.contains(setter), "{}", output.models);
    assert_eq!(
        output.models.matches("Counts the wheels").count(),
        3,
        "two fields, and the setter of the type that is sent"
    );
    let arguments = "/// # Arguments\n    ///\n    /// - `id`: Selects the car by its number plate.\n";
    assert!(output.methods.contains(arguments), "{}", output.methods);
    assert!(output.methods.contains("#[doc(alias = \"docker paint\")]"), "{}", output.methods);
}

#[test]
fn a_model_is_shown_the_short_words_whatever_the_documentation_says() {
    let (with, without) = (generated(&ALL).0, generated(&[]).0);
    assert_eq!(with.tools, without.tools);
    assert_ne!(with.models, without.models);
}

#[test]
fn items_without_sentences_are_listed_once_an_overlay_has_any() {
    let (api, overlay, problems) = lowered_with(&ALL[..1]);
    let missing: Vec<_> = missing_sentences(&api, &overlay).into_iter().map(|missing| missing.name).collect();
    assert_eq!(missing, ["CarPaint.hurry", "CarPaint.filters.colour", "Car.MaxSpeed", "Vehicle.Wheels"]);
    assert!(problems.to_string().contains("4 parameters and properties lack full sentences"), "{problems}");
    assert!(lowered_with(&[]).2.is_empty());
}

#[test]
fn sentences_about_nothing_and_odd_ones_are_told() {
    let long = format!("A{}.", "a".repeat(600));
    for (owner, part, text, expected) in [
        ("CarWash", "id", "Selects it.", "no such operation"),
        ("CarPaint", "plate", "Selects it.", "no parameter `plate`"),
        ("CarPaint", "filters.size", "Keeps those.", "no parameter `filters.size`"),
        ("Bus", "Seats", "Counts them.", "no such type"),
        ("Car", "Wheels", "Counts them.", "no property `Wheels` is defined here"),
        ("Car", "MaxSpeed", "limits it.", "the first letter is not a capital"),
        ("Car", "MaxSpeed", "Limits it", "there is no full stop at the end"),
        ("Car", "MaxSpeed", &long, "602 characters, more than 600"),
        ("Car", "MaxSpeed", "Limits `it.", "a backtick has no partner"),
        ("Car", "MaxSpeed", "Kilometres an hour.", "the short words say the same"),
        ("Car", "MaxSpeed", "The max speed of the car.", "only repeats the name"),
        ("Car", "MaxSpeed", "Limits it. What is above is refused.", "a sentence begins with `What`"),
        ("Car", "MaxSpeed", "Limits it, e.g. to 100.", "`e.g.` is not plain"),
    ] {
        let said: Vec<_> = ALL.into_iter().filter(|all| (all.0, all.1) != (owner, part)).collect();
        let (_, _, problems) = lowered_with(&[&said[..], &[(owner, part, text)]].concat());
        let told = problems.iter().any(|problem| problem.what.contains(expected));
        assert!(told && problems.iter().count() == 1, "{text}: {problems}");
    }
}

#[test]
fn the_sentences_of_a_folder_are_read_and_two_on_one_item_refused() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sentences");
    drop(fs::remove_dir_all(&folder));
    for inner in ["docs", "corrections"] {
        fs::create_dir_all(folder.join(inner)).unwrap();
    }
    let write = |name: &str| {
        let text = "tag: Car\noperations: { CarPaint: { id: Selects the car. } }\n";
        fs::write(folder.join("docs").join(name), text).unwrap();
    };
    let read = || {
        let mut problems = Problems::default();
        (overlay::read(&folder, &mut problems), problems.to_string())
    };
    write("car.yaml");
    let (overlay, problems) = read();
    assert_eq!(problems, "");
    assert_eq!(overlay.sentences.of_parameter("CarPaint", "id").unwrap(), "Selects the car.");
    write("cars.yaml");
    let (_, problems) = read();
    assert!(problems.contains("`CarPaint` is also in"), "{problems}");
}

#[test]
fn every_parameter_and_property_of_the_newest_description_has_full_sentences() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
    let mut problems = Problems::default();
    let overlay = overlay::read(&folder.join("overlay"), &mut problems);
    let history = spec::history(&folder, &overlay, &mut problems);
    let source = spec::source(&folder, None, &mut problems).unwrap();
    let api = lowered(&source, &overlay, &history, &mut problems).unwrap();
    assert_eq!(missing_sentences(&api, &overlay), []);
    assert!(problems.is_empty(), "{problems}");
}

type Said<'a> = (&'a str, &'a str, &'a str);

fn generated(said: &[Said]) -> (emit::Output, Problems) {
    let (output, problems) = generate(&source(), &overlay(said), &History::default());
    (output.unwrap_or_else(|| panic!("{problems}")), problems)
}

fn lowered_with(said: &[Said]) -> (dockwright_codegen::ir::Api, Overlay, Problems) {
    let (overlay, mut problems) = (overlay(said), Problems::default());
    let api = lowered(&source(), &overlay, &History::default(), &mut problems).unwrap_or_else(|| panic!("{problems}"));
    (api, overlay, problems)
}

fn overlay(said: &[Said]) -> Overlay {
    let mut sentences = Sentences::default();
    for (owner, part, text) in said {
        let all = if owner.starts_with("CarP") || *owner == "CarWash" {
            &mut sentences.operations
        } else {
            &mut sentences.types
        };
        let said =
            all.entry((*owner).to_owned()).or_insert_with(|| PartSentences { tag: "Car".into(), ..Default::default() });
        said.parts.insert((*part).to_owned(), (*text).to_owned());
    }
    let mut paint: overlay::OperationWords = parse::parse_into("car.yaml", SUMMARY).unwrap();
    paint.tag = "Car".into();
    let types = [("Car", WORDS), ("Vehicle", VEHICLE)];
    Overlay {
        title: "Cars".into(),
        operations: [("CarPaint".into(), paint)].into(),
        types: types.map(|(name, text)| (name.to_owned(), parse::parse_into("car.yaml", text).unwrap())).into(),
        sentences,
        ..Overlay::default()
    }
}

fn source() -> Source {
    Source { name: "cars.yaml".into(), text: CARS.into(), oldest: "1.0".into(), newest: true, tags: None }
}
