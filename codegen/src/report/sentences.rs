//! Work that only upstream's prose tells of: sentences that changed, and keys of filters. Takes fingerprints, and finds
//! the words of the overlay about the same subjects.

use super::todo::{Reread, Todo};
use crate::overlay::{Names, Overlay};
use crate::prose::{OF_OPERATION, Prose};

impl Todo {
    /// Adds sentences that changed, and keys of filters that came or went.
    pub fn add_prose(&mut self, prose: &Prose, before: Option<&Prose>, overlay: &Overlay) {
        for id in prose.filters.keys() {
            self.filters.extend(filters_line(id, prose, before, overlay));
        }
        for key in before.map(|before| prose.changed_since(before)).unwrap_or_default() {
            let Some(OverlayText { name, file, text }) = text_named(overlay, key) else { continue };
            let change = "upstream's sentence is another".to_owned();
            let is_same = |reread: &&mut Reread| reread.name == name && reread.file == file && reread.words == text;
            match self.rereads.iter_mut().find(is_same) {
                // Types of one shape share their words.
                Some(reread) if reread.changes.contains(&change) => {}
                Some(reread) => reread.changes.push(change),
                None => {
                    let (file, words) = (file.to_owned(), text.to_owned());
                    self.rereads.push(Reread { file, name, words, changes: vec![change] });
                }
            }
        }
    }
}

/// `CarList: driver-age, plate is gone`: keys that the overlay lacks, and those that it still has.
fn filters_line(id: &str, prose: &Prose, before: Option<&Prose>, overlay: &Overlay) -> Option<String> {
    let knows = |key: &str| overlay.operations.get(id).is_some_and(|said| said.filters.contains_key(key));
    let new = prose.new_filters(id, before).into_iter().filter(|key| !knows(key)).map(str::to_owned);
    let gone = prose.gone_filters(id, before).into_iter().filter(|key| knows(key));
    let keys: Vec<_> = new.chain(gone.map(|key| format!("{key} is gone"))).collect();
    (!keys.is_empty()).then(|| format!("{id}: {}", keys.join(", ")))
}

/// Words of the overlay and their subject.
struct OverlayText<'a> {
    name: String,
    file: &'a str,
    text: &'a str,
}

/// The words about `HostConfig.Memory`, `ContainerList.limit`, a type, or an operation, which may have its name.
fn text_named<'a>(overlay: &'a Overlay, key: &str) -> Option<OverlayText<'a>> {
    let (owner, part) = key.split_once('.').map_or((key, None), |(owner, part)| (owner, Some(part)));
    let id = owner.strip_suffix(OF_OPERATION).unwrap_or(owner);
    let operation = overlay.operations.get(id);
    let type_name = chosen_name(&overlay.names, owner);
    let named = overlay.types.get(&type_name);
    let of_operation = operation.and_then(|said| match part {
        None => Some((id, &said.file, &said.summary)),
        // The keys of filters are compared one by one.
        Some(part) => Some((id, &said.file, said.parameters.get(part)?)),
    });
    let of_type = named.and_then(|said| {
        let text = match part {
            None => said.words.as_ref(),
            Some(part) => said.properties.get(part).or_else(|| said.reference.get(part)),
        };
        Some((type_name.as_str(), &said.file, text?))
    });
    // A text without a part is that of the type, where there is one: the operation's is marked.
    let (owner, file, text) = match part {
        None if named.is_some() => of_type,
        _ => of_operation.or(of_type),
    }?;
    let name = part.map_or_else(|| owner.to_owned(), |part| format!("{owner}.{part}"));
    Some(OverlayText { name, file, text })
}

/// The name of a type in the overlay. A type within another is named after the chosen name of the outer one.
fn chosen_name(names: &Names, name: &str) -> String {
    let mut chosen = name.to_owned();
    // A name that leads back to itself must end.
    for _ in 0..names.types.len() {
        let begins = |place: &&String| chosen.strip_prefix(place.as_str()).is_some_and(begins_a_word);
        let Some(place) = names.types.keys().filter(begins).max_by_key(|place| place.len()) else { break };
        chosen = format!("{}{}", names.types[place], &chosen[place.len()..]);
    }
    chosen
}

fn begins_a_word(rest: &str) -> bool {
    rest.chars().next().is_none_or(char::is_uppercase)
}
