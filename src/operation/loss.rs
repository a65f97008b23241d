//! Facts of an object for a person who decides on its loss.

use super::Operation;

/// Facts for showing beforehand what a call would lose of the object that it acts on.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Loss {
    /// The operation that reads the object.
    pub read: &'static Operation,
    /// Its path argument, which the call has too; `None` if there is one such object.
    pub argument: Option<&'static str>,
    /// Its other arguments, as a JSON object.
    pub arguments: &'static str,
    /// The dotted paths of its answer that are shown.
    pub shown: &'static [&'static str],
    /// A list whose item tells more of the object; `None` also where the list is not built in.
    pub item: Option<LossItem>,
}

/// An item of a list that tells more of an object, such as its size.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct LossItem {
    /// The operation that lists the items.
    pub list: &'static Operation,
    /// Its arguments, as a JSON object. An API version that does not know one of them is called without it.
    pub arguments: &'static str,
    /// The JSON pointer to the items in its answer; empty if the answer is that list.
    pub items: &'static str,
    /// The property that has the same value in the item and in the object.
    pub key: &'static str,
    /// The dotted paths of the item that are shown.
    pub shown: &'static [&'static str],
}
