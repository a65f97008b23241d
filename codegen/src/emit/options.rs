//! Types of optional arguments.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{docs, setters, types};
use crate::ir::{Operation, Parameter};

/// ```text
/// /// Options of `container_rename`.
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
    let setters = optional.iter().map(|sent| {
        setters::setter(&sent.name, &sent.rust_name, &sent.type_ref, &sent.words.in_versions(sent.lifetime))
    });
    let former = optional.iter().filter_map(|sent| former_setter(sent));
    let doc = format!(" Optional arguments of `{}`; unset ones are not sent.", operation.name);
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
    let (taken, _) = types::setter_argument(&parameter.type_ref);
    Some(setters::former_setter(parameter.formerly.as_ref()?, &parameter.rust_name, &taken))
}

fn field(parameter: &Parameter) -> TokenStream {
    let (name, rust_name, type_of) =
        (&parameter.name, format_ident!("{}", parameter.rust_name), types::owned(&parameter.type_ref));
    let default = parameter.default.as_ref().map(|default| format!(" Default: `{default}`.")).unwrap_or_default();
    let sent_as = parameter.formerly.as_ref().map(|_| format!(" Sent as `{name}`.")).unwrap_or_default();
    let doc = docs::line(&format!("{}{default}{sent_as}", parameter.words.in_versions(parameter.lifetime)));
    quote! {
        #[doc = #doc]
        #[serde(rename = #name, skip_serializing_if = "Option::is_none")]
        pub #rust_name: Option<#type_of>,
    }
}
