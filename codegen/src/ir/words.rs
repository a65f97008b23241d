//! Words: the meaning of something, and their source.

use super::Lifetime;

/// The meaning of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// A sentence or two.
    pub text: String,
    /// The source of the text.
    pub origin: Origin,
}

impl Words {
    /// The text, and a sentence with the versions.
    pub fn in_versions(&self, lifetime: Lifetime) -> String {
        let versions = lifetime.sentence();
        if versions.is_empty() { self.text.clone() } else { format!("{} {versions}", self.text) }
    }
}

/// The source of words, which decides on their readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The overlay, for everybody, models too.
    Overlay,
    /// The overlay, for documentation and complete schemas only.
    Reference,
    /// The description itself.
    Prose,
    /// The name, spelled out.
    Name,
}
