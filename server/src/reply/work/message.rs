//! One message about work, and its words for a client that waits.

use dockwright::build::TRACE_ID;
use serde_json::Value;

use super::super::amounts;
use crate::secrets::Safe;

/// The most characters of a message's words.
const WORDS: usize = 120;
/// The beginning of a status whose id is a tag and not a layer: `Pulling from library/nginx`.
const PULLING: &str = "Pulling from ";

/// The members of a message, all of them optional.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// Text that a build or a load wrote.
    pub output: Option<&'a str>,
    /// The step that runs or has run.
    pub status: Option<&'a str>,
    /// The layer that the step concerns.
    pub layer: Option<&'a str>,
    /// The bytes done and the total, 0 if unknown.
    pub done: Option<(u64, u64)>,
    /// A part of BuildKit's trace.
    pub trace: Option<&'a str>,
    /// The result: an image id, a digest.
    pub result: Option<&'a Value>,
}

impl<'a> Message<'a> {
    /// Reads a message. Members of an unexpected type count as absent.
    #[must_use]
    pub fn read(message: &'a Value) -> Self {
        let text = |name: &str| message.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let number = |name: &str| message.get("progressDetail")?.get(name)?.as_u64();
        let status = text("status");
        let id = text("id");
        Message {
            output: text("stream"),
            status,
            layer: id.filter(|_| status.is_some_and(|status| !status.starts_with(PULLING))),
            done: number("current").map(|current| (current, number("total").unwrap_or(0))),
            trace: text("aux").filter(|_| id == Some(TRACE_ID)),
            result: message.get("aux").filter(|aux| aux.is_object()),
        }
    }

    /// Its status in one line: `a1b2c3: Downloading 12.3/45.6 MB`; empty if it has none.
    #[must_use]
    pub fn words(&self) -> Safe<String> {
        let layer = self.layer.map(|layer| format!("{layer}: ")).unwrap_or_default();
        let bytes = self.done.filter(|(_, total)| *total > 0).map(|(done, total)| amounts::part(done, total));
        let bytes = bytes.map(|bytes| format!(" {bytes}")).unwrap_or_default();
        self.status.map(|status| short(&format!("{layer}{status}{bytes}"))).unwrap_or_default()
    }
}

/// Puts text of the engine on a short line.
#[must_use]
pub fn short(words: &str) -> Safe<String> {
    Safe::line(words).map(|line| line.chars().take(WORDS).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_message_reads_as_one_line() {
        for (message, words) in [
            (
                json!({"status": "Downloading", "id": "a1b2c3",
                    "progressDetail": {"current": 12_345_678, "total": 45_678_901}}),
                "a1b2c3: Downloading 12.3/45.6 MB",
            ),
            (
                json!({"status": "Extracting", "id": "a1", "progressDetail": {"current": 3, "units": "s"}}),
                "a1: Extracting",
            ),
            (json!({"status": "Pulling from library/nginx", "id": "latest"}), "Pulling from library/nginx"),
            (json!({"status": "login TOKEN=abc"}), "login TOKEN=[redacted by dockwright]"),
            (json!({"stream": "Step 1/2 : FROM x\n"}), ""),
            (json!({"id": "moby.buildkit.trace", "aux": "CgA="}), ""),
            (json!({"status": 5, "progressDetail": "x"}), ""),
            (json!("text"), ""),
        ] {
            assert_eq!(*Message::read(&message).words(), words, "{message}");
        }
    }
}
