//! Objects: those with properties become structs, `allOf` one struct of all its parts, those without become maps, sets
//! and open JSON.

use std::collections::BTreeSet;

use openapiv3::{AdditionalProperties, AnySchema, ObjectType, ReferenceOr, Schema, SchemaKind, Type as SchemaType};

use super::names;
use super::types::{SchemaPlace, Types, definition_in, prose};
use super::units;
use super::words::words;
use crate::ir::{Field, Lifetime, Shape, TypeRef};
use crate::problem::join;

impl Types<'_> {
    pub(super) fn object(&mut self, object: &ObjectType, schema: &Schema, place: &SchemaPlace) -> TypeRef {
        if object.properties.is_empty() {
            return match &object.additional_properties {
                // Closed and empty: a marker.
                Some(AdditionalProperties::Any(false)) => self.named(Shape::Struct(Vec::new()), schema, place),
                Some(AdditionalProperties::Schema(values)) if is_empty_object(values) => TypeRef::Set,
                Some(AdditionalProperties::Schema(values)) => {
                    match self.inner_type_of(values, &place.part("Value", "additionalProperties")) {
                        values if *values == TypeRef::Value => TypeRef::Object,
                        values => TypeRef::Map(values),
                    }
                }
                Some(AdditionalProperties::Any(true)) | None => TypeRef::Object,
            };
        }
        self.all_of(&[], object, schema, place)
    }

    /// One struct of all properties, unless it adds nothing to the one type that it refers to.
    pub(super) fn all_of(
        &mut self,
        parts: &[ReferenceOr<Schema>],
        own: &ObjectType,
        schema: &Schema,
        place: &SchemaPlace,
    ) -> TypeRef {
        let parts: Vec<_> = parts.iter().filter(|part| !adds_nothing(part)).collect();
        match parts[..] {
            [] if own.properties.is_empty() => return self.without_properties(own, place),
            [ReferenceOr::Reference { reference }] if own.properties.is_empty() => {
                return self.referred(reference, place);
            }
            _ => {}
        }
        if !self.met.insert(place.pointer.clone()) {
            return TypeRef::Named(place.name.clone());
        }
        let mut fields = Vec::new();
        let mut seen = BTreeSet::new();
        for part in parts {
            self.fields_of(part, place, &mut seen, &mut fields);
        }
        self.own_fields(own, place, &mut fields);
        self.named(Shape::Struct(fields), schema, place)
    }

    fn without_properties(&mut self, own: &ObjectType, place: &SchemaPlace) -> TypeRef {
        match &own.additional_properties {
            Some(AdditionalProperties::Schema(values)) => {
                TypeRef::Map(self.inner_type_of(values, &place.part("Value", "additionalProperties")))
            }
            _ => TypeRef::Value,
        }
    }

    /// The fields of a part of an `allOf`. Inline types of a definition keep the names that they have there.
    fn fields_of(
        &mut self,
        part: &ReferenceOr<Schema>,
        place: &SchemaPlace,
        seen: &mut BTreeSet<String>,
        fields: &mut Vec<Field>,
    ) {
        match part {
            ReferenceOr::Reference { reference } => {
                let Some(name) = definition_in(reference) else {
                    return drop(self.referred(reference, place));
                };
                if !seen.insert(name.clone()) {
                    let what = format!("`allOf` includes `{name}` again");
                    return self.problems.error(&place.pointer, what, "break the cycle");
                }
                let definitions = self.definitions;
                match definitions.schemas.get(&name) {
                    Some(definition) => {
                        let place = SchemaPlace::new(self.definition(&name), join("/components/schemas", &name));
                        self.fields_of(definition, &place, seen, fields);
                    }
                    None => drop(self.referred(reference, place)),
                }
            }
            ReferenceOr::Item(schema) => {
                let (parts, own) = match &schema.schema_kind {
                    SchemaKind::AllOf { all_of } => (all_of.as_slice(), ObjectType::default()),
                    SchemaKind::Any(any) => (any.all_of.as_slice(), object_in(any)),
                    SchemaKind::Type(SchemaType::Object(object)) => (&[][..], object.clone()),
                    // `extra` keeps the properties of each of several types.
                    SchemaKind::OneOf { .. } | SchemaKind::AnyOf { .. } | SchemaKind::Not { .. } => return,
                    _ => {
                        let what = "a part of `allOf` is not an object";
                        return self.problems.error(&place.pointer, what, "describe its properties");
                    }
                };
                for part in parts {
                    self.fields_of(part, place, seen, fields);
                }
                self.own_fields(&own, place, fields);
            }
        }
    }

    fn own_fields(&mut self, object: &ObjectType, place: &SchemaPlace, fields: &mut Vec<Field>) {
        for (name, schema) in &object.properties {
            let schema = schema.clone().unbox();
            let property = place.property(name);
            let type_ref = self.type_of(&schema, &property);
            let behind = self.behind(&schema);
            let scalar = matches!(type_ref, TypeRef::Named(_)).then(|| units::scalar(behind)).flatten();
            let described = units::described(behind);
            let measure = self.property_unit(&place.name, name).or(described);
            let field = Field {
                name: name.clone(),
                rust_name: names::field(name),
                formerly: self.former_setter(&place.name, name),
                unit: measure.map(|measure| measure.unit),
                time: units::time(measure, scalar.as_ref().unwrap_or(&type_ref)),
                described_time: described.is_some(),
                type_ref,
                boxed: false,
                always: false,
                deprecated: schema.as_item().is_some_and(|schema| schema.schema_data.deprecated),
                required: object.required.contains(name),
                default: default(&schema),
                words: words(self.property_words(&place.name, name), prose(&schema), name)
                    .with_full(self.property_sentences(&place.name, name)),
                defined_in: place.name.clone(),
                lifetime: Lifetime::default(),
            };
            // A later part of an `allOf` overrides earlier ones.
            fields.retain(|earlier| earlier.name != field.name);
            if let Some(clash) = fields.iter().find(|earlier| earlier.rust_name == field.rust_name) {
                let what = format!("`{}` and `{}` become the same field in Rust", clash.name, field.name);
                self.problems.error(property.pointer, what, "remove one of them in a correction");
            }
            fields.push(field);
        }
    }
}

