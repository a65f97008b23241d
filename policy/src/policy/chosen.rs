//! A choice of operations, by name, by tag and by pattern.

use dockwright::operation::Operation;
use dockwright::operations;

use crate::nearest::{did_you_mean, nearest};
use crate::objects::{collection, parent, reader};

/// Operations that a policy names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chosen(Vec<&'static str>);

impl Chosen {
    /// The operations that texts name: `container_list`, `Container.*` for all on containers, `image_*`, `*`.
    ///
    /// # Errors
    /// The position of the first text that names none, and words about it.
    pub fn of(texts: &[&str]) -> Result<Self, (usize, String)> {
        let mut names = Vec::new();
        for (place, text) in texts.iter().enumerate() {
            let before = names.len();
            names.extend(operations::ALL.iter().filter(|operation| is_meant(text, operation)).map(|one| one.name));
            if names.len() == before {
                return Err((place, format!("no operation is `{text}`{}", suggestion(text))));
            }
        }
        names.sort_unstable();
        names.dedup();
        Ok(Chosen(names))
    }

    /// The operations for which a test is true.
    #[must_use]
    pub fn filtered(test: impl Fn(&Operation) -> bool) -> Self {
        let mut names: Vec<_> = operations::ALL.iter().filter(|one| test(one)).map(|one| one.name).collect();
        names.sort_unstable();
        Chosen(names)
    }

    /// Returns true if an operation is one of them.
    #[must_use]
    pub fn contains(&self, operation: &Operation) -> bool {
        self.0.binary_search(&operation.name).is_ok()
    }

    /// The names of the operations, sorted.
    #[must_use]
    pub fn names(&self) -> &[&'static str] {
        &self.0
    }
}

fn is_meant(text: &str, operation: &Operation) -> bool {
    match text.strip_suffix(".*") {
        Some(tag) => tags(operation).any(|one| one.eq_ignore_ascii_case(tag)),
        None => match text.strip_suffix('*') {
            Some(beginning) => operation.name.starts_with(beginning),
            None => operation.name == text,
        },
    }
}

/// The tags whose `.*` means an operation: its own, and those of the objects that it is about. `docker exec` is an
/// operation on a container, and so is all that is done with what it prepares.
fn tags(operation: &Operation) -> impl Iterator<Item = &'static str> {
    let collection = collection(operation);
    let parent = collection.and_then(parent).map(|(parent, _)| parent);
    let objects = [collection, parent].into_iter().flatten().filter_map(reader);
    std::iter::once(operation.tag).chain(objects.map(|(reader, _)| reader.tag))
}

fn suggestion(text: &str) -> String {
    let tags = operations::ALL.iter().map(|operation| format!("{}.*", operation.tag)).collect::<Vec<_>>();
    let mut known: Vec<_> = operations::ALL.iter().map(|operation| operation.name).collect();
    known.extend(tags.iter().map(String::as_str));
    let mut near = nearest(text, known);
    near.dedup();
    did_you_mean(&near)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_means_all_operations_on_its_objects() {
        let chosen = Chosen::of(&["Container.*"]).unwrap();
        for name in ["container_list", "container_exec", "exec_start", "container_prune", "put_container_archive"] {
            assert!(chosen.names().contains(&name), "{name}");
        }
        assert!(!chosen.names().iter().any(|name| name.starts_with("image_") || name.starts_with("service_")));
        assert_eq!(Chosen::of(&["*"]).unwrap().names().len(), operations::ALL.len());
        assert_eq!(Chosen::of(&["image_list", "image_li*"]).unwrap().names(), ["image_list"]);
        let gets = Chosen::filtered(|operation| operation.annotations.read_only);
        assert!(gets.names().contains(&"image_list") && !gets.names().contains(&"image_delete"));
    }

    #[test]
    fn a_text_that_names_no_operation_is_refused_with_its_place_and_the_nearest_name() {
        let (place, words) = Chosen::of(&["image_list", "contianer_list"]).unwrap_err();
        assert!(place == 1 && words.starts_with("no operation is `contianer_list`; did you mean `container_list`"));
        assert!(Chosen::of(&["Contaner.*"]).unwrap_err().1.contains("`Container.*`"));
        assert!(Chosen::of(&[""]).is_err());
    }
}
