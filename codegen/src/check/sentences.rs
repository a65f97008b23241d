//! Checks the full sentences for the documentation: parameters and properties without any, sentences about something
//! that does not exist, and their form.

use super::lookup::find;
use super::words::{Missing, is_repeated, prose_of};
use crate::ir::{Api, Operation, Shape, TypeRef, Words};
use crate::overlay::{Overlay, PartSentences, Sentences, filter_part};
use crate::problem::{Problem, Problems, Severity};

/// The longest sentences about one parameter or property.
const CHARACTERS: usize = 600;

/// Beginnings that hide the subject of a sentence.
const OPENERS: [&str; 8] =
    ["What ", "The same ", "That of ", "Those ", "How ", "Since when ", "In which ", "Note that "];

/// Words that a plain sentence does without; the generator adds the versions.
const ODD_WORDS: [&str; 9] =
    ["e.g.", "i.e.", "etc.", "please", "simply", "in order to", "daemon", "Since API", "upstream"];

/// Parameters, keys of filters and properties without full sentences, if the overlay has any.
pub fn missing(api: &Api, overlay: &Overlay) -> Vec<Missing> {
    let sentences = &overlay.sentences;
    if sentences.operations.is_empty() && sentences.types.is_empty() {
        return Vec::new();
    }
    let without = parts(api).filter(|part| sentences_on(part, sentences).is_none());
    let mut missing: Vec<_> = without.map(|part| part.missing()).collect();
    missing.dedup_by(|one, other| one.name == other.name);
    missing
}

/// Reports sentences about something that does not exist, and those that are badly formed.
pub fn check(api: &Api, overlay: &Overlay, problems: &mut Problems) {
    let mut warn = |said: &PartSentences, pointer: String, what: String, remedy: &str| {
        let (file, remedy) = (said.file.clone(), remedy.to_owned());
        problems.push(Problem { file, pointer, what, remedy, severity: Severity::Warning });
    };
    for (id, said) in &overlay.sentences.operations {
        let pointer = format!("/operations/{id}");
        let operation = api.operations.iter().find(|operation| operation.id == *id);
        let unmatched = match operation {
            None => vec!["no such operation".to_owned()],
            Some(operation) if operation.tag != said.tag => {
                vec![format!("its tag is `{}`, not `{}`", operation.tag, said.tag)]
            }
            Some(operation) => said
                .parts
                .keys()
                .filter(|name| !has_part(operation, name))
                .map(|name| format!("no parameter `{name}`"))
                .collect(),
        };
        unmatched
            .into_iter()
            .for_each(|what| warn(said, pointer.clone(), what, "fix it or remove it from the overlay"));
    }
    for (name, said) in &overlay.sentences.types {
        let unmatched = match find(api, name) {
            None => vec!["no such type".to_owned()],
            Some(shape) => {
                let unknown = said.parts.keys().filter(|property| !defines(shape, name, property));
                unknown.map(|property| format!("no property `{property}` is defined here")).collect()
            }
        };
        unmatched
            .into_iter()
            .for_each(|what| warn(said, format!("/types/{name}"), what, "fix it or remove it from the overlay"));
    }
    for part in parts(api) {
        if let Some((said, text)) = sentences_on(&part, &overlay.sentences)
            && let Some(flaw) = flaw(text, &part)
        {
            let pointer = format!("/{}/{}/{}", part.key, part.owner, part.name);
            warn(
                said,
                pointer,
                format!("`{text}`: {flaw}"),
                "write full sentences about what a reader does not know yet",
            );
        }
    }
}

/// A parameter, a key of filters or a property.
struct Part<'a> {
    /// `operations` or `types`.
    key: &'static str,
    owner: &'a str,
    name: String,
    words: &'a Words,
}

impl Part<'_> {
    fn missing(&self) -> Missing {
        Missing { name: format!("{}.{}", self.owner, self.name), prose: prose_of(self.words) }
    }
}

fn parts(api: &Api) -> impl Iterator<Item = Part<'_>> {
    let types = api.types.iter().flat_map(|named| {
        let fields = match &named.shape {
            Shape::Struct(fields) => fields.as_slice(),
            _ => &[],
        };
        fields.iter().filter(|field| field.defined_in == named.name).map(|field| Part {
            key: "types",
            owner: &named.name,
            name: field.name.clone(),
            words: &field.words,
        })
    });
    api.operations.iter().flat_map(parts_of).chain(types)
}

/// The generator itself describes `filters`, by the type of its keys.
fn parts_of(operation: &Operation) -> impl Iterator<Item = Part<'_>> {
    let part = |name, words| Part { key: "operations", owner: &operation.id, name, words };
    let parameters = operation.parameters.iter().filter(|parameter| !matches!(parameter.type_ref, TypeRef::Filters(_)));
    let keys = operation.filters.iter().flat_map(|filters| &filters.keys);
    parameters
        .map(move |parameter| part(parameter.name.clone(), &parameter.words))
        .chain(keys.map(move |key| part(filter_part(&key.key), &key.words)))
}

fn has_part(operation: &Operation, name: &str) -> bool {
    parts_of(operation).any(|part| part.name == name)
}

fn defines(shape: &Shape, name: &str, property: &str) -> bool {
    let Shape::Struct(fields) = shape else { return false };
    fields.iter().any(|field| field.name == property && field.defined_in == name)
}

fn sentences_on<'a>(part: &Part, sentences: &'a Sentences) -> Option<(&'a PartSentences, &'a String)> {
    let said = match part.key {
        "types" => sentences.types.get(part.owner),
        _ => sentences.operations.get(part.owner),
    }?;
    said.parts.get(&part.name).map(|text| (said, text))
}

/// The flaw in the form of sentences, if they have one.
fn flaw(text: &str, part: &Part) -> Option<String> {
    let length = text.chars().count();
    let opener = || OPENERS.iter().find(|opener| begins_a_sentence(text, opener));
    let odd = || ODD_WORDS.iter().find(|word| text.contains(**word));
    Some(match () {
        () if length > CHARACTERS => format!("{length} characters, more than {CHARACTERS}"),
        () if !text.starts_with(char::is_uppercase) => "the first letter is not a capital".to_owned(),
        () if !text.ends_with('.') => "there is no full stop at the end".to_owned(),
        () if text.matches('`').count() % 2 == 1 => "a backtick has no partner".to_owned(),
        () if text == part.words.text => "the short words say the same".to_owned(),
        () if is_repeated(text, &[part.owner, &part.name]) => "only repeats the name".to_owned(),
        () => match (opener(), odd()) {
            (Some(opener), _) => format!("a sentence begins with `{}`", opener.trim()),
            (None, Some(odd)) => format!("`{odd}` is not plain"),
            (None, None) => return None,
        },
    })
}

fn begins_a_sentence(text: &str, opener: &str) -> bool {
    text.starts_with(opener) || text.contains(&format!(". {opener}"))
}
