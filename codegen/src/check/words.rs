//! Checks words: items without a description, and words that are too long or only repeat a name.

use std::collections::BTreeSet;
use std::fmt;

use crate::ir::{Api, Enum, Operation, Origin, Parameter, Shape, Type, TypeRef, Words};
use crate::overlay::Overlay;

/// The longest words of a parameter or a property that a model sees.
const SHOWN_CHARACTERS: usize = 100;

/// The longest words of a type, a member of an enumeration, and a property that only the reference shows.
const REFERENCE_CHARACTERS: usize = 200;

/// The longest summary of an operation.
const SUMMARY_CHARACTERS: usize = 120;

/// The longest `notes` of an operation: a paragraph or two.
const NOTES_CHARACTERS: usize = 1200;

/// Words without content.
const EMPTY: [&str; 17] = [
    "a", "an", "the", "of", "for", "in", "to", "its", "it", "is", "this", "that", "which", "whether", "all", "and",
    "or",
];

/// An item that lacks a description in the overlay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The name that the overlay would use.
    pub name: String,
    /// The first sentence of the description's own text, where it has one.
    pub prose: Option<String>,
}

/// `ImageGet.platform`, and the prose of the description, if any.
impl fmt::Display for Missing {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match &self.prose {
            Some(prose) => write!(out, "{}: upstream says \"{prose}\"", self.name),
            None => out.write_str(&self.name),
        }
    }
}

/// Items that lack a description in the overlay: operations, parameters, types, properties and members of enumerations,
/// by the names that the overlay would use.
pub fn missing(api: &Api, overlay: &Overlay) -> Vec<Missing> {
    let said = |id: &str| overlay.operations.get(id).is_some_and(|said| !said.summary.is_empty());
    let operations = api.operations.iter().filter(|operation| !said(&operation.id));
    let mut missing: Vec<_> = operations
        .map(|operation| {
            // Without words, the summary is the title, the spelled-out id.
            let is_prose = operation.summary.trim_end_matches('.') != operation.title;
            Missing { name: operation.id.clone(), prose: is_prose.then(|| as_written(&operation.summary)) }
        })
        .collect();
    let unsaid = items(api).into_iter().filter(|item| !is_ours(item.words));
    missing.extend(unsaid.map(|item| Missing { name: item.to_string(), prose: prose_of(item.words) }));
    missing.dedup_by(|one, other| one.name == other.name);
    missing
}

/// The prose of the description, if the words are from there.
pub fn prose_of(words: &Words) -> Option<String> {
    (words.origin == Origin::Prose).then(|| as_written(&words.text))
}

/// Prose without the escapes for rustdoc.
fn as_written(prose: &str) -> String {
    prose.replace(['\\', '\u{200b}'], "")
}

/// Problems of the existing words, by file.
pub fn problems(api: &Api, overlay: &Overlay) -> Vec<(String, String)> {
    let mut problems = Vec::new();
    for (id, said) in &overlay.operations {
        let too_long = [("summary", &said.summary, SUMMARY_CHARACTERS), ("notes", &said.notes, NOTES_CHARACTERS)];
        for (key, text, most) in too_long {
            let problem = length(text, most).map(|what| format!("{id}: {key}: {what}"));
            problems.extend(problem.map(|what| (said.file.clone(), what)));
        }
    }
    for item in items(api).into_iter().filter(|item| is_ours(item.words)) {
        let most = if item.is_shown { SHOWN_CHARACTERS } else { REFERENCE_CHARACTERS };
        let text = &item.words.text;
        let repeated = repeats(text, &item).then(|| "only repeats the name".to_owned());
        let file = item.file(overlay).to_owned();
        problems.extend(length(text, most).or(repeated).map(|what| (file, format!("{item}: `{text}`: {what}"))));
    }
    problems
}

fn is_ours(words: &Words) -> bool {
    matches!(words.origin, Origin::Overlay | Origin::Reference)
}

fn length(text: &str, most: usize) -> Option<String> {
    let length = text.chars().count();
    (length > most).then(|| format!("{length} characters, more than {most}"))
}

/// True if the text only repeats the names.
fn repeats(text: &str, item: &Item) -> bool {
    let names: Vec<_> = item.names.iter().copied().chain(item.part.as_deref()).collect();
    is_repeated(text, &names)
}

/// True if the text has no words but those of these names.
pub fn is_repeated(text: &str, names: &[&str]) -> bool {
    let known: BTreeSet<_> = names.iter().flat_map(|name| words_of(&crate::lower::spelled_out(name))).collect();
    words_of(text).iter().all(|word| known.contains(word) || EMPTY.contains(&word.as_str()))
}

/// Words in lower case and in the singular.
fn words_of(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| word.to_lowercase()).map(|word| word.strip_suffix('s').unwrap_or(&word).to_owned()).collect()
}

/// An item with words.
struct Item<'a> {
    /// The operation or type.
    owner: &'a str,
    /// The parameter, property or member.
    part: Option<String>,
    words: &'a Words,
    /// The names that the words must not repeat.
    names: Vec<&'a str>,
    /// True if a model sees them.
    is_shown: bool,
}

impl Item<'_> {
    fn file<'a>(&self, overlay: &'a Overlay) -> &'a str {
        let operation = overlay.operations.get(self.owner).map(|said| &said.file);
        operation.or_else(|| overlay.types.get(self.owner).map(|said| &said.file)).map_or("", String::as_str)
    }
}

impl fmt::Display for Item<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match &self.part {
            Some(part) => write!(formatter, "{}.{part}", self.owner),
            None => formatter.write_str(self.owner),
        }
    }
}

fn items(api: &Api) -> Vec<Item<'_>> {
    let parameters = api.operations.iter().flat_map(parameters);
    parameters.chain(api.types.iter().flat_map(|named| std::iter::once(itself(named)).chain(parts(named)))).collect()
}

fn parameters(operation: &Operation) -> impl Iterator<Item = Item<'_>> {
    // The keys of filters have words of their own.
    let is_filters = |parameter: &Parameter| matches!(parameter.type_ref, TypeRef::Filters(_));
    operation.parameters.iter().filter(move |parameter| !is_filters(parameter)).map(|parameter| Item {
        owner: &operation.id,
        part: Some(parameter.name.clone()),
        words: &parameter.words,
        names: Vec::new(),
        is_shown: true,
    })
}

fn itself(named: &Type) -> Item<'_> {
    Item { owner: &named.name, part: None, words: &named.words, names: vec![&named.name], is_shown: false }
}

fn parts(named: &Type) -> Vec<Item<'_>> {
    let part = |name: &str, words| Item {
        owner: &named.name,
        part: Some(name.to_owned()),
        words,
        names: vec![&named.name],
        is_shown: words.origin == Origin::Overlay,
    };
    match &named.shape {
        Shape::Struct(fields) => {
            let own = fields.iter().filter(|field| field.defined_in == named.name);
            own.map(|field| part(&field.name, &field.words)).collect()
        }
        Shape::Enum(Enum::Strings(variants)) => {
            variants.iter().map(|variant| part(&variant.value, &variant.words)).collect()
        }
        Shape::Enum(Enum::Integers(variants)) => {
            variants.iter().map(|variant| part(&variant.value.to_string(), &variant.words)).collect()
        }
        Shape::Alias(_) => Vec::new(),
    }
}
