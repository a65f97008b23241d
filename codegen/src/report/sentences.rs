//! Work that only upstream's prose tells of: sentences that changed, and keys of filters. Takes fingerprints, and finds
//! the words of the overlay about the same subjects.

use super::todo::{Reread, Todo};
use crate::overlay::Overlay;
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

/// The words about `HostConfig.Memory`, `ContainerList().limit`, `HostConfig` or `ContainerList()`.
fn text_named<'a>(overlay: &'a Overlay, key: &'a str) -> Option<OverlayText<'a>> {
    let (owner, part) = key.split_once('.').map_or((key, None), |(owner, part)| (owner, Some(part)));
    let (owner, file, text) = match owner.strip_suffix(OF_OPERATION) {
        Some(id) => {
            let said = overlay.operations.get(id)?;
            let text = match part {
                None => &said.summary,
                // The keys of filters are compared one by one.
                Some(part) => said.parameters.get(part)?,
            };
            (id, &said.file, text)
        }
        None => {
            let said = overlay.types.get(owner)?;
            let text = match part {
                None => said.words.as_ref(),
                Some(part) => said.properties.get(part).or_else(|| said.reference.get(part)),
            };
            (owner, &said.file, text?)
        }
    };
    let name = part.map_or_else(|| owner.to_owned(), |part| format!("{owner}.{part}"));
    Some(OverlayText { name, file, text })
}
