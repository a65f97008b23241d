//! The time of a decision on a new container, with a policy that uses every section and all facts at hand; and that of
//! understanding the request. `cargo bench --package dockwright-policy` prints both in microseconds.

use std::hint::black_box;
use std::time::{Duration, Instant};

use dockwright_policy::understand::Head;
use dockwright_policy::{Answer, Decision, Facts, Policy, Question, decide};
use serde_json::json;

const POLICY: &str = include_str!("../tests/decisions/reference.toml");

/// A container as Compose makes one.
fn body() -> String {
    json!({
        "Image": "ghcr.io/acme/app:1", "Cmd": ["serve", "--port", "80"], "Env": ["A=b", "C=d"], "Hostname": "app",
        "ExposedPorts": { "80/tcp": {} }, "Labels": { "com.docker.compose.project": "shop", "a": "b" }, "Tty": false,
        "Healthcheck": { "Test": ["CMD", "true"], "Interval": 1_000_000_000 },
        "HostConfig": {
            "Binds": ["/srv/proj/data:/data:rw", "cache:/cache"], "NetworkMode": "shop", "Privileged": false,
            "PortBindings": { "80/tcp": [{ "HostIp": "127.0.0.1", "HostPort": "8080" }] }, "CapAdd": null,
            "RestartPolicy": { "Name": "always" }, "LogConfig": { "Type": "json-file", "Config": { "max-size": "1m" } },
            "Mounts": [{ "Type": "tmpfs", "Target": "/tmp" }], "Ulimits": [{ "Name": "nofile", "Soft": 1, "Hard": 2 }],
        },
        "NetworkingConfig": { "EndpointsConfig": { "shop": { "Aliases": ["app"], "IPAMConfig": {} } } },
    })
    .to_string()
}

fn main() {
    let policy: Policy = POLICY.parse().expect("the policy is tested");
    let version = dockwright::API_VERSION.parse().expect("the version is one");
    let body = body();
    let headers = [("Content-Type", b"application/json".as_slice())];
    let understand = || {
        let head = Head::read("POST", "/containers/create?name=app", &headers, version).expect("it is understood");
        head.with_body(body.as_bytes()).expect("it is understood")
    };
    let call = understand();
    let mut facts = Facts::none();
    let decision = loop {
        match decide(&policy, call.request(), &facts) {
            Decision::Needs(questions) => questions.into_iter().for_each(|question| {
                let answer = answer(&question);
                facts.add(question, answer);
            }),
            decision => break decision,
        }
    };
    assert!(matches!(decision, Decision::Rewrite(_)), "{decision:?}");
    let decided = median(|| _ = black_box(decide(&policy, black_box(call.request()), &facts)));
    let understood = median(|| _ = black_box(understand()));
    println!("decide      {:6.2} µs", micros(decided));
    println!("understand  {:6.2} µs", micros(understood));
    assert!(micros(decided) <= 20.0, "a decision takes more than 20 µs");
}

fn answer(question: &Question) -> Answer {
    let labels = json!({ "dockwright.owner": "agent-1" });
    match question {
        Question::Path(path) => Answer::Path(path.clone()),
        Question::Object { collection: "networks", .. } => {
            Answer::Json(json!({ "Id": "n", "Driver": "bridge", "Labels": labels }))
        }
        _ => Answer::Absent,
    }
}

/// The median time of a call, of many.
fn median(mut call: impl FnMut()) -> Duration {
    let time = |_| {
        let start = Instant::now();
        (0..100).for_each(|_| call());
        start.elapsed() / 100
    };
    let mut times: Vec<_> = (0..201).map(time).collect();
    times.sort_unstable();
    times[times.len() / 2]
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
