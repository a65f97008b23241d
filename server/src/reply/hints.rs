//! Describes a failure to a model: the endpoint, the status and the engine's message on one line, and one hint on the
//! next.

mod facts;
mod remedies;

use std::io::ErrorKind;

use dockwright::http::{Method, StatusCode};
use dockwright::operation::{Annotations, Lifetime, Waits};
use dockwright::{Error, Operation};

use super::notes;
use crate::secrets::Safe;

pub use facts::HintFacts;

/// Describes the failure of a call. Secrets are always hidden, even with `--show-secrets`.
#[must_use]
pub fn describe_failure(error: &Error, operation: &Operation, facts: HintFacts<'_>) -> Safe<String> {
    let (event, hint) = (Safe::line(&event(error, operation)), notes::line(&hint(error, operation, facts)));
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
        Error::Ssh { address, fault, said } if said.is_empty() => {
            format!("{place}: cannot reach the engine at {address}: {fault}")
        }
        Error::Ssh { address, fault, said } => {
            format!("{place}: cannot reach the engine at {address}: {fault} (ssh: {said})")
        }
        Error::NoEngine { address, problem, .. } => {
            format!("{place}: no Docker engine answers at {address}: {problem}")
        }
        Error::Login { refusal, .. } => event(refusal, operation),
        // The excerpt may hold secrets without the names by which they are recognised.
        Error::Decode { reason, .. } => format!("{place}: unexpected answer: {reason}"),
        other => {
            let words = other.to_string();
            let prefix = format!("{}: ", operation.name);
            format!("{place}: {}", words.strip_prefix(&prefix).unwrap_or(&words))
        }
    }
}

/// The hint for a refusal for want of a login. Engines do not tell a private image from one that does not exist.
fn login(refusal: &Error, registry: Option<&str>, account: &str) -> String {
    let check = if refusal.is_not_found() { "check the name; for a private image, " } else { "" };
    let command = registry.map_or("docker login".to_owned(), |registry| format!("docker login {registry}"));
    format!("{check}run `{command}` as the server's user, and call again; {account}")
}

fn hint(error: &Error, operation: &Operation, facts: HintFacts<'_>) -> String {
    if let Error::Login { refusal, registry, account } = error {
        return login(refusal, registry.as_deref(), account);
    }
    if let (Error::Api { status, .. }, Some(similar)) = (error, facts.similar)
        && status.as_u16() == 404
    {
        return match facts.swarm {
            Some(swarm) => format!("{similar}; {}", remedies::name_tools(swarm, facts.exposed)),
            None => similar.to_owned(),
        };
    }
    if let Some(build) = facts.build {
        return build.to_owned();
    }
    if let Some(swarm) = facts.swarm {
        return remedies::name_tools(swarm, facts.exposed);
    }
    match error {
        Error::Address { .. } => "correct the setting it names, and start the server again".into(),
        Error::Unreachable { kind, reason, .. } => unreachable(*kind, reason).into(),
        Error::Ssh { fault, .. } => fault.remedy().into(),
        Error::NoEngine { remedy, .. } => format!("{remedy}; `dockwright doctor` says where the address comes from"),
        Error::TooOld { .. } => "update the engine".into(),
        Error::Unsupported { .. } if operation.lifetime != Lifetime::ALWAYS => "use another engine".into(),
        Error::Unsupported { .. } => {
            "leave it out, or send it with `allow_newer: true`; engines ignore most of what they do not know".into()
        }
        Error::Argument { argument, .. } if argument == "select" => {
            r#"examples: "[].{Id: Id, Names: Names}", "Config.Env"; "@" for all"#.into()
        }
        Error::Argument { .. } => "correct this argument; operation_schema shows all of them".into(),
        Error::Timeout { .. } | Error::Interrupted { .. } if !may_be_repeated(operation) => {
            "check first whether the engine did it; do not just repeat the call".into()
        }
        Error::Timeout { .. } => "the engine is busy or hangs: repeat the call later, or ask for less".into(),
        Error::Interrupted { .. } => "the engine may have been restarted: repeat the call".into(),
        Error::Decode { reason, .. } if reason.starts_with("not HTTP") => {
            "another service, or one with TLS, is at this address: correct the address, and start the server again"
                .into()
        }
        Error::Decode { .. } => "the engine, or a proxy before it, sent an answer that this version cannot read".into(),
        Error::TooLarge { .. } => match notes::narrowing_arguments(operation).as_slice() {
            [] => "leave select out: limit_items and grep then shorten lists of any size".into(),
            narrowing => format!("narrow it with {}, or leave select out", notes::alternatives(narrowing)),
        },
        Error::Api { status, message, .. } if has_no_endpoint(operation, *status, message) => {
            remedies::NO_ENDPOINT.into()
        }
        Error::Api { status, message, .. } => remedies::refusal(status.as_u16(), message, facts),
        Error::Failed { message, .. } => remedies::failed(message, facts),
        Error::Body { .. } => "nothing was done: correct the input that could not be read, and call again".into(),
        Error::Archive { .. } => "nothing of it was saved: correct the cause, and call again".into(),
        other => other.to_string(),
    }
}

