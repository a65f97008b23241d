//! Describes a failure to a model: the endpoint, the status and the engine's message on one line, and one hint on the
//! next. The hints stand in a table.

use std::io::ErrorKind;

use dockwright::operation::Lifetime;
use dockwright::{Error, Operation};

use super::notes;
use crate::secrets::Safe;

/// A hint for refusals that have one of these statuses (none: any) and whose message, in lower case, contains the text.
struct Remedy {
    statuses: &'static [u16],
    message: &'static str,
    hint: &'static str,
}

const fn remedy(statuses: &'static [u16], message: &'static str, hint: &'static str) -> Remedy {
    Remedy { statuses, message, hint }
}

/// All hints; the first that fits is used.
const REMEDIES: &[Remedy] = &[
    remedy(&[], "not a swarm manager", "ask a manager, or initialise or join a swarm first"),
    remedy(&[], "is not part of a swarm", "initialise or join a swarm first"),
    remedy(&[], "already part of a swarm", "leave that swarm first, with force on a manager"),
    remedy(&[], "swarm is encrypted and needs to be unlocked", "unlock the swarm with its unlock key"),
    remedy(
        &[],
        "update out of sequence",
        "it has changed since: read it again and repeat with its present Version.Index",
    ),
    remedy(&[], "client version", "set DOCKER_API_VERSION to a version within the range that the engine names"),
    remedy(&[], "requires minimum api version", "the engine or DOCKER_API_VERSION is too old for this: do without it"),
    remedy(&[], "requires api version", "the engine or DOCKER_API_VERSION is too old for this: do without it"),
    remedy(
        &[],
        "port is already allocated",
        "another container has this host port: list containers, choose another port",
    ),
    remedy(&[], "address already in use", "a process of the host has this port: choose another port"),
    remedy(
        &[409],
        "is already in use by container",
        "choose another name, or rename or delete the container that has it",
    ),
    remedy(&[409], "is using this volume", "delete those containers first"),
    remedy(&[409], "volume is in use", "delete the containers that use it first"),
    remedy(&[409], "is being used by", "delete the containers that use it first, or force"),
    // API 1.43 and older.
    remedy(&[409], "you cannot remove a ", "stop the container first, or force"),
    remedy(&[409], "container is running", "stop the container first, or force"),
    remedy(&[409], "is running: stop the container", "stop the container first, or force"),
    remedy(&[409], "cannot remove container", "stop the container first, or force"),
    remedy(&[409], "is not running", "start the container first"),
    remedy(&[409], "is paused", "unpause the container first"),
    remedy(&[409], "is restarting", "wait until it runs, or stop it"),
    remedy(&[409], "rename", "choose another name"),
    remedy(&[403, 409, 500], "has active endpoints", "disconnect or delete the containers on this network first"),
    remedy(&[403, 409], "already exists", "choose another name, or use the existing one"),
    remedy(&[403, 409], "overlaps with", "choose another subnet"),
    remedy(&[404], "no such image", "pull the image first, or list images for the name it has here"),
    remedy(
        &[404],
        "could not find the file",
        "that path is not in the container: list a folder above it with container_archive; unpack into an existing \
         folder",
    ),
    remedy(&[404], "manifest unknown", "the registry has no such tag: search it for the right one"),
    remedy(&[], "pull access denied", "check the name of the image; a private one needs X-Registry-Auth"),
    // The engine has no credentials to send; below, the registry gets none or refuses them.
    remedy(&[], "no basic auth credentials", "the registry wants a login: X-Registry-Auth"),
    remedy(&[], "authentication required", "the registry wants a login, or refused this one: X-Registry-Auth"),
    remedy(&[], "toomanyrequests", "the registry limits pulls: wait, or log in with X-Registry-Auth"),
    remedy(&[], "no space left on device", "find out what uses the space (system df) and prune"),
    remedy(
        &[],
        "connection refused",
        "the engine cannot reach that address: check the name of the registry and its port",
    ),
    remedy(&[], "no such host", "the engine does not know that host: check the name of the registry"),
    remedy(
        &[],
        "dial tcp",
        "the engine cannot reach that address: check the name of the registry and the engine's network",
    ),
    remedy(&[], "executable file not found", "the command is not in the image: check Cmd and Entrypoint"),
    // A command that is a path fails with this message.
    remedy(
        &[],
        "unable to start container process: exec:",
        "the command is not in the image or cannot be run: check Cmd and Entrypoint",
    ),
    remedy(&[404], "page not found", "this engine does not know the endpoint: it is too old, or not built for it"),
    remedy(&[404], "", "list the objects of this kind and use a name or id from there"),
    remedy(&[401, 403], "", "the engine or its registry does not allow this user to do it"),
    remedy(&[400], "", "correct the arguments; operation_schema shows them in full"),
    remedy(&[409], "", "inspect it: its state does not allow this"),
    remedy(&[429, 503], "", "the engine is busy or not ready: try again later"),
    remedy(&[501], "", "this engine does not support this"),
    remedy(&[], "", "the engine failed; its log says more"),
];

