//! Lowers headers of an answer: the JSON type of each, and one type for all.

use openapiv3::{Header as DeclaredHeader, ParameterSchemaOrContent, ReferenceOr, SchemaKind, Type as SchemaType};

use super::types::{SchemaPlace, Types};
use super::{names, parameters, units};
use crate::ir::{Field, Header, Integer, Lifetime, Origin, Shape, Type, TypeRef, Words};
use crate::problem::join;

/// The declared headers; `place` is the place of the type of all.
pub fn headers(declared: &[(&String, &DeclaredHeader)], place: &SchemaPlace, types: &mut Types) -> Vec<Header> {
    let header = |(name, described): &(&String, &DeclaredHeader)| {
        let place = SchemaPlace::new(format!("{}{}", place.name, names::type_name(name)), join(&place.pointer, name));
        let type_ref = header_type(described, &place, types);
        Header { name: (*name).clone(), kind: parameters::kind_of(&type_ref, types), type_ref }
    };
    declared.iter().map(header).collect()
}

/// The type of all headers, if there are any.
pub fn headers_type(headers: &[Header], place: SchemaPlace, types: &mut Types) -> Option<TypeRef> {
    if headers.is_empty() {
        return None;
    }
    let SchemaPlace { name, pointer } = place;
    for (index, header) in headers.iter().enumerate() {
        let taken = |earlier: &&Header| names::field(&earlier.name) == names::field(&header.name);
        if let Some(first) = headers[..index].iter().find(taken) {
            let what = format!("the headers `{}` and `{}` become the same field in Rust", first.name, header.name);
            types.problems.error(join(&pointer, &header.name), what, "remove one of them in a correction");
        }
    }
    let words_or = |ours: Option<Words>, text| ours.unwrap_or(Words { text, full: None, origin: Origin::Name });
    let field = |header: &Header| Field {
        name: header.name.clone(),
        rust_name: names::field(&header.name),
        formerly: None,
        type_ref: header.type_ref.clone(),
        boxed: false,
        unit: types.property_unit(&name, &header.name).map(|measure| measure.unit),
        time: units::time(types.property_unit(&name, &header.name), &header.type_ref),
        described_time: false,
        always: false,
        deprecated: false,
        required: false,
        default: None,
        words: words_or(types.property_words(&name, &header.name), format!("The header `{}`.", header.name))
            .with_full(types.property_sentences(&name, &header.name)),
        defined_in: name.clone(),
        lifetime: Lifetime::default(),
    };
    let shape = Shape::Struct(headers.iter().map(field).collect());
    let words = words_or(types.type_words(&name), "The headers of an answer.".to_owned());
    types.add(Type {
        name: name.clone(),
        pointer,
        words,
        shape,
        formerly: Vec::new(),
        sent: false,
        lifetime: Lifetime::default(),
    });
    Some(TypeRef::Named(name))
}

/// The type of a header: that of its schema for JSON in base64, else a scalar.
fn header_type(described: &DeclaredHeader, place: &SchemaPlace, types: &mut Types) -> TypeRef {
    let in_base64 = described.extensions.get("x-content-encoding").is_some_and(|encoding| encoding == "base64");
    match &described.format {
        ParameterSchemaOrContent::Content(content) if in_base64 => {
            let schema = content.values().next().and_then(|content| content.schema.as_ref());
            schema.map_or(TypeRef::Object, |schema| types.type_of(schema, place))
        }
        ParameterSchemaOrContent::Schema(ReferenceOr::Item(schema)) => match &schema.schema_kind {
            SchemaKind::Type(SchemaType::Integer(_)) => TypeRef::Integer(Integer::I64),
            SchemaKind::Type(SchemaType::Number(_)) => TypeRef::Number,
            SchemaKind::Type(SchemaType::Boolean(_)) => TypeRef::Boolean,
            _ => TypeRef::String,
        },
        _ => TypeRef::String,
    }
}