/// Tells whether the engine lacks the endpoint: Podman then says no more than this. An answer to HEAD never says more.
fn has_no_endpoint(operation: &Operation, status: StatusCode, message: &str) -> bool {
    status == StatusCode::NOT_FOUND && message == "Not Found" && operation.method != Method::HEAD
}

/// Tells whether a call whose answer was lost may be sent again. A process that was started goes on without its output,
/// which no second call brings back.
fn may_be_repeated(operation: &Operation) -> bool {
    let Annotations { read_only, idempotent, .. } = operation.annotations;
    read_only || idempotent && operation.waits != Waits::Rest
}

/// A hint for an address at which no connection was opened.
fn unreachable(kind: ErrorKind, reason: &str) -> &'static str {
    match kind {
        ErrorKind::PermissionDenied => {
            "the server's user may not use this socket: add the user to its group, mostly docker, or name the \
             socket of a rootless engine with DOCKER_HOST or --engine"
        }
        _ if reason.contains("speak TLS") => {
            "correct the address or its port, which is mostly 2376 with TLS and 2375 without; without TLS, unset \
             DOCKER_TLS_VERIFY and DOCKER_TLS; then start the server again"
        }
        ErrorKind::InvalidData => {
            "correct the certificates, or DOCKER_CERT_PATH, and start the server again; `dockwright doctor` says which \
             are used"
        }
        ErrorKind::TimedOut => {
            "correct the address, or let connections to it pass the firewall; `dockwright doctor` says which setting it \
             is from"
        }
        ErrorKind::ResourceBusy => "call again when fewer calls are under way, or let the server have more descriptors",
        _ if reason.starts_with("failed to lookup") => {
            "correct the host's name; `dockwright doctor` says which setting it is from"
        }
        _ => {
            "start the engine and call again, or correct the address and start the server again; `dockwright doctor` \
             says which setting it is from"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dockwright::http::StatusCode;
    use dockwright::{SshFault, operations};

    const FACTS: HintFacts<'_> =
        HintFacts { similar: None, swarm: None, build: None, exposed: &|_| true, withholds_logins: false };

    fn refused(status: u16, message: &str) -> Error {
        Error::Api {
            operation: "container_inspect",
            endpoint: "GET /containers/{id}/json".into(),
            status: StatusCode::from_u16(status).unwrap(),
            message: message.into(),
        }
    }

    fn text(error: &Error) -> String {
        describe_failure(error, &operations::CONTAINER_INSPECT, FACTS).into_inner()
    }

    #[test]
    fn a_refusal_has_its_endpoint_its_status_its_message_and_the_nearest_names() {
        let error = refused(404, "No such container: wbe-1");
        assert_eq!(
            *describe_failure(
                &error,
                &operations::CONTAINER_INSPECT,
                HintFacts { similar: Some("the nearest names are web-1, web-2"), ..FACTS }
            ),
            "container_inspect: GET /containers/{id}/json: 404 Not Found: No such container: wbe-1\n\
             dockwright: the nearest names are web-1, web-2"
        );
        assert!(text(&error).ends_with("dockwright: list the objects of this kind and use a name or id from there"));
    }

    #[test]
    fn only_an_address_that_does_not_answer_is_corrected() {
        assert!(unreachable(ErrorKind::TimedOut, "no connection").contains("firewall"));
        let busy = unreachable(ErrorKind::ResourceBusy, "none became free");
        assert!(busy.contains("fewer calls") && !busy.contains("address"), "{busy}");
    }

    #[test]
    fn known_messages_have_their_hint() {
        for (status, message, part) in [
            (503, "This node is not a swarm manager. Use \"docker swarm init\"", "initialise or join a swarm"),
            (500, "rpc error: code = Unknown desc = update out of sequence", "Version.Index"),
            (409, "Conflict. The container name \"/web\" is already in use by container \"abc\".", "another name"),
            (404, "No such image: nginx:latest", r#"pull it with image_create {"fromImage":"nginx","tag":"latest"}"#),
            (400, "client version 1.55 is too old. Minimum supported API version is 1.56", "update dockwright"),
            (502, "<html><h1>Bad Gateway</h1>", "a proxy answered"),
            (404, "<!DOCTYPE html><h1>Not found</h1>", "another HTTP server"),
            (400, "Client sent an HTTP request to an HTTPS server.", "DOCKER_TLS_VERIFY=1"),
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
    fn a_refusal_for_want_of_a_login_names_the_command_and_the_places_that_were_looked_at() {
        let login = |status, registry: Option<&str>| {
            let refusal = Box::new(refused(status, "no basic auth credentials"));
            let account = "no stored login was sent; docker-credential-pass: the keychain is locked".to_owned();
            text(&Error::Login { refusal, registry: registry.map(str::to_owned), account })
        };
        assert_eq!(
            login(500, Some("a.test:1")),
            "container_inspect: GET /containers/{id}/json: 500 Internal Server Error: no basic auth credentials\n\
             dockwright: run `docker login a.test:1` as the server's user, and call again; no stored login was sent; \
             docker-credential-pass: the keychain is locked"
        );
        assert!(login(404, None).contains("check the name; for a private image, run `docker login` as"));
    }

    #[test]
    fn a_model_is_not_asked_for_a_password_where_stored_logins_are_withheld() {
        for message in [
            "pull access denied for a.test/x, repository does not exist or may require 'docker login'",
            "Head \"https://a.test/v2/\": no basic auth credentials",
            "unauthorized: authentication required",
            "toomanyrequests: You have reached your pull rate limit",
        ] {
            let failed = Error::Failed { operation: "image_create", message: message.into(), code: None };
            for error in [refused(500, message), failed] {
                let facts = HintFacts { withholds_logins: true, ..FACTS };
                let hint = describe_failure(&error, &operations::IMAGE_CREATE, facts).into_inner();
                let withheld = "withhold (--no-credentials): ask its operator";
                assert!(hint.ends_with(withheld) && !hint.contains("X-Registry-Auth"), "{hint}");
                let hint = describe_failure(&error, &operations::IMAGE_CREATE, FACTS).into_inner();
                assert!(hint.ends_with(": X-Registry-Auth"), "{hint}");
            }
        }
    }

    #[test]
    fn an_endpoint_that_the_engine_lacks_is_no_missing_thing() {
        for (status, message) in [
            (404, "page not found"),
            (404, "Not Found"),
            (404, "Path /v1.44/plugins is not supported"),
            (503, "Podman does not support service: /v1.44/swarm/init"),
        ] {
            let text = text(&refused(status, message));
            assert!(text.ends_with("does not know the endpoint: it is too old, or not built for it"), "{text}");
        }
        let head =
            describe_failure(&refused(404, "Not Found"), &operations::CONTAINER_ARCHIVE_INFO, FACTS).into_inner();
        assert!(head.ends_with("use a name or id from there"), "{head}");
    }

    #[test]
    fn podmans_words_have_their_hint() {
        for (status, message, part) in [
            (404, "no such file or directory", "that path"),
            (404, "failed to find image a: docker.io/library/a: image not known", "pull the image"),
            (500, "the container name \"a\" is already in use by 1: that name is already in use", "another name"),
            (500, "UNIQUE constraint failed: ContainerConfig.Name", "another name"),
            (500, "names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument", "letters"),
            (500, "parsing reference \"a b\": invalid reference format", "HOST:PORT"),
            (409, "a: secret name in use", "another name"),
            (500, "cannot remove container 1 as it is running - running or paused: container state improper", "stop"),
            (500, "can only create exec sessions on running containers: container state improper", "start"),
            (500, "\"created\" is not running, can't pause: container state improper", "inspect it"),
            (403, "container 1 is already connected to network a: network is already connected", "nothing is left"),
            (500, "\"a\" has associated containers with it: network is being used", "disconnect"),
            (500, "subnet 10.88.0.0/16 is already used on the host or by another config", "subnet"),
            (409, "image used by 1: image is in use by a container: consider", "or force"),
            (
                500,
                "crun: executable file `a` not found in $PATH: attempted to invoke a command that was not found",
                "Cmd",
            ),
        ] {
            let text = text(&refused(status, message));
            assert!(text.lines().last().unwrap().contains(part), "{text}");
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
            let text = text(&Error::Unreachable { address, kind, reason, source: None });
            assert!(text.starts_with("container_inspect: GET /containers/{id}/json: cannot reach the engine at unix:"));
            assert!(text.lines().last().unwrap().contains(part) && !text.contains('('), "{text}");
        }
    }

    #[test]
    fn a_fault_of_ssh_has_its_words_and_one_hint() {
        for (said, words) in [("Host key verification failed.", " (ssh: Host key verification failed.)"), ("", "")] {
            let (address, fault) = ("ssh://nas".to_owned(), SshFault::UnknownHostKey);
            let text = text(&Error::Ssh { address, fault, said: said.to_owned() });
            let (event, hint) = text.split_once('\n').unwrap();
            assert!(
                event.ends_with(&format!("engine at ssh://nas: the host's key is not known here{words}")),
                "{text}"
            );
            assert_eq!(hint, format!("dockwright: {}", fault.remedy()));
        }
    }

    #[test]
    fn an_address_without_an_engine_is_what_the_hint_speaks_of() {
        let text = text(&Error::NoEngine {
            address: "tcp://a:1".into(),
            problem: "it answers GET /_ping with status 404: a web page".into(),
            remedy: "correct the address".into(),
            is_temporary: false,
        });
        assert!(text.contains("json: no Docker engine answers at tcp://a:1: it answers"), "{text}");
        assert!(
            text.ends_with("dockwright: correct the address; `dockwright doctor` says where the address comes from")
        );
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
        let text = describe_failure(&error, &operations::CONTAINER_LIST, FACTS);
        assert!(text.ends_with("dockwright: narrow it with filters or limit, or leave select out"), "{text}");
    }
}
