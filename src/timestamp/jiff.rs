//! Conversions to and from the times of `jiff`.

use jiff::Timestamp as Time;

use super::Timestamp;
use crate::unix_time::{InvalidTime, UnixTime};

impl TryFrom<UnixTime> for Time {
    type Error = InvalidTime;

    /// Fails for years that `jiff` does not know.
    fn try_from(time: UnixTime) -> Result<Self, InvalidTime> {
        Time::from_nanosecond(time.nanoseconds())
            .map_err(|_| InvalidTime::new(&time.to_string(), "in the range of jiff::Timestamp"))
    }
}

impl TryFrom<&Timestamp> for Time {
    type Error = InvalidTime;

    /// Fails for a text that is no time.
    fn try_from(timestamp: &Timestamp) -> Result<Self, InvalidTime> {
        timestamp.unix_time()?.try_into()
    }
}

impl From<Time> for UnixTime {
    fn from(time: Time) -> Self {
        Self::from_nanoseconds(time.as_nanosecond()).expect("jiff's years are fewer")
    }
}

impl TryFrom<Time> for Timestamp {
    type Error = InvalidTime;

    /// Fails for years before 0, which RFC 3339 cannot say.
    fn try_from(time: Time) -> Result<Self, InvalidTime> {
        UnixTime::from(time).try_into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_the_same_time_as_jiff() {
        for text in ["2023-11-14T22:13:20.123456789Z", "1969-12-31T23:59:59.5+01:00", "0001-01-01T00:00:00Z"] {
            let timestamp: Timestamp = text.parse().unwrap();
            let time: Time = text.parse().unwrap();
            assert_eq!(Time::try_from(&timestamp).unwrap(), time, "{text}");
            assert_eq!(UnixTime::from(time), timestamp.unix_time().unwrap(), "{text}");
            assert_eq!(Timestamp::try_from(time).unwrap().to_string(), time.to_string(), "{text}");
        }
        assert!(Time::try_from(UnixTime::new(i64::MAX, 0)).is_err());
    }
}
