//! What was left out because it is neither file, folder nor link: a count, and the first names.

/// How many names are kept: enough to see what they are, and no more than that whatever the archive holds.
const NAMES: usize = 100;

/// Sockets, pipes and devices: they have no contents that could be moved to another machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SkippedFiles {
    /// How many were skipped.
    pub count: u64,
    /// The first 100 of them, with characters that are not Unicode replaced.
    pub names: Vec<String>,
}

impl SkippedFiles {
    pub(crate) fn add(&mut self, name: &str) {
        self.count += 1;
        if self.names.len() < NAMES {
            self.names.push(name.to_owned());
        }
    }
}
