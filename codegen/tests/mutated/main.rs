//! Mutated descriptions: each is refused with a reason or becomes sound Rust, in bounded time and without a panic. A
//! mutant follows from its number alone. A hundred of them are part of the tests; `make mutants` continues from there.

mod claims;
mod large;
mod mutate;
mod names;
#[path = "../way_back/mod.rs"]
mod way_back;

use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};
use std::{env, fs};

use claims::{Became, Known};
use dockwright_codegen::history::History;
use dockwright_codegen::overlay::Overlay;
use dockwright_codegen::problem::Problems;
use dockwright_codegen::{Source, generate, lowered, overlay, parse};
use mutate::Dice;
use serde_json::Value;

/// The smallest description with every feature; its overlay is beside it.
const CARS: &str = include_str!("cars.yaml");

/// The number of mutants in the tests.
const FEW: u64 = 100;

/// The limit for a description of this size, on a slow machine.
const LONGEST: Duration = Duration::from_secs(20);

#[test]
fn a_mutated_description_is_refused_with_a_reason_or_becomes_sound_rust() {
    let number = |name| env::var(name).ok().map(|number| number.parse::<u64>().unwrap());
    let first = number("DOCKWRIGHT_MUTATE_FIRST").unwrap_or_default();
    let end = number("DOCKWRIGHT_MUTATE_MINUTES").map(|minutes| Instant::now() + Duration::from_secs(minutes * 60));
    let bases = Bases::read();
    let (mut next, mut generated, mut found) = (first, 0, Vec::new());
    while end.map_or(next < first + FEW, |end| Instant::now() < end) {
        match held(&bases.mutant(next), bases.known(next), next) {
            Ok(became) => generated += u64::from(became == Became::Rust),
            Err(what) => {
                eprintln!("mutant {next}: {what}");
                found.push(next);
            }
        }
        next += 1;
    }
    println!("{} mutants, of which {generated} became Rust: {} findings", next - first, found.len());
    assert!(
        found.is_empty(),
        "mutants {found:?}; to see one of them made small:\n  DOCKWRIGHT_MUTANT={} {SMALL}",
        found[0]
    );
}

const SMALL: &str = "cargo test -p dockwright-codegen --test mutated made_small";

/// Reduces a found mutant.
#[test]
fn a_found_mutant_is_made_small() {
    let Ok(number) = env::var("DOCKWRIGHT_MUTANT") else { return };
    let number = number.parse().unwrap();
    let bases = Bases::read();
    let known = bases.known(number);
    let mut source = bases.mutant(number);
    let Err(what) = held(&source, known, number) else { return };
    // The problem is the same if its message has the same beginning.
    let beginning: String = what.chars().take(24).collect();
    let is_wrong = |source: &Source| held(source, known, number).is_err_and(|what| what.starts_with(&beginning));
    let made_smaller = |source: &Source| {
        let value = parse::parse(&source.name, &source.text).ok()?;
        mutate::smaller(&value).map(|value| Source { text: value.to_string(), ..source.clone() }).find(is_wrong)
    };
    while let Some(smaller) = made_smaller(&source) {
        source = smaller;
    }
    panic!("mutant {number}: {what}\nmade small, it is\n{}", source.text);
}

