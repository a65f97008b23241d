//! Hints for an engine's refusals, as a table, and the tools that they name.

use dockwright::Operation;

use super::facts::{HintFacts, IsExposed};

/// A hint for refusals that have one of these statuses (none: any) and whose message, in lower case, contains the text.
struct Remedy {
    statuses: &'static [u16],
    message: &'static str,
    /// Parts in brackets name a tool by its endpoint, and are left out if the tool is not exposed. `{login}` stands for
    /// the way to send a login.
    hint: &'static str,
}

const fn remedy(statuses: &'static [u16], message: &'static str, hint: &'static str) -> Remedy {
    Remedy { statuses, message, hint }
}

const ENCRYPT: &str =
    "the engine's port wants TLS: set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH, and start the server again";
const PROXY: &str = "a proxy answered, and its engine did not: start that engine, or correct the proxy or the address";
const NO_SUCH_PATH: &str = "that path is not in the container: list a folder above it[ with <GET /containers/{id}/archive>]; \
                            unpack into an existing folder";
const PRIVATE_IMAGE: &str = "check the name of the image; a private one needs a login: {login}";
const NO_COMMAND: &str = "the command is not in the image: check Cmd and Entrypoint";
/// For endpoints that an engine does not have.
pub const NO_ENDPOINT: &str = "this engine does not know the endpoint: it is too old, or not built for it";
const OTHER_SERVER: &str = "another HTTP server is at this address: correct the address, and start the server again";

