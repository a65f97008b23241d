//! A point in time as a number of seconds since 1970, with nanoseconds: `1700000000.25` in text, and as the system's
//! type.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const SECOND: i128 = 1_000_000_000;

/// A point in time, to the nanosecond: seconds since 1970 in UTC.
///
/// Options such as `since` and `until` take one, and anything that converts into one, such as a [`SystemTime`]. With
/// the cargo features `jiff`, `chrono` and `time` the types of those crates convert too.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use dockwright::UnixTime;
///
/// let ten_minutes_ago = UnixTime::from(SystemTime::now() - Duration::from_secs(600));
/// assert!(ten_minutes_ago < UnixTime::from(SystemTime::now()));
/// assert_eq!("1700000000.25".parse(), Ok(UnixTime::new(1_700_000_000, 250_000_000)));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime {
    seconds: i64,
    /// Below a second, and added to the seconds, also before 1970.
    nanoseconds: u32,
}

/// A text is no time, or a time is out of range of the type that it is to become.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {expected}")]
pub struct InvalidTime {
    text: String,
    expected: &'static str,
}

impl InvalidTime {
    pub(crate) fn new(text: &str, expected: &'static str) -> Self {
        Self { text: text.chars().take(40).collect(), expected }
    }
}

impl UnixTime {
    /// A time from seconds since 1970, negative before, and nanoseconds that are added to them. A second or more of
    /// nanoseconds is carried over; at the end of the range the time stays there.
    #[must_use]
    pub const fn new(seconds: i64, nanoseconds: u32) -> Self {
        match seconds.checked_add((nanoseconds / 1_000_000_000) as i64) {
            Some(seconds) => Self { seconds, nanoseconds: nanoseconds % 1_000_000_000 },
            None => Self { seconds: i64::MAX, nanoseconds: 999_999_999 },
        }
    }

    /// The whole seconds since 1970, rounded down.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.seconds
    }

    /// The nanoseconds after [`seconds`](Self::seconds), less than a second.
    #[must_use]
    pub const fn subsec_nanoseconds(self) -> u32 {
        self.nanoseconds
    }

    /// All nanoseconds since 1970.
    #[must_use]
    pub const fn nanoseconds(self) -> i128 {
        self.seconds as i128 * SECOND + self.nanoseconds as i128
    }

    /// The time that lies this many nanoseconds after 1970; `None` if seconds of 64 bits cannot hold it.
    pub(crate) fn from_nanoseconds(nanoseconds: i128) -> Option<Self> {
        let seconds = i64::try_from(nanoseconds.div_euclid(SECOND)).ok()?;
        Some(Self { seconds, nanoseconds: u32::try_from(nanoseconds.rem_euclid(SECOND)).ok()? })
    }
}

/// Writes the seconds, and nine decimal places if there is a fraction. It is the form that the engine reads.
impl fmt::Display for UnixTime {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.nanoseconds {
            0 => write!(out, "{}", self.seconds),
            nanoseconds => write!(out, "{}.{nanoseconds:09}", self.seconds),
        }
    }
}

impl FromStr for UnixTime {
    type Err = InvalidTime;

    /// Reads `1700000000` and `1700000000.25`. Before 1970 the fraction is added too, as the engine does.
    fn from_str(text: &str) -> Result<Self, InvalidTime> {
        let invalid = || InvalidTime::new(text, "a number of seconds such as 1700000000.25");
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let are_digits = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !are_digits(whole.strip_prefix('-').unwrap_or(whole)) || !are_digits(fraction) || fraction.len() > 9 {
            return Err(invalid());
        }
        let nanoseconds = format!("{fraction:0<9}").parse().map_err(|_| invalid())?;
        Ok(Self { seconds: whole.parse().map_err(|_| invalid())?, nanoseconds })
    }
}

impl From<SystemTime> for UnixTime {
    /// Converts exactly; a time beyond seconds of 64 bits becomes the last that they hold.
    fn from(time: SystemTime) -> Self {
        let nanoseconds = |duration: Duration| i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX);
        let since = match time.duration_since(UNIX_EPOCH) {
            Ok(after) => nanoseconds(after),
            Err(before) => -nanoseconds(before.duration()),
        };
        Self::from_nanoseconds(since).unwrap_or(Self { seconds: i64::MAX, nanoseconds: 999_999_999 })
    }
}

impl TryFrom<UnixTime> for SystemTime {
    type Error = InvalidTime;

    /// Fails for times that the operating system has no room for.
    fn try_from(time: UnixTime) -> Result<Self, InvalidTime> {
        let seconds = Duration::from_secs(time.seconds.unsigned_abs());
        let second = if time.seconds < 0 { UNIX_EPOCH.checked_sub(seconds) } else { UNIX_EPOCH.checked_add(seconds) };
        second
            .and_then(|second| second.checked_add(Duration::from_nanos(time.nanoseconds.into())))
            .ok_or_else(|| InvalidTime::new(&time.to_string(), "in the range of the system's clock"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_as_the_engine_reads_it_and_read_back() {
        for (text, seconds, nanoseconds) in [
            ("0", 0, 0),
            ("1700000000", 1_700_000_000, 0),
            ("1700000000.250000000", 1_700_000_000, 250_000_000),
            ("1700000000.000000001", 1_700_000_000, 1),
            ("-62135596800", -62_135_596_800, 0),
            // Half a second before 1970.
            ("-1.500000000", -1, 500_000_000),
        ] {
            let time = UnixTime::new(seconds, nanoseconds);
            assert_eq!(time.to_string(), text);
            assert_eq!(text.parse(), Ok(time));
        }
    }

    #[test]
    fn refuses_what_is_no_number_of_seconds() {
        for text in ["", "1.", ".5", "+1", "1e9", "1.-5", "--1", "10m", "1.0000000001", "99999999999999999999"] {
            assert!(text.parse::<UnixTime>().is_err(), "{text}");
        }
    }

    #[test]
    fn converts_to_the_systems_time_and_back() {
        for time in [UnixTime::new(0, 0), UnixTime::new(1_700_000_000, 1), UnixTime::new(-1, 500_000_000)] {
            assert_eq!(UnixTime::from(SystemTime::try_from(time).unwrap()), time);
        }
        let half_a_second_before = UNIX_EPOCH - Duration::from_millis(500);
        assert_eq!(UnixTime::from(half_a_second_before), UnixTime::new(-1, 500_000_000));
    }

    #[test]
    fn carries_nanoseconds_over() {
        assert_eq!(UnixTime::new(1, 2_500_000_000), UnixTime::new(3, 500_000_000));
        assert_eq!(UnixTime::new(i64::MAX, 1_000_000_000), UnixTime::new(i64::MAX, 999_999_999));
    }
}
