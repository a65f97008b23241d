//! A paragraph on the uses of a type: the methods that send it or answer with it, and the types that it is a part of.

use std::collections::BTreeMap;

use crate::ir::{Api, Operation, Shape, Type};

/// Methods or types in one sentence; the others are counted.
const LINKS: usize = 4;

/// The paragraphs by the types' names.
pub fn uses(api: &Api) -> BTreeMap<&str, String> {
    let mut uses: BTreeMap<&str, Uses> = BTreeMap::new();
    for operation in &api.operations {
        let body = operation.body.as_ref().and_then(|body| body.json.as_ref()?.named());
        let parameters = operation.parameters.iter().filter_map(|parameter| parameter.type_ref.named());
        for name in body.into_iter().chain(parameters) {
            add(&mut uses.entry(name).or_default().senders, method(operation));
        }
        if let Some(name) = operation.answer_type.as_ref().and_then(|answer| answer.named()) {
            add(&mut uses.entry(name).or_default().answers, method(operation));
        }
    }
    for named in &api.types {
        for name in parts(named).filter(|name| *name != named.name) {
            add(&mut uses.entry(name).or_default().owners, format!("[`{}`]", named.name));
        }
    }
    uses.into_iter().map(|(name, uses)| (name, uses.sentences())).collect()
}

/// Adds a link that is not there yet.
fn add(links: &mut Vec<String>, link: String) {
    if !links.contains(&link) {
        links.push(link);
    }
}

/// Links to the uses of a type.
#[derive(Default)]
struct Uses {
    senders: Vec<String>,
    answers: Vec<String>,
    owners: Vec<String>,
}

impl Uses {
    /// `Sent by [`volume_create`](…). Part of [`Volume`] and [`ClusterVolume`].`
    fn sentences(&self) -> String {
        let said = [("Sent by", &self.senders), ("Answer of", &self.answers), ("Part of", &self.owners)];
        let said = said.into_iter().filter(|(_, links)| !links.is_empty());
        said.map(|(beginning, links)| format!("{beginning} {}.", list(links))).collect::<Vec<_>>().join(" ")
    }
}

fn list(links: &[String]) -> String {
    let shown = if links.len() > LINKS + 1 { LINKS } else { links.len() };
    match links.split_at(shown) {
        ([only], []) => only.clone(),
        (shown, []) => format!("{} and {}", shown[..shown.len() - 1].join(", "), shown[shown.len() - 1]),
        (shown, others) => format!("{} and {} more", shown.join(", "), others.len()),
    }
}

fn method(operation: &Operation) -> String {
    format!("[`{0}`](crate::Engine::{0})", operation.name)
}

fn parts(named: &Type) -> impl Iterator<Item = &str> {
    let (fields, target) = match &named.shape {
        Shape::Struct(fields) => (fields.as_slice(), None),
        Shape::Alias(target) => (&[][..], target.named()),
        Shape::Enum(_) => (&[][..], None),
    };
    fields.iter().filter_map(|field| field.type_ref.named()).chain(target)
}

#[cfg(test)]
mod tests {
    use super::list;

    #[test]
    fn many_uses_are_counted() {
        let links = |count: usize| (0..count).map(|link| link.to_string()).collect::<Vec<_>>();
        assert_eq!(list(&links(1)), "0");
        assert_eq!(list(&links(2)), "0 and 1");
        assert_eq!(list(&links(5)), "0, 1, 2, 3 and 4");
        assert_eq!(list(&links(6)), "0, 1, 2, 3 and 2 more");
    }
}
