//! The rows of `attacks.txt`. A denial names its rule, so that none is right by chance, and what passes with its
//! changes passes again without further ones.

use dockwright_policy::Policy;

use crate::support::{Raw, decided, end, wide};

#[test]
fn every_row_is_decided_by_its_rule() {
    let (reference, wide) = (include_str!("reference.toml").parse().unwrap(), wide());
    let rows = rows();
    assert!(rows.len() > 500, "{} rows are read", rows.len());
    let problem = |row: &Row| problem(if row.is_wide { &wide } else { &reference }, row);
    let wrong: Vec<_> =
        rows.iter().filter_map(|row| problem(row).map(|problem| format!("{}\n    {problem}", row.line))).collect();
    assert!(wrong.is_empty(), "{} of {} are wrong:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

/// A row: the rule that denies it, and the request.
pub struct Row {
    line: &'static str,
    is_wide: bool,
    pub rule: &'static str,
    pub raw: Raw,
}

/// All rows.
pub fn rows() -> Vec<Row> {
    let mut is_wide = false;
    let mut rows = Vec::new();
    for line in include_str!("attacks.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line {
            "= reference" => is_wide = false,
            "= wide" => is_wide = true,
            _ => rows.push(row(line, is_wide)),
        }
    }
    rows
}

fn row(line: &'static str, is_wide: bool) -> Row {
    let (rule, row) = line.split_once(' ').unwrap();
    let (method, row) = row.trim_start().split_once(' ').unwrap();
    let (target, body) = row.trim_start().split_once(' ').unwrap_or((row.trim_start(), ""));
    let mut raw = Raw::new(method, target, body);
    if body == "tar" {
        raw.headers[0].1 = "application/x-tar".to_owned();
    }
    Row { line, is_wide, rule, raw }
}

/// Words about a row that is decided in another way than it says.
fn problem(policy: &Policy, Row { rule, raw, .. }: &Row) -> Option<String> {
    match end(policy, raw) {
        Err(refusal) => {
            let words = refusal.to_string();
            (!words.starts_with(&format!("denied by {rule}: "))).then_some(words)
        }
        Ok(_) if *rule != "pass" => Some("it passes".to_owned()),
        Ok((call, _)) => match decided(policy, call.clone()) {
            Ok((again, false)) if again == call => None,
            Ok((again, _)) => Some(format!("it is changed again: {:?} {:?}", again.arguments, again.body)),
            Err(refusal) => Some(format!("with its changes it is {refusal}")),
        },
    }
}
