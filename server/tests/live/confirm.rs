//! A person is asked before a call that loses something, with the names and sizes that the engine has.

use std::process::Stdio;
use std::sync::{Arc, Mutex};

use libtest_mimic::Trial;
use rmcp::model as mcp;
use rmcp::service::{RequestContext, RunningService};
use rmcp::{ClientHandler, ClientLifecycleMode, ClientServiceExt, ErrorData, RoleClient, ServiceExt};
use serde_json::{Value, json};
use tokio::process::{Child, Command};

use crate::bench::{Leftover, RUNTIME, and, created, shell, trials, unique, variable};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials![
        a_volume_goes_with_its_data_only_after_a_yes,
        a_prune_is_asked_about_with_all_that_it_takes,
        a_container_made_anew_is_asked_about_again,
    ]
}

/// Something that happens between a question and its answer.
type Incident = Box<dyn FnOnce() + Send>;

/// A person who says yes, or no, and does something before that.
#[derive(Clone)]
struct Person {
    agrees: bool,
    questions: Arc<Mutex<Vec<String>>>,
    before: Arc<Mutex<Option<Incident>>>,
}

impl ClientHandler for Person {
    fn get_info(&self) -> mcp::ClientConfig {
        let mut info = mcp::ClientConfig::default();
        info.capabilities =
            serde_json::from_value(json!({ "elicitation": { "form": {} } })).expect("it is a capability");
        info
    }

    async fn create_elicitation(
        &self,
        request: mcp::ElicitRequestParams,
        _context: RequestContext<RoleClient>,
    ) -> Result<mcp::ElicitResult, ErrorData> {
        let mcp::ElicitRequestParams::FormElicitationParams { message, .. } = request else { panic!("not a form") };
        self.questions.lock().expect("nobody panics here").push(message);
        let before = self.before.lock().expect("nobody panics here").take();
        if let Some(before) = before {
            tokio::task::spawn_blocking(before).await.expect("it is done");
        }
        let action = if self.agrees { mcp::ElicitationAction::Accept } else { mcp::ElicitationAction::Decline };
        Ok(mcp::ElicitResult::new(action).with_content(json!({ "confirm": self.agrees })))
    }
}

/// A session with a server that asks.
struct Asking {
    client: RunningService<RoleClient, Person>,
    person: Person,
    _server: Child,
}

impl Asking {
    fn new(agrees: bool, era: &str) -> Self {
        RUNTIME.block_on(async {
            let mut server = Command::new(env!("CARGO_BIN_EXE_dockwright"));
            server.args(["--confirm", "destructive"]).env_clear().env("DOCKER_HOST", variable("HOST"));
            server.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
            let mut server = server.spawn().expect("the program starts");
            let pipes = server.stdout.take().zip(server.stdin.take()).expect("its ends are pipes");
            let person = Person { agrees, questions: Arc::default(), before: Arc::default() };
            let newest = ClientLifecycleMode::Discover { preferred_versions: vec![mcp::ProtocolVersion::V_2026_07_28] };
            let client = match era {
                "2026-07-28" => person.clone().serve_with_lifecycle(pipes, newest).await.expect("the session begins"),
                _ => person.clone().serve(pipes).await.expect("the session begins"),
            };
            Asking { client, person, _server: server }
        })
    }

    /// Calls a tool: the text of its reply or failure, and the questions so far.
    fn call(&self, tool: &str, arguments: Value) -> (Result<String, String>, Vec<String>) {
        let arguments = arguments.as_object().cloned().expect("arguments are an object");
        let call = mcp::CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
        let result = RUNTIME.block_on(self.client.call_tool(call)).expect("the session goes on");
        let text = json!(result.content)[0]["text"].as_str().expect("it is text").to_owned();
        let questions = std::mem::take(&mut *self.person.questions.lock().expect("nobody panics here"));
        (if result.is_error == Some(true) { Err(text) } else { Ok(text) }, questions)
    }
}

const ERAS: [&str; 2] = ["2025-11-25", "2026-07-28"];

/// A volume with 300 kB of data.
fn volume(session: &Session) -> (String, Leftover) {
    let name = unique("volume");
    session.call("volume_create", json!({ "body": { "Name": name } }));
    let mounts = json!([{ "Type": "volume", "Source": name, "Target": "/data" }]);
    let write = and(
        shell("head -c 300000 /dev/zero > /data/file"),
        json!({ "HostConfig": { "Mounts": mounts, "AutoRemove": true } }),
    );
    session.shown("container_run", json!({ "body": write }));
    (name.clone(), Leftover::new(format!("/volumes/{name}?force=true")))
}

fn a_volume_goes_with_its_data_only_after_a_yes(session: &Session) {
    for era in ERAS {
        let (name, _volume) = volume(session);
        let (refused, questions) = Asking::new(false, era).call("volume_delete", json!({ "name": name }));
        assert!(refused.is_err_and(|text| text.contains("declined")), "{era}");
        let question = questions.concat();
        for part in [&format!("| Name: {name}\n"), "| UsageData.Size: 30", " kB\n", "| UsageData.RefCount: 0\n"] {
            assert!(question.contains(part), "{part}: {question}");
        }
        session.call("volume_inspect", json!({ "name": name }));
        let (done, _) = Asking::new(true, era).call("volume_delete", json!({ "name": name }));
        assert_eq!(done.as_deref(), Ok("done"));
        session.fail("volume_inspect", json!({ "name": name }));
    }
}

fn a_prune_is_asked_about_with_all_that_it_takes(session: &Session) {
    for era in ERAS {
        let label = unique("label");
        let labelled = || created(session, and(shell("true"), json!({ "Labels": { &label: "yes" } })));
        let (one, other) = (labelled(), labelled());
        let filters = json!({ "filters": { "label": [format!("{label}=yes")] } });
        let (refused, questions) = Asking::new(false, era).call("container_prune", filters.clone());
        assert!(refused.is_err(), "{era}");
        let question = questions.concat();
        assert!(question.contains("| count: 2\n") && question.contains(&one.id) && question.contains(&other.id));
        let (pruned, questions) = Asking::new(true, era).call("container_prune", filters);
        let pruned = pruned.expect("it is done");
        assert!(questions.len() == 1 && pruned.contains(&one.id) && pruned.contains(&other.id), "{pruned}");
    }
}

fn a_container_made_anew_is_asked_about_again(session: &Session) {
    for era in ERAS {
        let name = unique("container");
        let body = shell("true");
        let made = session.call("container_create", json!({ "name": name, "body": body }));
        let _container = Leftover::new(format!("/containers/{name}?force=true"));
        let asking = Asking::new(true, era);
        let (host, anew) = (variable("HOST"), name.clone());
        *asking.person.before.lock().expect("nobody panics here") = Some(Box::new(move || {
            let session = Session::with(&host, &[]);
            session.done("container_delete", json!({ "id": anew }));
            session.call("container_create", json!({ "name": anew, "body": shell("true") }));
        }));
        let (done, questions) = asking.call("container_delete", json!({ "id": name }));
        assert_eq!(done.as_deref(), Ok("done"));
        let [first, again] = &questions[..] else { panic!("{questions:?}") };
        let id = made["Id"].as_str().expect("it has an id");
        assert!(first.contains(id) && !again.contains(id), "{questions:?}");
        assert!(again.starts_with("What this call acts on has changed"), "{again}");
    }
}
