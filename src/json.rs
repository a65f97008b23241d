//! How generated types read JSON: as generously as Go, whose zero values the engine's JSON is made of. `null` in a list or
//! as a map's value is the item's zero value; `null` for the whole is the same as absence.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

/// Any JSON object, its keys in their order.
pub type JsonObject = serde_json::Map<String, serde_json::Value>;

/// Reads a list, or `null`.
pub(crate) fn list<'de, T, D>(from: D) -> Result<Option<Vec<T>>, D::Error>
where
    T: Deserialize<'de> + Default,
    D: Deserializer<'de>,
{
    let list = Option::<Vec<OrZero<T>>>::deserialize(from)?;
    Ok(list.map(|items| items.into_iter().map(|OrZero(item)| item).collect()))
}

/// Reads a map, or `null`.
pub(crate) fn map<'de, T, D>(from: D) -> Result<Option<BTreeMap<String, T>>, D::Error>
where
    T: Deserialize<'de> + Default,
    D: Deserializer<'de>,
{
    let map = Option::<BTreeMap<String, OrZero<T>>>::deserialize(from)?;
    Ok(map.map(|entries| entries.into_iter().map(|(key, OrZero(value))| (key, value)).collect()))
}

/// A value, its zero for `null`.
struct OrZero<T>(T);

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for OrZero<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Option::<T>::deserialize(from).map(|value| OrZero(value.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Holder {
        #[serde(default, deserialize_with = "list")]
        items: Option<Vec<String>>,
        #[serde(default, deserialize_with = "map")]
        entries: Option<BTreeMap<String, Vec<String>>>,
    }

    #[test]
    fn reads_null_as_go_does() {
        let holder: Holder = serde_json::from_str(r#"{"items": ["a", null], "entries": {"k": null}}"#).unwrap();
        assert_eq!(holder.items, Some(vec!["a".to_owned(), String::new()]));
        assert_eq!(holder.entries, Some(BTreeMap::from([("k".to_owned(), vec![])])));
    }

    #[test]
    fn tells_an_empty_list_from_none() {
        let holder: Holder = serde_json::from_str(r#"{"items": [], "entries": null}"#).unwrap();
        assert_eq!((holder.items, holder.entries), (Some(vec![]), None));
        let holder: Holder = serde_json::from_str("{}").unwrap();
        assert_eq!((holder.items, holder.entries), (None, None));
    }
}
