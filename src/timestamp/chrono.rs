//! Conversions to and from the times of `chrono`.

use chrono::{DateTime, TimeZone, Utc};

use super::Timestamp;
use crate::unix_time::{InvalidTime, UnixTime};

impl TryFrom<UnixTime> for DateTime<Utc> {
    type Error = InvalidTime;

    /// Fails for years that `chrono` does not know.
    fn try_from(time: UnixTime) -> Result<Self, InvalidTime> {
        DateTime::from_timestamp(time.seconds(), time.subsec_nanoseconds())
            .ok_or_else(|| InvalidTime::new(&time.to_string(), "in the range of chrono::DateTime"))
    }
}

impl TryFrom<&Timestamp> for DateTime<Utc> {
    type Error = InvalidTime;

    /// Fails for a text that is no time.
    fn try_from(timestamp: &Timestamp) -> Result<Self, InvalidTime> {
        timestamp.unix_time()?.try_into()
    }
}

impl<Zone: TimeZone> From<DateTime<Zone>> for UnixTime {
    fn from(time: DateTime<Zone>) -> Self {
        Self::new(time.timestamp(), time.timestamp_subsec_nanos())
    }
}

impl<Zone: TimeZone> TryFrom<DateTime<Zone>> for Timestamp {
    type Error = InvalidTime;

    /// Fails for years before 0 and after 9999, which RFC 3339 cannot say.
    fn try_from(time: DateTime<Zone>) -> Result<Self, InvalidTime> {
        UnixTime::from(time).try_into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_the_same_time_as_chrono() {
        for text in ["2023-11-14T22:13:20.123456789Z", "1969-12-31T23:59:59.5+01:00", "0001-01-01T00:00:00Z"] {
            let timestamp: Timestamp = text.parse().unwrap();
            let time = DateTime::parse_from_rfc3339(text).unwrap();
            assert_eq!(DateTime::<Utc>::try_from(&timestamp).unwrap(), time, "{text}");
            assert_eq!(UnixTime::from(time), timestamp.unix_time().unwrap(), "{text}");
            assert_eq!(Timestamp::try_from(time).unwrap().unix_time(), timestamp.unix_time(), "{text}");
        }
        assert!(DateTime::<Utc>::try_from(UnixTime::new(i64::MAX, 0)).is_err());
    }
}
