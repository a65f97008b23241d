//! Objects that are not the owner's, and names that could be taken for theirs.

use crate::objects;
use crate::policy::OwnerLabel;
use crate::refusal::Refusal;

/// Returns true for a text that an engine shows or takes as an id.
pub(super) fn looks_like_id(name: &str) -> bool {
    matches!(name.len(), 12 | 64) && name.bytes().all(|letter| letter.is_ascii_hexdigit())
}

/// The refusal of an object that is not the owner's. The caller is told that there is none.
pub(super) fn foreign<T>(owner: &OwnerLabel, collection: &str, name: &str) -> Result<T, Refusal> {
    let words = format!("{name} does not carry the label {owner}");
    Err(Refusal { rule: "own", words, absent: Some(objects::absent(collection, name)) })
}
