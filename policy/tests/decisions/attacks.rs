//! The rows of `attacks.txt`. A denial names its rule, so that none is right by chance, and what passes with its
//! changes passes again without further ones.

use dockwright_policy::Policy;

use crate::support::{Raw, decided, end, wide};

#[test]
fn every_row_is_decided_by_its_rule() {
    let (reference, wide) = (include_str!("reference.toml").parse().unwrap(), wide());
    let mut policy: &Policy = &reference;
    let (mut count, mut wrong) = (0, Vec::new());
    for line in include_str!("attacks.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line {
            "= reference" => policy = &reference,
            "= wide" => policy = &wide,
            row => {
                count += 1;
                wrong.extend(problem(policy, row).map(|problem| format!("{row}\n    {problem}")));
            }
        }
    }
    assert!(count > 500, "{count} rows are read");
    assert!(wrong.is_empty(), "{} of {count} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Words about a row that is decided in another way than it says.
fn problem(policy: &Policy, row: &str) -> Option<String> {
    let (rule, row) = row.split_once(' ').unwrap();
    let (method, row) = row.trim_start().split_once(' ').unwrap();
    let (target, body) = row.trim_start().split_once(' ').unwrap_or((row.trim_start(), ""));
    let mut raw = Raw::new(method, target, body);
    if body == "tar" {
        raw.headers[0].1 = "application/x-tar".to_owned();
    }
    match end(policy, &raw) {
        Err(refusal) => {
            let words = refusal.to_string();
            (!words.starts_with(&format!("denied by {rule}: "))).then_some(words)
        }
        Ok(_) if rule != "pass" => Some("it passes".to_owned()),
        Ok((call, _)) => match decided(policy, call.clone()) {
            Ok((again, false)) if again == call => None,
            Ok((again, _)) => Some(format!("it is changed again: {:?} {:?}", again.arguments, again.body)),
            Err(refusal) => Some(format!("with its changes it is {refusal}")),
        },
    }
}
