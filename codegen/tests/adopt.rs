//! Adopting a description by one command: known versions, files with prose, and files that must be refused.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use dockwright_codegen::overlay;
use dockwright_codegen::problem::Problems;
use dockwright_codegen::prose::{self, Prose};

#[test]
fn the_newest_version_is_adopted_by_a_folder_that_knows_the_others() {
    let folder = known("newest", 41..=54);
    assert!(adopted(&folder, &facts("1.55")).contains("`ImageAttestations`"));
    let committed = |file: &str| fs::read_to_string(spec().join(file)).unwrap();
    assert_eq!(fs::read_to_string(folder.join("v1.55.json")).unwrap(), committed("v1.55.json"));
    let signatures = fs::read_to_string(folder.join("generated/signatures.txt")).unwrap();
    assert!(signatures == committed("../generated/signatures.txt"), "they are not those of `make regenerate`");
}

#[test]
fn versions_are_adopted_in_turn_by_a_folder_that_knows_the_oldest() {
    let folder = known("oldest", 41..=41);
    for version in ["1.42", "1.43"] {
        let report = adopted(&folder, &facts(version));
        assert!(report.starts_with(&format!("### API {version}\n\nCompared with 1.4")), "{report}");
        let written = fs::read_to_string(folder.join(format!("v{version}.json"))).unwrap();
        assert_eq!(written, fs::read_to_string(facts(version)).unwrap());
    }
}

#[test]
fn a_newer_file_is_adopted_though_it_lacks_words_and_upstreams_text_is_not_kept() {
    let folder = cars("newer");
    let output = adopt(&folder, "newer.yaml", &NEWER.replace("1.1", "1.2"));
    let (told, left) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{left}");
    assert!(told.contains("- parameter `hurry` of `CarMake`: boolean, required\n"), "{told}");
    let expected = "Items without a description (1):\n  CarMake.hurry: upstream says \"Leaves out the paint.\"\n";
    assert!(left.contains(expected), "{left}");
    let expected =
        expected.replace("Items without a description", "Items without full sentences for the documentation");
    assert!(left.contains(&expected), "{left}");
    assert!(left.contains("CarMake: \"Make a car.\" (parameter `hurry` is new; status 409 is new)"), "{left}");
    assert!(
        left.contains("cars.yaml: a correction does not apply to 1.2: ") && left.contains("(It is text.)"),
        "{left}"
    );
    assert!(!told.contains("paint"), "{told}");
    for file in [folder.join("v1.2.json"), folder.join("generated/signatures.txt")] {
        assert!(!fs::read_to_string(file).unwrap().contains("paint"));
    }
}

#[test]
fn an_edited_file_takes_the_place_of_its_version_and_reading_it_again_tells_what_is_left() {
    let folder = cars("edited");
    let first = adopt(&folder, "edited.yaml", NEWER);
    assert!(text(&first.stdout).contains("Compared with its text before.\n"), "{}", text(&first.stdout));
    assert!(text(&first.stdout).contains("parameter `hurry`"));
    let facts = fs::read_to_string(folder.join("v1.1.json")).unwrap();
    let again = adopt(&folder, "edited.yaml", NEWER);
    assert!(text(&again.stdout).contains("No operation, parameter, property, member or status differs."));
    assert!(text(&again.stderr).contains("CarMake.hurry: upstream says"), "{}", text(&again.stderr));
    assert_eq!(fs::read_to_string(folder.join("v1.1.json")).unwrap(), facts);
}

#[test]
fn an_older_file_adds_to_the_history_and_the_newest_stays_what_is_built() {
    let folder = cars("older");
    let output = adopt(&folder, "oldest.yaml", &UPSTREAM.replace("1.1", "1.0"));
    let expected =
        "The oldest that is known, and what the client speaks from now on. 1.1 is newer and stays what is built.";
    assert!(text(&output.stdout).contains(expected), "{}", text(&output.stdout));
    assert!(output.status.success() && folder.join("v1.0.json").exists());
    adopt(&folder, "newer.yaml", &NEWER.replace("1.1", "1.3"));
    let output = adopt(&folder, "between.yaml", &NEWER.replace("1.1", "1.2"));
    let expected = "Compared with 1.1. 1.3 is newer and stays what is built.";
    assert!(text(&output.stdout).contains(expected), "{}", text(&output.stdout));
}

