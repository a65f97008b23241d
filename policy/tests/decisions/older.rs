//! Parts of requests that only older API versions know: each is judged and sent on to an engine of its time, and to a
//! newer one it is refused, or left out if it asks for what such engines always do.

use std::collections::BTreeSet;

use dockwright::operations;
use dockwright_policy::Policy;
use serde_json::{Map, Value, json};

use crate::support::{Raw, decided, understood};

/// The treatment of a part by a version that does not know it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Treatment {
    Refused,
    LeftOut,
}
use Treatment::{LeftOut, Refused};

/// Each part: the operation, the last version that knows it, the request, the path, its value, and the treatment later.
const PARTS: [(&str, &str, &str, &str, &str, Treatment); 9] = [
    ("build_prune", "1.51", "/build/prune", "keep-storage", "1000", Refused),
    ("container_create", "1.41", "/containers/create", "body.HostConfig.KernelMemory", "9000000", Refused),
    ("container_create", "1.51", "/containers/create", "body.HostConfig.KernelMemoryTCP", "9000000", Refused),
    ("container_create", "1.51", "/containers/create", "body.MacAddress", "\"02:42:ac:11:00:02\"", Refused),
    ("container_update", "1.41", "/containers/c-own/update", "body.KernelMemory", "9000000", Refused),
    ("container_update", "1.51", "/containers/c-own/update", "body.KernelMemoryTCP", "9000000", Refused),
    ("image_commit", "1.51", "/commit?container=c-own&repo=fresh", "body.MacAddress", "\"02:42:ac:11:00:02\"", Refused),
    ("network_create", "1.45", "/networks/create", "body.CheckDuplicate", "true", LeftOut),
    ("system_auth", "1.51", "/auth", "body.email", "\"a@example.org\"", Refused),
];

/// A part that disappears from the newest description needs a row.
#[test]
fn every_part_that_newer_versions_lack_has_a_row() {
    let parts = operations::ALL.iter().flat_map(|row| row.versioned.iter().map(move |part| (row, part)));
    let gone = parts.filter_map(|(row, part)| {
        let until = part.lifetime.until?.to_string();
        Some((row.name, until, part.path.join(".")))
    });
    let gone: BTreeSet<_> = gone.collect();
    let rows = PARTS.iter().map(|(name, until, _, path, ..)| (*name, (*until).to_owned(), (*path).to_owned()));
    assert_eq!(gone, rows.collect());
}

#[test]
fn a_part_of_an_older_version_is_sent_on_to_its_engines_alone() {
    let policy: Policy = "preset = \"open\"".parse().unwrap();
    for (name, until, target, path, value, treatment) in PARTS {
        let value: Value = serde_json::from_str(value).unwrap();
        let sent = |version: &str| {
            let call = understood(&raw(version, target, path, &value))?;
            assert_eq!(call.operation.name, name);
            decided(&policy, call).map(|(call, _)| call.request().at(path).cloned())
        };
        assert_eq!(sent(until), Ok(Some(value.clone())), "{path} at {until}");
        let later = format!("1.{}", until[2..].parse::<u32>().unwrap() + 1);
        match treatment {
            LeftOut => assert_eq!(sent(&later), Ok(None), "{path} at {later}"),
            Refused => assert!(sent(&later).unwrap_err().to_string().contains(until), "{path} at {later}"),
        }
    }
}

/// The request with the part alone, and with what it cannot be without.
fn raw(version: &str, target: &str, path: &str, value: &Value) -> Raw {
    let Some(below) = path.strip_prefix("body.") else {
        return Raw::new("POST", &format!("/v{version}{target}?{path}={value}"), "");
    };
    let mut body = if target.starts_with("/networks") { json!({ "Name": "fresh" }) } else { json!({}) };
    let mut members = body.as_object_mut().unwrap();
    let (name, above) =
        below.split('.').collect::<Vec<_>>().split_last().map(|(last, above)| (*last, above.to_vec())).unwrap();
    for step in above {
        members = members.entry(step).or_insert_with(|| Value::Object(Map::new())).as_object_mut().unwrap();
    }
    members.insert(name.to_owned(), value.clone());
    Raw::json("POST", &format!("/v{version}{target}"), &body)
}