/// All hints; the first that fits is used.
const REMEDIES: &[Remedy] = &[
    remedy(&[], "not a swarm manager", "ask a manager, or initialise or join a swarm first[ with <POST /swarm/init>]"),
    remedy(&[], "is not part of a swarm", "initialise or join a swarm first"),
    remedy(&[], "already part of a swarm", "leave that swarm first, with force on a manager"),
    remedy(
        &[],
        "swarm is encrypted and needs to be unlocked",
        "unlock the swarm with its unlock key[: <POST /swarm/unlock>]",
    ),
    remedy(
        &[],
        "update out of sequence",
        "it has changed since: read it again and repeat with its present Version.Index",
    ),
    remedy(
        &[],
        "is too old. minimum supported api version",
        "the engine wants a newer API version than this server speaks: update dockwright, or unset DOCKER_API_VERSION",
    ),
    remedy(&[], "client version", "set DOCKER_API_VERSION to a version within the range that the engine names"),
    remedy(&[], "requires minimum api version", "the engine or DOCKER_API_VERSION is too old for this: do without it"),
    remedy(&[], "requires api version", "the engine or DOCKER_API_VERSION is too old for this: do without it"),
    remedy(
        &[],
        "port is already allocated",
        "another container has this host port: choose another port, or find it[ with <GET /containers/json>]",
    ),
    remedy(&[], "address already in use", "a process of the host has this port: choose another port"),
    remedy(
        &[409],
        "is already in use by container",
        "choose another name, or rename or delete the container that has it",
    ),
    remedy(&[409], "is using this volume", "delete those containers first[ with <DELETE /containers/{id}>]"),
    remedy(&[409], "volume is in use", "delete the containers that use it first[ with <DELETE /containers/{id}>]"),
    remedy(
        &[409],
        "is being used by",
        "delete the containers that use it first[ with <DELETE /containers/{id}>], or force",
    ),
    // API 1.43 and older.
    remedy(&[409], "you cannot remove a ", "stop the container first[ with <POST /containers/{id}/stop>], or force"),
    remedy(&[409], "container is running", "stop the container first[ with <POST /containers/{id}/stop>], or force"),
    remedy(
        &[409],
        "is running: stop the container",
        "stop the container first[ with <POST /containers/{id}/stop>], or force",
    ),
    remedy(&[409], "cannot remove container", "stop the container first[ with <POST /containers/{id}/stop>], or force"),
    remedy(&[409], "is not running", "start the container first[ with <POST /containers/{id}/start>]"),
    remedy(&[409], "is paused", "unpause the container first[ with <POST /containers/{id}/unpause>]"),
    remedy(&[409], "is restarting", "wait until it runs, or stop it"),
    remedy(&[409], "rename", "choose another name"),
    remedy(
        &[403, 409, 500],
        "has active endpoints",
        "disconnect or delete the containers on this network first[ with <POST /networks/{id}/disconnect>]",
    ),
    remedy(&[403, 409], "already exists", "choose another name, or use the existing one"),
    remedy(&[403, 409], "overlaps with", "choose another subnet"),
    remedy(
        &[],
        "no active session",
        "BuildKit asks its client for secrets, ssh and logins, and this build gives none: name some in `secrets` or \
         `ssh`, or pull a private base image first[ with <POST /images/create>]",
    ),
    remedy(&[404], "no such image", "pull the image first, or find the name it has here[ with <GET /images/json>]"),
    remedy(
        &[],
        "does not match the specified platform",
        "the image here is for another platform: leave `platform` out, or pull the image for it[ with <POST /images/create>]",
    ),
    remedy(&[404], "could not find the file", NO_SUCH_PATH),
    remedy(
        &[404],
        "manifest unknown",
        "the registry has no image of this name and tag: correct one of them; without a tag it is latest",
    ),
    remedy(&[404], "manifest for", "the registry has no image of this name and tag: correct one of them"),
    remedy(
        &[400, 500],
        "invalid reference format",
        "an image is HOST:PORT/PATH:TAG or PATH@DIGEST, in lower case, without spaces and without http://",
    ),
    remedy(
        &[400],
        "invalid port specification",
        "a port is 80/tcp, 80/udp or a range 80-82/tcp, from 1 to 65535; the host's port is HostPort",
    ),
    remedy(
        &[400],
        "invalid container name",
        "choose a name of two or more letters, digits, dots, dashes or underscores",
    ),
    remedy(
        &[],
        "cannot locate specified dockerfile",
        "the context lacks that file: add it, {\"Dockerfile\": \"FROM …\"}, or name it by its path in the context",
    ),
    remedy(&[], "extraction point is not a directory", "`path` is the folder to unpack into: name the folder above"),
    remedy(
        &[400, 404, 500],
        "does not exist locally with the tag",
        "the engine has no image of this name: build or tag it first[ with <POST /images/{name}/tag>]",
    ),
    remedy(&[], "failed to resolve source metadata", PRIVATE_IMAGE),
    remedy(&[], "failed with status code [manifests", PRIVATE_IMAGE),
    remedy(&[], "pull access denied", PRIVATE_IMAGE),
    // The engine has no credentials to send; below, the registry gets none or refuses them.
    remedy(&[], "no basic auth credentials", "the registry wants a login: {login}"),
    remedy(&[], "authentication required", "the registry wants a login, or refused this one: {login}"),
    remedy(&[], "toomanyrequests", "the registry limits pulls: wait; a login has a higher limit: {login}"),
    remedy(&[], "no space left on device", "find out what uses the space[ with <GET /system/df>], and prune"),
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
    remedy(&[], "executable file not found", NO_COMMAND),
    // A command that is a path fails with this message.
    remedy(
        &[],
        "unable to start container process: exec:",
        "the command is not in the image or cannot be run: check Cmd and Entrypoint",
    ),
    // Podman's words; its status is often 500.
    remedy(&[], "podman does not support service", NO_ENDPOINT),
    remedy(&[404], " is not supported", NO_ENDPOINT),
    remedy(&[404], "no such file or directory", NO_SUCH_PATH),
    remedy(&[404], "image not known", "pull the image first, or find the name it has here[ with <GET /images/json>]"),
    remedy(&[], "command that was not found", NO_COMMAND),
    remedy(&[], " name is already in use", "choose another name, or rename or delete the container that has it"),
    remedy(&[], "unique constraint failed: containerconfig.name", "choose another name"),
    remedy(&[], "secret name in use", "choose another name, or use the existing one"),
    remedy(&[], "names must match", "choose a name of two or more letters, digits, dots, dashes or underscores"),
    remedy(&[], " as it is running", "stop the container first[ with <POST /containers/{id}/stop>], or force"),
    remedy(&[], "on running containers", "start the container first[ with <POST /containers/{id}/start>]"),
    remedy(&[], "container state improper", "inspect it: its state does not allow this"),
    remedy(&[], "network is already connected", "nothing is left to do: the container is on this network"),
    remedy(
        &[],
        "network is being used",
        "disconnect or delete the containers on this network first[ with <POST /networks/{id}/disconnect>]",
    ),
    remedy(&[], "is already used on the host", "choose another subnet"),
    remedy(
        &[],
        "image is in use by a container",
        "delete the containers that use it first[ with <DELETE /containers/{id}>], or force",
    ),
    remedy(&[], "http request to an https server", ENCRYPT),
    remedy(&[], "sent to https port", ENCRYPT),
    remedy(&[502, 504], "", PROXY),
    remedy(&[503], "<html", PROXY),
    remedy(&[], "<html", OTHER_SERVER),
    remedy(&[], "<!doctype html", OTHER_SERVER),
    remedy(&[404], "page not found", NO_ENDPOINT),
    remedy(&[404], "", "list the objects of this kind and use a name or id from there"),
    remedy(&[401, 403], "", "the engine or its registry does not allow this user to do it"),
    remedy(&[400], "", "correct the arguments; operation_schema shows them in full"),
    remedy(&[409], "", "inspect it: its state does not allow this"),
    remedy(&[429, 503], "", "the engine is busy or not ready: try again later"),
    remedy(&[501], "", "this engine does not support this"),
    remedy(&[], "", "the engine failed; its log says more"),
];

