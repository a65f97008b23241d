//! A set that travels as a JSON object whose values are all `{}`, as Go writes `map[string]struct{}`.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A set of strings, in JSON `{"80/tcp": {}}`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObjectSet(BTreeSet<String>);

impl ObjectSet {
    /// Adds a member.
    pub fn insert(&mut self, member: impl Into<String>) -> bool {
        self.0.insert(member.into())
    }

    /// Returns true if it is a member.
    pub fn contains(&self, member: &str) -> bool {
        self.0.contains(member)
    }

    /// The members, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// The number of members.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns true if there are no members.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: Into<String>> FromIterator<T> for ObjectSet {
    fn from_iter<I: IntoIterator<Item = T>>(members: I) -> Self {
        Self(members.into_iter().map(Into::into).collect())
    }
}

impl IntoIterator for ObjectSet {
    type Item = String;
    type IntoIter = std::collections::btree_set::IntoIter<String>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Serialize for ObjectSet {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Empty {}
        to.collect_map(self.0.iter().map(|member| (member, Empty {})))
    }
}

impl<'de> Deserialize<'de> for ObjectSet {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = ObjectSet;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object with empty objects as values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<ObjectSet, A::Error> {
        let mut set = ObjectSet::default();
        while let Some((member, IgnoredAny)) = entries.next_entry::<String, IgnoredAny>()? {
            set.insert(member);
        }
        Ok(set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn travels_as_an_object_of_empty_objects() {
        let set: ObjectSet = ["80/tcp", "53/udp"].into_iter().collect();
        let json = serde_json::to_string(&set).unwrap();
        assert_eq!(json, r#"{"53/udp":{},"80/tcp":{}}"#);
        assert_eq!(serde_json::from_str::<ObjectSet>(&json).unwrap(), set);
    }
}
