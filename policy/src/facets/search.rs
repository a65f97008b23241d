//! Walks through a request beside the tree of its operation's rules, and collects what a decision is about.

use dockwright::operation::{Facet, FacetRule, NameForm, NameRule, Operation, When};
use serde_json::{Map, Value};

use super::cause::{Cause, Question};
use super::tree::{Node, tree};
use super::values;
use crate::objects::{IMAGES, VOLUMES};
use crate::request::{BODY, Path, Step};

/// A facet of a request, with the value that brings it.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding<'a> {
    /// The facet.
    pub facet: Facet,
    /// The path, `body.HostConfig.Binds[0]`; empty for a facet of every such request.
    pub path: Path<'a>,
    /// The value; `null` for a facet of every such request.
    pub value: &'a Value,
    /// The condition that the value meets.
    pub when: When,
}

/// An object that a request names.
#[derive(Debug, Clone, PartialEq)]
pub struct Named<'a> {
    /// The rule that tells so.
    pub rule: &'static NameRule,
    /// The collection of the object.
    pub collection: &'static str,
    /// The name, without what stands around it.
    pub name: &'a str,
    /// The path to the text.
    pub path: Path<'a>,
    /// The whole text.
    pub text: &'a str,
}

/// Labels that a request gives to an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Label<'a> {
    /// The path.
    pub path: Path<'a>,
    /// The labels, or the text that may set some.
    pub value: &'a Value,
}

/// The parts of a request that a decision is about.
#[derive(Debug, Default)]
pub struct Search<'a> {
    /// The facets.
    pub findings: Vec<Finding<'a>>,
    /// Facets that depend on objects which the request names.
    pub questions: Vec<Question>,
    /// The objects that it names.
    pub names: Vec<Named<'a>>,
    /// The labels that it gives.
    pub labels: Vec<Label<'a>>,
    path: Path<'a>,
}

impl<'a> Search<'a> {
    /// Searches a request.
    #[must_use]
    pub fn of(operation: &Operation, arguments: &'a Map<String, Value>, body: Option<&'a Value>) -> Self {
        let mut search = Search::default();
        let of_every_request = operation.facets.of_every_request();
        search.findings.extend(of_every_request.map(|facet| Finding {
            facet,
            path: Path::default(),
            value: &Value::Null,
            when: When::Given,
        }));
        let tree = tree(operation);
        let body = body.map(|body| (BODY, body));
        let arguments = arguments.iter().map(|(name, value)| (name.as_str(), value));
        for (name, value) in arguments.chain(body) {
            if let Some(node) = tree.member(name) {
                search.path.0 = vec![Step::Key(name.into())];
                search.value(node, value, false);
            }
        }
        search
    }

    fn value(&mut self, node: &Node, value: &'a Value, in_list: bool) {
        for rule in node.rules.iter().filter(|rule| values::judges_items(rule.when) || !in_list) {
            self.judge(node, rule, value);
        }
        for rule in &node.names {
            self.name(rule, value);
        }
        if node.is_labels && !values::means_nothing(value) {
            self.labels.push(Label { path: self.path.clone(), value });
        }
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.path.0.push(Step::Index(index));
                    self.value(node, item, true);
                    self.path.0.pop();
                }
            }
            Value::Object(members) if node.has_members() => {
                for (name, member) in members {
                    self.path.0.push(Step::Key(name.into()));
                    self.member(node, name, member);
                    self.path.0.pop();
                }
            }
            _ => {}
        }
    }

    fn member(&mut self, node: &Node, name: &str, member: &'a Value) {
        match node.member(name) {
            Some(node) => self.value(node, member, false),
            None if values::means_nothing(member) || node.is_claimed => {}
            None => self.find(Facet::Opaque, member, When::Given),
        }
    }

    fn find(&mut self, facet: Facet, value: &'a Value, when: When) {
        self.findings.push(Finding { facet, path: self.path.clone(), value, when });
    }

    fn judge(&mut self, node: &Node, rule: &'static FacetRule, value: &'a Value) {
        match rule.object {
            None if values::has_facet(value, rule.when) => self.find(rule.facet, value, rule.when),
            None => {}
            Some(object) => {
                let keys = value.as_object().into_iter().flat_map(|members| members.keys().map(String::as_str));
                let is_name = |text: &&str| !node.names.iter().any(|rule| is_excepted(rule, text));
                for name in value.as_str().into_iter().chain(keys).filter(is_name).filter_map(values::name_in) {
                    let cause = Cause { facet: rule.facet, path: self.path.to_string() };
                    self.questions.push(Question { cause, name: name.to_owned(), object, when: rule.when });
                }
            }
        }
    }

    fn name(&mut self, rule: &'static NameRule, value: &'a Value) {
        let mut found = |collection, name: &'a str, text| {
            let is_name = !name.is_empty() && !is_excepted(rule, name);
            self.names.extend(is_name.then(|| Named { rule, collection, name, path: self.path.clone(), text }));
        };
        match (rule.form, value) {
            (NameForm::Key, Value::Object(members)) => {
                members.keys().for_each(|name| found(rule.collection, name, name.as_str()));
            }
            (NameForm::Mount, Value::Object(mount)) => {
                let text = |key| mount.get(key).and_then(Value::as_str).unwrap_or_default();
                let (kind, source) = (text("Type"), text("Source"));
                match kind.to_ascii_lowercase().as_str() {
                    "image" => found(IMAGES, source, source),
                    _ if values::is_host_path(source) => {}
                    _ => found(rule.collection, source, source),
                }
            }
            (NameForm::BeforeColon, Value::String(text)) => {
                let name = text.split(':').next().unwrap_or_default();
                // A path of the host names no volume, and a text without a colon is a place in the container.
                if rule.collection != VOLUMES || text.contains(':') && !values::is_host_path(text) {
                    found(rule.collection, name, text);
                }
            }
            (NameForm::AfterContainer, Value::String(text)) => {
                if let Some((kind, name)) = text.split_once(':')
                    && kind.eq_ignore_ascii_case("container")
                {
                    found(rule.collection, name, text);
                }
            }
            (NameForm::Whole | NameForm::Repository, Value::String(text)) => found(rule.collection, text, text),
            _ => {}
        }
    }
}

/// Returns true for a text that is no name of an object, though it stands where one is expected.
fn is_excepted(rule: &NameRule, text: &str) -> bool {
    rule.except.iter().any(|except| values::matches(except, text))
}
