//! Lenient decoding of JSON for generated types, as Go decodes it. `null` in a list or a map is the zero value of its
//! item, `null` for a list or map is the same as absence, and the last of two properties with one name counts.

mod answer;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;
use std::iter::once;
use std::marker::PhantomData;

use serde::de::value::MapDeserializer;
use serde::de::{Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::text::Text;
use crate::wire::Unit;

#[allow(unused_imports, reason = "a description may have no such objects")]
pub(crate) use answer::{Presence, answer};

/// Any JSON object.
pub type JsonObject = serde_json::Map<String, serde_json::Value>;

/// Implements decoding from a JSON object for a struct whose fields are all optional. Each field names a function of
/// this module that reads it, for a time with its unit, and its property. serde's own `flatten` costs a third more time
/// and code.
#[allow(unused_macros, reason = "a description may have no objects")]
macro_rules! object {
    ($object:ident { $($field:ident: $read:ident $(($unit:ident))? => $property:literal,)* }) => {
        impl crate::json::Object for $object {
            #[allow(unused_variables, reason = "an object may have no fields")]
            fn read<'de, A: serde::de::MapAccess<'de>>(&mut self, name: &str, from: &mut A) -> Result<bool, A::Error> {
                match name {
                    $($property => {
                        self.$field = crate::json::object!(@read self, from, $property, $read $($unit)?);
                        Ok(true)
                    })*
                    _ => Ok(false),
                }
            }

            fn extra(&mut self) -> &mut crate::json::JsonObject {
                &mut self.extra
            }
        }

        impl<'de> serde::Deserialize<'de> for $object {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                crate::json::read_object(from)
            }
        }
    };
    (@read $object:ident, $from:ident, $property:literal, $read:ident) => {
        crate::json::$read($from)?
    };
    (@read $object:ident, $from:ident, $property:literal, $read:ident $unit:ident) => {
        crate::json::$read::<crate::wire::$unit, _, _>($from, $property, &mut $object.extra)?
    };
}
#[allow(unused_imports, reason = "a description may have no objects")]
pub(crate) use object;

/// A struct that is decoded property by property.
pub(crate) trait Object: Default {
    /// Reads the value of a property. Returns false if the struct has no field for it.
    fn read<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut A) -> Result<bool, A::Error>;

    /// The properties without a field.
    fn extra(&mut self) -> &mut JsonObject;
}

thread_local! {
    /// True while objects take properties of other types than they expect.
    static TOLERANT: Cell<bool> = const { Cell::new(false) };
}

/// Runs a function in which a property whose value has another type than its field goes to `extra`, and its field stays
/// empty. This is for an answer that cannot be read otherwise: one odd property does not lose all others.
pub(crate) fn tolerantly<T>(read: impl FnOnce() -> T) -> T {
    struct Restore;
    impl Drop for Restore {
        fn drop(&mut self) {
            TOLERANT.set(false);
        }
    }
    TOLERANT.set(true);
    let _restore = Restore;
    read()
}

pub(crate) fn read_object<'de, T: Object, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    struct ObjectVisitor<T>(PhantomData<T>);

    impl<'de, T: Object> Visitor<'de> for ObjectVisitor<T> {
        type Value = T;

        fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
            to.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<T, A::Error> {
            let mut object = T::default();
            while let Some(Text(name)) = from.next_key()? {
                if TOLERANT.get() {
                    let value: Value = from.next_value()?;
                    let mut alone = MapDeserializer::<_, serde_json::Error>::new(once((&*name, value.clone())));
                    alone.next_key::<IgnoredAny>().map_err(A::Error::custom)?;
                    if !object.read(&name, &mut alone).unwrap_or(false) {
                        object.extra().insert(name.into_owned(), value);
                    }
                } else if !object.read(&name, &mut from)? {
                    let value = from.next_value()?;
                    object.extra().insert(name.into_owned(), value);
                }
            }
            Ok(object)
        }
    }

    from.deserialize_map(ObjectVisitor(PhantomData))
}

/// Reads a value that is neither a list nor a map.
pub(crate) fn value<'de, T: Deserialize<'de>, A: MapAccess<'de>>(from: &mut A) -> Result<Option<T>, A::Error> {
    from.next_value()
}

/// Reads a time or a duration. A value that is none goes to `extra`, so that it is written back.
pub(crate) fn in_unit<'de, U, T, A>(from: &mut A, property: &str, extra: &mut JsonObject) -> Result<Option<T>, A::Error>
where
    U: Unit<T>,
    A: MapAccess<'de>,
{
    // Of two properties with one name the last counts.
    if !extra.is_empty() {
        extra.remove(property);
    }
    let json: Option<serde_json::Value> = from.next_value()?;
    match json.map(U::read).transpose() {
        Ok(read) => Ok(read),
        Err(json) => {
            extra.insert(property.to_owned(), json);
            Ok(None)
        }
    }
}

