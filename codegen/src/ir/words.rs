//! Words: the meaning of something, and their source.

use super::Lifetime;

/// The meaning of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// A sentence or two, short enough for a model.
    pub text: String,
    /// Full sentences for the documentation only.
    pub full: Option<String>,
    /// The source of the text.
    pub origin: Origin,
}

impl Words {
    /// The text, and a sentence with the versions.
    pub fn in_versions(&self, lifetime: Lifetime) -> String {
        let versions = lifetime.sentence();
        if versions.is_empty() { self.text.clone() } else { format!("{} {versions}", self.text) }
    }

    /// The full sentences for the documentation, else the text, and a sentence with the versions.
    pub fn documented(&self, lifetime: Lifetime) -> String {
        let text = self.full.as_ref().unwrap_or(&self.text);
        format!("{text} {}", lifetime.sentence()).trim_end().to_owned()
    }

    /// Adds full sentences, on one line.
    pub fn with_full(self, full: Option<&String>) -> Self {
        Self { full: full.map(|full| full.split_whitespace().collect::<Vec<_>>().join(" ")), ..self }
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
