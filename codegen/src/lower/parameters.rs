//! Lowers parameters of path, query and header: place, encoding, and the argument in Rust.

use openapiv3::{
    Parameter as DeclaredParameter, ParameterData, ParameterSchemaOrContent, PathStyle, QueryStyle, ReferenceOr,
    Schema, SchemaKind,
};
use serde_json::Value;

use super::types::{SchemaPlace, Types};
use super::{names, units, words};
use crate::ir::{Encoding, Enum, Filters, Kind, Lifetime, Measure, Pair, Parameter, Place, Shape, TypeRef, Words};
use crate::overlay::{OperationWords, Overlay, PairFacts};
use crate::problem::join;

/// The query parameter whose keys the overlay lists under `filters:`.
pub const FILTERS: &str = "filters";

/// Header parameters that OpenAPI tells to ignore.
const IGNORED_HEADERS: [&str; 3] = ["accept", "content-type", "authorization"];

/// The operation that the parameters belong to.
pub struct Context<'a> {
    pub id: &'a str,
    pub template: &'a str,
    pub filters: Option<&'a Filters>,
    pub words: &'a OperationWords,
    pub overlay: &'a Overlay,
}

/// Lowers the parameters of an operation.
pub fn parameters(
    described: &openapiv3::Operation,
    context: &Context,
    pointer: &str,
    types: &mut Types,
) -> Vec<Parameter> {
    let pointer = join(pointer, "parameters");
    let mut parameters: Vec<Parameter> = Vec::new();
    for (index, item) in described.parameters.iter().enumerate() {
        let pointer = join(&pointer, &index.to_string());
        let Some(item) = item.as_item() else {
            types.problems.error(pointer, "the parameter is a reference", "write it out");
            continue;
        };
        let Some(added) = parameter(item, context, &pointer, types) else { continue };
        if parameters.iter().any(|first| first.rust_name == added.rust_name) {
            let what = format!("the parameter `{}` has the name of another argument in Rust", added.name);
            types.problems.error(pointer, what, "rename one of them in a correction");
        }
        parameters.push(added);
    }
    check_path(context, &parameters, &pointer, types);
    parameters
}

fn parameter(described: &DeclaredParameter, context: &Context, pointer: &str, types: &mut Types) -> Option<Parameter> {
    let data = described.parameter_data_ref();
    let place = match described {
        DeclaredParameter::Path { .. } => Place::Path,
        DeclaredParameter::Query { .. } => Place::Query,
        DeclaredParameter::Header { .. } if IGNORED_HEADERS.contains(&data.name.to_lowercase().as_str()) => {
            return None;
        }
        DeclaredParameter::Header { .. } => Place::Header,
        DeclaredParameter::Cookie { .. } => {
            types.problems.error(pointer, "cookies are not supported", "use path, query or header");
            return None;
        }
    };
    let at = SchemaPlace::new(format!("{}{}", names::type_name(context.id), names::type_name(&data.name)), pointer);
    let (encoding, type_ref) = match (&data.format, context.filters) {
        (_, Some(filters)) if data.name == FILTERS => (Encoding::Json, TypeRef::Filters(filters.name.clone())),
        (ParameterSchemaOrContent::Content(content), _) => {
            let schema = content.values().next().and_then(|content| content.schema.as_ref());
            let type_ref = schema.map_or(TypeRef::Value, |schema| types.type_of(schema, &at));
            (json_encoding(data), type_ref)
        }
        (ParameterSchemaOrContent::Schema(schema), _) => {
            let type_ref = written_type(schema, &at, types)?;
            let kind = kind_of(&type_ref, types);
            if let Some(style) = unsupported_style(described, kind) {
                let what = format!("the style `{style}` is not supported");
                types.problems.error(pointer, what, "use `simple` in a path or header, `form` in a query");
                return None;
            }
            (plain_encoding(data, kind, place, context), type_ref)
        }
    };
    let chosen = context.overlay.names.arguments.get(&format!("{} {}", context.id, data.name));
    let absent = context.words.sent_anyway.get(&data.name);
    let described = described_unit(data, types);
    let measure = context.overlay.units.of(context.id, &data.name).or(described);
    Some(Parameter {
        formerly: chosen.map(|_| names::argument(&data.name)),
        rust_name: chosen.cloned().unwrap_or_else(|| names::argument(&data.name)),
        pair: context.overlay.names.pairs.get(context.id).and_then(|pair| pair_with(pair, &data.name)),
        place,
        encoding,
        kind: kind_of(&type_ref, types),
        members: members_of(&type_ref, types),
        default: default(data).map(Value::to_string),
        absent: absent.map(Value::to_string),
        required: place == Place::Path || data.required && absent.is_none(),
        unit: measure.map(|measure| measure.unit),
        time: units::time(measure, types.resolved(&type_ref)),
        described_time: described.is_some(),
        words: parameter_words(data, &type_ref, context),
        type_ref,
        lifetime: Lifetime::default(),
        deprecated: data.deprecated == Some(true),
        name: data.name.clone(),
    })
}

