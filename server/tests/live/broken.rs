//! Connections that break under calls which may have done something: what was read is shown, and nobody is told to do
//! it again.

use std::time::Duration;

use libtest_mimic::Trial;
use serde_json::json;

use crate::bench::{Leftover, and, running, shell, started, status, text, trials, unique, until};
use crate::proxy::{Fault, Proxy};
use crate::session::{Output, Session};

/// Words for a model about something that may go on.
const LOOK_FIRST: &str = "it may still run: look first";

pub fn trials() -> Vec<Trial> {
    trials![
        a_command_without_input_keeps_its_output_behind_a_proxy_like_socat,
        a_command_with_input_whose_output_is_cut_off_is_told_of,
        a_command_whose_connection_breaks_shows_what_came,
        a_command_that_the_engine_gives_up_is_told_of,
        a_prepared_command_whose_connection_breaks_is_not_to_be_repeated,
        an_attach_that_ends_before_the_container_is_told_of,
        a_followed_log_that_ends_before_the_container_is_told_of,
        a_container_whose_wait_breaks_is_not_lost,
        a_container_whose_start_is_not_answered_is_not_deleted,
        a_container_whose_log_breaks_is_not_removed,
    ]
}

fn through(fault: Fault) -> (Proxy, Session) {
    let proxy = Proxy::new(fault);
    let session = Session::with(&proxy.address, &[]);
    (proxy, session)
}

const HALF_A_SECOND: Duration = Duration::from_millis(500);

fn a_command_without_input_keeps_its_output_behind_a_proxy_like_socat(session: &Session) {
    let container = running(session, "sleep 1000");
    let (_proxy, behind) = through(Fault::Socat(HALF_A_SECOND));
    let body = json!({ "Cmd": ["sh", "-c", "sleep 1.5; echo out; exit 3"] });
    let ran = behind.output("exec_run", json!({ "id": container.id, "body": body }));
    assert_eq!((ran.outcome(), &*ran.text, &*ran.notes), (json!({ "ExitCode": 3 }), "out\n", ""));
}

fn a_command_with_input_whose_output_is_cut_off_is_told_of(session: &Session) {
    let container = running(session, "sleep 1000");
    let (_proxy, behind) = through(Fault::Socat(HALF_A_SECOND));
    let run = |script: &str| {
        let body = json!({ "Cmd": ["sh", "-c", script] });
        behind.shown("exec_run", json!({ "id": container.id, "body": body, "input": "in\n" }))
    };
    let quick = Output::of(&run("cat"));
    assert_eq!((quick.outcome(), &*quick.text, &*quick.notes), (json!({ "ExitCode": 0 }), "in\n", ""));
    let slow = run("sleep 1.5; echo out");
    // Some engines notice first that nobody reads, and then give up following the command.
    let is_given_up = |shown: &str| shown.contains("does not follow it any more") && shown.contains(LOOK_FIRST);
    let is_told = |shown: &str| shown.contains("more may be missing");
    assert!(is_given_up(&slow) || slow.starts_with("{\"ExitCode\":") && is_told(&slow), "{slow}");
    // Engines before 27 make up an exit code when they cannot send output.
    assert!(!slow.contains("{\"ExitCode\":126}") || slow.contains(LOOK_FIRST), "{slow}");
    let silent = run("sleep 1.5; exit 3");
    assert!(silent.starts_with("{\"ExitCode\":3}\n") && is_told(&silent), "{silent}");
    let slower = run("sleep 20; echo out");
    assert!(is_given_up(&slower) || slower.starts_with("{\"Running\":true") && is_told(&slower), "{slower}");
}

fn a_command_whose_connection_breaks_shows_what_came(session: &Session) {
    let container = running(session, "sleep 1000");
    for fault in [Fault::Breaks, Fault::Ends] {
        let (_proxy, behind) = through(fault("/start", HALF_A_SECOND));
        let script = "echo early; until test -e /go; do sleep 0.05; done; mkdir -p /done; touch /done/$$; echo late";
        let run = |script: &str| {
            let body = json!({ "Cmd": ["sh", "-c", script] });
            behind.shown("exec_run", json!({ "id": container.id, "body": body }))
        };
        let shown = run(script);
        let ran = Output::of(&shown);
        assert_eq!((&ran.outcome()["Running"], &*ran.text), (&json!(true), "early\n"), "{shown}");
        let is_told = |shown: &str| match fault("", HALF_A_SECOND) {
            Fault::Breaks(..) => shown.contains("the stream broke off: ") && shown.contains(LOOK_FIRST),
            _ => shown.contains("more may be missing"),
        };
        assert!(is_told(&shown) && !shown.contains("repeat the call"), "{shown}");
        let silent = run(&script.replace("echo early", "true"));
        assert!(silent.starts_with("{\"Running\":true") && is_told(&silent), "{silent}");
        assert!(silent.contains("\"ID\":") && silent.contains("no output"), "{silent}");
        // They went on all the time.
        let command = |command: &str| {
            let body = json!({ "Cmd": ["sh", "-c", command] });
            session.shown("exec_run", json!({ "id": container.id, "body": body }))
        };
        command("touch /go");
        until("they end", || (Output::of(&command("ls /done | wc -l")).text == "2\n").then_some(()));
        command("rm -r /go /done");
    }
}

fn a_command_that_the_engine_gives_up_is_told_of(session: &Session) {
    let container = running(session, "sleep 1000");
    let (_proxy, behind) = through(Fault::Breaks("/start", HALF_A_SECOND));
    let body = json!({ "Cmd": ["sh", "-c", "while :; do echo again; sleep 0.01; done"] });
    let shown = behind.shown("exec_run", json!({ "id": container.id, "body": body }));
    assert!(shown.contains(LOOK_FIRST) && !shown.contains("ExitCode"), "{shown}");
}

