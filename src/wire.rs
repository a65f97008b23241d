//! Times and durations as JSON has them, a number or a text in the unit of their property, and as Rust has them. A
//! value that does not fit is handed back unchanged.

use std::fmt;
use std::time::Duration;

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::period::{Period, Quota, TimeLimit};
use crate::timestamp::Timestamp;
use crate::unix_time::UnixTime;

/// A unit in which JSON has values of the type `T`.
pub(crate) trait Unit<T> {
    /// The form of a value in JSON, for messages: `a whole number of seconds`.
    const EXPECTED: &'static str;

    /// Reads a value.
    fn read(json: Value) -> Result<T, Value>;

    /// Writes a value; `None` if the unit cannot say it.
    fn write(value: &T) -> Option<Value>;
}

/// A unit of durations.
pub(crate) trait Span {
    const NANOSECONDS: u32;
    const EXPECTED: &'static str;
}

pub(crate) struct Nanoseconds;
pub(crate) struct Microseconds;
pub(crate) struct Seconds;
/// Seconds since 1970, a number.
pub(crate) struct UnixSeconds;
/// Nanoseconds since 1970, a number.
pub(crate) struct UnixNanoseconds;
/// Seconds since 1970 with a fraction, a text.
pub(crate) struct DecimalSeconds;
/// A text in RFC 3339.
pub(crate) struct Rfc3339;

impl Span for Nanoseconds {
    const NANOSECONDS: u32 = 1;
    const EXPECTED: &'static str = "a number of nanoseconds";
}

impl Span for Microseconds {
    const NANOSECONDS: u32 = 1_000;
    const EXPECTED: &'static str = "a whole number of microseconds";
}

impl Span for Seconds {
    const NANOSECONDS: u32 = 1_000_000_000;
    const EXPECTED: &'static str = "a whole number of seconds";
}

impl<U: Span> Unit<Duration> for U {
    const EXPECTED: &'static str = U::EXPECTED;

    fn read(json: Value) -> Result<Duration, Value> {
        let units_of_second = u64::from(1_000_000_000 / U::NANOSECONDS);
        let of_number = |number: u64| {
            let part = u32::try_from(number % units_of_second).ok()?;
            Some(Duration::new(number / units_of_second, part * U::NANOSECONDS))
        };
        json.as_u64().and_then(of_number).ok_or(json)
    }

    fn write(duration: &Duration) -> Option<Value> {
        let (nanoseconds, unit) = (duration.as_nanos(), u128::from(U::NANOSECONDS));
        let number = nanoseconds.is_multiple_of(unit).then_some(nanoseconds / unit)?;
        u64::try_from(number).ok().map(Value::from)
    }
}

impl<U: Span> Unit<Period> for U {
    const EXPECTED: &'static str = U::EXPECTED;

    fn read(json: Value) -> Result<Period, Value> {
        <U as Unit<Duration>>::read(json).map(Period::from)
    }

    fn write(period: &Period) -> Option<Value> {
        <U as Unit<Duration>>::write(&period.duration().unwrap_or_default())
    }
}

impl<U: Span> Unit<TimeLimit> for U {
    const EXPECTED: &'static str = U::EXPECTED;

    fn read(json: Value) -> Result<TimeLimit, Value> {
        match json.as_i64() {
            Some(-1) => Ok(TimeLimit::Unlimited),
            Some(number) if number < 0 => Ok(TimeLimit::Other(number)),
            _ => <U as Unit<Duration>>::read(json).map(TimeLimit::After),
        }
    }

    fn write(limit: &TimeLimit) -> Option<Value> {
        match limit {
            TimeLimit::After(duration) => <U as Unit<Duration>>::write(duration),
            TimeLimit::Unlimited => Some((-1).into()),
            TimeLimit::Other(number) => Some((*number).into()),
        }
    }
}

impl<U: Span> Unit<Quota> for U {
    const EXPECTED: &'static str = U::EXPECTED;

