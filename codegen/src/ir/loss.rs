//! Facts of an object for a person who decides on its loss.

/// The facts of the object that a call may lose. Operations are named by the constants of their rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Loss {
    /// The operation that reads the object.
    pub read: String,
    /// Its path argument, which the call has too.
    pub argument: Option<String>,
    /// Its other arguments, as JSON.
    pub arguments: String,
    /// The paths of its answer that are shown.
    pub shown: Vec<String>,
    /// A list whose item tells more of the object.
    pub item: Option<LossItem>,
}

impl Loss {
    /// The constants of the operations that it needs.
    pub fn operations(&self) -> impl Iterator<Item = &String> {
        self.item.iter().map(|item| &item.list).chain([&self.read])
    }
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "said at the emitted type")]
pub struct LossItem {
    pub list: String,
    pub arguments: String,
    pub items: String,
    pub key: String,
    pub shown: Vec<String>,
}
