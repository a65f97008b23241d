//! A container as it is inspected: of its health checks the last, which says why it is unhealthy, and nothing without
//! content.

use serde_json::Value;

use crate::reply::projection::is_empty;

/// The most characters of a health check's output: its end, where programs say what went wrong.
const OUTPUT_CHARACTERS: usize = 500;

/// The time of something that has not happened.
const NEVER: &str = "0001-01-01T00:00:00Z";

/// Members of a network that name it once more.
const NETWORK_IDS: [&str; 2] = ["NetworkID", "EndpointID"];

/// Shortens the parts that a projection can only take whole.
pub fn shown(mut container: Value, notes: &mut Vec<String>) -> Value {
    if let Some(Value::Object(state)) = container.get_mut("State") {
        state.retain(|_, value| value != NEVER);
    }
    if let Some(checks) = container.pointer_mut("/State/Health/Log").and_then(Value::as_array_mut) {
        keep_last(checks, notes);
    }
    let networks = container.pointer_mut("/NetworkSettings/Networks").and_then(Value::as_object_mut);
    for network in networks.into_iter().flatten().filter_map(|(_, network)| network.as_object_mut()) {
        network.retain(|name, value| !NETWORK_IDS.contains(&name.as_str()) && !is_empty(value) && *value != 0);
    }
    container
}

fn keep_last(checks: &mut Vec<Value>, notes: &mut Vec<String>) {
    let count = checks.len();
    checks.drain(..count.saturating_sub(1));
    let output = checks.first_mut().map(|check| &mut check["Output"]);
    let mut cut = false;
    if let Some(Value::String(text)) = output {
        let characters = text.chars().count();
        cut = characters > OUTPUT_CHARACTERS;
        if cut {
            *text = std::iter::once('…').chain(text.chars().skip(characters - OUTPUT_CHARACTERS)).collect();
        }
    }
    if count > 1 || cut {
        let part = if cut { ", with the end of its output" } else { "" };
        notes.push(format!("the last of {count} health checks is shown{part}; select: \"State.Health.Log\" shows all"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::tests::recorded_by;
    use serde_json::json;

    #[test]
    fn the_last_health_check_says_why() {
        let check = |code: u64, output: &str| json!({"Start": "a", "End": "b", "ExitCode": code, "Output": output});
        let long = format!("{}no route to host", "-".repeat(5_000));
        let checks = [check(0, "ok"), check(7, &long)];
        let container = json!({"State": {"Health": {"Status": "unhealthy", "FailingStreak": 3, "Log": checks}}});
        let mut notes = Vec::new();
        let shown = shown(container, &mut notes);
        let log = shown["State"]["Health"]["Log"].as_array().unwrap();
        let output = log[0]["Output"].as_str().unwrap();
        assert_eq!((log.len(), &log[0]["ExitCode"], output.chars().count()), (1, &json!(7), OUTPUT_CHARACTERS + 1));
        assert!(output.starts_with("…-") && output.ends_with("no route to host"), "{output}");
        let note =
            "the last of 2 health checks is shown, with the end of its output; select: \"State.Health.Log\" shows all";
        assert_eq!(notes, [note]);
    }

    #[test]
    fn without_content_nothing_is_said() {
        let mut notes = Vec::new();
        let network = json!({"IPAMConfig": null, "Aliases": ["a"], "NetworkID": "n", "EndpointID": "e",
            "GlobalIPv6PrefixLen": 0,
            "IPAddress": "10.0.0.2", "IPPrefixLen": 24, "GlobalIPv6Address": ""});
        let container = json!({"State": {"StartedAt": "2026-11-22T19:01:37Z", "FinishedAt": NEVER, "ExitCode": 0},
            "NetworkSettings": {"Networks": {"app": network}}});
        let expected = json!({"State": {"StartedAt": "2026-11-22T19:01:37Z", "ExitCode": 0},
            "NetworkSettings": {"Networks": {"app": {"Aliases": ["a"], "IPAddress": "10.0.0.2", "IPPrefixLen": 24}}}});
        assert_eq!(shown(container, &mut notes), expected);
        assert!(notes.is_empty());
        for odd in [json!(null), json!([1]), json!({"State": {"Health": null}})] {
            assert_eq!(shown(odd.clone(), &mut notes), odd);
        }
    }

    #[test]
    fn recorded_containers_keep_what_explains_them() {
        let list = recorded_by("1.52", "/containers/json?all=1");
        for container in list.as_array().unwrap() {
            let get = format!("/containers/{}/json?size=1", container["Id"].as_str().unwrap());
            let whole = recorded_by("1.52", &get);
            let shown = shown(whole.clone(), &mut Vec::new());
            for pointer in
                ["/State/Status", "/State/ExitCode", "/State/OOMKilled", "/RestartCount", "/NetworkSettings/Ports"]
            {
                assert_eq!(shown.pointer(pointer), whole.pointer(pointer), "{pointer}");
            }
        }
    }
}