    fn read(json: Value) -> Result<Quota, Value> {
        match json.as_i64() {
            Some(-1) => Ok(Quota::Unlimited),
            Some(number) if number < 0 => Ok(Quota::Other(number)),
            _ => <U as Unit<Duration>>::read(json).map(Quota::from),
        }
    }

    fn write(quota: &Quota) -> Option<Value> {
        match quota {
            Quota::Unset => Some(0.into()),
            Quota::Lasting(duration) => <U as Unit<Duration>>::write(duration),
            Quota::Unlimited => Some((-1).into()),
            Quota::Other(number) => Some((*number).into()),
        }
    }
}

impl Unit<UnixTime> for UnixSeconds {
    const EXPECTED: &'static str = "a whole number of seconds since 1970";

    fn read(json: Value) -> Result<UnixTime, Value> {
        json.as_i64().map(|seconds| UnixTime::new(seconds, 0)).ok_or(json)
    }

    fn write(time: &UnixTime) -> Option<Value> {
        (time.subsec_nanoseconds() == 0).then(|| time.seconds().into())
    }
}

impl Unit<UnixTime> for UnixNanoseconds {
    const EXPECTED: &'static str = "a number of nanoseconds since 1970";

    fn read(json: Value) -> Result<UnixTime, Value> {
        json.as_i64().and_then(|nanoseconds| UnixTime::from_nanoseconds(nanoseconds.into())).ok_or(json)
    }

    fn write(time: &UnixTime) -> Option<Value> {
        i64::try_from(time.nanoseconds()).ok().map(Value::from)
    }
}

impl Unit<UnixTime> for DecimalSeconds {
    const EXPECTED: &'static str = "seconds since 1970 such as \"1700000000.25\"";

    fn read(json: Value) -> Result<UnixTime, Value> {
        match &json {
            Value::String(text) => text.parse().ok(),
            Value::Number(number) => number.to_string().parse().ok(),
            _ => None,
        }
        .ok_or(json)
    }

    fn write(time: &UnixTime) -> Option<Value> {
        Some(time.to_string().into())
    }
}

impl Unit<Timestamp> for Rfc3339 {
    const EXPECTED: &'static str = "a time of the form 2023-11-14T22:13:20.25+01:00";

    fn read(json: Value) -> Result<Timestamp, Value> {
        match json {
            Value::String(text) => Ok(Timestamp::as_sent(text)),
            json => Err(json),
        }
    }

    fn write(timestamp: &Timestamp) -> Option<Value> {
        Some(timestamp.as_str().into())
    }
}

/// Writes a value in a unit.
struct InUnit<'a, U, T>(&'a T, std::marker::PhantomData<U>);

impl<U: Unit<T>, T: fmt::Debug> Serialize for InUnit<'_, U, T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let refused = || S::Error::custom(format!("{:?} is not {}", self.0, U::EXPECTED));
        U::write(self.0).ok_or_else(refused)?.serialize(to)
    }
}

/// A value as an argument of a call.
pub(crate) fn argument<U: Unit<T>, T: fmt::Debug>(value: &T) -> impl Serialize {
    InUnit::<U, T>(value, std::marker::PhantomData)
}

/// Writes a field.
pub(crate) fn write<U: Unit<T>, T: fmt::Debug, S: Serializer>(field: &Option<T>, to: S) -> Result<S::Ok, S::Error> {
    field.as_ref().map(argument::<U, T>).serialize(to)
}

