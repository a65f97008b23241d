//! The identity of an event, by which one that comes again is known.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

/// The time by which an engine's list of events may be out of order: each has its time before it has its place.
const DISORDER_NANOSECONDS: i64 = 1_000_000_000;

/// The number of events that Docker remembers. It counts, because an event of a swarm has the time of another machine,
/// and may be older than many that were returned.
const REMEMBERED: usize = 256;

/// The identity of an event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    pub nanoseconds: i64,
    /// Its type, its action, the id of its actor, and the container that a network gets or loses.
    event: [String; 4],
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
        Some(Mark { nanoseconds, event: ["/Type", "/Action", "/Actor/ID", "/Actor/Attributes/container"].map(part) })
    }
}

/// The last events that were returned: as many as a new connection may repeat.
#[derive(Debug, Default)]
pub struct Returned {
    recent: BTreeSet<Mark>,
    /// The time of the first event of all.
    first: Option<i64>,
    last: Option<Mark>,
}

impl Returned {
    pub fn add(&mut self, mark: Mark) {
        self.first.get_or_insert(mark.nanoseconds);
        // Twice the disorder, because this event may itself have come later than one that is newer.
        let oldest = mark.nanoseconds.saturating_sub(2 * DISORDER_NANOSECONDS);
        self.last = Some(mark.clone());
        self.recent.insert(mark);
        while self.recent.len() > REMEMBERED && self.recent.first().is_some_and(|mark| mark.nanoseconds < oldest) {
            self.recent.pop_first();
        }
    }

    /// The last event that was returned.
    pub fn last(&self) -> Option<&Mark> {
        self.last.as_ref()
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn containers_that_leave_a_network_at_one_moment_are_two_events() {
        let mark = |container: &str| {
            let actor = json!({ "ID": "net", "Attributes": { "container": container, "name": "web" } });
            Mark::of(&json!({ "Type": "network", "Action": "disconnect", "Actor": actor, "timeNano": 5 })).unwrap()
        };
        let mut returned = Returned::default();
        returned.add(mark("a"));
        assert!(returned.has(&mark("a")) && !returned.has(&mark("b")));
    }

    #[test]
    fn a_clock_that_is_ahead_makes_nothing_forgotten_that_may_come_again() {
        let mark = |nanoseconds: i64| Mark::of(&json!({ "Action": "a", "timeNano": nanoseconds })).unwrap();
        let mut returned = Returned::default();
        returned.add(mark(1));
        returned.add(mark(60_000_000_000));
        assert!(returned.has(&mark(1)));
        (2..300).for_each(|nanoseconds| returned.add(mark(60_000_000_000 + nanoseconds)));
        assert!(!returned.has(&mark(1)) && returned.has(&mark(60_000_000_299)));
    }
}
