//! The identity of an event, by which one that comes again is known.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

/// The time by which an engine's list of events may be out of order: each has its time before it has its place.
const DISORDER_NANOSECONDS: i64 = 1_000_000_000;

/// The identity of an event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    pub nanoseconds: i64,
    /// Its type, its action and the id of its actor.
    event: [String; 3],
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
        let part = |pointer| event.pointer(pointer).map(Value::to_string).unwrap_or_default();
        Some(Mark { nanoseconds, event: [part("/Type"), part("/Action"), part("/Actor/ID")] })
    }
}

/// The last events that were returned: as many as a new connection may repeat.
#[derive(Debug, Default)]
pub struct Returned {
    recent: BTreeSet<Mark>,
    /// The time of the first event of all.
    first: Option<i64>,
}

impl Returned {
    pub fn add(&mut self, mark: Mark) {
        self.first.get_or_insert(mark.nanoseconds);
        // Twice the disorder, because this event may itself have come later than one that is newer.
        let oldest = mark.nanoseconds.saturating_sub(2 * DISORDER_NANOSECONDS);
        self.recent.insert(mark);
        while self.recent.first().is_some_and(|mark| mark.nanoseconds < oldest) {
            self.recent.pop_first();
        }
    }

    pub fn has(&self, mark: &Mark) -> bool {
        self.recent.contains(mark)
    }

    /// Returns true if an event is older than all that were returned.
    pub fn is_before_all(&self, mark: &Mark) -> bool {
        self.first.is_some_and(|first| mark.nanoseconds < first)
    }
}

/// A time as the engine takes it: `1795383600.000000001`.
pub fn seconds(nanoseconds: i64) -> String {
    format!("{}.{:09}", nanoseconds.div_euclid(1_000_000_000), nanoseconds.rem_euclid(1_000_000_000))
}
