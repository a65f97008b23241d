//! Conversions to and from the times of `time`.

use time::OffsetDateTime;

use super::Timestamp;
use crate::unix_time::{InvalidTime, UnixTime};

impl TryFrom<UnixTime> for OffsetDateTime {
    type Error = InvalidTime;

    /// Fails for years that `time` does not know.
    fn try_from(time: UnixTime) -> Result<Self, InvalidTime> {
        OffsetDateTime::from_unix_timestamp_nanos(time.nanoseconds())
            .map_err(|_| InvalidTime::new(&time.to_string(), "in the range of time::OffsetDateTime"))
    }
}

impl TryFrom<&Timestamp> for OffsetDateTime {
    type Error = InvalidTime;

    /// Fails for a text that is no time.
    fn try_from(timestamp: &Timestamp) -> Result<Self, InvalidTime> {
        timestamp.unix_time()?.try_into()
    }
}

impl From<OffsetDateTime> for UnixTime {
    fn from(time: OffsetDateTime) -> Self {
        Self::new(time.unix_timestamp(), time.nanosecond())
    }
}

impl TryFrom<OffsetDateTime> for Timestamp {
    type Error = InvalidTime;

    /// Fails for years before 0 and after 9999, which RFC 3339 cannot say.
    fn try_from(time: OffsetDateTime) -> Result<Self, InvalidTime> {
        UnixTime::from(time).try_into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn converts_there_and_back() {
        for text in ["2023-11-14T22:13:20.123456789Z", "1969-12-31T22:59:59.5Z", "0001-01-01T00:00:00Z"] {
            let timestamp: Timestamp = text.parse().unwrap();
            let time = OffsetDateTime::try_from(&timestamp).unwrap();
            assert_eq!(UnixTime::from(time), timestamp.unix_time().unwrap(), "{text}");
            assert_eq!(Timestamp::try_from(time).unwrap(), timestamp, "{text}");
        }
        let time = OffsetDateTime::try_from(&"2023-11-14T23:13:20+01:00".parse::<Timestamp>().unwrap()).unwrap();
        assert_eq!((time.year(), u8::from(time.month()), time.day(), time.hour()), (2023, 11, 14, 22));
        assert!(OffsetDateTime::try_from(UnixTime::new(i64::MAX, 0)).is_err());
    }
}
