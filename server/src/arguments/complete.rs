//! Completes arguments as the docker CLI does before it sends a request. The tool's row tells what to add, and each
//! addition has a note.

use dockwright::tools::{Completion, Tool};
use serde_json::{Map, Value};

use super::location::Location;
use super::platform;
use super::ports;
use super::problem::Problems;

/// Completes the arguments of a tool, which conform to its schema or have a problem.
pub(super) fn complete(tool: &Tool, arguments: &mut Map<String, Value>, problems: &mut Problems) {
    if !tool.needs.is_empty() && !tool.needs.iter().any(|name| arguments.contains_key(*name)) {
        problems.missing_all(tool.needs);
    }
    for completion in tool.completes {
        match *completion {
            Completion::Tag { names, tag, value, unless } => {
                let is_wanted = arguments.shift_remove(unless).is_none_or(|all| all != true);
                let name = arguments.get(names).and_then(Value::as_str);
                let has_tag = arguments.contains_key(tag) || !name.is_none_or(lacks_tag);
                if !is_wanted && has_tag {
                    let unless = Location::Key(&Location::Root, unless);
                    problems.add(&unless, "a tag or digest is given too: leave one of them out");
                }
                if is_wanted && !has_tag && name.is_some() {
                    problems.note(format!("`{tag}` was not given and is `{value}`; `{unless}: true` means every tag"));
                    arguments.insert(tag.to_owned(), value.into());
                }
            }
            Completion::Platform { argument } => {
                let given = arguments.get(argument).and_then(Value::as_str);
                if let Some((given, full)) =
                    given.and_then(|given| Some((given.to_owned(), platform::full_name(given)?)))
                {
                    problems.note(format!("`{argument}` {given} was taken as {full}"));
                    arguments.insert(argument.to_owned(), full.into());
                }
            }
            Completion::Ports { published, exposed } => {
                if let Some(Value::Object(body)) = arguments.get_mut("body") {
                    ports::expose(body, published, exposed, problems);
                }
            }
            _ => {}
        }
    }
}

/// Returns true for the name of an image without a tag and without a digest. A colon before the last slash is that of
/// the registry's port.
fn lacks_tag(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    !name.contains('@') && !last.contains(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_port_has_no_tag() {
        for name in ["ubuntu", "library/ubuntu", "host:5000/ubuntu", "localhost:5000/a/b"] {
            assert!(lacks_tag(name), "{name}");
        }
        for name in ["ubuntu:24.04", "host:5000/ubuntu:1", "ubuntu@sha256:ab", "host:5000/a@sha256:ab", "a:1@sha256:ab"]
        {
            assert!(!lacks_tag(name), "{name}");
        }
    }
}