#[test]
fn what_cannot_be_adopted_leaves_everything_as_it_was() {
    let folder = cars("refused");
    assert!(adopt(&folder, "good.yaml", UPSTREAM).status.success());
    let before = files(&folder);
    for (upstream, expected) in [
        (NEWER.replace("swagger: \"2.0\"", "openapi: 3.1.0"), "not Swagger 2.0"),
        (NEWER.replace("version: \"1.1\"", "version: newest"), "no `info.version` of the form"),
        (NEWER.replace("version: \"1.1\"", "version: 1.2"), "`info.version` is a number; quote it"),
        (NEWER.replace("Cars", "Trucks"), "describes the API `Trucks`"),
        (NEWER.replace("1.1", "1.2").replace("in: query", "in: cookie"), "`in: cookie` is not supported"),
        (NEWER.replace("1.1", "1.2").replace("definitions/Car", "definitions/Van"), "is not defined"),
        (NEWER[..NEWER.len() / 2].to_owned() + ": [", "fix the file at that place"),
    ] {
        let output = adopt(&folder, "good.yaml", &upstream);
        assert_eq!(output.status.code(), Some(1), "{upstream}");
        assert!(text(&output.stderr).contains(expected), "{}", text(&output.stderr));
        assert!(output.stdout.is_empty());
        fs::write(folder.join("good.yaml"), UPSTREAM).unwrap();
        assert_eq!(files(&folder), before);
    }
    let missing = run(&folder, &folder.join("missing.yaml"));
    assert_eq!(missing.status.code(), Some(1));
    assert!(text(&missing.stderr).contains("cannot be read"));

    // A folder is in the place of the signatures: the facts are not written either.
    fs::remove_file(folder.join("generated/signatures.txt")).unwrap();
    fs::create_dir_all(folder.join("generated/signatures.txt/x")).unwrap();
    let output = adopt(&folder, "good.yaml", &NEWER.replace("1.1", "1.2"));
    assert!(!output.status.success() && !folder.join("v1.2.json").exists(), "{}", text(&output.stderr));
    assert!(files(&folder).iter().all(|(name, _)| !name.ends_with(".new")));
}

#[test]
fn sentences_and_filters_of_upstream_that_changed_are_reported_and_only_their_fingerprints_kept() {
    let folder = cars("prose");
    let upstream = |prose: &str, keys: &str| {
        let list = format!(
            "    get:\n      operationId: CarList\n      tags: [Car]\n      parameters: \
             [{{ name: filters, in: query, type: string, description: \"{keys}\" }}]\n      responses: {{}}\n"
        );
        let color = format!("type: string, description: {prose} }}]");
        UPSTREAM.replace("type: integer }]", &color).replace("definitions:\n", &format!("{list}definitions:\n"))
    };
    let output = adopt(&folder, "first.yaml", &upstream("The paint.", "- `plate=<text>`"));
    assert!(text(&output.stderr).contains("CarList: plate\n"), "{}", text(&output.stderr));
    let prose = folder.join("prose.json");
    let first = fs::read_to_string(&prose).unwrap();
    assert!(first.contains("\"CarMake().color\"") && !first.contains("paint"), "{first}");
    let next = upstream("The mixed paint.", r"- `plate=<text>`\n- `driver-age=<years>`").replace("1.1", "1.2");
    let output = adopt(&folder, "next.yaml", &next);
    let left = text(&output.stderr);
    assert!(left.contains("CarMake.color: \"Of the doors.\" (upstream's sentence is another)"), "{left}");
    assert!(left.contains("Keys of filters that upstream lists (1):\n  CarList: driver-age\n"), "{left}");
    assert_ne!(fs::read_to_string(&prose).unwrap(), first);
}

