//! A next version with each kind of change is adopted by one command: the report names every change, and words are all
//! that is left for a person. `tests/bin/compile` then compiles the folder that this leaves.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use dockwright_codegen::{import, parse};
use serde_json::Value;

/// A definition and its name in the next version.
const RENAMED: [&str; 2] = ["FilesystemChange", "FilesystemDelta"];

#[test]
fn a_next_version_leaves_nothing_to_a_person_but_words() {
    let folder = folder();
    let (version, upstream) = next_version();
    let file = folder.join("upstream.json");
    fs::write(&file, upstream).unwrap();
    fs::write(folder.join("../Cargo.toml"), "[features]\ntag-container = []\n").unwrap();
    let (file, signatures) = (file.display().to_string(), folder.join("generated").display().to_string());
    let adopt = ["adopt", &file, "--generated", &signatures];

    let (told, left) = run(&folder, &adopt);
    names_every_change(&told, &left);
    let manifest = fs::read_to_string(folder.join("../Cargo.toml")).unwrap();
    assert_eq!(manifest, "[features]\ntag-container = []\ntag-rack = []\n");
    assert!(fs::read_to_string(folder.join(format!("v{version}.json"))).unwrap().contains("/racks"));

    write_words(&folder);
    let (_, left) = run(&folder, &adopt);
    assert!(left.trim_start().starts_with("Written: "), "more than words is left:\n{left}");
    let (_, left) = run(&folder, &["check"]);
    let left: Vec<_> = left.lines().filter(|line| !line.contains("lists `steel` again")).collect();
    assert!(left.is_empty(), "more than words is left:\n{}", left.join("\n"));
}

fn names_every_change(told: &str, left: &str) {
    let [before, now] = RENAMED;
    for expected in [
        "operation `ContainerPulse`: `GET /containers/{id}/pulse`",
        "operation `ContainerTunnel`: `POST /containers/{id}/tunnel`",
        "operation `ContainerTranscript`: `GET /containers/{id}/transcript`",
        "operation `RackList`: `GET /racks`",
        "operation `RackCreate`: `POST /racks`",
        &format!("`{before}` is `{now}`"),
    ] {
        assert!(told.contains(expected), "`{expected}` is not in\n{told}");
    }
    for expected in [
        "Rack: its feature is `tag-rack`; its words go to a file of their own, rack.yaml",
        &format!("always.yaml: `{before}` is `{now}`"),
        &format!("container.yaml: `{before}` is `{now}`"),
        "ContainerPulse: JSON values one after another",
        "ContainerTunnel: the connection becomes a raw channel",
        "ContainerTranscript: output of a process",
        "ContainerNudge: no schema, read as nothing; say `answer`",
        "ContainerList: rack, ancestor is gone, ",
        "  ContainerTunnel port\n",
        "the enumeration lists `steel` again",
        "  ContainerPulse: upstream says \"Watch the pulse.\"\n",
        "  Rack.extra\n",
        "  Result_.ID\n",
    ] {
        assert!(left.contains(expected), "`{expected}` is not in\n{left}");
    }
    assert!(left.lines().count() < 80, "it is read in a few minutes:\n{left}");
}

/// All that a person does: words, and what the new requests can do.
fn write_words(folder: &Path) {
    for words in ["container_next.yaml", "rack.yaml"] {
        fs::copy(fixture().join("words").join(words), folder.join("overlay").join(words)).unwrap();
    }
    let change = |name: &str, change: &dyn Fn(String) -> String| {
        let file = folder.join("overlay").join(name);
        fs::write(&file, change(fs::read_to_string(&file).unwrap())).unwrap();
    };
    let rack = "    filters:\n      rack: { type: string, words: \"Its engine stands in this rack.\" }\n";
    let [before, now] = RENAMED;
    let formerly = format!("  {now}:\n    formerly: [{before}]\n");
    change("container.yaml", &|words| {
        words.replacen("    filters:\n", rack, 1).replace(&format!("  {before}:\n"), &formerly)
    });
    change("always.yaml", &|always| always.replace(&format!("{before}:"), &format!("{now}:")));
    change("units.yaml", &|units| units + &fs::read_to_string(fixture().join("words/units.txt")).unwrap());
    change("facets.yaml", &|facets| facets + &fs::read_to_string(fixture().join("words/facets.txt")).unwrap());
}

/// The newest known description with the changes, as upstream would write it.
fn next_version() -> (String, String) {
    let text = fs::read_to_string(newest()).unwrap().replace(RENAMED[0], RENAMED[1]);
    let mut description = parse::parse("newest.json", &text).unwrap();
    let (major, minor) = import::version(&description).unwrap().split_once('.').unwrap();
    let version = format!("{major}.{}", minor.parse::<u32>().unwrap() + 1);
    description["info"]["version"] = version.as_str().into();
    let changes = fs::read_to_string(fixture().join("changes.yaml")).unwrap();
    let changes: Value = parse::parse("changes.yaml", &changes).unwrap();
    let changes: json_patch::Patch = serde_json::from_value(changes).unwrap();
    json_patch::patch(&mut description, &changes).unwrap();
    (version, description.to_string())
}

fn newest() -> PathBuf {
    let minor = |path: &PathBuf| path.file_stem()?.to_str()?.strip_prefix("v1.")?.parse::<u32>().ok();
    let files = fs::read_dir(spec()).unwrap().map(|entry| entry.unwrap().path());
    files.max_by_key(minor).unwrap()
}

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/next_version")
}

fn spec() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec")
}

/// A copy of the committed facts and words, in a folder that `tests/bin/compile` knows.
fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("next_version/spec");
    let _ = fs::remove_dir_all(&folder);
    for part in ["", "overlay", "overlay/corrections"] {
        fs::create_dir_all(folder.join(part)).unwrap();
        for entry in fs::read_dir(spec().join(part)).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_file())
        {
            fs::copy(entry.path(), folder.join(part).join(entry.file_name())).unwrap();
        }
    }
    folder
}

/// The changes that a command prints, and the work that it leaves to a person.
fn run(folder: &Path, arguments: &[&str]) -> (String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_dockwright-codegen"))
        .args(["--spec".as_ref(), folder.as_os_str()])
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (told, left) = (text(output.stdout), text(output.stderr));
    assert!(output.status.success(), "{left}");
    (told, left)
}