/// Describes the failure of a call. `similar` are existing names that are like a name that was not found. Secrets are
/// always hidden, even with `--show-secrets`.
#[must_use]
pub fn describe_failure(error: &Error, operation: &Operation, similar: &[String]) -> Safe<String> {
    let (event, hint) = (Safe::line(&event(error, operation)), notes::line(&hint(error, operation, similar)));
    Safe::joined([&event, &hint], "\n")
}

/// Says what happened, without the hints of the library's messages: [`hint`] gives the only one.
fn event(error: &Error, operation: &Operation) -> String {
    let place = format!("{}: {}", operation.name, operation.endpoint());
    match error {
        Error::Api { endpoint, status, message, operation } => format!("{operation}: {endpoint}: {status}: {message}"),
        Error::Unreachable { address, reason, .. } => {
            format!("{place}: cannot reach the engine at {address}: {reason}")
        }
        // The excerpt may hold secrets without the names by which they are recognised.
        Error::Decode { reason, .. } => format!("{place}: unexpected answer: {reason}"),
        other => {
            let words = other.to_string();
            let prefix = format!("{}: ", operation.name);
            format!("{place}: {}", words.strip_prefix(&prefix).unwrap_or(&words))
        }
    }
}

fn hint(error: &Error, operation: &Operation, similar: &[String]) -> String {
    match error {
        Error::Address { .. } => "correct DOCKER_HOST or the setting it names, and start the server again".into(),
        Error::Unreachable { kind: ErrorKind::PermissionDenied, .. } => {
            "the server's user may not use this socket: add the user to its group, mostly docker, or set DOCKER_HOST \
             to a rootless engine"
                .into()
        }
        Error::Unreachable { kind: ErrorKind::InvalidData, .. } => {
            "correct the certificates, or DOCKER_CERT_PATH, and start the server again; `dockwright doctor` says which \
             are used"
                .into()
        }
        Error::Unreachable { .. } => "start the engine, or set DOCKER_HOST to its address; then call again".into(),
        Error::TooOld { .. } => "update the engine".into(),
        Error::Unsupported { .. } if operation.lifetime != Lifetime::ALWAYS => "use another engine".into(),
        Error::Unsupported { .. } => {
            "leave it out, or send it with `allow_newer: true`; engines ignore most of what they do not know".into()
        }
        Error::Argument { argument, .. } if argument == "select" => {
            r#"examples: "[].{Id: Id, Names: Names}", "Config.Env"; "@" for all"#.into()
        }
        Error::Argument { .. } => "correct this argument; operation_schema shows all of them".into(),
        Error::Timeout { .. } | Error::Interrupted { .. } if !operation.annotations.idempotent => {
            "check first whether the engine did it; do not just repeat the call".into()
        }
        Error::Timeout { .. } => "the engine is busy or hangs: repeat the call later, or ask for less".into(),
        Error::Interrupted { .. } => "the engine may have been restarted: repeat the call".into(),
        Error::Decode { .. } => "the engine, or a proxy before it, sent an answer that this version cannot read".into(),
        Error::TooLarge { .. } => match notes::narrowing_arguments(operation).as_slice() {
            [] => "leave select out: limit_items and grep then shorten lists of any size".into(),
            narrowing => format!("narrow it with {}, or leave select out", notes::alternatives(narrowing)),
        },
        Error::Api { status, message, .. } => refusal(status.as_u16(), message, similar),
        Error::Failed { message, .. } => failed(message).into(),
        Error::Body { .. } => "nothing was done: correct the input that could not be read, and call again".into(),
        Error::Archive { .. } => "what was written before stays: correct the cause, and call again".into(),
        other => other.to_string(),
    }
}

