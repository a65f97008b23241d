//! Finds words of the overlay for operations, types and parts that do not exist, or no longer.

use super::lookup::{at, find};
use super::{login, loss, preview, terminal};
use crate::ir::{Answer, Api, Completion, Enum, Operation, Segment, Shape, Waits};
use crate::overlay::{ALWAYS_FILE, Names, OperationWords, Overlay, TypeWords};
use crate::problem::{Problem, Problems, Severity};

/// The beginning of a path in the body among the hidden arguments.
const IN_BODY: &str = "body.";

/// The file about the whole overlay.
const OVERLAY_FILE: &str = "overlay.yaml";

/// The most properties of a type that are always there: each has a bit that tells whether it came.
const MOST_ALWAYS: usize = 128;

/// Reports them, each with its file.
pub fn words(api: &Api, overlay: &Overlay, problems: &mut Problems) {
    let mut told = |file: &str, pointer: String, what: String| {
        let remedy = "fix it or remove it from the overlay".to_owned();
        problems.push(Problem { file: file.to_owned(), pointer, what, remedy, severity: Severity::Warning });
    };
    for (id, words) in &overlay.operations {
        let unmatched = match api.operations.iter().find(|operation| operation.id == *id) {
            Some(operation) => of_operation(api, operation, words),
            None => vec!["no such operation".to_owned()],
        };
        unmatched.into_iter().for_each(|what| told(&words.file, format!("/operations/{id}"), what));
    }
    for (key, what) in of_names(api, &overlay.names) {
        told(&overlay.names.file, key, what);
    }
    for (key, what) in of_slashes(api, overlay) {
        told(OVERLAY_FILE, format!("/{key}"), what);
    }
    for (name, properties) in &overlay.always {
        let unmatched = always(api, name, properties);
        unmatched.into_iter().for_each(|what| told(ALWAYS_FILE, format!("/{name}"), what));
    }
    for (name, words) in &overlay.types {
        let unmatched = of_type(api, name, words);
        unmatched.into_iter().for_each(|what| told(&words.file, format!("/types/{name}"), what));
    }
}

/// Paths with slashes that no operation has, and operations without slashes that would have none anyway.
fn of_slashes(api: &Api, overlay: &Overlay) -> Vec<(&'static str, String)> {
    let has = |prefix: &String| api.operations.iter().any(|operation| operation.template.starts_with(prefix));
    let prefixes = overlay.slashes.iter().filter(|prefix| !has(prefix));
    let prefixes = prefixes.map(|prefix| ("slashes", format!("no path begins with `{prefix}`")));
    let is_below = |id: &String| {
        let operation = api.operations.iter().find(|operation| operation.id == *id);
        operation.is_some_and(|found| overlay.slashes.iter().any(|prefix| found.template.starts_with(prefix)))
    };
    let ids = overlay.no_slashes.iter().filter(|id| !is_below(id));
    prefixes.chain(ids.map(|id| ("no_slashes", format!("no operation `{id}` is below such a path")))).collect()
}

/// Chosen names that nothing has, or that replace none.
fn of_names(api: &Api, names: &Names) -> Vec<(String, String)> {
    let operation = |id: &str| api.operations.iter().find(|operation| operation.id == id);
    let has = |id: &str, name: &str| {
        operation(id).is_some_and(|found| found.parameters.iter().any(|parameter| parameter.name == name))
    };
    let is_used = |was: &String, now: &String| api.replaced_names.contains(was) && find(api, now).is_some();
    let types = names.types.iter().filter(|(was, now)| !is_used(was, now));
    let arguments = names.arguments.keys().filter(|key| key.split_once(' ').is_none_or(|(id, name)| !has(id, name)));
    let pairs = names.pairs.iter().filter(|(id, pair)| pair.fields.keys().any(|name| !has(id, name)));
    let setters = names.former_setters.keys();
    let setters =
        setters.filter(|key| key.split_once('.').is_none_or(|(name, property)| !defines(api, name, property)));
    let unmatched = |key: &String| (format!("/{key}"), "nothing has this name".to_owned());
    types.map(|(was, _)| was).chain(arguments).chain(pairs.map(|(id, _)| id)).chain(setters).map(unmatched).collect()
}

fn of_operation(api: &Api, operation: &Operation, words: &OperationWords) -> Vec<String> {
    let mut unmatched = Vec::new();
    if words.protocol.is_some() && operation.answer != Answer::Upgrade {
        unmatched.push("`protocol` needs a connection that is upgraded".to_owned());
    }
    if operation.tag != words.tag {
        unmatched.push(format!("its tag is `{}`, not `{}`", operation.tag, words.tag));
    }
    let item = words.item.iter().filter(|item| find(api, item).is_none());
    unmatched.extend(item.map(|item| format!("no definition `{item}`")));
    unmatched.extend(paths(api, operation, words));
    unmatched.extend(parameters(operation, words));
    unmatched.extend(words.terminal.as_ref().and_then(|said| terminal::problem(api, operation, said)));
    unmatched.extend(words.running.as_ref().and_then(|said| terminal::running_problem(api, operation, said)));
    unmatched.extend(words.tool.makes.as_ref().and_then(|reader| makes_problem(api, operation, reader)));
    unmatched.extend(login::problem(api, operation));
    unmatched.extend(preview::problems(api, operation, words));
    unmatched.extend(loss::problems(api, operation, words));
    unmatched
}

