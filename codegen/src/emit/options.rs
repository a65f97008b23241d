//! Types of optional arguments.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{docs, setters, types};
use crate::ir::{Operation, Parameter};

/// ```text
/// /// Optional arguments of [`container_list`](crate::Engine::container_list); unset ones are not sent.
/// #[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
/// #[serde(deny_unknown_fields)]
/// #[non_exhaustive]
/// pub struct ContainerListOptions {
///     /// All.
///     #[serde(rename = "all", skip_serializing_if = "Option::is_none")]
///     pub all: Option<bool>,
/// }
/// ```
pub fn options(operation: &Operation) -> Option<TokenStream> {
    let name = format_ident!("{}", operation.options.as_ref()?);
    let optional: Vec<_> = operation.parameters.iter().filter(|parameter| !parameter.required).collect();
    let fields = optional.iter().map(|parameter| field(parameter));
    let setters = optional.iter().map(|parameter| setters::of_parameter(parameter));
    let former = optional.iter().filter_map(|parameter| former_setter(parameter));
    let method = format!("[`{0}`](crate::Engine::{0})", operation.name);
    let doc = docs::line(&format!("Optional arguments of {method}; unset ones are not sent."));
    let summary = docs::line(&operation.summary);
    Some(quote! {
        #[doc = #doc]
        #[doc = ""]
        #[doc = #summary]
        #[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        #[non_exhaustive]
        pub struct #name {
            #(#fields)*
        }
        impl #name {
            #(#setters)*
            #(#former)*
        }
    })
}

fn former_setter(parameter: &Parameter) -> Option<TokenStream> {
    let (taken, _) = types::setter_argument(&parameter.type_ref, parameter.time);
    Some(setters::former_setter(parameter.formerly.as_ref()?, &parameter.rust_name, &taken))
}

fn field(parameter: &Parameter) -> TokenStream {
    let (name, rust_name, type_of) =
        (&parameter.name, format_ident!("{}", parameter.rust_name), types::field(&parameter.type_ref, parameter.time));
    let form = parameter.time.map(|time| {
        let (write, read) = (types::in_form("write", time), types::in_form("read", time));
        quote!(, serialize_with = #write, deserialize_with = #read, default)
    });
    let sent_as = parameter.formerly.as_ref().map(|_| format!(" Sent as `{name}`.")).unwrap_or_default();
    let doc = docs::line(&format!("{}{sent_as}", docs::with_unit(&parameter.documented(), parameter.unit)));
    quote! {
        #[doc = #doc]
        #[serde(rename = #name, skip_serializing_if = "Option::is_none" #form)]
        pub #rust_name: Option<#type_of>,
    }
}
