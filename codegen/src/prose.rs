//! Fingerprints of upstream's prose, and the keys of filters that it lists. They stand beside the facts, so that a new
//! description shows which sentences changed; the sentences themselves stay out of the repository.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::lower::{FILTERS, definition, type_name};
use crate::overlay::Names;
use crate::shape::METHODS;

/// The file of the fingerprints, beside the facts.
pub const FILE: &str = "prose.json";

/// The end of the name of an operation, as a type may have its name: `SystemInfo()`, `ImageInspect().platform`.
pub const OF_OPERATION: &str = "()";

/// The prose of a description.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prose {
    /// The version of the description.
    pub version: String,
    /// A fingerprint of the text about each item, by the name that the overlay would use: `HostConfig.Memory`.
    pub fingerprints: BTreeMap<String, String>,
    /// The keys that the text about each `filters` argument lists, by operation.
    pub filters: BTreeMap<String, BTreeSet<String>>,
}

impl Prose {
    /// The prose of an upstream description; `None` if it has none.
    pub fn of(version: &str, upstream: &Value, names: &Names) -> Option<Self> {
        let mut read = Reader { names, texts: BTreeMap::new(), filters: BTreeMap::new() };
        for (_, item) in entries(upstream, "paths") {
            for (_, operation) in entries_of(item).filter(|(verb, _)| METHODS.contains(&verb.as_str())) {
                read.operation(operation);
            }
        }
        for (name, schema) in entries(upstream, "definitions") {
            read.schema(definition(name), None, schema);
        }
        let Reader { texts, filters, .. } = read;
        let print = |(name, texts): (String, BTreeSet<String>)| {
            (name, fingerprint(&texts.into_iter().collect::<Vec<_>>().join(" ")))
        };
        let fingerprints: BTreeMap<_, _> = texts.into_iter().map(print).collect();
        (!fingerprints.is_empty()).then(|| Self { version: version.to_owned(), fingerprints, filters })
    }

    /// Reads what [`Prose::render`] wrote; anything else counts as nothing known.
    pub fn read(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let keys = |keys: &Value| keys.as_array().into_iter().flatten().filter_map(text).collect();
        Some(Self {
            version: text(value.get("version")?)?,
            fingerprints: entries(&value, "fingerprints")
                .filter_map(|(name, print)| Some((name.clone(), text(print)?)))
                .collect(),
            filters: entries(&value, "filters").map(|(id, listed)| (id.clone(), keys(listed))).collect(),
        })
    }

    /// The text of the file, a line for each item.
    pub fn render(&self) -> String {
        let value = json!({ "version": self.version, "filters": self.filters, "fingerprints": self.fingerprints });
        let mut text = serde_json::to_string_pretty(&value).expect("maps of text are JSON");
        text.push('\n');
        text
    }

    /// The items whose text is another than `before`, where both have one.
    pub fn changed_since(&self, before: &Self) -> Vec<&str> {
        let is_other =
            |(name, print): &(&String, &String)| before.fingerprints.get(*name).is_some_and(|was| was != *print);
        self.fingerprints.iter().filter(is_other).map(|(name, _)| name.as_str()).collect()
    }

    /// The keys of the filters of an operation that `before` did not list. A description that is read again is compared
    /// with nothing, as all that is left counts then.
    pub fn new_filters(&self, id: &str, before: Option<&Self>) -> BTreeSet<&str> {
        let before = before.filter(|before| before.version != self.version).and_then(|before| before.filters.get(id));
        let listed = self.filters.get(id).into_iter().flatten();
        listed.filter(|key| before.is_none_or(|before| !before.contains(*key))).map(String::as_str).collect()
    }

    /// The keys of the filters of an operation that only `before` listed. A text without a list tells nothing.
    pub fn gone_filters<'a>(&'a self, id: &str, before: Option<&'a Self>) -> BTreeSet<&'a str> {
        let listed = self.filters.get(id).filter(|listed| !listed.is_empty());
        let Some((listed, before)) = listed.zip(before.and_then(|before| before.filters.get(id))) else {
            return BTreeSet::new();
        };
        before.difference(listed).map(String::as_str).collect()
    }
}

/// The texts of a description so far.
struct Reader<'a> {
    names: &'a Names,
    /// By the name of their item. Types that the overlay makes one have several.
    texts: BTreeMap<String, BTreeSet<String>>,
    filters: BTreeMap<String, BTreeSet<String>>,
}

