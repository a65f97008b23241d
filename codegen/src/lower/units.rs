//! Chooses the type of a time or a duration by its unit.

use openapiv3::{
    ReferenceOr, Schema, SchemaKind, StringFormat, StringType, Type as SchemaType, VariantOrUnknownOrEmpty,
};

use crate::ir::{Integer, Measure, Special, Time, TimeForm, TimeKind, TypeRef, Unit};

/// The unit that a description itself tells: its dates are of RFC 3339.
pub fn described(schema: &ReferenceOr<Schema>) -> Option<Measure> {
    let ReferenceOr::Item(Schema { schema_kind: SchemaKind::Type(SchemaType::String(string)), .. }) = schema else {
        return None;
    };
    let is_time = match &string.format {
        VariantOrUnknownOrEmpty::Item(StringFormat::DateTime) => true,
        // As Docker's description writes it.
        VariantOrUnknownOrEmpty::Unknown(format) => format == "dateTime",
        _ => false,
    };
    is_time.then_some(Measure { unit: Unit::Rfc3339, special: Special::None })
}

/// The type of a number or a text without members; `None` for any other schema.
pub fn scalar(schema: &ReferenceOr<Schema>) -> Option<TypeRef> {
    let ReferenceOr::Item(Schema { schema_kind: SchemaKind::Type(kind), .. }) = schema else { return None };
    match kind {
        SchemaType::Integer(integer) if integer.enumeration.is_empty() => Some(TypeRef::Integer(Integer::I64)),
        SchemaType::String(string) if string.enumeration.is_empty() && !is_secret(string) => Some(TypeRef::String),
        _ => None,
    }
}

fn is_secret(string: &StringType) -> bool {
    match &string.format {
        VariantOrUnknownOrEmpty::Item(format) => *format == StringFormat::Password,
        VariantOrUnknownOrEmpty::Unknown(format) => format == "variable",
        VariantOrUnknownOrEmpty::Empty => false,
    }
}

/// The time or duration that a number or a text of this unit is; `None` for a unit of something else. Items of lists
/// and values of maps stay numbers.
pub fn time(measure: Option<Measure>, type_ref: &TypeRef) -> Option<Time> {
    let Measure { unit, special } = measure?;
    let duration = match special {
        Special::None => TimeKind::Duration,
        Special::ZeroIsDefault => TimeKind::Period,
        Special::NegativeIsUnlimited => TimeKind::TimeLimit,
        Special::ZeroIsUnset => TimeKind::Quota,
    };
    let (kind, form) = match (type_ref, unit) {
        (TypeRef::Integer(_), Unit::Nanoseconds) => (duration, TimeForm::Nanoseconds),
        (TypeRef::Integer(_), Unit::Microseconds) => (duration, TimeForm::Microseconds),
        (TypeRef::Integer(_), Unit::Seconds) => (duration, TimeForm::Seconds),
        (TypeRef::Integer(_), Unit::UnixSeconds) => (TimeKind::UnixTime, TimeForm::UnixSeconds),
        (TypeRef::Integer(_), Unit::UnixNanoseconds) => (TimeKind::UnixTime, TimeForm::UnixNanoseconds),
        (TypeRef::String, Unit::UnixSeconds) => (TimeKind::UnixTime, TimeForm::DecimalSeconds),
        (TypeRef::String, Unit::Rfc3339) => (TimeKind::Timestamp, TimeForm::Rfc3339),
        _ => return None,
    };
    Some(Time { kind, form })
}