fn pair_with(pair: &PairFacts, parameter: &str) -> Option<Pair> {
    let field = pair.fields.get(parameter)?.clone();
    Some(Pair { argument: pair.argument.clone(), type_name: pair.type_name.clone(), field })
}

fn parameter_words(data: &ParameterData, type_ref: &TypeRef, context: &Context) -> Words {
    let ours = words::overlay_words(context.words.parameters.get(&data.name));
    let said = words::words(ours, data.description.as_deref(), &data.name);
    match type_ref {
        TypeRef::Filters(name) => {
            let full = format!("Restricts the call to objects that meet these conditions, the setters of [`{name}`].");
            said.with_full(Some(&full))
        }
        _ => said.with_full(context.overlay.sentences.of_parameter(context.id, &data.name)),
    }
}

fn default(data: &ParameterData) -> Option<&Value> {
    match &data.format {
        ParameterSchemaOrContent::Schema(ReferenceOr::Item(schema)) => schema.schema_data.default.as_ref(),
        _ => None,
    }
}

fn described_unit(data: &ParameterData, types: &Types) -> Option<Measure> {
    match &data.format {
        ParameterSchemaOrContent::Schema(schema) => units::described(types.behind(schema)),
        ParameterSchemaOrContent::Content(_) => None,
    }
}

/// The type of a value that is written as text. Unions are sent as text; objects cannot be.
fn written_type(schema: &ReferenceOr<Schema>, at: &SchemaPlace, types: &mut Types) -> Option<TypeRef> {
    let type_ref = match schema {
        ReferenceOr::Item(Schema { schema_kind: SchemaKind::OneOf { .. } | SchemaKind::AnyOf { .. }, .. }) => {
            TypeRef::Value
        }
        _ => types.type_of(schema, at),
    };
    if *types.resolved(&type_ref) == TypeRef::Value {
        types.problems.warning(&at.pointer, "several types are possible", "it is taken as text; give it one type");
        return Some(TypeRef::String);
    }
    if kind_of(&type_ref, types) == Kind::Object {
        let remedy = "describe it by `content: { application/json: … }`, or each property as a parameter";
        types.problems.error(&at.pointer, "an object cannot be written as text here", remedy);
        return None;
    }
    Some(type_ref)
}

/// The style of a parameter, if it is not supported. In a query, two styles concern lists only.
fn unsupported_style(described: &DeclaredParameter, kind: Kind) -> Option<&'static str> {
    match described {
        DeclaredParameter::Path { style: PathStyle::Matrix, .. } => Some("matrix"),
        DeclaredParameter::Path { style: PathStyle::Label, .. } => Some("label"),
        DeclaredParameter::Query { style: QueryStyle::SpaceDelimited, .. } if kind == Kind::Array => {
            Some("spaceDelimited")
        }
        DeclaredParameter::Query { style: QueryStyle::PipeDelimited, .. } if kind == Kind::Array => {
            Some("pipeDelimited")
        }
        DeclaredParameter::Query { style: QueryStyle::DeepObject, .. } => Some("deepObject"),
        _ => None,
    }
}