#[test]
fn a_type_with_the_name_of_an_operation_one_with_a_chosen_name_and_keys_that_went_are_reported() {
    let folder = cars("pairs");
    let filters = "filters: { plate: { type: string, words: Its plate. } }\n    parameters";
    let words = WORDS.replace("CarMake", "Car").replace("parameters", filters);
    let wheel = "types:\n  Wheel: { words: It turns., properties: { Size: Across. } }\n";
    fs::write(folder.join("overlay/car.yaml"), words.replace("types:\n", wheel)).unwrap();
    fs::write(folder.join("overlay/names.yaml"), "types: { CarWheelsItem: Wheel }\n").unwrap();
    let upstream = |adjective: &str, keys: &str| {
        let described = |what: &str| format!("description: The {adjective} {what}.");
        let filters =
            format!("parameters: [{{ name: filters, in: query, type: string, description: \"{keys}\" }}, {{ ");
        let size = format!("properties: {{ Size: {{ type: integer, {} }} }}", described("width"));
        let wheels = format!("Wheels: {{ type: array, items: {{ type: object, {size} }} }}");
        let properties = format!("{}, properties: {{ {wheels}, Name: {{ {}, ", described("car"), described("plate"));
        let next = UPSTREAM.replace("CarMake\n", &format!("Car\n      summary: Make an {adjective} one.\n"));
        next.replace("parameters: [{ ", &filters).replace("properties: { Name: { ", &properties)
    };
    adopt(&folder, "first.yaml", &upstream("old", "- `plate=<text>`"));
    let output = adopt(&folder, "next.yaml", &upstream("odd", "- `id=<text>`").replace("1.1", "1.2"));
    let left = text(&output.stderr);
    for (subject, words) in
        [("Car", "Make a car."), ("Car", "What rolls."), ("Car.Name", "On its plate."), ("Wheel.Size", "Across.")]
    {
        let line = format!("car.yaml: {subject}: \"{words}\" (upstream's sentence is another)\n");
        assert!(left.contains(&line), "`{line}` is not in\n{left}");
    }
    assert!(left.contains("  Car: id, plate is gone\n"), "{left}");
}

#[test]
fn a_renamed_definition_is_one_line_and_a_new_tag_says_what_it_needs() {
    let folder = cars("renamed");
    let properties = "{ Seats: { type: integer }, Doors: { type: integer }, Built: { type: string }, Name: ";
    let upstream = UPSTREAM.replace("{ Name: ", properties);
    let units = "- { unit: count, of: [Car.Seats, Car.Doors] }\n- { unit: rfc3339, of: [Car.Built] }\n";
    fs::write(folder.join("overlay/units.yaml"), units).unwrap();
    adopt(&folder, "first.yaml", &upstream);
    let next = upstream.replace("1.1", "1.2").replace("Car\"", "Auto\"").replace("  Car:", "  Auto:");
    let stream = "  /laps:\n    get:\n      operationId: LapWatch\n      tags: [Lap]\n      produces: [application/jsonl]\n      responses: { 200: { schema: { type: object } } }\n";
    let output = adopt(&folder, "next.yaml", &next.replace("definitions:", &format!("{stream}definitions:")));
    let (told, left) = (text(&output.stdout), text(&output.stderr));
    assert!(!told.contains("Changed:"), "a unit that waits for the new name is no change: {told}");
    assert_eq!(left.matches("`Auto`").count(), 3, "lines of words, of units and of the alias: {left}");
    assert!(left.contains("units.yaml: `Car` is `Auto`\n") && !left.contains("unit;"), "{left}");
    assert!(!left.contains("no parameter or property"), "{left}");
    assert!(left.contains("car.yaml: `Car` is `Auto`\n"), "{left}");
    assert!(left.contains("Lap: its feature is `tag-lap`; its words go to a file of their own, lap.yaml"), "{left}");
    assert!(left.contains("LapWatch: JSON values one after another"), "{left}");
}

#[test]
fn the_committed_fingerprints_know_the_text_of_each_operation() {
    let prose = Prose::read(&fs::read_to_string(spec().join(prose::FILE)).unwrap()).unwrap();
    let overlay = overlay::read(&spec().join("overlay"), &mut Problems::default());
    let is_known = |id: &&String| prose.fingerprints.contains_key(&format!("{id}{}", prose::OF_OPERATION));
    assert_eq!(overlay.operations.keys().find(|id| !is_known(id)), None);
}

