//! A point in time as the engine writes it, in RFC 3339: the text itself, and the time that it means.

mod calendar;
#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "jiff")]
mod jiff;
#[cfg(feature = "time")]
mod time;

use std::fmt;
use std::str::FromStr;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::unix_time::{InvalidTime, UnixTime};

/// The zero time of Go, which engines send for a time that there is not: a container that has never ended.
const ZERO: &str = "0001-01-01T00:00:00Z";

/// A point in time in an answer, such as `2023-11-14T22:13:20.123456789Z`.
///
/// It holds the engine's text to the byte, so that what is written back is what came, and converts when asked to:
/// [`system_time`](Self::system_time), [`unix_time`](Self::unix_time), and with the cargo features `jiff`, `chrono` and
/// `time` into the types of those crates. It holds any text an engine sends; the conversions fail for one that is no
/// time.
///
/// Two are equal if their texts are. They have no order, because texts of one moment differ (`Z`, `+00:00`): compare
/// what [`unix_time`](Self::unix_time) returns.
///
/// ```
/// use dockwright::Timestamp;
///
/// let created: Timestamp = "2023-11-14T23:13:20.25+01:00".parse()?;
/// assert_eq!(created.unix_time()?.to_string(), "1700000000.250000000");
/// assert_eq!(created.to_string(), "2023-11-14T23:13:20.25+01:00");
/// assert!(Timestamp::ZERO_TEXT.parse::<Timestamp>()?.is_zero());
/// # Ok::<(), dockwright::InvalidTime>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(String);

impl Timestamp {
    /// The text of Go's zero time, which stands for "never".
    pub const ZERO_TEXT: &str = ZERO;

    /// The text, as the engine wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text of an engine, whatever it is.
    pub(crate) fn as_sent(text: String) -> Self {
        Self(text)
    }

    /// Returns true if there is no time: it is Go's zero time, or an empty text.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.0 == ZERO || self.0.is_empty() || self.unix_time().is_ok_and(|time| time == calendar::GO_ZERO)
    }

    /// The time that it means. Digits beyond nanoseconds are left out.
    ///
    /// # Errors
    /// If the text is not of the form `2023-11-14T22:13:20.25+01:00`.
    pub fn unix_time(&self) -> Result<UnixTime, InvalidTime> {
        calendar::parse(&self.0)
            .ok_or_else(|| InvalidTime::new(&self.0, "a time of the form 2023-11-14T22:13:20.25+01:00"))
    }

    /// The time that it means, as the system's type.
    ///
    /// # Errors
    /// If the text is not of the form `2023-11-14T22:13:20.25+01:00`, or the operating system has no room for the time.
    pub fn system_time(&self) -> Result<SystemTime, InvalidTime> {
        self.unix_time()?.try_into()
    }
}

impl Default for Timestamp {
    /// Go's zero time.
    fn default() -> Self {
        Self(ZERO.to_owned())
    }
}

/// Writes the engine's text.
impl fmt::Display for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(&self.0)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Timestamp({})", self.0.escape_debug())
    }
}

impl AsRef<str> for Timestamp {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Timestamp {
    fn eq(&self, text: &str) -> bool {
        self.0 == text
    }
}

impl PartialEq<&str> for Timestamp {
    fn eq(&self, text: &&str) -> bool {
        self.0 == *text
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTime;

    /// Keeps a text of RFC 3339, and refuses any other.
    fn from_str(text: &str) -> Result<Self, InvalidTime> {
        let timestamp = Self(text.to_owned());
        timestamp.unix_time().map(|_| timestamp)
    }
}

impl TryFrom<&Timestamp> for UnixTime {
    type Error = InvalidTime;

    fn try_from(timestamp: &Timestamp) -> Result<Self, InvalidTime> {
        timestamp.unix_time()
    }
}

impl TryFrom<&Timestamp> for SystemTime {
    type Error = InvalidTime;

    fn try_from(timestamp: &Timestamp) -> Result<Self, InvalidTime> {
        timestamp.system_time()
    }
}

impl TryFrom<UnixTime> for Timestamp {
    type Error = InvalidTime;

    /// Writes the time in UTC, as Go does. Fails for years before 0 and after 9999, which RFC 3339 cannot say.
    fn try_from(time: UnixTime) -> Result<Self, InvalidTime> {
        let text = calendar::format(time);
        text.map(Self).ok_or_else(|| InvalidTime::new(&time.to_string(), "in the years 0 to 9999"))
    }
}

impl TryFrom<SystemTime> for Timestamp {
    type Error = InvalidTime;

    /// Writes the time in UTC, as Go does. Fails for years before 0 and after 9999, which RFC 3339 cannot say.
    fn try_from(time: SystemTime) -> Result<Self, InvalidTime> {
        UnixTime::from(time).try_into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(text: &str) -> Timestamp {
        serde_json::from_value(text.into()).unwrap()
    }

    #[test]
    fn keeps_any_text_of_an_engine_to_the_byte() {
        for text in ["2023-11-14T22:13:20.120Z", "2023-11-14T22:13:20+00:00", ZERO, "", "N/A"] {
            assert_eq!(serde_json::to_value(held(text)).unwrap(), text);
            assert_eq!(held(text).to_string(), text);
        }
    }

    #[test]
    fn knows_the_zero_time_in_every_form() {
        for text in [ZERO, "", "0001-01-01T00:00:00.000Z", "0001-01-01T01:00:00+01:00"] {
            assert!(held(text).is_zero(), "{text}");
        }
        for text in ["1970-01-01T00:00:00Z", "0001-01-01T00:00:00+01:00", "never"] {
            assert!(!held(text).is_zero(), "{text}");
        }
        assert!(Timestamp::default().is_zero());
    }

    #[test]
    fn converts_to_the_systems_time_and_back() {
        let now = SystemTime::now();
        let timestamp = Timestamp::try_from(now).unwrap();
        assert_eq!(timestamp.system_time().unwrap(), now);
        assert_eq!(SystemTime::try_from(&timestamp).unwrap(), now);
        assert!(held("2023-11-14").system_time().is_err());
        assert!("2023-11-14".parse::<Timestamp>().is_err());
    }
}
