//! Types of answers with properties that every engine sends. Such a property is its value, and Go's zero value where an
//! engine leaves it out after all; written back is what came.

/// Implements decoding, encoding and `Debug` of a type of answers. Properties that every engine sends have an index.
#[allow(unused_macros, reason = "a description may have no such objects")]
macro_rules! answer {
    ($object:ident {
        $($field:ident: $read:ident $(($unit:ident))? => $property:literal $(always $index:literal)?,)*
    }) => {
        impl crate::json::Object for $object {
            fn read<'de, A: serde::de::MapAccess<'de>>(&mut self, name: &str, from: &mut A) -> Result<bool, A::Error> {
                match name {
                    $($property => {
                        let read = crate::json::object!(@read self, from, $property, $read $($unit)?);
                        crate::json::answer!(@store self.$field, self, read $(, $index)?);
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

        impl serde::Serialize for $object {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                let mut to = serde::Serializer::serialize_map(to, None)?;
                $(if let Some(value) = crate::json::answer!(@written self.$field, self $(, $index)?) {
                    crate::json::answer!(@write to, $property, value $(, $unit)?);
                })*
                for (name, value) in &self.extra {
                    serde::ser::SerializeMap::serialize_entry(&mut to, name, value)?;
                }
                serde::ser::SerializeMap::end(to)
            }
        }

        impl std::fmt::Debug for $object {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut out = out.debug_struct(stringify!($object));
                $(out.field(stringify!($field), &self.$field);)*
                out.field("extra", &self.extra).finish()
            }
        }
    };
    (@store $place:expr, $object:ident, $read:ident) => {
        $place = $read
    };
    (@store $place:expr, $object:ident, $read:ident, $index:literal) => {
        $object.presence_.set($index, $read.is_some());
        $place = $read.unwrap_or_default();
    };
    (@written $place:expr, $object:ident) => {
        $place.as_ref()
    };
    (@written $place:expr, $object:ident, $index:literal) => {
        $object.presence_.written($index, &$place)
    };
    (@write $to:ident, $property:literal, $value:ident) => {
        serde::ser::SerializeMap::serialize_entry(&mut $to, $property, $value)?
    };
    (@write $to:ident, $property:literal, $value:ident, $unit:ident) => {
        serde::ser::SerializeMap::serialize_entry(
            &mut $to,
            $property,
            &crate::wire::argument::<crate::wire::$unit, _>($value),
        )?
    };
}
#[allow(unused_imports, reason = "a description may have no such objects")]
pub(crate) use answer;

/// Tells which properties an answer came with, among those that every engine sends, by their indices. A zero value that
/// came is written back, and one that stands for absence is not. Answers are equal whether they came with it or not.
#[derive(Clone, Copy, Default)]
pub(crate) struct Presence(u128);

impl Presence {
    pub(crate) fn set(&mut self, index: u32, came: bool) {
        self.0 = self.0 & !(1 << index) | u128::from(came) << index;
    }

    /// The value, if it is to be written.
    pub(crate) fn written<T: Default + PartialEq>(self, index: u32, value: &T) -> Option<&T> {
        (self.0 >> index & 1 == 1 || *value != T::default()).then_some(value)
    }
}

impl PartialEq for Presence {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::JsonObject;

    #[derive(Default, PartialEq)]
    struct Summary {
        id: String,
        size: i64,
        delay: Duration,
        label: Option<String>,
        extra: JsonObject,
        presence_: Presence,
    }
    answer!(Summary {
        id: value => "Id" always 0,
        label: value => "Label",
        size: value => "Size" always 1,
        delay: in_unit(Seconds) => "Delay" always 2,
    });

    #[test]
    fn what_every_engine_sends_is_its_value_and_is_written_as_it_came() {
        let read = |json: serde_json::Value| serde_json::from_value::<Summary>(json).unwrap();
        let whole = json!({"Id": "a", "Size": 0, "Delay": 0, "Label": "", "More": null});
        let summary = read(whole.clone());
        assert_eq!((summary.id.as_str(), summary.size, summary.delay), ("a", 0, Duration::ZERO));
        assert_eq!(serde_json::to_value(&summary).unwrap(), whole);
        for lacking in [json!({}), json!({"Size": 7}), json!({"Delay": -1})] {
            assert_eq!(serde_json::to_value(read(lacking.clone())).unwrap(), lacking);
        }
        assert_eq!(read(json!({"Id": null})), Summary::default());
        let mut changed = read(json!({}));
        changed.size = 3;
        assert_eq!(serde_json::to_value(changed).unwrap(), json!({"Size": 3}));
    }
}
