//! The identity of an event, by which one that comes again is known.

use serde::Deserialize;
use serde_json::Value;

/// The time by which an engine's list of events may be out of order: each has its time before it has its place.
const DISORDER_NANOSECONDS: i64 = 1_000_000_000;

/// The identity of an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    pub nanoseconds: i64,
    /// Its type, its action and the id of its actor.
    event: [Value; 3],
}

impl Mark {
    /// A time at which all that stands before it in the engine's list had begun.
    pub fn before(&self) -> i64 {
        self.nanoseconds.saturating_sub(DISORDER_NANOSECONDS)
    }

    /// The identity of an event; `None` if it has no time.
    pub fn of(event: &Value) -> Option<Self> {
        #[derive(Deserialize)]
        struct Times {
            #[serde(rename = "timeNano")]
            nanoseconds: i64,
        }
        let Times { nanoseconds } = Times::deserialize(event).ok()?;
        let part = |pointer| event.pointer(pointer).cloned().unwrap_or_default();
        Some(Mark { nanoseconds, event: [part("/Type"), part("/Action"), part("/Actor/ID")] })
    }
}

/// A time as the engine takes it: `1795383600.000000001`.
pub fn seconds(nanoseconds: i64) -> String {
    format!("{}.{:09}", nanoseconds.div_euclid(1_000_000_000), nanoseconds.rem_euclid(1_000_000_000))
}
