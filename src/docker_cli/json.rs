//! JSON as the docker CLI reads it, by the rules of Go: names of fields in any case, the last of several values, and
//! `null` for no change.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A JSON value, as far as the CLI's files need it.
#[derive(Debug, Default, PartialEq)]
pub(crate) enum CliJson {
    #[default]
    Null,
    Flag(bool),
    Text(String),
    Object(CliObject),
    /// A number or a list.
    Other,
}

/// The members of an object in their order, with all values of a name that occurs twice.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct CliObject(Vec<(String, CliJson)>);

impl CliJson {
    /// The first value of a file, which is all that the CLI reads; `null` for an empty file.
    ///
    /// # Errors
    /// If it is not JSON.
    pub(crate) fn first(file: &[u8]) -> serde_json::Result<Self> {
        let text = String::from_utf8_lossy(file);
        if text.trim().is_empty() {
            Ok(CliJson::Null)
        } else {
            Self::deserialize(&mut serde_json::Deserializer::from_str(&text))
        }
    }

    /// The members of an object; none for `null`.
    ///
    /// # Errors
    /// The words for other values.
    pub(crate) fn object(self) -> Result<CliObject, &'static str> {
        match self {
            CliJson::Object(object) => Ok(object),
            CliJson::Null => Ok(CliObject::default()),
            _ => Err("is not an object"),
        }
    }
}

impl CliObject {
    /// The values of a field, whose name is in any case.
    pub(crate) fn field(&self, name: &str) -> impl Iterator<Item = &CliJson> {
        self.0.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// True if it has no other fields than this one.
    #[cfg(feature = "credentials")]
    pub(crate) fn has_only(&self, name: &str) -> bool {
        self.0.iter().all(|(key, _)| key.eq_ignore_ascii_case(name))
    }

    /// The text of a field; empty if it has none.
    ///
    /// # Errors
    /// The words for a value that is not a text.
    pub(crate) fn text(&self, name: &str) -> Result<&str, String> {
        self.field(name).try_fold("", |before, value| match value {
            CliJson::Text(text) => Ok(text.as_str()),
            CliJson::Null => Ok(before),
            _ => Err(format!("`{name}` is not a text")),
        })
    }

    /// The flag of a field; false if it has none.
    ///
    /// # Errors
    /// The words for a value that is not a flag.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, String> {
        self.field(name).try_fold(false, |before, value| match value {
            CliJson::Flag(flag) => Ok(*flag),
            CliJson::Null => Ok(before),
            _ => Err(format!("`{name}` is not true or false")),
        })
    }

    /// The entries of a field that maps names to values. `null` clears those before it.
    ///
    /// # Errors
    /// The words for a value that is not an object.
    pub(crate) fn entries(&self, name: &str) -> Result<Vec<(&str, &CliJson)>, String> {
        self.field(name).try_fold(Vec::new(), |mut entries, value| match value {
            CliJson::Object(CliObject(members)) => {
                entries.extend(members.iter().map(|(key, value)| (key.as_str(), value)));
                Ok(entries)
            }
            CliJson::Null => Ok(Vec::new()),
            _ => Err(format!("`{name}` is not an object")),
        })
    }
}

impl<'de> Deserialize<'de> for CliJson {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct CliJsonVisitor;

        impl<'de> Visitor<'de> for CliJsonVisitor {
            type Value = CliJson;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("JSON")
            }

            fn visit_unit<E>(self) -> Result<CliJson, E> {
                Ok(CliJson::Null)
            }

            fn visit_bool<E>(self, flag: bool) -> Result<CliJson, E> {
                Ok(CliJson::Flag(flag))
            }

            fn visit_u64<E>(self, _: u64) -> Result<CliJson, E> {
                Ok(CliJson::Other)
            }

            fn visit_i64<E>(self, _: i64) -> Result<CliJson, E> {
                Ok(CliJson::Other)
            }

            fn visit_f64<E>(self, _: f64) -> Result<CliJson, E> {
                Ok(CliJson::Other)
            }

            fn visit_str<E>(self, text: &str) -> Result<CliJson, E> {
                Ok(CliJson::Text(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<CliJson, A::Error> {
                while from.next_element::<IgnoredAny>()?.is_some() {}
                Ok(CliJson::Other)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<CliJson, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = from.next_entry()? {
                    members.push(member);
                }
                Ok(CliJson::Object(CliObject(members)))
            }
        }

        from.deserialize_any(CliJsonVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(json: &str) -> CliObject {
        serde_json::from_str::<CliJson>(json).unwrap().object().unwrap()
    }

    #[test]
    fn the_last_value_counts_in_any_case_and_null_changes_nothing() {
        let read = object(r#"{"Host":"a","other":[1,{"x":2}],"HOST":"b","host":null,"Skip":true,"n":-1.5}"#);
        assert_eq!((read.text("host"), read.flag("skip"), read.text("none")), (Ok("b"), Ok(true), Ok("")));
        assert!(read.text("n").is_err() && read.flag("Host").is_err() && read.entries("Host").is_err());
    }

    #[test]
    fn entries_are_merged_and_cleared_by_null() {
        let keys = |json: &str| object(json).entries("Map").unwrap().iter().map(|(key, _)| (*key).to_owned()).collect();
        let read: [Vec<String>; 2] = [r#"{"map":{"a":1},"Map":{"b":2}}"#, r#"{"map":{"a":1},"Map":null}"#].map(keys);
        assert_eq!(read, [vec!["a".to_owned(), "b".to_owned()], vec![]]);
    }
}
