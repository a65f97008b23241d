//! The failure of a helper, in words that are safe for a message.

/// A helper gave no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::credentials) enum HelperFailure {
    /// There is no such program.
    Missing(String),
    /// It answered with an error or with nonsense.
    Broken(String),
    /// It did not answer in time.
    Silent(String),
}

impl HelperFailure {
    /// The failure in words, which begin with the program's name.
    pub fn words(&self) -> &str {
        let (HelperFailure::Missing(words) | HelperFailure::Broken(words) | HelperFailure::Silent(words)) = self;
        words
    }
}
