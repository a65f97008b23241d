//! Published ports. The engine publishes a port only if it is exposed too, under the very same key; the docker CLI
//! writes both. Keys come in every form: `80`, `80/TCP`, `8000-8002/udp`.

use serde_json::{Map, Value, json};

use super::location::Location;
use super::problem::Problems;

/// Maximum number of ports that a note names.
const MAX_NAMES: usize = 5;

/// Exposes the published ports of a body, and gives all ports the form that the engine compares.
pub(super) fn expose(body: &mut Map<String, Value>, published: &[&str], exposed: &[&str], problems: &mut Problems) {
    let mut bound = Vec::new();
    if let Some(ports) = member(body, published) {
        let path = format!("body.{}", published.join("."));
        *ports = single_ports(std::mem::take(ports), &path, problems);
        for (port, bindings) in ports.iter() {
            if bindings.as_array().is_none_or(Vec::is_empty) {
                problems.note(format!("`{path}[{port:?}]` is empty and publishes nothing; `[{{}}]` takes a free port"));
            } else {
                bound.push(port.clone());
            }
        }
    }
    if let Some(ports) = member(body, exposed) {
        let ranges = std::mem::take(ports).into_iter().flat_map(|(key, value)| {
            let keys = Range::parse(&key).map_or_else(|| vec![key], |range| range.keys().collect());
            keys.into_iter().map(move |key| (key, value.clone()))
        });
        *ports = ranges.collect();
    }
    let known = member(body, exposed).map(|ports| ports.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
    bound.retain(|port| !known.contains(port));
    if bound.is_empty() {
        return;
    }
    problems.note(format!("`body.{}` got {}, as published ports must be exposed", exposed.join("."), names(&bound)));
    let added = bound.into_iter().map(|port| (port, json!({})));
    insert(body, exposed, added);
}

/// The object at a path, if there is one.
fn member<'a>(body: &'a mut Map<String, Value>, path: &[&str]) -> Option<&'a mut Map<String, Value>> {
    path.iter().try_fold(body, |object, name| object.get_mut(*name)?.as_object_mut())
}

/// Adds members to the object at a path, which is made if it is missing.
fn insert(body: &mut Map<String, Value>, path: &[&str], added: impl Iterator<Item = (String, Value)>) {
    let mut object = body;
    for name in path {
        let below = object.entry(*name).or_insert(Value::Null);
        if !below.is_object() {
            *below = json!({});
        }
        let Value::Object(members) = below else { return };
        object = members;
    }
    object.extend(added);
}

fn names(ports: &[String]) -> String {
    let more = ports.len().saturating_sub(MAX_NAMES);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", ports[..ports.len().min(MAX_NAMES)].join(", "))
}

/// Published ports, each under its own key.
fn single_ports(ports: Map<String, Value>, path: &str, problems: &mut Problems) -> Map<String, Value> {
    let mut single = Map::new();
    for (key, bindings) in ports {
        let Some(range) = Range::parse(&key) else {
            single.insert(key, bindings);
            continue;
        };
        let keys: Vec<_> = range.keys().collect();
        if keys != [key.as_str()] {
            problems.note(format!("`{path}[{key:?}]` was taken as {}", names(&keys)));
        }
        for (index, port) in keys.into_iter().enumerate() {
            let own = match host_ports(&bindings, index, range.len()) {
                Ok(own) => own,
                Err(problem) => {
                    let at = Location::Key(&Location::Root, path);
                    problems.add(&Location::Key(&at, &key), &problem);
                    break;
                }
            };
            match (single.get_mut(&port), own) {
                (Some(Value::Array(known)), Value::Array(more)) => known.extend(more),
                (_, own) => _ = single.insert(port, own),
            }
        }
    }
    single
}

/// The bindings of one port of a range of so many.
fn host_ports(bindings: &Value, index: usize, length: usize) -> Result<Value, String> {
    let Value::Array(bindings) = bindings else { return Ok(bindings.clone()) };
    let own = bindings.iter().map(|binding| {
        let mut binding = binding.clone();
        let Some(text) = binding["HostPort"].as_str().filter(|text| !text.is_empty() && length > 1) else {
            return Ok(binding);
        };
        match Range::parse(text).filter(|range| range.len() == length) {
            Some(range) => binding["HostPort"] = (usize::from(range.first) + index).to_string().into(),
            None => return Err(format!("{length} ports cannot be at the host's {text}; write a range of {length}")),
        }
        Ok(binding)
    });
    own.collect::<Result<Vec<_>, _>>().map(Value::from)
}

/// Ports from the first to the last, and their protocol.
struct Range {
    first: u16,
    last: u16,
    protocol: String,
}

