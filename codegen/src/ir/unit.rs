//! Units of numbers, and of the texts that are times; and the types of Rust that say them.

use serde::Deserialize;

/// The unit of a number or of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// A duration.
    Nanoseconds,
    /// A duration.
    Microseconds,
    /// A duration.
    Seconds,
    /// A point in time: seconds since 1970, with a fraction if it is a text.
    UnixSeconds,
    /// A point in time: nanoseconds since 1970.
    UnixNanoseconds,
    /// A point in time as text.
    Rfc3339,
    /// A size.
    Bytes,
    /// A rate.
    BytesPerSecond,
    /// Billionths of a CPU.
    NanoCpus,
    /// Time of CPUs: nanoseconds, and on Windows units of 100 nanoseconds.
    CpuTime,
    /// Hundredths.
    Percent,
    /// A number of things.
    Count,
    /// None: a number that names, orders or weighs something, and a text that may be a time or not.
    None,
}

/// The unit of a value, and the meaning of its special values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// The unit.
    pub unit: Unit,
    /// The special values of a duration.
    pub special: Special,
}

/// The special values of a duration.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Special {
    /// It has none, and is not negative.
    #[default]
    None,
    /// Zero is the engine's default.
    ZeroIsDefault,
    /// A negative number is no limit.
    NegativeIsUnlimited,
    /// A negative number is no limit, and zero sets none.
    ZeroIsUnset,
}

/// A time or a duration: its type in Rust, and its form in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time {
    /// The type in Rust.
    pub kind: TimeKind,
    /// The form in JSON.
    pub form: TimeForm,
}

/// Types of times and durations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "said at the types of the client")]
pub enum TimeKind {
    Duration,
    Period,
    TimeLimit,
    Quota,
    UnixTime,
    Timestamp,
}

/// Forms of times and durations in JSON, by their names in the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "said at the forms of the client")]
pub enum TimeForm {
    Nanoseconds,
    Microseconds,
    Seconds,
    UnixSeconds,
    UnixNanoseconds,
    DecimalSeconds,
    Rfc3339,
}

impl Unit {
    /// The word by which documentation names the unit, and a sentence for documentation that lacks it.
    pub fn sentence(self) -> Option<(&'static str, &'static str)> {
        match self {
            Unit::Nanoseconds => Some(("nanosecond", "Sent in nanoseconds.")),
            Unit::Microseconds => Some(("microsecond", "Sent in microseconds, and must be a whole number of them.")),
            Unit::Seconds => Some(("second", "Sent in seconds, and must be a whole number of them.")),
            Unit::Bytes => Some(("byte", "In bytes.")),
            Unit::BytesPerSecond => Some(("byte", "In bytes a second.")),
            Unit::NanoCpus => Some(("billionth", "In billionths of a CPU.")),
            Unit::CpuTime => Some(("nanosecond", "In nanoseconds; on Windows in units of 100 nanoseconds.")),
            Unit::Percent => Some(("percent", "In percent.")),
            Unit::UnixSeconds | Unit::UnixNanoseconds | Unit::Rfc3339 | Unit::Count | Unit::None => None,
        }
    }

    /// The name in the overlay and in schemas; `None` where it says nothing of a number.
    pub fn name(self) -> Option<&'static str> {
        Some(match self {
            Unit::Nanoseconds => "nanoseconds",
            Unit::Microseconds => "microseconds",
            Unit::Seconds => "seconds",
            Unit::UnixSeconds => "unix-seconds",
            Unit::UnixNanoseconds => "unix-nanoseconds",
            Unit::Rfc3339 => "rfc3339",
            Unit::Bytes => "bytes",
            Unit::BytesPerSecond => "bytes-per-second",
            Unit::NanoCpus => "nano-cpus",
            Unit::CpuTime => "cpu-time",
            Unit::Percent => "percent",
            Unit::Count | Unit::None => return None,
        })
    }
}