fn json_encoding(data: &ParameterData) -> Encoding {
    let in_base64 = data.extensions.get("x-content-encoding").is_some_and(|encoding| encoding == "base64url");
    if in_base64 { Encoding::Base64Json } else { Encoding::Json }
}

fn plain_encoding(data: &ParameterData, kind: Kind, place: Place, context: &Context) -> Encoding {
    let is_list = kind == Kind::Array;
    match place {
        Place::Path if has_slashes(context, &data.name) => Encoding::Slashes,
        Place::Query if is_list && data.explode != Some(false) => Encoding::Repeated,
        Place::Header if is_list && data.explode == Some(true) => Encoding::Repeated,
        _ if is_list => Encoding::Commas,
        _ => Encoding::Plain,
    }
}

/// True if the overlay lists the path up to this argument as one with slashes.
fn has_slashes(context: &Context, argument: &str) -> bool {
    let argument = format!("{{{argument}}}");
    context.overlay.slashes.iter().any(|prefix| prefix.ends_with(&argument) && context.template.starts_with(prefix))
        && !context.overlay.no_slashes.iter().any(|id| id == context.id)
}

/// Checks that each argument in the path has a parameter and each path parameter a segment.
fn check_path(context: &Context, parameters: &[Parameter], pointer: &str, types: &mut Types) {
    let in_path = |name: &str| context.template.split('/').any(|segment| segment == format!("{{{name}}}"));
    for parameter in parameters.iter().filter(|parameter| parameter.place == Place::Path && !in_path(&parameter.name)) {
        let what = format!("the path `{}` has no segment `{}`", context.template, parameter.name);
        types.problems.error(pointer, what, "fix the path or the parameter's name");
    }
    let has_query = parameters.iter().any(|parameter| parameter.place == Place::Query);
    if context.template.contains('#') || context.template.contains('?') && has_query {
        let what = format!("the path `{}` contains a query or a fragment", context.template);
        types.problems.error(pointer, what, "make the rest a query parameter");
    }
    for segment in context.template.split('/').filter(|segment| segment.contains(['{', '}'])) {
        let name = segment.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
        let is_known =
            |name| parameters.iter().any(|parameter| parameter.place == Place::Path && parameter.name == name);
        if !name.is_some_and(is_known) {
            let what = format!("`{segment}` of the path `{}` is not a path parameter", context.template);
            types.problems.error(pointer, what, "add the parameter; an argument is a whole segment");
        }
    }
}

/// The JSON type of the values of a type.
pub fn kind_of(type_ref: &TypeRef, types: &Types) -> Kind {
    match types.resolved(type_ref) {
        TypeRef::String | TypeRef::Sensitive | TypeRef::Variable => Kind::String,
        TypeRef::Boolean => Kind::Boolean,
        TypeRef::Integer(_) => Kind::Integer,
        TypeRef::Number => Kind::Number,
        TypeRef::List(_) => Kind::Array,
        TypeRef::Value | TypeRef::Object | TypeRef::Map(_) | TypeRef::Set | TypeRef::Filters(_) => Kind::Object,
        TypeRef::Nullable(inner) => kind_of(inner, types),
        TypeRef::Named(name) => match types.get(name).map(|named| &named.shape) {
            Some(Shape::Enum(Enum::Strings(_))) => Kind::String,
            Some(Shape::Enum(Enum::Integers(_))) => Kind::Integer,
            Some(Shape::Struct(_) | Shape::Alias(_)) | None => Kind::Object,
        },
    }
}

fn members_of(type_ref: &TypeRef, types: &Types) -> Vec<String> {
    let name = type_ref.named().and_then(|name| types.get(name));
    match name.map(|named| &named.shape) {
        Some(Shape::Enum(Enum::Strings(variants))) => variants.iter().map(|variant| variant.value.clone()).collect(),
        _ => Vec::new(),
    }
}
