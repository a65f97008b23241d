//! The rules of an operation as a tree of the properties that they are about, made once for each operation.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use dockwright::operation::{FacetRule, Facets, NameRule, Operation, When};
use dockwright::operations;

/// A part of a request, and the rules about it.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// The properties below it that a rule knows.
    members: HashMap<&'static str, Node>,
    /// Any other key of a map.
    any: Option<Box<Node>>,
    pub(super) rules: Vec<&'static FacetRule>,
    pub(super) names: Vec<&'static NameRule>,
    /// True for labels.
    pub(super) is_labels: bool,
    /// True if a facet stands for any value at this place.
    pub(super) is_claimed: bool,
}

impl Node {
    /// The part of this name.
    pub(super) fn member(&self, name: &str) -> Option<&Node> {
        self.members.get(name).or(self.any.as_deref())
    }

    /// Returns true if parts below are judged by themselves.
    pub(super) fn has_members(&self) -> bool {
        !self.members.is_empty() || self.any.is_some()
    }

    fn at(&mut self, path: &'static str) -> &mut Node {
        path.split('.').fold(self, |node, name| match name {
            "*" => node.any.get_or_insert_default(),
            name => node.members.entry(name).or_default(),
        })
    }
}

/// The tree of an operation's rules.
pub(super) fn tree(operation: &Operation) -> &'static Node {
    static TREES: LazyLock<HashMap<&'static str, (Facets, OnceLock<Node>)>> = LazyLock::new(|| {
        let rows = operations::ALL.iter();
        rows.map(|operation| (operation.name, (operation.facets, OnceLock::new()))).collect()
    });
    static EMPTY: LazyLock<Node> = LazyLock::new(Node::default);
    let tree = TREES.get(operation.name).map(|(facets, tree)| tree.get_or_init(|| grow(*facets)));
    tree.unwrap_or(&EMPTY)
}

fn grow(facets: Facets) -> Node {
    let mut tree = Node::default();
    for rule in facets.rules.iter().filter(|rule| !rule.path.is_empty()) {
        let node = tree.at(rule.path);
        node.rules.push(rule);
        node.is_claimed |= rule.when == When::Given && rule.object.is_none();
    }
    for path in facets.harmless {
        tree.at(path);
    }
    for rule in facets.names {
        tree.at(rule.path).names.push(rule);
    }
    for path in facets.labels.iter().chain(facets.other_labels) {
        tree.at(path).is_labels = true;
    }
    tree
}