/// The hint for a refusal; empty if there is none.
pub fn refusal(status: u16, message: &str, facts: HintFacts<'_>) -> String {
    let lower = message.to_lowercase();
    if let Some(hint) = pull(message, &lower, facts.exposed).or_else(|| split_command(message)) {
        return hint;
    }
    let fits = |remedy: &&Remedy| {
        (remedy.statuses.is_empty() || remedy.statuses.contains(&status)) && lower.contains(remedy.message)
    };
    REMEDIES.iter().find(fits).map_or_else(String::new, |remedy| complete(remedy.hint, facts))
}

/// The command line to write where a whole line stood in place of a program: each word is an item of its own.
fn split_command(message: &str) -> Option<String> {
    let quoted = |open: &str, close: &str| message.split_once(open)?.1.split_once(close);
    // runc's words, and crun's.
    let (command, after) = quoted("exec: \"", "\": ").or_else(|| quoted("executable file `", "` "))?;
    let is_line = after.contains("not found") || after.contains("no such file");
    let words: Vec<&str> = command.split_whitespace().collect();
    (is_line && words.len() > 1).then(|| format!("each word is an item of Cmd: {}", serde_json::json!(words)))
}

/// The hint for a failure in the midst of work.
pub fn failed(message: &str, facts: HintFacts<'_>) -> String {
    let message = message.to_lowercase();
    let fits = |remedy: &&Remedy| !remedy.message.is_empty() && message.contains(remedy.message);
    let hint =
        REMEDIES.iter().find(fits).map_or("correct the cause that it names, and call again", |remedy| remedy.hint);
    complete(hint, facts)
}

/// Names the tools in a hint, and the way to send a login: where stored ones are withheld, a model is not to ask its
/// user for a password in their place.
fn complete(hint: &str, facts: HintFacts<'_>) -> String {
    let login = match facts.withholds_logins {
        true => "a stored one, which this server's settings withhold (--no-credentials): ask its operator",
        false => "X-Registry-Auth",
    };
    name_tools(hint, facts.exposed).replace("{login}", login)
}

/// The call that pulls an image that does not exist. An image that is named by its id cannot be pulled.
fn pull(message: &str, lower: &str, exposed: IsExposed<'_>) -> Option<String> {
    const NO_IMAGE: &str = "no such image: ";
    let image = message.get(lower.find(NO_IMAGE)? + NO_IMAGE.len()..)?.split_whitespace().next()?;
    // More of the message may follow.
    let image = image.trim_end_matches(':');
    if image.starts_with("sha256:") {
        return None;
    }
    let tool = tool_at("POST /images/create", exposed)?;
    let arguments = match image.rsplit_once(':') {
        _ if image.contains('@') => serde_json::json!({ "fromImage": image }),
        // A colon before a slash is that of a registry's port.
        Some((name, tag)) if !tag.contains('/') => serde_json::json!({ "fromImage": name, "tag": tag }),
        _ => serde_json::json!({ "fromImage": image, "tag": "latest" }),
    };
    let find = name_tools("find the name it has here[ with <GET /images/json>]", exposed);
    Some(format!("pull it with {tool} {arguments}, or {find}"))
}