fn a_prepared_command_whose_connection_breaks_is_not_to_be_repeated(session: &Session) {
    let container = running(session, "sleep 1000");
    let body = json!({ "Cmd": ["sleep", "20"], "AttachStdout": true, "AttachStderr": true });
    let prepare = || text(&session.call("container_exec", json!({ "id": container.id, "body": body }))["Id"]);
    let (_proxy, behind) = through(Fault::Breaks("/start", HALF_A_SECOND));
    let shown = behind.shown("exec_start", json!({ "id": prepare(), "body": {} }));
    assert!(shown.starts_with("no output\n") && shown.contains("the stream broke off: "), "{shown}");
    assert!(shown.contains(&format!("{LOOK_FIRST} (exec_inspect)")) && !shown.contains("repeat"), "{shown}");
    let (_proxy, behind) = through(Fault::Ends("/start", HALF_A_SECOND));
    let shown = behind.shown("exec_start", json!({ "id": prepare(), "body": {} }));
    assert!(shown.contains("the connection ended before the process did"), "{shown}");
}

fn an_attach_that_ends_before_the_container_is_told_of(session: &Session) {
    let container = running(session, "while :; do echo again; sleep 0.1; done");
    for tool in ["container_attach", "container_attach_websocket"] {
        for (fault, told) in [
            (Fault::Ends("/attach", HALF_A_SECOND), "the connection ended before the process did"),
            (Fault::Breaks("/attach", HALF_A_SECOND), LOOK_FIRST),
        ] {
            let (_proxy, behind) = through(fault);
            let attached = behind.output(tool, json!({ "id": container.id }));
            assert!(attached.text.starts_with("again\n"), "{attached:?}");
            // A websocket that ends without a word about it broke.
            let told = if tool.ends_with("websocket") { LOOK_FIRST } else { told };
            assert!(attached.notes.contains(told), "{tool}: {attached:?}");
        }
    }
    let short = started(session, and(shell("read line; echo $line"), json!({ "OpenStdin": true })));
    let attached = session.output("container_attach", json!({ "id": short.id, "input": "in\n" }));
    assert_eq!((&*attached.text, &*attached.notes), ("in\n", ""));
}

fn a_followed_log_that_ends_before_the_container_is_told_of(session: &Session) {
    let container = running(session, "echo ready; sleep 1000");
    until("it is ready", || {
        let logs = session.tried("container_logs", json!({ "id": container.id }));
        logs.is_ok_and(|logs| logs.contains("ready")).then_some(())
    });
    let (_proxy, behind) = through(Fault::Breaks("/logs", HALF_A_SECOND));
    let logs = behind.output("container_logs", json!({ "id": container.id, "follow": true }));
    assert!(logs.text == "ready\n" && logs.notes.contains("the stream broke off: "), "{logs:?}");
}

fn a_container_whose_wait_breaks_is_not_lost(session: &Session) {
    let run = |behind: &Session, script: &str, remove: bool| {
        let name = unique("broken");
        let leftover = Leftover::new(format!("/containers/{name}?force=true&v=true"));
        let call = json!({ "name": name, "body": shell(script), "remove": remove });
        (Output::of(&behind.shown("container_run", call)), name, leftover)
    };
    let (_proxy, behind) = through(Fault::Breaks("/wait", HALF_A_SECOND));
    let (ran, name, _leftover) = run(&behind, "echo early; exec sleep 1000", true);
    let kept = session.call("container_inspect", json!({ "id": name }));
    assert_eq!(
        (&ran.outcome()["Id"], &ran.outcome()["State"], &*ran.text),
        (&kept["Id"], &json!("running"), "early\n")
    );
    assert!(ran.notes.contains("the wait broke off: ") && ran.notes.contains("will not be deleted"), "{ran:?}");
    assert!(ran.notes.contains(&format!("{LOOK_FIRST} (container_inspect)")), "{ran:?}");
    assert!(!ran.notes.contains("repeat the call"), "{ran:?}");
    assert_eq!(status(session, &name), "running");

    let (_proxy, behind) = through(Fault::Breaks("/wait", Duration::ZERO));
    let (ran, _name, _leftover) = run(&behind, "echo only; exit 5", false);
    let is_known = ran.outcome()["StatusCode"] == 5 || ran.outcome()["State"] == "running";
    assert!(is_known && ran.text.contains("only") && ran.notes.contains("broke off"), "{ran:?}");
}

fn a_container_whose_start_is_not_answered_is_not_deleted(session: &Session) {
    let name = unique("broken");
    let _leftover = Leftover::new(format!("/containers/{name}?force=true&v=true"));
    let (_proxy, behind) = through(Fault::Breaks("/start", Duration::from_millis(5)));
    let failed = behind.refused("container_run", json!({ "name": name, "body": shell("exec sleep 1000") }));
    let id = text(&session.call("container_inspect", json!({ "id": name }))["Id"]);
    assert!(failed.contains(&id) && failed.contains(LOOK_FIRST), "{failed}");
}

fn a_container_whose_log_breaks_is_not_removed(session: &Session) {
    let name = unique("broken");
    let _leftover = Leftover::new(format!("/containers/{name}?force=true&v=true"));
    let (_proxy, behind) = through(Fault::Breaks("/logs", Duration::ZERO));
    let call = json!({ "name": name, "body": shell("seq 1 2000000; exit 2"), "remove": true });
    let shown = behind.shown("container_run", call);
    assert!(
        shown.contains("\"StatusCode\":2") && shown.contains("it is not deleted, so that container_logs"),
        "{shown}"
    );
    assert_eq!(session.call("container_inspect", json!({ "id": name }))["State"]["ExitCode"], 2);
}
