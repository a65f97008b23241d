//! Durations to which an engine gives special values: zero for its default, a negative number for no limit.

use std::time::Duration;

/// A duration, or the engine's default, which travels as `0`.
///
/// ```
/// # use std::time::Duration;
/// # use dockwright::Period;
/// assert_eq!(Period::from(Duration::from_secs(30)).duration(), Some(Duration::from_secs(30)));
/// assert_eq!(Period::from(Duration::ZERO), Period::Default);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Period {
    /// `0`: what the image, the engine or the swarm has for it.
    #[default]
    Default,
    /// This long.
    Lasting(Duration),
}

impl Period {
    /// The duration; `None` for the default.
    #[must_use]
    pub const fn duration(self) -> Option<Duration> {
        match self {
            Self::Lasting(duration) if !duration.is_zero() => Some(duration),
            Self::Lasting(_) | Self::Default => None,
        }
    }
}

impl From<Duration> for Period {
    /// A duration of zero is the default.
    fn from(duration: Duration) -> Self {
        if duration.is_zero() { Self::Default } else { Self::Lasting(duration) }
    }
}

/// A duration, or no limit, which travels as `-1`.
///
/// ```
/// # use std::time::Duration;
/// # use dockwright::TimeLimit;
/// assert_eq!(TimeLimit::from(Duration::from_secs(30)).duration(), Some(Duration::from_secs(30)));
/// assert_eq!(TimeLimit::Unlimited.duration(), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeLimit {
    /// This long; zero too is a duration.
    After(Duration),
    /// `-1`: no limit.
    Unlimited,
    /// Another negative number, which engines mostly take for no limit too. It is written back as it came.
    Other(i64),
}

impl TimeLimit {
    /// The duration; `None` if there is no limit.
    #[must_use]
    pub const fn duration(self) -> Option<Duration> {
        match self {
            Self::After(duration) => Some(duration),
            Self::Unlimited | Self::Other(_) => None,
        }
    }
}

impl Default for TimeLimit {
    /// A duration of zero, as in Go.
    fn default() -> Self {
        Self::After(Duration::ZERO)
    }
}

impl From<Duration> for TimeLimit {
    fn from(duration: Duration) -> Self {
        Self::After(duration)
    }
}

/// A part of each period in which processors may be used, or no limit, which travels as `0` or `-1`.
///
/// ```
/// # use std::time::Duration;
/// # use dockwright::Quota;
/// assert_eq!(Quota::from(Duration::from_millis(50)).duration(), Some(Duration::from_millis(50)));
/// assert_eq!(Quota::from(Duration::ZERO), Quota::Unset);
/// assert_eq!(Quota::Unset.duration(), None);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Quota {
    /// `0`: a container that is made has no limit, and one that is changed keeps what it has.
    #[default]
    Unset,
    /// This long.
    Lasting(Duration),
    /// `-1`: no limit, also for a container that had one.
    Unlimited,
    /// Another negative number, which engines mostly take for no limit too. It is written back as it came.
    Other(i64),
}

impl Quota {
    /// The duration; `None` if there is no limit.
    #[must_use]
    pub const fn duration(self) -> Option<Duration> {
        match self {
            Self::Lasting(duration) if !duration.is_zero() => Some(duration),
            Self::Lasting(_) | Self::Unset | Self::Unlimited | Self::Other(_) => None,
        }
    }
}

impl From<Duration> for Quota {
    /// A duration of zero sets none.
    fn from(duration: Duration) -> Self {
        if duration.is_zero() { Self::Unset } else { Self::Lasting(duration) }
    }
}
