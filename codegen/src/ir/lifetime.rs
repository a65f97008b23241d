//! In which API versions there is what.

/// The API versions that have something, as far as they are not all that we know.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lifetime {
    /// The first; `None` if the oldest has it.
    pub since: Option<(u32, u32)>,
    /// The last; `None` if the newest has it.
    pub until: Option<(u32, u32)>,
}

impl Lifetime {
    /// That of something which is there when one of two is.
    pub fn or(self, other: Self) -> Self {
        let until = self.until.zip(other.until).map(|(one, other)| one.max(other));
        Self { since: self.since.zip(other.since).map(|(one, other)| one.min(other)), until }
    }

    /// In words, as a sentence; nothing for all versions.
    pub fn sentence(self) -> String {
        let version = |(major, minor): (u32, u32)| format!("{major}.{minor}");
        match (self.since.map(version), self.until.map(version)) {
            (None, None) => String::new(),
            (Some(since), None) => format!("Since API {since}."),
            (None, Some(until)) => format!("Up to API {until}."),
            (Some(since), Some(until)) => format!("API {since} to {until}."),
        }
    }

    /// What is left to say where that of the whole has been said.
    pub fn beside(self, whole: Self) -> Self {
        Self {
            since: self.since.filter(|_| self.since != whole.since),
            until: self.until.filter(|_| self.until != whole.until),
        }
    }
}

/// Something that a caller can send and that not every version knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newer {
    /// The parameter or `body`, and the properties that lead on; `*` is any key of a map.
    pub path: Vec<String>,
    /// The member of an enumeration, if it is one.
    pub member: Option<String>,
    /// The versions that know it.
    pub lifetime: Lifetime,
}
