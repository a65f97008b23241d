//! What something means, and who says so.

use super::Lifetime;

/// What something means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// A sentence or two.
    pub text: String,
    /// Who says it.
    pub origin: Origin,
}

impl Words {
    /// What is said, and in which versions that is so.
    pub fn in_versions(&self, lifetime: Lifetime) -> String {
        let versions = lifetime.sentence();
        if versions.is_empty() { self.text.clone() } else { format!("{} {versions}", self.text) }
    }
}

/// Who says what something means, and so who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The overlay, to everybody: a model has room for it.
    Overlay,
    /// The overlay, in documentation and whole schemas: a model sees the name and asks if it wants more.
    Reference,
    /// The description itself.
    Prose,
    /// Nobody: it is the name in other letters.
    Name,
}
