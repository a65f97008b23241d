//! The entries that were left out, being neither file, folder nor link: their number, and the first names.

/// The most names that are kept, however many entries are skipped.
const NAMES: usize = 100;

/// Skipped sockets, pipes and devices. They have no contents to move to another machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SkippedFiles {
    /// The number of all of them.
    pub count: u64,
    /// The names of the first 100, with characters that are not Unicode replaced.
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
