//! Types as fields hold them and as arguments take them.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::ir::{Field, Integer, Time, TimeKind, TypeRef};

/// The type as a field holds it: `Vec<String>`.
pub fn owned(type_ref: &TypeRef) -> TokenStream {
    match type_ref {
        TypeRef::String => quote!(String),
        TypeRef::Boolean => quote!(bool),
        TypeRef::Number => quote!(f64),
        TypeRef::Integer(Integer::I64) => quote!(i64),
        TypeRef::Integer(Integer::I32) => quote!(i32),
        TypeRef::Integer(Integer::U64) => quote!(u64),
        TypeRef::Integer(Integer::U32) => quote!(u32),
        TypeRef::Integer(Integer::U16) => quote!(u16),
        TypeRef::Integer(Integer::U8) => quote!(u8),
        TypeRef::Sensitive => quote!(crate::Sensitive),
        TypeRef::Variable => quote!(crate::Variable),
        TypeRef::Value => quote!(crate::Value),
        TypeRef::Object => quote!(crate::JsonObject),
        TypeRef::Set => quote!(crate::ObjectSet),
        TypeRef::Named(name) => {
            let name = format_ident!("{name}");
            quote!(crate::models::#name)
        }
        TypeRef::Filters(name) => {
            let name = format_ident!("{name}");
            quote!(crate::options::#name)
        }
        TypeRef::List(inner) => {
            let inner = owned(inner);
            quote!(Vec<#inner>)
        }
        TypeRef::Map(inner) => {
            let inner = entry(inner);
            quote!(std::collections::BTreeMap<String, #inner>)
        }
        TypeRef::Nullable(inner) => {
            let inner = owned(inner);
            quote!(Option<#inner>)
        }
    }
}

/// The type as a property of a struct holds it.
pub fn held(property: &Field) -> TokenStream {
    let type_of = field(&property.type_ref, property.time);
    if property.boxed { quote!(Box<#type_of>) } else { type_of }
}

/// The type of a field or an argument: that of a time or a duration, or [`owned`].
pub fn field(type_ref: &TypeRef, time: Option<Time>) -> TokenStream {
    match time.map(|time| time.kind) {
        Some(TimeKind::Duration) => quote!(std::time::Duration),
        Some(kind) => {
            let kind = format_ident!("{}", format!("{kind:?}"));
            quote!(crate::#kind)
        }
        None => owned(type_ref),
    }
}

/// The form of a time or a duration in JSON.
pub fn form(time: Time) -> TokenStream {
    let form = format_ident!("{}", format!("{:?}", time.form));
    quote!(crate::wire::#form)
}

/// The path of a function that reads or writes fields of this form, for serde.
pub fn in_form(function: &str, time: Time) -> String {
    format!("crate::wire::{function}::<crate::wire::{:?}, _, _>", time.form)
}

/// The type as a map holds it. Objects are boxed: a map allocates eleven entries, and most maps hold one or two.
fn entry(type_ref: &TypeRef) -> TokenStream {
    let entry = owned(type_ref);
    if matches!(type_ref, TypeRef::Named(_)) { quote!(Box<#entry>) } else { entry }
}

/// The type as a required argument: `&str`.
pub fn borrowed(type_ref: &TypeRef) -> TokenStream {
    match type_ref {
        TypeRef::String => quote!(&str),
        TypeRef::Boolean | TypeRef::Number | TypeRef::Integer(_) => owned(type_ref),
        TypeRef::List(inner) => {
            let inner = owned(inner);
            quote!(&[#inner])
        }
        _ => {
            let owned = owned(type_ref);
            quote!(&#owned)
        }
    }
}

/// The argument type of a setter, and the expression that converts `value` to the type of the field.
pub fn setter_argument(type_ref: &TypeRef, time: Option<Time>) -> (TokenStream, TokenStream) {
    let type_of = field(type_ref, time);
    match type_ref {
        _ if time.is_some_and(|time| matches!(time.kind, TimeKind::Duration | TimeKind::Timestamp)) => {
            (type_of, quote!(value))
        }
        _ if time.is_some() => (quote!(impl Into<#type_of>), quote!(value.into())),
        TypeRef::List(inner) if converts(inner) => {
            let inner = owned(inner);
            (quote!(impl IntoIterator<Item = impl Into<#inner>>), quote!(value.into_iter().map(Into::into).collect()))
        }
        TypeRef::List(inner) => {
            let inner = owned(inner);
            (quote!(impl IntoIterator<Item = #inner>), quote!(value.into_iter().collect()))
        }
        TypeRef::Set => (quote!(impl IntoIterator<Item = impl Into<String>>), quote!(value.into_iter().collect())),
        TypeRef::Map(inner) if converts(inner) => {
            let inner = entry(inner);
            (
                quote!(impl IntoIterator<Item = (impl Into<String>, impl Into<#inner>)>),
                quote!(value.into_iter().map(|(key, value)| (key.into(), value.into())).collect()),
            )
        }
        TypeRef::Map(inner) => {
            let inner = owned(inner);
            (
                quote!(impl IntoIterator<Item = (impl Into<String>, #inner)>),
                quote!(value.into_iter().map(|(key, value)| (key.into(), value)).collect()),
            )
        }
        _ if converts(type_ref) => (quote!(impl Into<#type_of>), quote!(value.into())),
        _ => (type_of, quote!(value)),
    }
}

/// True if a setter takes other types that convert into this one.
fn converts(type_ref: &TypeRef) -> bool {
    use TypeRef::{Filters, Named, Sensitive, String, Value, Variable};
    matches!(type_ref, String | Sensitive | Variable | Value | Named(_) | Filters(_))
}