/// The problem of the operation that reads what the work of another makes, if it has one.
fn makes_problem(api: &Api, operation: &Operation, reader: &str) -> Option<String> {
    if operation.answer != Answer::JsonStream {
        return Some("`makes` is only for work, whose answer is a JSON stream".to_owned());
    }
    let Some(reader) = api.operations.iter().find(|operation| operation.id == *reader) else {
        return Some(format!("`makes`: no operation `{reader}`"));
    };
    let names = reader.path.iter().filter(|segment| matches!(segment, Segment::Argument(_))).count();
    let is_reader = reader.answer == Answer::Json && names == 1;
    (!is_reader).then(|| format!("`makes`: `{}` does not read one object by its name", reader.id))
}

/// Paths that do not exist.
fn paths(api: &Api, operation: &Operation, words: &OperationWords) -> Vec<String> {
    let leads = |from, path: &str| at(api, from, path.split('.')).is_some();
    let (answer, body) = (operation.answer_type.as_ref(), operation.body.as_ref().and_then(|body| body.json.as_ref()));
    let completed = words.tool.completes.iter().flat_map(|completion| match completion {
        Completion::Ports { published, exposed } => vec![published.join("."), exposed.join(".")],
        Completion::Tag { .. } | Completion::Platform { .. } => Vec::new(),
    });
    let completed: Vec<_> = completed.filter(|path| !leads(body, path)).collect();
    let projected = words.projection.iter().filter(|path| !leads(answer, path));
    let hidden = words.tool.hidden.iter().filter_map(|path| path.strip_prefix(IN_BODY));
    let shown = words.shown.iter().map(String::as_str).chain(hidden).filter(|path| !leads(body, path));
    let projected = projected.map(|path| format!("the answer has no `{path}`"));
    let shown = shown.map(str::to_owned).chain(completed).map(|path| format!("the body has no `{path}`"));
    projected.chain(shown).collect()
}

fn parameters(operation: &Operation, words: &OperationWords) -> Vec<String> {
    let is_parameter = |name: &str| operation.parameters.iter().any(|parameter| parameter.name == name);
    let named = words.parameters.keys().chain(words.sent_anyway.keys()).chain(words.tool.sends.keys());
    let hidden = words.tool.hidden.iter().filter(|name| *name != "body" && !name.starts_with(IN_BODY));
    let completed = words.tool.completes.iter().flat_map(|completion| match completion {
        Completion::Tag { names, tag, .. } => vec![names, tag],
        Completion::Platform { argument } => vec![argument],
        Completion::Ports { .. } => Vec::new(),
    });
    let waited_for = match &words.waits {
        Waits::AnswerWith(parameter) => Some(parameter),
        _ => None,
    };
    let listed = words.tool.objects_if.iter().chain(&words.tool.needs).chain(waited_for).chain(hidden);
    let unmatched = named.chain(listed).chain(completed).filter(|name| !is_parameter(name));
    unmatched.map(|name| format!("no parameter `{name}`")).collect()
}

fn of_type(api: &Api, name: &str, words: &TypeWords) -> Vec<String> {
    let properties = words.properties.keys().chain(words.reference.keys());
    let properties = properties.filter(|property| !defines(api, name, property));
    let properties = properties.map(|property| format!("no property `{property}` is defined here"));
    let members = words.members.keys().filter(|member| !has_member(api, name, member));
    let members = members.map(|member| format!("no member `{member}`"));
    let twice = words.reference.keys().filter(|property| words.properties.contains_key(*property));
    let twice = twice.map(|property| format!("`{property}` is in `properties` too"));
    let unknown = find(api, name).is_none().then(|| "no such type".to_owned());
    unknown.into_iter().chain(properties).chain(members).chain(twice).collect()
}

/// Properties that every engine is said to send, of a type that lacks them, or whose values are not always there.
fn always(api: &Api, name: &str, properties: &[String]) -> Vec<String> {
    let Some(named) = api.type_named(name) else { return vec!["no such type".to_owned()] };
    let fields = match &named.shape {
        Shape::Struct(fields) => fields.as_slice(),
        Shape::Enum(_) | Shape::Alias(_) => &[],
    };
    let problem = |property: &String| match fields.iter().find(|field| field.name == *property) {
        Some(field) if field.always => None,
        None => Some(format!("no property `{property}`")),
        Some(_) if named.sent => Some(format!("`{property}` is in a type that callers send")),
        Some(_) => Some(format!("`{property}` may hold its own type")),
    };
    let count = fields.iter().filter(|field| field.always).count();
    let many = (count > MOST_ALWAYS).then(|| format!("{count} properties; a type has a place for {MOST_ALWAYS}"));
    properties.iter().filter_map(problem).chain(many).collect()
}

/// True if this type defines the property, and not one that `allOf` includes.
fn defines(api: &Api, name: &str, property: &str) -> bool {
    let Some(Shape::Struct(fields)) = find(api, name) else { return false };
    fields.iter().any(|field| field.name == property && field.defined_in == name)
}

fn has_member(api: &Api, name: &str, member: &str) -> bool {
    match find(api, name) {
        Some(Shape::Enum(Enum::Strings(variants))) => variants.iter().any(|variant| variant.value == member),
        Some(Shape::Enum(Enum::Integers(variants))) => {
            variants.iter().any(|variant| variant.value.to_string() == member)
        }
        _ => false,
    }
}