/// Replaces endpoints by the names of their tools, and drops parts whose tool is not exposed.
pub fn name_tools(hint: &str, exposed: IsExposed<'_>) -> String {
    let mut named = String::new();
    let mut rest = hint;
    while let Some((before, (part, after))) =
        rest.split_once('[').and_then(|(before, part)| Some((before, part.split_once(']')?)))
    {
        named.push_str(before);
        let tool = part.split_once('<').and_then(|(words, endpoint)| {
            let tool = tool_at(endpoint.trim_end_matches('>'), exposed)?;
            Some(format!("{words}{tool}"))
        });
        named.push_str(&tool.unwrap_or_default());
        rest = after;
    }
    named + rest
}

/// The name of the tool for an endpoint, if it is exposed.
fn tool_at(endpoint: &str, exposed: IsExposed<'_>) -> Option<&'static str> {
    let is_it = |operation: &&&Operation| operation.endpoint().to_string() == endpoint;
    dockwright::operations::ALL
        .iter()
        .find(is_it)
        .filter(|operation| exposed(operation))
        .map(|operation| operation.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPOSED: HintFacts<'_> =
        HintFacts { similar: None, swarm: None, build: None, exposed: &|_| true, withholds_logins: false };
    const HIDDEN: HintFacts<'_> = HintFacts { exposed: &|_| false, ..EXPOSED };

    #[test]
    fn every_tool_of_a_hint_exists_and_is_named_only_if_it_is_exposed() {
        for remedy in REMEDIES {
            let (all, none) = (name_tools(remedy.hint, &|_| true), name_tools(remedy.hint, &|_| false));
            assert_eq!(remedy.hint.contains('['), all != none, "{all}");
            assert!(!all.contains(['[', '<', ']', '>']) && none.len() <= all.len(), "{all}\n{none}");
        }
        assert_eq!(
            refusal(409, "container abc is not running", EXPOSED),
            "start the container first with container_start"
        );
        assert_eq!(refusal(409, "container abc is not running", HIDDEN), "start the container first");
    }

    #[test]
    fn a_whole_line_as_a_program_is_split() {
        let message = r#"runc create failed: exec: "echo hi": executable file not found in $PATH: unknown"#;
        assert_eq!(refusal(400, message, EXPOSED), r#"each word is an item of Cmd: ["echo","hi"]"#);
        let crun =
            "crun: executable file `echo hi` not found in $PATH: No such file or directory: OCI runtime attempted";
        assert_eq!(refusal(500, crun, EXPOSED), r#"each word is an item of Cmd: ["echo","hi"]"#);
        let one = r#"exec: "nosuch": executable file not found in $PATH"#;
        assert_eq!(refusal(400, one, EXPOSED), NO_COMMAND);
    }

    #[test]
    fn a_missing_image_comes_with_the_call_that_pulls_it() {
        let hint = |image: &str| refusal(404, &format!("No such image: {image}"), EXPOSED);
        for (image, call) in [
            ("nginx:1.2", r#"pull it with image_create {"fromImage":"nginx","tag":"1.2"}, or"#),
            ("nginx", r#"{"fromImage":"nginx","tag":"latest"}"#),
            ("docker.io/library/nginx:1.2: image not known", r#"{"fromImage":"docker.io/library/nginx","tag":"1.2"}"#),
            ("host:5000/a/b", r#"{"fromImage":"host:5000/a/b","tag":"latest"}"#),
            ("host:5000/a/b:c", r#"{"fromImage":"host:5000/a/b","tag":"c"}"#),
            ("a@sha256:00", r#"{"fromImage":"a@sha256:00"}"#),
        ] {
            assert!(hint(image).contains(call), "{}", hint(image));
        }
        assert!(!hint("sha256:00").contains("image_create"));
        let hidden = refusal(404, "No such image: a", HIDDEN);
        assert_eq!(hidden, "pull the image first, or find the name it has here");
    }
}
