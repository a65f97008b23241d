//! The records of all engines in, a table out: the operations that ran on each, by method and by tool. It fails if an
//! operation ran nowhere without a listed exception, if an exception is not needed, and if the tools have no records.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::ExitCode;

use dockwright::{Operation, Value, operations};

use crate::exceptions::EXCEPTIONS;
use crate::record;

/// The generated methods.
const METHODS: &str = include_str!(concat!(env!("OUT_DIR"), "/methods.rs"));

/// A way to reach an operation that has records of its own.
struct Way {
    name: &'static str,
    mark: &'static str,
    /// The end of the names of its records' files.
    file: &'static str,
    /// The program that makes these records.
    made_by: &'static str,
    /// Tells if an operation can be reached so.
    reaches: fn(&Operation) -> bool,
}

const WAYS: [Way; 2] = [
    Way {
        name: "method",
        mark: "✓",
        file: ".json",
        made_by: "tests/engine/with ENGINE cargo test --test live",
        reaches: has_method,
    },
    Way {
        name: "tool",
        mark: "t",
        file: ".tools.json",
        made_by: "tests/engine/with ENGINE cargo test --package dockwright-server --test live",
        reaches: has_tool,
    },
];

/// The operations that were exercised in one way, by the engine's name and API version.
type Records = BTreeMap<String, BTreeSet<String>>;

/// Prints the table.
pub fn show() -> ExitCode {
    let records = WAYS.each_ref().map(records);
    let engines: BTreeSet<_> = records.iter().flat_map(|records| records.keys()).collect();
    let reached = |operation: &Operation| WAYS.iter().any(|way| (way.reaches)(operation));
    let operations: Vec<_> = operations::ALL.iter().copied().filter(|operation| reached(operation)).collect();
    let width = operations.iter().map(|operation| operation.id.len()).max().unwrap_or_default();
    let heads: Vec<_> = engines.iter().map(|engine| engine.as_str()).collect();
    println!("{:width$}  {}", "", heads.join("  "));
    for operation in &operations {
        let marks = engines.iter().map(|engine| format!("{:1$}", marks(operation, engine, &records), engine.len()));
        let marks = marks.collect::<Vec<_>>().join("  ");
        let reason = WAYS.iter().find_map(|way| reason(way, operation)).unwrap_or_default();
        println!("{}", format!("{:width$}  {marks}  {reason}", operation.id).trim_end());
    }
    let mut problems = Vec::new();
    for (way, records) in WAYS.iter().zip(&records) {
        let operations: Vec<_> = operations.iter().copied().filter(|operation| (way.reaches)(operation)).collect();
        println!("{} by {}: {}", way.mark, way.name, sums(way, &operations, records));
        problems.extend(problems_of(way, &operations, records));
    }
    let unknown = |id: &&str| operations.iter().all(|operation| operation.id != *id);
    let unknown = EXCEPTIONS.iter().map(|(id, ..)| *id).filter(unknown);
    problems.extend(unknown.map(|id| format!("{id}: an exception for an operation that has no method")));
    for problem in &problems {
        eprintln!("{problem}");
    }
    if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The records of one way.
fn records(way: &Way) -> Records {
    let files = std::fs::read_dir(record::folder()).into_iter().flatten().flatten().map(|file| file.path());
    let ours = |path: &Path| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        // An engine's name has no dot.
        name.find('.').is_some_and(|dot| &name[dot..] == way.file)
    };
    files.filter(|path| ours(path)).map(|path| record(&path)).collect()
}

fn record(path: &Path) -> (String, BTreeSet<String>) {
    let text = std::fs::read_to_string(path).expect("a record can be read");
    let record: Value = serde_json::from_str(&text).expect("a record is JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let operations = record["operations"].as_array().into_iter().flatten().map(text).collect();
    (format!("{} {}", text(&record["engine"]), text(&record["api"])), operations)
}

fn has_method(operation: &Operation) -> bool {
    METHODS.contains(&format!(" fn {}(", operation.name))
}

fn has_tool(operation: &Operation) -> bool {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("generated/tools");
    tools.join(operation.name).with_extension("json").exists()
}

/// `✓t`, a mark for each way in which an operation was exercised on an engine.
fn marks(operation: &Operation, engine: &str, records: &[Records]) -> String {
    let mark = |(way, records): (&Way, &Records)| {
        let exercised = records.get(engine).is_some_and(|ids| ids.contains(operation.id));
        if exercised { way.mark } else { " " }
    };
    WAYS.iter().zip(records).map(mark).collect()
}

/// Why an operation need not be exercised in a way.
fn reason(way: &Way, operation: &Operation) -> Option<&'static str> {
    let excepts = |(id, names, _): &&(&str, &[&str], &str)| *id == operation.id && names.contains(&way.name);
    EXCEPTIONS.iter().find(excepts).map(|(.., reason)| *reason)
}

fn problems_of(way: &Way, operations: &[&Operation], records: &Records) -> Vec<String> {
    if records.is_empty() {
        let folder = record::folder();
        return vec![format!("no records by {} in {}: run {}", way.name, folder.display(), way.made_by)];
    }
    let problem = |operation: &&Operation| {
        let exercised = records.values().any(|ids| ids.contains(operation.id));
        match (exercised, reason(way, operation)) {
            (false, None) => {
                Some(format!("{}: exercised by its {} on no engine, and no exception says why", operation.id, way.name))
            }
            (true, Some(_)) => {
                Some(format!("{}: exercised by its {}, so it needs no exception", operation.id, way.name))
            }
            _ => None,
        }
    };
    operations.iter().filter_map(problem).collect()
}

fn sums(way: &Way, operations: &[&Operation], records: &Records) -> String {
    let count = operations.len();
    let on = |ids: &BTreeSet<String>| operations.iter().filter(|operation| ids.contains(operation.id)).count();
    let engines = records.iter().map(|(engine, ids)| format!("{engine}: {} of {count}", on(ids)));
    let engines = engines.collect::<Vec<_>>().join("; ");
    let everywhere = records.values().flatten().cloned().collect();
    let excepted = operations.iter().filter(|operation| reason(way, operation).is_some()).count();
    format!("{engines}; together {} of {count}, {excepted} excepted", on(&everywhere))
}
