//! Parses the text of a description or an overlay, YAML or JSON. A duplicate key is an error, because a parser would
//! silently drop one of the two.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::problem::Problem;

/// The largest file that is read, in bytes. The Engine API's description has half a megabyte.
pub const LARGEST_FILE_BYTES: u64 = 16 * 1024 * 1024;

/// Reads the text of a file of a sane size.
pub fn read(path: &Path, name: &str) -> Result<String, Problem> {
    let cannot = |error: std::io::Error| {
        Problem::with_file(name, format!("cannot be read: {error}"), "name a YAML or JSON file that can")
    };
    let mut text = String::new();
    // One byte beyond the limit reveals a file that is too large, even an endless pipe.
    File::open(path).map_err(cannot)?.take(LARGEST_FILE_BYTES + 1).read_to_string(&mut text).map_err(cannot)?;
    if text.len() as u64 > LARGEST_FILE_BYTES {
        return Err(Problem::with_file(
            name,
            format!("larger than {} MiB", LARGEST_FILE_BYTES >> 20),
            "check that it is an API description",
        ));
    }
    Ok(text)
}

/// The value of a YAML or JSON text; JSON by the file's ending, for its clearer messages.
pub fn parse(name: &str, text: &str) -> Result<Value, Problem> {
    parse_into::<UniqueKeys>(name, text).map(|unique| unique.0)
}

/// Reads a YAML or JSON text into a type.
pub fn parse_into<T: DeserializeOwned>(name: &str, text: &str) -> Result<T, Problem> {
    let result = if name.ends_with(".json") {
        serde_json::from_str(text).map_err(|error| error.to_string())
    } else {
        let options = serde_saphyr::options! { strict_booleans: true, with_snippet: false };
        // The parser's advice is for its callers, not for authors of files.
        let advice = ", set DuplicateKeyPolicy in Options if acceptable";
        serde_saphyr::from_str_with_options(text, options).map_err(|error| error.to_string().replace(advice, ""))
    };
    result.map_err(|error| Problem::with_file(name, error.trim().to_owned(), "fix the file at that place"))
}

/// A JSON value without duplicate keys.
struct UniqueKeys(Value);

impl<'de> Deserialize<'de> for UniqueKeys {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(UniqueKeysVisitor).map(UniqueKeys)
    }
}

struct UniqueKeysVisitor;

impl<'de> Visitor<'de> for UniqueKeysVisitor {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number that JSON does not have"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        UniqueKeys::deserialize(from).map(|unique| unique.0)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(UniqueKeys(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some((key, UniqueKeys(value))) = entries.next_entry::<String, UniqueKeys>()? {
            if map.contains_key(&key) {
                return Err(A::Error::custom(format!("duplicate key `{key}`")));
            }
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}