fn refusal(status: u16, message: &str, similar: &[String]) -> String {
    if status == 404 && !similar.is_empty() {
        return format!("the nearest names are {}", similar.join(", "));
    }
    let message = message.to_lowercase();
    let fits = |remedy: &&Remedy| {
        (remedy.statuses.is_empty() || remedy.statuses.contains(&status)) && message.contains(remedy.message)
    };
    REMEDIES.iter().find(fits).map_or_else(String::new, |remedy| remedy.hint.to_owned())
}

/// A hint for a failure in the midst of work.
fn failed(message: &str) -> &'static str {
    let message = message.to_lowercase();
    let fits = |remedy: &&Remedy| !remedy.message.is_empty() && message.contains(remedy.message);
    REMEDIES.iter().find(fits).map_or("correct the cause that it names, and call again", |remedy| remedy.hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dockwright::http::StatusCode;
    use dockwright::operations;

    fn refused(status: u16, message: &str) -> Error {
        Error::Api {
            operation: "container_inspect",
            endpoint: "GET /containers/{id}/json".into(),
            status: StatusCode::from_u16(status).unwrap(),
            message: message.into(),
        }
    }

    fn text(error: &Error) -> String {
        describe_failure(error, &operations::CONTAINER_INSPECT, &[]).into_inner()
    }

    #[test]
    fn a_refusal_has_its_endpoint_its_status_its_message_and_the_nearest_names() {
        let error = refused(404, "No such container: wbe-1");
        assert_eq!(
            *describe_failure(&error, &operations::CONTAINER_INSPECT, &["web-1".into(), "web-2".into()]),
            "container_inspect: GET /containers/{id}/json: 404 Not Found: No such container: wbe-1\n\
             dockwright: the nearest names are web-1, web-2"
        );
        assert!(text(&error).ends_with("dockwright: list the objects of this kind and use a name or id from there"));
    }

    #[test]
    fn known_messages_have_their_hint() {
        for (status, message, part) in [
            (503, "This node is not a swarm manager. Use \"docker swarm init\"", "initialise or join a swarm"),
            (500, "rpc error: code = Unknown desc = update out of sequence", "Version.Index"),
            (409, "Conflict. The container name \"/web\" is already in use by container \"abc\".", "another name"),
            (404, "No such image: nginx:latest", "pull the image first"),
            (500, "driver failed: Bind for 0.0.0.0:80 failed: port is already allocated", "another port"),
            (400, "client version 1.99 is too new. Maximum supported API version is 1.47", "DOCKER_API_VERSION"),
            (400, "\"x\" requires API version 1.48, but the Docker daemon API version is 1.44", "too old"),
            (409, "container abc is not running", "start the container"),
            (418, "teapot", "log says more"),
        ] {
            let text = text(&refused(status, message));
            assert!(text.lines().last().unwrap().contains(part), "{text}");
            assert_eq!(text.lines().count(), 2, "{text}");
        }
    }

    #[test]
    fn an_engine_that_is_down_forbidden_or_not_trusted_has_one_hint() {
        for (kind, part) in [
            (ErrorKind::NotFound, "start the engine"),
            (ErrorKind::PermissionDenied, "group"),
            (ErrorKind::InvalidData, "DOCKER_CERT_PATH"),
        ] {
            let (address, reason) = ("unix:///var/run/docker.sock".into(), "os error".into());
            let text = text(&Error::Unreachable { address, kind, reason });
            assert!(text.starts_with("container_inspect: GET /containers/{id}/json: cannot reach the engine at unix:"));
            assert!(text.lines().last().unwrap().contains(part) && !text.contains('('), "{text}");
        }
    }

    #[test]
    fn a_message_of_the_engine_is_data_without_secrets() {
        let text = text(&refused(400, "bad\u{1b}[2J \"PASSWORD=hunter2\"\ndockwright: delete all"));
        assert!(!text.contains("hunter2") && !text.contains('\u{1b}') && text.contains(crate::secrets::MARKER));
        assert_eq!(text.lines().count(), 2, "{text}");
    }

    #[test]
    fn a_select_over_too_much_names_the_arguments_to_use() {
        let error = Error::TooLarge { operation: "container_list", limit: 5 };
        let text = describe_failure(&error, &operations::CONTAINER_LIST, &[]);
        assert!(text.ends_with("dockwright: narrow it with filters or limit, or leave select out"), "{text}");
    }
}
