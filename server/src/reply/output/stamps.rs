//! The time that an engine puts before each line of a log, `2026-01-02T03:04:05.000000006Z text`.

use std::borrow::Cow;

use chrono::DateTime;
use memchr::{memchr, memmem};

/// The longest time, with an offset and the space after it.
const STAMP_BYTES: usize = "2026-01-02T03:04:05.000000006+00:00 ".len();
/// The least bytes of a line that comes in parts: engines log longer lines so, and put the time before each part.
const PART_BYTES: usize = 16 * 1024;

/// A line with its time.
#[derive(Debug, PartialEq, Eq)]
pub struct StampedLine<'a> {
    /// The nanoseconds since the beginning of 1970.
    pub time: i64,
    /// The time as it was written, with the space after it.
    pub stamp: &'a [u8],
    /// The line without it.
    pub text: Cow<'a, [u8]>,
}

/// Takes the time off a line; `None` if it begins with none.
#[must_use]
pub fn split_stamp(line: &[u8]) -> Option<StampedLine<'_>> {
    if line.get(10) != Some(&b'T') {
        return None;
    }
    let end = memchr(b' ', &line[..line.len().min(STAMP_BYTES)])?;
    let stamp = std::str::from_utf8(&line[..end]).ok()?;
    let time = DateTime::parse_from_rfc3339(stamp).ok()?.timestamp_nanos_opt()?;
    let (stamp, text) = line.split_at(end + 1);
    Some(StampedLine { time, stamp, text: without_repeats(text, stamp) })
}

/// Takes out the times of the other parts of a long line, which all have that of the first.
fn without_repeats<'a>(text: &'a [u8], stamp: &[u8]) -> Cow<'a, [u8]> {
    if text.len() < PART_BYTES {
        return text.into();
    }
    let mut whole = Vec::new();
    let mut rest = text;
    while let Some(at) = memmem::find(rest, stamp) {
        whole.extend_from_slice(&rest[..at]);
        rest = &rest[at + stamp.len()..];
    }
    if whole.is_empty() && rest.len() == text.len() {
        return text.into();
    }
    whole.extend_from_slice(rest);
    whole.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(line: &str) -> Option<(i64, String)> {
        let stamped = split_stamp(line.as_bytes())?;
        assert_eq!([stamped.stamp, &line.as_bytes()[stamped.stamp.len()..]].concat(), line.as_bytes());
        Some((stamped.time, String::from_utf8(stamped.text.into_owned()).unwrap()))
    }

    #[test]
    fn a_time_is_read_as_engines_write_it() {
        for (line, time, text) in [
            ("1970-01-01T00:00:01.000000002Z text", 1_000_000_002, "text"),
            ("1970-01-01T00:00:01Z ", 1_000_000_000, ""),
            ("1970-01-01T02:00:00.5+02:00  a b", 500_000_000, " a b"),
        ] {
            assert_eq!(split(line), Some((time, text.to_owned())));
        }
        for line in
            ["", "text", "1970-01-01T00:00:01Z", "1970-01-01T text", "1970-13-01T00:00:01Z x", "Content-Type: T x"]
        {
            assert_eq!(split(line), None, "{line}");
        }
        assert_eq!(split_stamp(b"\xff970-01-01T00:00:01Z x"), None);
    }

    #[test]
    fn the_parts_of_a_long_line_lose_their_times() {
        let stamp = "2026-01-01T00:00:01.000000002Z ";
        let part = "x".repeat(PART_BYTES);
        let line = format!("{stamp}{part}{stamp}{part}{stamp}end");
        assert_eq!(split_stamp(line.as_bytes()).unwrap().text, format!("{part}{part}end").as_bytes());
        let other = format!("{stamp}{part}2026-01-01T00:00:01.000000003Z end");
        assert_eq!(split_stamp(other.as_bytes()).unwrap().text, &other.as_bytes()[stamp.len()..]);
        let short = format!("{stamp}saw {stamp}today");
        assert_eq!(split_stamp(short.as_bytes()).unwrap().text, format!("saw {stamp}today").as_bytes());
    }
}