const UPSTREAM: &str = r##"
swagger: "2.0"
info: { title: Cars, version: "1.1" }
paths:
  /cars:
    post:
      operationId: CarMake
      tags: [Car]
      parameters: [{ name: color, in: query, type: integer }]
      responses: { 200: { schema: { $ref: "#/definitions/Car" } } }
definitions:
  Car: { type: object, properties: { Name: { type: string } } }
"##;

/// One more parameter, one more status, and the colour is text without a correction.
const NEWER: &str = r##"
swagger: "2.0"
info: { title: Cars, version: "1.1" }
paths:
  /cars:
    post:
      operationId: CarMake
      tags: [Car]
      parameters:
        - { name: color, in: query, type: string }
        - { name: hurry, in: query, type: boolean, required: true, description: Leaves out the paint. And more. }
      responses: { 200: { schema: { $ref: "#/definitions/Car" } }, 409: {} }
definitions:
  Car: { type: object, properties: { Name: { type: string } } }
"##;

const WORDS: &str = r##"
tag: Car
operations:
  CarMake:
    summary: Make a car.
    annotations: { read_only: false, destructive: false, idempotent: false, open_world: false }
    parameters: { color: Of the doors. }
types:
  Car: { words: What rolls., properties: { Name: On its plate. } }
"##;

const SENTENCES: &str = r##"
tag: Car
operations: { CarMake: { color: Sets the colour of the doors. } }
types: { Car: { Name: Names the car by its number plate. } }
"##;

const CORRECTION: &str = r#"
- reason: It is text.
  reference: seen
  versions: "1.1.."
  patch:
    - { op: test, path: /paths/~1cars/post/parameters/color/schema/type, value: integer }
    - { op: replace, path: /paths/~1cars/post/parameters/color/schema/type, value: string }
"#;

fn spec() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec")
}

fn facts(version: &str) -> PathBuf {
    spec().join(format!("v{version}.json"))
}

/// A folder with the committed overlay and some of the committed facts.
fn known(name: &str, minors: std::ops::RangeInclusive<u32>) -> PathBuf {
    let folder = temporary(name);
    for part in ["overlay", "overlay/corrections", "overlay/docs"] {
        copy(&spec().join(part), &folder.join(part));
    }
    for version in minors.map(|minor| format!("1.{minor}")) {
        fs::copy(facts(&version), folder.join(format!("v{version}.json"))).unwrap();
    }
    folder
}

/// A folder that knows the first description and has words for it.
fn cars(name: &str) -> PathBuf {
    let folder = temporary(name);
    for inner in ["overlay/corrections", "overlay/docs"] {
        fs::create_dir_all(folder.join(inner)).unwrap();
    }
    fs::write(folder.join("overlay/overlay.yaml"), "title: Cars\n").unwrap();
    fs::write(folder.join("overlay/car.yaml"), WORDS).unwrap();
    fs::write(folder.join("overlay/docs/car.yaml"), SENTENCES).unwrap();
    fs::write(folder.join("overlay/corrections/cars.yaml"), CORRECTION).unwrap();
    let upstream = folder.join("upstream.yaml");
    fs::write(&upstream, UPSTREAM).unwrap();
    assert!(command(&folder).arg("import").arg(upstream).output().unwrap().status.success());
    folder
}

fn adopt(folder: &Path, name: &str, upstream: &str) -> Output {
    let file = folder.join(name);
    fs::write(&file, upstream).unwrap();
    run(folder, &file)
}

fn adopted(folder: &Path, file: &Path) -> String {
    let output = run(folder, file);
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

fn run(folder: &Path, file: &Path) -> Output {
    command(folder).arg("adopt").arg(file).arg("--generated").arg(folder.join("generated")).output().unwrap()
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dockwright-codegen"));
    command.arg("--spec").arg(folder);
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_file()) {
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// All files directly in the folder and in `generated/`, with their text.
fn files(folder: &Path) -> Vec<(String, String)> {
    let of = |folder: PathBuf| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let all = of(folder.to_owned()).chain(of(folder.join("generated"))).filter(|path| path.is_file());
    let mut files: Vec<_> = all.map(|path| (path.display().to_string(), fs::read_to_string(&path).unwrap())).collect();
    files.sort();
    files
}

/// An empty folder that the next run of this test empties again.
fn temporary(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("adopt").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}
