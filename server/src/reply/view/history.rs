//! Compares the engine's history of events with the time that a call asks for.

use chrono::DateTime;
use serde_json::Value;

/// The past that a call asks for, and the oldest event that the engine can give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct History {
    /// The time asked for, in nanoseconds since 1970.
    pub since: i64,
    /// The time of the oldest event; `None` if the engine has none.
    pub oldest: Option<i64>,
}

impl History {
    /// A note, if the answer may lack events: it is empty, or begins before the history does.
    #[must_use]
    pub fn note(self, is_empty: bool) -> Option<String> {
        match self.oldest {
            Some(oldest) if self.since < oldest => Some(format!(
                "the engine's history begins at {}: earlier events, if any, are lost (Docker keeps 256, none from before its start)",
                rfc_3339(oldest)
            )),
            Some(oldest) if is_empty => {
                Some(format!("nothing such happened; the engine's history reaches back to {}", rfc_3339(oldest)))
            }
            None if is_empty => {
                Some("the engine's history is empty: Docker keeps none from before its start".to_owned())
            }
            _ => None,
        }
    }
}

/// The time of an event, in nanoseconds since 1970.
#[must_use]
pub fn time(event: &Value) -> Option<i64> {
    let seconds = || event["time"].as_i64()?.checked_mul(1_000_000_000);
    event["timeNano"].as_i64().or_else(seconds)
}

/// Unix seconds as arguments have them, `1795374158.464199918`, in nanoseconds.
#[must_use]
pub fn nanoseconds(seconds: &str) -> Option<i64> {
    let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    let fraction: i64 = format!("{:0<9}", fraction.get(..9.min(fraction.len()))?).parse().ok()?;
    whole.parse::<i64>().ok()?.checked_mul(1_000_000_000)?.checked_add(fraction)
}

/// Nanoseconds as Unix seconds, the inverse of [`nanoseconds`].
#[must_use]
pub fn unix_seconds(nanoseconds: i64) -> String {
    format!("{}.{:09}", nanoseconds.div_euclid(1_000_000_000), nanoseconds.rem_euclid(1_000_000_000))
}

/// `2026-11-22T19:02:33Z`.
#[must_use]
pub fn rfc_3339(nanoseconds: i64) -> String {
    DateTime::from_timestamp_nanos(nanoseconds).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_note_says_what_is_lost_and_how_far_back_the_history_reaches() {
        let oldest = nanoseconds("1795374158.464199918").unwrap();
        let history = |since, oldest| History { since, oldest };
        let lost = history(0, Some(oldest)).note(false).unwrap();
        assert!(
            lost.starts_with("the engine's history begins at 2026-11-22T19:02:38Z: earlier events, if any, are lost"),
            "{lost}"
        );
        assert_eq!(history(0, Some(oldest)).note(true), Some(lost));
        assert_eq!(history(oldest, Some(oldest)).note(false), None);
        let empty = history(oldest, Some(oldest)).note(true).unwrap();
        assert!(empty.ends_with("reaches back to 2026-11-22T19:02:38Z"), "{empty}");
        assert!(history(0, None).note(true).is_some() && history(0, None).note(false).is_none());
    }

    #[test]
    fn times_are_read_and_written() {
        assert_eq!(nanoseconds("1795374158.464199918"), Some(1_795_374_158_464_199_918));
        assert_eq!(
            [nanoseconds("5"), nanoseconds("5.5"), nanoseconds("x")],
            [Some(5_000_000_000), Some(5_500_000_000), None]
        );
        assert_eq!(unix_seconds(1_795_374_158_064_199_918), "1795374158.064199918");
        assert_eq!(
            [time(&json!({"time": 2})), time(&json!({"timeNano": 3, "time": 2})), time(&json!({}))],
            [Some(2_000_000_000), Some(3), None]
        );
    }
}
