//! Integers and strings, plain or enumerated.

use std::fmt::Display;

use openapiv3::{IntegerFormat, IntegerType, Schema, StringFormat, StringType, VariantOrUnknownOrEmpty};

use super::names;
use super::types::{SchemaPlace, Types};
use crate::ir::{Enum, Integer, Lifetime, Shape, TypeRef, Variant};
use crate::problem::join;

impl Types<'_> {
    pub(super) fn integer(&mut self, integer: &IntegerType, schema: &Schema, place: &SchemaPlace) -> TypeRef {
        let members: Vec<i64> = integer.enumeration.iter().copied().flatten().collect();
        if !members.is_empty() {
            let spelled = schema.schema_data.extensions.get("x-enum-varnames").and_then(|names| names.as_array());
            let name_of = |index: usize, value: i64| match spelled.and_then(|names| names.get(index)?.as_str()) {
                Some(name) => names::member(name),
                None => names::pascal(&value.to_string()),
            };
            let variants = members.iter().enumerate().map(|(index, &value)| Variant {
                rust_name: name_of(index, value),
                value,
                words: self.member_words(&place.name, &value.to_string()),
                lifetime: Lifetime::default(),
            });
            let variants = self.distinct(variants.collect(), place);
            return self.enumeration(Enum::Integers(variants), schema, place);
        }
        TypeRef::Integer(match &integer.format {
            VariantOrUnknownOrEmpty::Item(IntegerFormat::Int32) => Integer::I32,
            // Go's int and int64 both reach the description as an integer without a format.
            VariantOrUnknownOrEmpty::Item(IntegerFormat::Int64) | VariantOrUnknownOrEmpty::Empty => Integer::I64,
            VariantOrUnknownOrEmpty::Unknown(format) => match format.as_str() {
                "int" => Integer::I64,
                "uint64" => Integer::U64,
                "uint32" => Integer::U32,
                "uint16" => Integer::U16,
                "uint8" => Integer::U8,
                _ => {
                    let what = format!("unknown integer format `{format}`");
                    self.problems.warning(&place.pointer, what, "it is read as int64; correct the format");
                    Integer::I64
                }
            },
        })
    }

    pub(super) fn string(&mut self, string: &StringType, schema: &Schema, place: &SchemaPlace) -> TypeRef {
        let members: Vec<String> = string.enumeration.iter().flatten().cloned().collect();
        if !members.is_empty() {
            let variants = members.into_iter().map(|value| Variant {
                rust_name: names::member(&value),
                words: self.member_words(&place.name, &value),
                lifetime: Lifetime::default(),
                value,
            });
            let variants = self.distinct(variants.collect(), place);
            return self.enumeration(Enum::Strings(variants), schema, place);
        }
        match &string.format {
            VariantOrUnknownOrEmpty::Item(StringFormat::Password) => TypeRef::Sensitive,
            VariantOrUnknownOrEmpty::Unknown(format) if format == "variable" => TypeRef::Variable,
            _ => TypeRef::String,
        }
    }

    /// The members without those whose value is listed before.
    fn distinct<T: PartialEq + Display>(&mut self, variants: Vec<Variant<T>>, place: &SchemaPlace) -> Vec<Variant<T>> {
        let mut distinct: Vec<Variant<T>> = Vec::new();
        for variant in variants {
            if distinct.iter().any(|earlier| earlier.value == variant.value) {
                let what = format!("the enumeration lists `{}` again", variant.value);
                self.problems.warning(join(&place.pointer, "enum"), what, "it counts once; remove it in a correction");
            } else {
                distinct.push(variant);
            }
        }
        distinct
    }

    fn enumeration(&mut self, members: Enum, schema: &Schema, place: &SchemaPlace) -> TypeRef {
        let names: Vec<&str> = match &members {
            Enum::Strings(variants) => variants.iter().map(|variant| variant.rust_name.as_str()).collect(),
            Enum::Integers(variants) => variants.iter().map(|variant| variant.rust_name.as_str()).collect(),
        };
        let clash = names.iter().enumerate().find(|(index, name)| **name == "Other" || names[..*index].contains(name));
        if let Some((_, name)) = clash {
            let what = format!("two members of the enumeration become `{name}`");
            self.problems.error(join(&place.pointer, "enum"), what, "remove one of them in a correction");
        }
        self.named(Shape::Enum(members), schema, place)
    }
}
