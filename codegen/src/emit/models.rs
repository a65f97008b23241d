//! Types of bodies and answers.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{docs, setters, types};
use crate::ir::{Enum, Field, Origin, Shape, Time, Type, TypeRef, Variant};

/// A named type, its setters and its former names.
pub fn model(described: &Type, uses: Option<&String>) -> TokenStream {
    let docs = documentation(described, uses);
    let shape = shape(described);
    let aliases = described.formerly.iter().map(|former| alias(former, &described.name));
    quote!(#(#[doc = #docs])* #shape #(#aliases)*)
}

/// The meaning of a type, and a paragraph on its uses.
fn documentation(described: &Type, uses: Option<&String>) -> Vec<String> {
    let meaning = docs::line(&described.words.in_versions(described.lifetime));
    match uses {
        Some(uses) => vec![meaning, String::new(), docs::line(uses)],
        None => vec![meaning],
    }
}

/// ```text
/// /// The name of [`PortSummary`] in older descriptions.
/// #[deprecated(note = "renamed to `PortSummary`")]
/// pub type Port = crate::models::PortSummary;
/// ```
fn alias(former: &str, name: &str) -> TokenStream {
    let doc = format!(" The name of [`{name}`] in older descriptions.");
    let note = format!("renamed to `{name}`");
    let (former, name) = (format_ident!("{former}"), format_ident!("{name}"));
    quote! {
        #[doc = #doc]
        #[deprecated(note = #note)]
        pub type #former = crate::models::#name;
    }
}

/// A named type without its documentation.
fn shape(described: &Type) -> TokenStream {
    match &described.shape {
        Shape::Struct(fields) => structure(described, fields),
        Shape::Enum(Enum::Strings(variants)) => strings(described, variants),
        Shape::Enum(Enum::Integers(variants)) => integers(described, variants),
        Shape::Alias(target) => {
            let (name, target) = (format_ident!("{}", described.name), types::owned(target));
            quote! {
                pub type #name = #target;
            }
        }
    }
}

/// ```text
/// #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
/// #[non_exhaustive]
/// pub struct UsageData {
///     /// Size.
///     #[serde(rename = "Size", skip_serializing_if = "Option::is_none")]
///     pub size: Option<i64>,
///     /// Properties that the description does not name, kept unchanged and written back.
///     #[serde(flatten)]
///     pub extra: crate::JsonObject,
/// }
/// crate::json::object!(UsageData {
///     size: value => "Size",
/// });
/// ```
fn structure(described: &Type, fields: &[Field]) -> TokenStream {
    if fields.iter().any(|field| field.always) {
        return answer(described, fields);
    }
    let name = format_ident!("{}", described.name);
    let setters = described.sent.then(|| {
        let setters = fields.iter().map(setters::of_field);
        let former = fields.iter().filter_map(former_setter);
        quote!(impl #name { #(#setters)* #(#former)* })
    });
    let names = fields.iter().map(|field| &field.name);
    let rust_names = fields.iter().map(|field| format_ident!("{}", field.rust_name));
    let reads = fields.iter().map(read);
    let fields = fields.iter().map(field);
    quote! {
        #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
        #[non_exhaustive]
        pub struct #name {
            #(#fields)*
            /// Properties that the description does not name, kept unchanged and written back.
            #[serde(flatten)]
            pub extra: crate::JsonObject,
        }
        crate::json::object!(#name { #(#rust_names: #reads => #names,)* });
        #setters
    }
}

/// A type of answers with properties that every engine sends: they are values. Nobody sends one, so it has no setters.
///
/// ```text
/// #[derive(Clone, Default, PartialEq)]
/// #[non_exhaustive]
/// pub struct UsageData {
///     /// Size.
///     pub size: i64,
///     /// Name.
///     pub name: Option<String>,
///     /// Properties that the description does not name, kept unchanged and written back.
///     pub extra: crate::JsonObject,
///     presence_: crate::json::Presence,
/// }
/// crate::json::answer!(UsageData {
///     size: value => "Size" always 0,
///     name: value => "Name",
/// });
/// ```
fn answer(described: &Type, fields: &[Field]) -> TokenStream {
    let name = format_ident!("{}", described.name);
    let mut indices = (0..).map(proc_macro2::Literal::u32_unsuffixed);
    let properties = fields.iter().map(|field| {
        let (property, rust_name, read) = (&field.name, format_ident!("{}", field.rust_name), read(field));
        let always = field.always.then(|| indices.next()).flatten().map(|index| quote!(always #index));
        quote!(#rust_name: #read => #property #always,)
    });
    let fields = fields.iter().map(|field| {
        let (rust_name, doc) = (format_ident!("{}", field.rust_name), documentation_of(field));
        let held = types::held(field);
        let held = if field.always { held } else { quote!(Option<#held>) };
        quote!(#[doc = #doc] pub #rust_name: #held,)
    });
    quote! {
        #[derive(Clone, Default, PartialEq)]
        #[non_exhaustive]
        pub struct #name {
            #(#fields)*
            /// Properties that the description does not name, kept unchanged and written back.
            pub extra: crate::JsonObject,
            presence_: crate::json::Presence,
        }
        crate::json::answer!(#name { #(#properties)* });
    }
}

fn former_setter(field: &Field) -> Option<TokenStream> {
    let (taken, _) = types::setter_argument(&field.type_ref, field.time);
    Some(setters::former_setter(field.formerly.as_ref()?, &field.rust_name, &taken))
}

fn documentation_of(field: &Field) -> String {
    docs::line(&docs::with_unit(&field.words.documented(field.lifetime), field.unit))
}

fn field(field: &Field) -> TokenStream {
    let (name, rust_name, doc, type_of) =
        (&field.name, format_ident!("{}", field.rust_name), documentation_of(field), types::held(field));
    let form = field.time.map(|time| {
        let write = types::in_form("write", time);
        quote!(, serialize_with = #write)
    });
    quote! {
        #[doc = #doc]
        #[serde(rename = #name, skip_serializing_if = "Option::is_none" #form)]
        pub #rust_name: Option<#type_of>,
    }
}

/// The function of `crate::json` that reads a field.
fn read(field: &Field) -> TokenStream {
    if let Some(Time { form, .. }) = field.time {
        let form = format_ident!("{}", format!("{form:?}"));
        return quote!(in_unit(#form));
    }
    match &field.type_ref {
        TypeRef::List(item) if !matches!(**item, TypeRef::Nullable(_)) => quote!(list),
        TypeRef::Map(value) if !matches!(**value, TypeRef::Nullable(_)) => quote!(map),
        _ => quote!(value),
    }
}

/// ```text
/// #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
/// #[non_exhaustive]
/// pub enum VolumeScope {
///     /// `local`: only on this engine.
///     Local,
///     /// A value that the description does not name.
///     Other(String),
/// }
/// crate::open_enum::strings!(VolumeScope {
///     Local => "local",
/// });
/// ```
fn strings(described: &Type, variants: &[Variant<String>]) -> TokenStream {
    let values = variants.iter().map(|variant| &variant.value);
    let names: Vec<_> = variants.iter().map(|variant| format_ident!("{}", variant.rust_name)).collect();
    let docs = variants.iter().map(|variant| match variant.value.as_str() {
        "" => member("The empty string", variant),
        value => member(&format!("`{value}`"), variant),
    });
    let name = format_ident!("{}", described.name);
    quote! {
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#[doc = #docs] #names,)*
            /// A value that the description does not name.
            Other(String),
        }
        crate::open_enum::strings!(#name { #(#names => #values,)* });
    }
}

/// An enumeration of integers, like [`strings`].
fn integers(described: &Type, variants: &[Variant<i64>]) -> TokenStream {
    let values = variants.iter().map(|variant| proc_macro2::Literal::i64_unsuffixed(variant.value));
    let names: Vec<_> = variants.iter().map(|variant| format_ident!("{}", variant.rust_name)).collect();
    let docs = variants.iter().map(|variant| member(&format!("`{}`", variant.value), variant));
    let name = format_ident!("{}", described.name);
    quote! {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#[doc = #docs] #names,)*
            /// A value that the description does not name.
            Other(i64),
        }
        crate::open_enum::integers!(#name { #(#names => #values,)* });
    }
}

/// The documentation of a member: its value and its meaning, if one is known.
fn member<T>(value: &str, variant: &Variant<T>) -> String {
    let said = variant.words.in_versions(variant.lifetime);
    match variant.words.origin {
        Origin::Name => docs::line(&format!("{value}. {}", variant.lifetime.sentence())),
        _ => docs::line(&format!("{value}: {said}")),
    }
}