impl Range {
    fn parse(key: &str) -> Option<Self> {
        let (ports, protocol) = key.trim().split_once('/').unwrap_or((key.trim(), "tcp"));
        let protocol = protocol.trim().to_lowercase();
        let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
        let port = |text: &str| text.trim().parse::<u16>().ok().filter(|port| *port > 0);
        let (first, last) = (port(first)?, port(last)?);
        let is_known = matches!(protocol.as_str(), "tcp" | "udp" | "sctp");
        (first <= last && is_known).then_some(Range { first, last, protocol })
    }

    fn len(&self) -> usize {
        usize::from(self.last - self.first) + 1
    }

    fn keys(&self) -> impl Iterator<Item = String> {
        let protocol = self.protocol.clone();
        (self.first..=self.last).map(move |port| format!("{port}/{protocol}"))
    }
}

#[cfg(test)]
mod tests {
    use dockwright::operations;

    use super::*;

    fn exposed(body: Value) -> Result<(Value, Vec<String>), String> {
        let Value::Object(mut body) = body else { unreachable!() };
        let mut problems = Problems::new(&operations::CONTAINER_CREATE);
        expose(&mut body, &["HostConfig", "PortBindings"], &["ExposedPorts"], &mut problems);
        let notes = problems.take_notes();
        problems.into_result((body.into(), notes)).map_err(|error| error.to_string())
    }

    fn bound(ports: Value) -> Value {
        json!({"HostConfig": {"PortBindings": ports}})
    }

    #[test]
    fn a_published_port_is_exposed_in_every_form_of_its_key() {
        let host = json!([{"HostPort": "8080"}]);
        for key in ["80/tcp", "80", "80/TCP", " 80/tcp"] {
            let (body, notes) = exposed(bound(json!({key: host}))).unwrap();
            let mut sent = bound(json!({"80/tcp": host}));
            sent["ExposedPorts"] = json!({"80/tcp": {}});
            assert_eq!(body, sent);
            assert!(notes.contains(&"`body.ExposedPorts` got 80/tcp, as published ports must be exposed".to_owned()));
            assert_eq!(notes.len(), if key == "80/tcp" { 1 } else { 2 });
        }
    }

    #[test]
    fn a_range_becomes_single_ports_with_one_host_port_each() {
        let (body, _) = exposed(bound(json!({"8000-8001/udp": [{"HostPort": "9000-9001"}], "70-71": [{}]}))).unwrap();
        let sent = json!({
            "8000/udp": [{"HostPort": "9000"}], "8001/udp": [{"HostPort": "9001"}], "70/tcp": [{}], "71/tcp": [{}],
        });
        assert_eq!(body["HostConfig"]["PortBindings"], sent);
        assert_eq!(body["ExposedPorts"], json!({"8000/udp": {}, "8001/udp": {}, "70/tcp": {}, "71/tcp": {}}));
        let error = exposed(bound(json!({"8000-8002": [{"HostPort": "9000"}]}))).unwrap_err();
        assert!(error.ends_with("3 ports cannot be at the host's 9000; write a range of 3"), "{error}");
        let (body, _) = exposed(bound(json!({"80": [{"HostPort": "9000-9010"}]}))).unwrap();
        assert_eq!(body["HostConfig"]["PortBindings"], json!({"80/tcp": [{"HostPort": "9000-9010"}]}), "one of them");
    }

    #[test]
    fn exposed_ports_stay_and_match_the_published_ones() {
        let mut body = bound(json!({"80": [{"HostPort": "1"}], "80/tcp": [{"HostPort": "2"}], "81/tcp": null}));
        body["ExposedPorts"] = json!({"80": {}, "90-91/UDP": {}});
        let (body, notes) = exposed(body).unwrap();
        assert_eq!(body["ExposedPorts"], json!({"80/tcp": {}, "90/udp": {}, "91/udp": {}}));
        assert_eq!(
            body["HostConfig"]["PortBindings"],
            json!({"80/tcp": [{"HostPort": "1"}, {"HostPort": "2"}], "81/tcp": null})
        );
        assert!(notes[1].contains("publishes nothing"), "{notes:?}");
    }

    #[test]
    fn a_body_without_ports_and_a_key_that_is_none_stay() {
        for body in [json!({}), json!({"HostConfig": null}), bound(json!(null)), json!({"ExposedPorts": null})] {
            assert_eq!(exposed(body.clone()), Ok((body, vec![])));
        }
        let (body, _) = exposed(bound(json!({"http": [{"HostPort": "1"}]}))).unwrap();
        assert_eq!(body["HostConfig"]["PortBindings"], json!({"http": [{"HostPort": "1"}]}));
    }
}
