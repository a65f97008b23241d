//! A set that travels as a JSON object whose values are all `{}`, as Go writes `map[string]struct{}`.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// A set of strings, in JSON `{"80/tcp": {}}`. If a newer engine says more of a member than `{}`, that is kept and
/// written back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObjectSet(BTreeMap<String, Option<Value>>);

impl ObjectSet {
    /// Adds a member. Returns false if it is there already.
    pub fn insert(&mut self, member: impl Into<String>) -> bool {
        let member = member.into();
        let is_new = !self.0.contains_key(&member);
        if is_new {
            self.0.insert(member, None);
        }
        is_new
    }

    /// Returns true if it is a member.
    pub fn contains(&self, member: &str) -> bool {
        self.0.contains_key(member)
    }

    /// The members, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
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
        Self(members.into_iter().map(|member| (member.into(), None)).collect())
    }
}

impl IntoIterator for ObjectSet {
    type Item = String;
    type IntoIter = std::collections::btree_map::IntoKeys<String, Option<Value>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_keys()
    }
}

impl Serialize for ObjectSet {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(name, more)| (name, Member::new(more.as_ref()))))
    }
}

/// The value of a member in JSON.
#[derive(Serialize)]
#[serde(untagged)]
enum Member<'a> {
    Plain {},
    More(&'a Value),
}

impl<'a> Member<'a> {
    fn new(more: Option<&'a Value>) -> Self {
        more.map_or(Self::Plain {}, Self::More)
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
        while let Some((member, value)) = entries.next_entry::<String, Value>()? {
            let says_nothing = value.as_object().is_some_and(|members| members.is_empty());
            set.0.insert(member, (!says_nothing).then_some(value));
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

    #[test]
    fn writes_back_what_a_newer_engine_says_of_a_member() {
        let json = r#"{"53/udp":{"Weight":[1,{"a":null}]},"80/tcp":{},"90/tcp":null}"#;
        let mut set: ObjectSet = serde_json::from_str(json).unwrap();
        assert!(!set.insert("53/udp") && set.contains("90/tcp") && set.len() == 3);
        assert_eq!(serde_json::to_string(&set).unwrap(), json);
    }
}
