//! Requests with the decision that the reference policy must come to.

use crate::support::{End, IMAGE, OTHER, Raw, end};
use dockwright_policy::Policy;
use serde_json::Value;

#[test]
fn every_request_of_the_corpus_is_decided_rightly() {
    let policy: Policy = include_str!("reference.toml").parse().unwrap();
    let corpus: Vec<Value> = serde_json::from_str(include_str!("corpus.json")).unwrap();
    assert_eq!(corpus.len(), 68);
    let wrong: Vec<_> = corpus.iter().filter_map(|row| wrong(&policy, row)).collect();
    assert!(wrong.is_empty(), "{} of {} are wrong:\n{}", wrong.len(), corpus.len(), wrong.join("\n"));
}

/// Words about a row that is decided in another way than it wants.
fn wrong(policy: &Policy, row: &Value) -> Option<String> {
    let end = end(policy, &raw(row));
    let is_right = match (row["want"].as_str().unwrap(), &end) {
        // Labels, settings and ids are changed in all that passes.
        ("allow", Ok(_)) | ("rewrite", Ok((_, true))) | ("deny", Err(_)) => true,
        ("allow" | "rewrite" | "deny", _) => false,
        (other, _) => panic!("a new decision: {other}"),
    };
    (!is_right).then(|| format!("{} wants {}: {}", row["id"], row["want"], shown(&end)))
}

fn shown(end: &End) -> String {
    match end {
        Ok((call, changed)) => format!("passes (changed: {changed}): {:?} {:?}", call.arguments, call.body),
        Err(refusal) => refusal.to_string(),
    }
}

fn raw(row: &Value) -> Raw {
    let text = |key: &str| row[key].as_str().unwrap_or_default();
    let body = match &row["body"] {
        Value::Null => String::new(),
        Value::String(text) => text.replace("<2000000 times x>", &"x".repeat(2_000_000)),
        body => body.to_string(),
    };
    let body = body.replace("{imgid}", IMAGE).replace("{other12}", &OTHER[..12]);
    let mut raw = Raw::new(text("method"), &text("path").replace("{other12}", &OTHER[..12]), body);
    if text("body") == "tar" {
        raw.headers[0].1 = "application/x-tar".to_owned();
    }
    for (name, value) in row["headers"].as_object().unwrap() {
        raw.headers.retain(|(known, _)| !(name == "Transfer-Encoding" && known == "Content-Length"));
        raw.headers.push((name.clone(), value.as_str().unwrap().to_owned()));
    }
    raw
}