fn default(schema: &ReferenceOr<Schema>) -> Option<String> {
    schema.as_item().and_then(|schema| schema.schema_data.default.as_ref()).map(|value| value.to_string())
}

pub(super) fn object_in(any: &AnySchema) -> ObjectType {
    ObjectType {
        properties: any.properties.clone(),
        required: any.required.clone(),
        additional_properties: any.additional_properties.clone(),
        min_properties: any.min_properties,
        max_properties: any.max_properties,
    }
}

/// An object that may only be empty, as Docker writes the values of a set.
fn is_empty_object(schema: &ReferenceOr<Schema>) -> bool {
    matches!(schema, ReferenceOr::Item(schema) if schema.schema_data.extensions.contains_key("x-object-enum"))
}

/// The one part that makes up a schema.
pub(super) fn only_part(schema: &Schema) -> Option<&ReferenceOr<Schema>> {
    let parts: Vec<_> = match &schema.schema_kind {
        SchemaKind::AllOf { all_of } => all_of.iter().filter(|part| !adds_nothing(part)).collect(),
        SchemaKind::OneOf { one_of: parts } | SchemaKind::AnyOf { any_of: parts } => parts.iter().collect(),
        _ => return None,
    };
    match parts[..] {
        [only] => Some(only),
        _ => None,
    }
}

fn adds_nothing(part: &ReferenceOr<Schema>) -> bool {
    let ReferenceOr::Item(schema) = part else { return false };
    match &schema.schema_kind {
        SchemaKind::Type(SchemaType::Object(object)) => {
            object.properties.is_empty() && object.additional_properties.is_none()
        }
        SchemaKind::Any(any) => object_in(any) == ObjectType::default() && any.all_of.is_empty(),
        _ => false,
    }
}