impl Reader<'_> {
    fn operation(&mut self, operation: &Value) {
        let Some(id) = operation["operationId"].as_str() else { return };
        self.add(format!("{id}{OF_OPERATION}"), &[&operation["summary"], &operation["description"]]);
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let (Some(name), text) = (parameter["name"].as_str(), &parameter["description"]) else { continue };
            self.add(format!("{id}{OF_OPERATION}.{name}"), &[text]);
            if name == FILTERS {
                self.filters.insert(id.to_owned(), listed_keys(text.as_str().unwrap_or_default()));
            }
            self.schema(format!("{}Request", type_name(id)), None, &parameter["schema"]);
        }
        for (status, response) in entries(operation, "responses") {
            if status.starts_with('2') {
                self.schema(format!("{}Response", type_name(id)), None, &response["schema"]);
            }
        }
    }

    /// The schema of a type, or of a property, whose own type has the name `place` from its place.
    fn schema(&mut self, place: String, property: Option<String>, schema: &Value) {
        let owner = self.names.types.get(&place).cloned().unwrap_or(place);
        self.add(property.unwrap_or_else(|| owner.clone()), &[&schema["description"]]);
        for (property, inner) in entries(schema, "properties") {
            self.schema(format!("{owner}{}", type_name(property)), Some(format!("{owner}.{property}")), inner);
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.schema(owner.clone(), None, part);
        }
        for (key, suffix) in [("items", "Item"), ("additionalProperties", "Value")] {
            if let Some(inner) = schema.get(key).filter(|inner| inner.is_object()) {
                self.schema(format!("{owner}{suffix}"), None, inner);
            }
        }
    }

    fn add(&mut self, name: String, texts: &[&Value]) {
        let words: Vec<&str> = texts.iter().filter_map(|text| text.as_str()).flat_map(str::split_whitespace).collect();
        if !words.is_empty() {
            self.texts.entry(name).or_default().insert(words.join(" "));
        }
    }
}

/// The keys in a list such as ``- `label=<key>` ``.
fn listed_keys(text: &str) -> BTreeSet<String> {
    let items =
        text.lines().filter_map(|line| line.trim_start().strip_prefix(['-', '*'])?.trim_start().strip_prefix('`'));
    let keys = items.map(|item| {
        let end = item.find(|letter: char| !letter.is_alphanumeric() && !"._-".contains(letter)).unwrap_or(item.len());
        item[..end].to_owned()
    });
    keys.filter(|key| !key.is_empty()).collect()
}

/// A fingerprint of a text: 64-bit FNV-1a, folded to half. It need not withstand anybody.
fn fingerprint(text: &str) -> String {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{:08x}", (hash >> 32) ^ (hash & 0xffff_ffff))
}

fn entries<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    value.get(key).into_iter().flat_map(entries_of)
}

fn entries_of(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_the_keys_of_filters() {
        let text = "A JSON map:\n\n- `driver-opt=<opt>` of a driver\n- `label=key` or `label=\"key=value\"`\n* `health`=(`none`)\n- no key\n";
        assert_eq!(listed_keys(text), ["driver-opt", "health", "label"].map(str::to_owned).into());
    }

    #[test]
    fn tells_another_sentence_and_not_another_line_break() {
        let prose = |text: &str| {
            let property = json!({ "Memory": { "description": text }, "Log": { "properties": { "Type": { "description": "a" } } } });
            let upstream = json!({ "definitions": { "HostConfig": { "allOf": [{ "properties": property }] } } });
            Prose::of("1.0", &upstream, &Names::default()).unwrap()
        };
        assert!(prose("In bytes.").changed_since(&prose("In\n  bytes.")).is_empty());
        assert_eq!(prose("In bytes.").changed_since(&prose("In bits.")), ["HostConfig.Memory"]);
        assert_eq!(Prose::read(&prose("In bytes.").render()), Some(prose("In bytes.")));
        assert!(prose("").fingerprints.contains_key("HostConfigLog.Type"));
        assert_eq!(Prose::of("1.0", &json!({ "definitions": { "A": { "type": "object" } } }), &Names::default()), None);
    }

    #[test]
    fn names_are_those_of_the_overlay() {
        let info = json!({ "get": {
            "operationId": "ImageInspect",
            "summary": "Get it.",
            "parameters": [{ "name": "size", "description": "Its size." }]
        } });
        let of_text = |text: &str| json!({ "description": text });
        let wheel = |text: &str| json!({ "properties": { "Wheel": { "properties": { "Size": of_text(text) } } } });
        let types = json!({
            "Port": of_text("a"), "PortBinding": of_text("b"), "PortSummary": of_text("c"), "ImageShow": of_text("d"),
            "Car": wheel("Round."), "Bike": wheel("Thin."), "CarWheelNut": of_text("e"),
        });
        let upstream = json!({ "paths": { "/info": info }, "definitions": types });
        let chosen =
            [("Port", "PortSummary"), ("ImageShow", "ImageInspect"), ("CarWheel", "Wheel"), ("BikeWheel", "Wheel")];
        let types = chosen.map(|(was, is)| (was.to_owned(), is.to_owned())).into();
        let prose = Prose::of("1.0", &upstream, &Names { types, ..Names::default() }).unwrap();
        let expected = [
            "CarWheelNut",
            "ImageInspect",
            "ImageInspect()",
            "ImageInspect().size",
            "PortBinding",
            "PortSummary",
            "Wheel.Size",
        ];
        assert_eq!(prose.fingerprints.keys().collect::<Vec<_>>(), expected);
        assert_eq!(prose.fingerprints["Wheel.Size"], fingerprint("Round. Thin."));
    }
}
