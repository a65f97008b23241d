//! Units of the numbers and times in a request.

/// The unit of an argument's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
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
    /// A point in time as text in RFC 3339.
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
    /// None: a number that names, orders or weighs something.
    None,
}
