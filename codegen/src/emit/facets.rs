//! The facets of an operation's requests in its row.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::tokens::{optional, row_of};
use crate::ir::{FacetRule, Facets, NamedObject, When};

/// The facets. Arguments without one are left out: only in a body may a caller send what this build does not know.
pub fn facets(facets: &Facets) -> TokenStream {
    let rules: Vec<_> = facets.rules.iter().map(rule).collect();
    let harmless: Vec<_> = facets.harmless.iter().filter(|path| path.starts_with("body.")).collect();
    if rules.is_empty() && harmless.is_empty() && facets.registry.is_none() {
        return quote!(crate::operation::Facets::NONE);
    }
    let registry = optional(facets.registry.as_ref().map(|argument| quote!(#argument)));
    quote! {
        crate::operation::Facets { rules: &[#(#rules),*], harmless: &[#(#harmless),*], registry: #registry }
    }
}

fn rule(rule: &FacetRule) -> TokenStream {
    let FacetRule { path, facet, when: values, object: named } = rule;
    let facet = format_ident!("{}", format!("{facet:?}"));
    let (when, object) = (when(values), optional(named.as_ref().map(object)));
    quote! {
        crate::operation::FacetRule {
            path: #path,
            facet: crate::operation::Facet::#facet,
            when: crate::operation::When::#when,
            object: #object,
        }
    }
}

fn when(when: &When) -> TokenStream {
    match when {
        When::Given => quote!(Given),
        When::Present => quote!(Present),
        When::Negative => quote!(Negative),
        When::HostPath => quote!(HostPath),
        When::Bind => quote!(Bind),
        When::OneOf(values) => quote!(OneOf(&[#(#values),*])),
        When::NoneOf(values) => quote!(NoneOf(&[#(#values),*])),
        When::KeyOneOf(values) => quote!(KeyOneOf(&[#(#values),*])),
        When::KeyNoneOf(values) => quote!(KeyNoneOf(&[#(#values),*])),
    }
}

fn object(object: &NamedObject) -> TokenStream {
    let NamedObject { operation, argument, pointer } = object;
    let operation = row_of(operation);
    quote!(crate::operation::NamedObject { operation: #operation, argument: #argument, pointer: #pointer })
}