/// Reads an optional argument.
pub(crate) fn read<'de, U: Unit<T>, T, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    let json: Option<Value> = Option::deserialize(from)?;
    let refused = |json| D::Error::custom(format!("expected {}, got {json}", U::EXPECTED));
    json.map(U::read).transpose().map_err(refused)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Reads a value, and checks that it is written as it came.
    #[track_caller]
    fn reread<U: Unit<T>, T: fmt::Debug>(json: Value) -> T {
        let value = U::read(json.clone()).unwrap();
        assert_eq!(serde_json::to_value(argument::<U, T>(&value)).unwrap(), json);
        value
    }

    #[test]
    fn a_duration_has_the_unit_of_its_property() {
        assert_eq!(reread::<Nanoseconds, Duration>(json!(1_500_000_000)), Duration::from_millis(1_500));
        assert_eq!(reread::<Microseconds, Duration>(json!(1_500_000)), Duration::from_millis(1_500));
        assert_eq!(reread::<Seconds, Duration>(json!(90)), Duration::from_secs(90));
        for largest in [reread::<Nanoseconds, Duration>, reread::<Microseconds, Duration>, reread::<Seconds, Duration>]
        {
            largest(json!(u64::MAX));
        }
    }

    #[test]
    fn special_values_are_said_by_the_type() {
        assert_eq!(reread::<Nanoseconds, Period>(json!(0)), Period::Default);
        assert_eq!(reread::<Nanoseconds, Period>(json!(5)), Duration::from_nanos(5).into());
        assert_eq!(reread::<Seconds, TimeLimit>(json!(-1)), TimeLimit::Unlimited);
        assert_eq!(reread::<Seconds, TimeLimit>(json!(-7)), TimeLimit::Other(-7));
        assert_eq!(reread::<Seconds, TimeLimit>(json!(0)), Duration::ZERO.into());
        assert_eq!(reread::<Seconds, TimeLimit>(json!(10)), Duration::from_secs(10).into());
        assert_eq!(reread::<Microseconds, Quota>(json!(0)), Quota::Unset);
        assert_eq!(reread::<Microseconds, Quota>(json!(-1)), Quota::Unlimited);
        assert_eq!(reread::<Microseconds, Quota>(json!(-7)), Quota::Other(-7));
        assert_eq!(reread::<Microseconds, Quota>(json!(50_000)), Duration::from_millis(50).into());
    }

    #[test]
    fn times_keep_all_that_they_came_with() {
        assert_eq!(reread::<UnixSeconds, UnixTime>(json!(-62_135_596_800_i64)), UnixTime::new(-62_135_596_800, 0));
        assert_eq!(
            reread::<UnixNanoseconds, UnixTime>(json!(1_700_000_000_000_000_001_i64)),
            UnixTime::new(1_700_000_000, 1)
        );
        assert_eq!(reread::<DecimalSeconds, UnixTime>(json!("1700000000.000000001")), UnixTime::new(1_700_000_000, 1));
        assert_eq!(reread::<Rfc3339, Timestamp>(json!("2023-11-14T22:13:20.10Z")), "2023-11-14T22:13:20.10Z");
    }

    #[test]
    fn what_does_not_fit_is_handed_back() {
        for json in [json!(-1), json!(1.5), json!("1"), json!([1]), json!({})] {
            assert_eq!(<Seconds as Unit<Duration>>::read(json.clone()), Err(json));
        }
        assert_eq!(<Nanoseconds as Unit<Period>>::read(json!(-1)), Err(json!(-1)));
        assert_eq!(<UnixSeconds as Unit<UnixTime>>::read(json!("2020-01-01")), Err(json!("2020-01-01")));
        assert_eq!(<Rfc3339 as Unit<Timestamp>>::read(json!(7)), Err(json!(7)));
    }

    #[test]
    fn what_a_unit_cannot_say_is_refused() {
        let refused =
            |value: Duration| serde_json::to_value(argument::<Seconds, Duration>(&value)).unwrap_err().to_string();
        assert_eq!(refused(Duration::from_millis(1_500)), "1.5s is not a whole number of seconds");
        let time = UnixTime::new(1, 1);
        assert!(serde_json::to_value(argument::<UnixSeconds, UnixTime>(&time)).is_err());
        assert!(serde_json::to_value(argument::<Nanoseconds, Duration>(&Duration::MAX)).is_err());
    }
}
