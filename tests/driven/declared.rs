//! The kind of JSON that an operation is declared to answer, from the description of the library under test.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use dockwright::{Operation, Value};
use dockwright_codegen::history::History;
use dockwright_codegen::ir::{Api, Shape, TypeRef};
use dockwright_codegen::problem::Problems;
use dockwright_codegen::{lowered, overlay, spec};

static DECLARED: LazyLock<BTreeMap<String, Kind>> = LazyLock::new(|| {
    let api = api();
    let answers = api.operations.iter().filter_map(|operation| Some((operation, operation.answer_type.as_ref()?)));
    answers.map(|(operation, answer)| (operation.id.clone(), kind(&api, answer))).collect()
});

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Object,
    List,
    Text,
    Any,
}

/// Describes an answer of another kind than the declared one. A list without items may be `null`.
pub fn mismatch(operation: &Operation, answer: &Value) -> Option<String> {
    let declared = *DECLARED.get(operation.id).unwrap_or(&Kind::Any);
    let fits = match declared {
        Kind::Object => answer.is_object(),
        Kind::List => answer.is_array() || answer.is_null(),
        Kind::Text => answer.is_string(),
        Kind::Any => true,
    };
    let excerpt: String = answer.to_string().chars().take(120).collect();
    (!fits).then(|| format!("declared is {declared:?}, and it answered {excerpt}"))
}

fn kind(api: &Api, declared: &TypeRef) -> Kind {
    match declared {
        TypeRef::List(_) => Kind::List,
        TypeRef::Object | TypeRef::Map(_) | TypeRef::Set => Kind::Object,
        TypeRef::String => Kind::Text,
        TypeRef::Named(name) => match api.type_named(name).map(|named| &named.shape) {
            Some(Shape::Struct(_)) => Kind::Object,
            Some(Shape::Alias(declared)) => kind(api, declared),
            _ => Kind::Any,
        },
        _ => Kind::Any,
    }
}

fn api() -> Api {
    let mut problems = Problems::default();
    let overlay = overlay::read(Path::new("spec/overlay"), &mut problems);
    let named = option_env!("DOCKWRIGHT_SPEC").map(Path::new);
    let source = spec::source(Path::new("spec"), named, &mut problems);
    let api = source.and_then(|source| lowered(&source, &overlay, &History::default(), &mut problems));
    api.unwrap_or_else(|| panic!("{problems}"))
}
