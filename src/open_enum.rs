//! Open enumerations: a value that the description does not name, from a newer engine or a plugin, neither fails nor is
//! lost.

/// Implements a generated enumeration of strings.
#[allow(unused_macros, reason = "a description may enumerate nothing")]
macro_rules! strings {
    ($name:ident { $($member:ident => $value:literal,)* }) => {
        impl $name {
            /// The value as it is sent.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$member => $value,)*
                    Self::Other(value) => value,
                }
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                match value {
                    $($value => Self::$member,)*
                    _ => Self::Other(value.to_owned()),
                }
            }
        }

        impl From<String> for $name {
            fn from(value: String) -> Self {
                match value.as_str() {
                    $($value => Self::$member,)*
                    _ => Self::Other(value),
                }
            }
        }

        impl Default for $name {
            /// The member for the empty string, which is how Go writes "not set".
            fn default() -> Self {
                Self::from("")
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                crate::text::Text::deserialize(from).map(|crate::text::Text(value)| Self::from(&*value))
            }
        }
    };
}

/// Implements a generated enumeration of integers.
#[allow(unused_macros, reason = "a description may enumerate nothing")]
macro_rules! integers {
    ($name:ident { $($member:ident => $value:literal,)* }) => {
        impl $name {
            /// The value as it is sent.
            pub fn value(self) -> i64 {
                match self {
                    $(Self::$member => $value,)*
                    Self::Other(value) => value,
                }
            }
        }

        impl From<i64> for $name {
            fn from(value: i64) -> Self {
                match value {
                    $($value => Self::$member,)*
                    _ => Self::Other(value),
                }
            }
        }

        impl Default for $name {
            /// The member for zero.
            fn default() -> Self {
                Self::from(0)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_i64(self.value())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                i64::deserialize(from).map(Self::from)
            }
        }
    };
}

#[allow(unused_imports, reason = "a description may enumerate nothing")]
pub(crate) use {integers, strings};