/// Reads a list, or `null`.
pub(crate) fn list<'de, T, A>(from: &mut A) -> Result<Option<Vec<T>>, A::Error>
where
    T: Deserialize<'de> + Default,
    A: MapAccess<'de>,
{
    let list: Option<Vec<OrZero<T>>> = from.next_value()?;
    Ok(list.map(|items| items.into_iter().map(|OrZero(item)| item).collect()))
}

/// Reads a map, or `null`.
pub(crate) fn map<'de, T, A>(from: &mut A) -> Result<Option<BTreeMap<String, T>>, A::Error>
where
    T: Deserialize<'de> + Default,
    A: MapAccess<'de>,
{
    let map: Option<Entries<T>> = from.next_value()?;
    Ok(map.map(|Entries(entries)| entries))
}

/// A map that is decoded without an intermediate one.
struct Entries<T>(BTreeMap<String, T>);

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct EntriesVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for EntriesVisitor<T> {
            type Value = Entries<T>;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Entries<T>, A::Error> {
                let mut entries = BTreeMap::new();
                while let Some((key, OrZero(value))) = from.next_entry()? {
                    entries.insert(key, value);
                }
                Ok(Entries(entries))
            }
        }

        from.deserialize_map(EntriesVisitor(PhantomData))
    }
}

/// A value; `null` is its zero value.
struct OrZero<T>(T);

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for OrZero<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Option::<T>::deserialize(from).map(|value| OrZero(value.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[derive(Default)]
    struct Holder {
        size: Option<i64>,
        delay: Option<Duration>,
        items: Option<Vec<String>>,
        entries: Option<BTreeMap<String, Vec<String>>>,
        extra: JsonObject,
    }
    object!(Holder {
        size: value => "size",
        delay: in_unit(Seconds) => "delay",
        items: list => "items",
        entries: map => "entries",
    });

    #[test]
    fn reads_null_as_go_does() {
        let holder: Holder = serde_json::from_str(r#"{"items": ["a", null], "entries": {"k": null}}"#).unwrap();
        assert_eq!(holder.items, Some(vec!["a".to_owned(), String::new()]));
        assert_eq!(holder.entries, Some(BTreeMap::from([("k".to_owned(), vec![])])));
    }

    #[test]
    fn a_property_of_another_type_loses_no_other_one() {
        let json = r#"{"size": "big", "items": "/x", "entries": {"k": ["v"]}, "other": 1}"#;
        assert!(serde_json::from_str::<Holder>(json).is_err());
        let holder: Holder = tolerantly(|| serde_json::from_str(json)).unwrap();
        assert_eq!((holder.size, holder.items), (None, None));
        assert_eq!(holder.entries, Some(BTreeMap::from([("k".to_owned(), vec!["v".to_owned()])])));
        let kept = serde_json::json!({"size": "big", "items": "/x", "other": 1});
        assert_eq!(Value::Object(holder.extra), kept);
        assert!(serde_json::from_str::<Holder>(json).is_err(), "it is over");
    }

    #[test]
    fn tells_an_empty_list_from_none() {
        let holder: Holder = serde_json::from_str(r#"{"items": [], "entries": null}"#).unwrap();
        assert_eq!((holder.items, holder.entries), (Some(vec![]), None));
        let holder: Holder = serde_json::from_str("{}").unwrap();
        assert_eq!((holder.items, holder.entries), (None, None));
    }

    #[test]
    fn keeps_what_has_no_field_whatever_its_name_is_written_like() {
        let holder: Holder = serde_json::from_str(r#"{"s\u0069ze": 1, "\u0061": [2], "b": null, "size": 3}"#).unwrap();
        assert_eq!(holder.size, Some(3));
        assert_eq!(serde_json::Value::Object(holder.extra), serde_json::json!({"a": [2], "b": null}));
    }

    #[test]
    fn reads_values_as_it_reads_text() {
        let json = serde_json::json!({"size": 1, "items": ["a"], "c": {}});
        let holder: Holder = serde_json::from_value(json).unwrap();
        assert_eq!((holder.size, holder.items.unwrap().len(), holder.extra.len()), (Some(1), 1, 1));
    }

    #[test]
    fn a_duration_that_is_none_is_kept_as_it_came() {
        let read = |json: &str| {
            let holder: Holder = serde_json::from_str(json).unwrap();
            (holder.delay, serde_json::Value::Object(holder.extra))
        };
        let second = Some(Duration::from_secs(1));
        assert_eq!(read(r#"{"delay": 1}"#), (second, serde_json::json!({})));
        assert_eq!(read(r#"{"delay": null}"#), (None, serde_json::json!({})));
        for odd in [serde_json::json!(-1), serde_json::json!("1s"), serde_json::json!([1, {"a": 2}])] {
            assert_eq!(read(&format!(r#"{{"delay": {odd}}}"#)), (None, serde_json::json!({"delay": odd})));
            assert_eq!(read(&format!(r#"{{"delay": {odd}, "delay": 1}}"#)), (second, serde_json::json!({})));
            assert_eq!(read(&format!(r#"{{"delay": 1, "delay": {odd}}}"#)), (None, serde_json::json!({"delay": odd})));
        }
    }
}
