//! Checks units: every integer has one, and every text whose name is that of a time; and no unit is of something else.

use std::collections::BTreeSet;

use super::lookup::resolved;
use crate::ir::{Api, Shape, Time, TypeRef, Unit};
use crate::overlay::Overlay;

/// Last words of names that a time has.
const TIMES: [&str; 19] = [
    "at",
    "time",
    "timestamp",
    "date",
    "created",
    "updated",
    "started",
    "finished",
    "since",
    "until",
    "start",
    "end",
    "read",
    "preread",
    "execution",
    "expires",
    "expiry",
    "modified",
    "deadline",
];

/// A number or a text.
struct Item<'a> {
    /// `Type.property` or `Operation.parameter`.
    name: String,
    /// The parameter or the property.
    part: &'a str,
    type_ref: &'a TypeRef,
    unit: Option<Unit>,
    time: Option<Time>,
}

/// Items without a unit, by the names that the overlay would use.
pub fn missing(api: &Api) -> Vec<String> {
    let needs = |item: &Item| needs_unit(api, item.type_ref, item.part) && item.unit.is_none();
    items(api).into_iter().filter(needs).map(|item| item.name).collect()
}

/// Problems of the units in the overlay.
pub fn problems(api: &Api, overlay: &Overlay) -> Vec<String> {
    let items = items(api);
    let known: BTreeSet<_> = items.iter().map(|item| &item.name).collect();
    let is_unknown = |name: &&String| !known.contains(name) && !overlay.units.older.contains(*name);
    let unknown = overlay.units.of.keys().filter(is_unknown);
    let unknown = unknown.map(|name| format!("no parameter or property `{name}` is defined"));
    let unfit = items.iter().filter(|item| item.unit.is_some_and(|unit| !fits(api, unit, item)));
    unknown.chain(unfit.map(|item| format!("`{}`: the unit does not fit its type", item.name))).collect()
}

/// All parameters and properties. A property is named by the type that defines it.
fn items(api: &Api) -> Vec<Item<'_>> {
    let parameters = api.operations.iter().flat_map(|operation| {
        operation.parameters.iter().map(|parameter| Item {
            name: format!("{}.{}", operation.id, parameter.name),
            part: &parameter.name,
            type_ref: &parameter.type_ref,
            unit: parameter.unit,
            time: parameter.time,
        })
    });
    let properties = api.types.iter().flat_map(|named| {
        let fields = match &named.shape {
            Shape::Struct(fields) => fields.as_slice(),
            Shape::Enum(_) | Shape::Alias(_) => &[],
        };
        fields.iter().filter(|field| field.defined_in == named.name).map(|field| Item {
            name: format!("{}.{}", named.name, field.name),
            part: &field.name,
            type_ref: &field.type_ref,
            unit: field.unit,
            time: field.time,
        })
    });
    parameters.chain(properties).collect()
}

fn needs_unit(api: &Api, type_ref: &TypeRef, name: &str) -> bool {
    match resolved(api, type_ref) {
        TypeRef::Integer(_) => true,
        TypeRef::String => {
            let spelled = crate::lower::spelled_out(name).to_lowercase();
            spelled.split(' ').next_back().is_some_and(|last| TIMES.contains(&last))
        }
        TypeRef::List(inner) | TypeRef::Map(inner) | TypeRef::Nullable(inner) => {
            needs_unit(api, inner, name) && *resolved(api, inner) != TypeRef::String
        }
        _ => false,
    }
}

/// True if values of a type can have the unit. Durations and times are single values, which become types.
fn fits(api: &Api, unit: Unit, item: &Item) -> bool {
    let is_number = needs_unit(api, item.type_ref, "");
    match unit {
        Unit::None => is_number || *resolved(api, item.type_ref) == TypeRef::String,
        Unit::Bytes | Unit::BytesPerSecond | Unit::NanoCpus | Unit::CpuTime | Unit::Percent | Unit::Count => is_number,
        _ => item.time.is_some(),
    }
}