/// Each case names its result in its first line.
#[test]
fn what_was_found_stays_mended() {
    let cases = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mutated/found")).unwrap();
    let mut wrong = Vec::new();
    for case in cases.map(|case| case.unwrap().path()) {
        let text = fs::read_to_string(&case).unwrap();
        let expected = text.lines().next().unwrap().trim_start_matches("# ");
        let found = becomes(&text);
        let is_told =
            expected.strip_prefix("tells ").and_then(|told| told.split_once(": ")).is_some_and(|(pointer, what)| {
                found.iter().any(|problem| problem.pointer == pointer && problem.what.contains(what))
            });
        if !is_told && (expected != "becomes Rust" || !found.is_empty()) {
            wrong.push(format!("{}: {expected}, and what came is {found}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_large_is_read_or_refused_in_bounded_time() {
    let known = Arc::new(Known { overlay: Overlay::default(), history: History::default() });
    for (name, description) in large::descriptions() {
        let begun = Instant::now();
        let held = held(&source("mutant.json", &description.to_string()), &known, u64::MAX - 1);
        println!("{name}: {:?}", begun.elapsed());
        held.unwrap_or_else(|what| panic!("{name}: {what}"));
    }
}

#[test]
fn text_that_says_more_than_it_holds_is_refused_quickly() {
    let known = Arc::new(Known { overlay: Overlay::default(), history: History::default() });
    for (name, text) in large::texts() {
        let begun = Instant::now();
        let source = source("mutant.yaml", &text);
        assert!(parse::parse(&source.name, &text).is_err() && begun.elapsed() < LONGEST / 4, "{name}");
        held(&source, &known, u64::MAX - 2).unwrap_or_else(|what| panic!("{name}: {what}"));
    }
}

/// The problems of a description for which all claims hold.
#[track_caller]
fn becomes(rest: &str) -> Problems {
    let missing =
        [("swagger:", "swagger: '2.0'"), ("info:", "info: { title: Cars, version: '1.0' }"), ("paths:", "paths: {}")];
    let missing = missing.into_iter().filter(|(key, _)| !rest.lines().any(|line| line.starts_with(key)));
    let text = missing.fold(rest.to_owned(), |text, (_, line)| format!("{text}\n{line}"));
    let source = source("mutant.yaml", &text);
    let known = Arc::new(Known { overlay: Overlay::default(), history: History::default() });
    held(&source, &known, u64::MAX).unwrap_or_else(|what| panic!("{what}\n{rest}"));
    generate(&source, &known.overlay, &known.history).1
}

/// The origins of mutants: our own small description, and now and then the newest one of Docker, which is slow.
struct Bases {
    cars: (Value, Arc<Known>),
    docker: (Value, Arc<Known>),
}

impl Bases {
    fn read() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut problems = Problems::default();
        let overlay = overlay::read(&folder.join("tests/mutated/overlay"), &mut problems);
        let api = lowered(&source("cars.yaml", CARS), &overlay, &History::default(), &mut problems);
        let history = History::from_apis(&[api.unwrap_or_else(|| panic!("{problems}"))]);
        let docker = fs::read_to_string(folder.join("../spec/v1.55.json")).unwrap();
        let known = Known { overlay: Overlay::default(), history: History::default() };
        Self {
            cars: (parse::parse("cars.yaml", CARS).unwrap(), Arc::new(Known { overlay, history })),
            docker: (parse::parse("v1.55.json", &docker).unwrap(), Arc::new(known)),
        }
    }

    fn mutant(&self, number: u64) -> Source {
        let mut dice = Dice(number);
        let text = mutate::mutated(&self.base(number).0, &mut dice).to_string();
        let name = if dice.below(2) == 0 { "mutant.json" } else { "mutant.yaml" };
        let text = if dice.below(8) == 0 { mutate::mutated_text(&text, &mut dice) } else { text };
        source(name, &text)
    }

    fn known(&self, number: u64) -> &Arc<Known> {
        &self.base(number).1
    }

    fn base(&self, number: u64) -> &(Value, Arc<Known>) {
        if number % 100 == 99 { &self.docker } else { &self.cars }
    }
}

/// Checks all claims in a thread that may panic and must end. An abort leaves the mutant in a file.
fn held(source: &Source, known: &Arc<Known>, number: u64) -> Result<Became, String> {
    let file = folder().join(format!("{number}-{}", source.name));
    fs::write(&file, &source.text).unwrap();
    let (ended, end) = mpsc::channel();
    let (source, known) = (source.clone(), known.clone());
    let run = thread::spawn(move || {
        let held = claims::hold(&source, &known);
        let _ = ended.send(());
        held
    });
    if end.recv_timeout(LONGEST) == Err(mpsc::RecvTimeoutError::Timeout) {
        return Err(format!("it takes longer than {LONGEST:?}; it is in {}", file.display()));
    }
    let held = run.join().unwrap_or_else(|panic| {
        let said = panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|said| (*said).to_owned()));
        Err(format!("it panics: {}", said.unwrap_or_default()))
    });
    fs::remove_file(&file).unwrap();
    held
}

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mutated");
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn source(name: &str, text: &str) -> Source {
    Source { name: name.into(), text: text.into(), oldest: "1.0".into(), newest: true, tags: None }
}
