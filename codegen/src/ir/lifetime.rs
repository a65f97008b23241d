//! API versions that have something.

/// The API versions that have something; open ends reach to the oldest and newest known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lifetime {
    /// The first; `None` if the oldest has it.
    pub since: Option<(u32, u32)>,
    /// The last; `None` if the newest has it.
    pub until: Option<(u32, u32)>,
}

impl Lifetime {
    /// The lifetime of something that exists while one of two does.
    pub fn or(self, other: Self) -> Self {
        let until = self.until.zip(other.until).map(|(one, other)| one.max(other));
        Self { since: self.since.zip(other.since).map(|(one, other)| one.min(other)), until }
    }

    /// A sentence such as `Since API 1.44.`; empty for all versions.
    pub fn sentence(self) -> String {
        let version = |(major, minor): (u32, u32)| format!("{major}.{minor}");
        match (self.since.map(version), self.until.map(version)) {
            (None, None) => String::new(),
            (Some(since), None) => format!("Since API {since}."),
            (None, Some(until)) => format!("Up to API {until}."),
            (Some(since), Some(until)) => format!("API {since} to {until}."),
        }
    }

    /// The ends that differ from those of the whole.
    pub fn relative_to(self, whole: Self) -> Self {
        Self {
            since: self.since.filter(|_| self.since != whole.since),
            until: self.until.filter(|_| self.until != whole.until),
        }
    }
}

/// A part of a request that not every version knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned {
    /// The parameter or `body`, and the properties below it; `*` is any key of a map.
    pub path: Vec<String>,
    /// The member of an enumeration, if it is one.
    pub member: Option<String>,
    /// The versions that know it.
    pub lifetime: Lifetime,
}
