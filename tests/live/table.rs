//! The records of all engines in, a table out: which operation was exercised where. Fails if one was exercised nowhere
//! and no exception says why, and if an exception is not needed.

use std::collections::BTreeMap;
use std::process::ExitCode;

use dockwright::{Operation, Value, operations};

use crate::exceptions::EXCEPTIONS;
use crate::record;

/// What has a method, as the generator wrote it.
const METHODS: &str = include_str!(concat!(env!("OUT_DIR"), "/methods.rs"));

/// Prints the table.
pub fn show() -> ExitCode {
    let records = records();
    let operations: Vec<_> = operations::ALL.iter().copied().filter(|operation| has_method(operation)).collect();
    let width = operations.iter().map(|operation| operation.id.len()).max().unwrap_or_default();
    let heads: Vec<_> = records.keys().map(String::as_str).collect();
    println!("{:width$}  {}", "", heads.join("  "));
    let mut problems = Vec::new();
    for operation in &operations {
        let marks = records.iter().map(|(engine, ids)| {
            let mark = if ids.iter().any(|id| id == operation.id) { "✓" } else { "" };
            format!("{mark:width$}", width = engine.chars().count())
        });
        let reason = reason(operation).unwrap_or_default();
        println!(
            "{}",
            format!("{:width$}  {}  {reason}", operation.id, marks.collect::<Vec<_>>().join("  ")).trim_end()
        );
        problems.extend(problem(operation, &records));
    }
    println!("{}", sums(&operations, &records));
    let unknown = |id: &&str| operations.iter().all(|operation| operation.id != *id);
    let unknown = EXCEPTIONS.iter().map(|(id, _)| *id).filter(unknown);
    problems.extend(unknown.map(|id| format!("{id}: an exception for an operation that has no method")));
    if records.is_empty() {
        problems.push(format!("no records in {}: run tests/engine/with", record::folder().display()));
    }
    for problem in &problems {
        eprintln!("{problem}");
    }
    if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The operations that each engine answered, by the engine's name and API version.
fn records() -> BTreeMap<String, Vec<String>> {
    let files = std::fs::read_dir(record::folder()).into_iter().flatten().flatten();
    let read = |path| {
        let text = std::fs::read_to_string(path).expect("a record can be read");
        let record: Value = serde_json::from_str(&text).expect("a record is JSON");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let operations = record["operations"].as_array().into_iter().flatten().map(text).collect();
        (format!("{} {}", text(&record["engine"]), text(&record["api"])), operations)
    };
    files.map(|file| read(file.path())).collect()
}

fn has_method(operation: &Operation) -> bool {
    METHODS.contains(&format!(" fn {}(", operation.name))
}

fn reason(operation: &Operation) -> Option<&'static str> {
    EXCEPTIONS.iter().find_map(|(id, reason)| (*id == operation.id).then_some(*reason))
}

fn problem(operation: &Operation, records: &BTreeMap<String, Vec<String>>) -> Option<String> {
    let exercised = records.values().flatten().any(|id| id == operation.id);
    match (exercised, reason(operation)) {
        (false, None) => Some(format!("{}: exercised on no engine, and no exception says why", operation.id)),
        (true, Some(_)) => Some(format!("{}: exercised, so it needs no exception", operation.id)),
        _ => None,
    }
}

fn sums(operations: &[&Operation], records: &BTreeMap<String, Vec<String>>) -> String {
    let count = operations.len();
    let on = |ids: &Vec<String>| operations.iter().filter(|operation| ids.iter().any(|id| id == operation.id)).count();
    let engines = records.iter().map(|(engine, ids)| format!("{engine}: {} of {count}", on(ids)));
    let everywhere = records.values().flatten().cloned().collect();
    let engines = engines.collect::<Vec<_>>().join("; ");
    format!("{engines}; together {} of {count}, {} excepted", on(&everywhere), EXCEPTIONS.len())
}
