//! The facets of an operation's requests in its row.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::tokens::{optional, row_of};
use crate::ir::{FacetRule, Facets, NameRule, NamedObject, SettingRule, When};

/// The facets. Arguments without one are left out: only in a body may a caller send what this build does not know.
pub fn facets(facets: &Facets) -> TokenStream {
    let rules: Vec<_> = facets.rules.iter().map(rule).collect();
    let harmless: Vec<_> = facets.harmless.iter().filter(|path| path.starts_with("body.")).collect();
    let names: Vec<_> = facets.names.iter().map(name_rule).collect();
    let settings: Vec<_> = facets.settings.iter().map(setting_rule).collect();
    let (labels, other_labels, unread) = (&facets.labels, &facets.other_labels, &facets.unread);
    let is_empty = rules.is_empty() && harmless.is_empty() && names.is_empty() && settings.is_empty();
    if is_empty && labels.is_empty() && other_labels.is_empty() && unread.is_empty() && facets.registry.is_none() {
        return quote!(crate::operation::Facets::NONE);
    }
    let registry = optional(facets.registry.as_ref().map(|argument| quote!(#argument)));
    quote! {
        crate::operation::Facets {
            rules: &[#(#rules),*],
            harmless: &[#(#harmless),*],
            registry: #registry,
            names: &[#(#names),*],
            labels: &[#(#labels),*],
            other_labels: &[#(#other_labels),*],
            unread: &[#(#unread),*],
            settings: &[#(#settings),*],
        }
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

fn name_rule(rule: &NameRule) -> TokenStream {
    let NameRule { path, collection, form, usage, except } = rule;
    let (form, usage) = (format_ident!("{}", format!("{form:?}")), format_ident!("{}", format!("{usage:?}")));
    quote! {
        crate::operation::NameRule {
            path: #path,
            collection: #collection,
            form: crate::operation::NameForm::#form,
            usage: crate::operation::Usage::#usage,
            except: &[#(#except),*],
        }
    }
}

fn setting_rule(rule: &SettingRule) -> TokenStream {
    let SettingRule { path, setting, keeps_absent } = rule;
    let setting = format_ident!("{}", format!("{setting:?}"));
    quote! {
        crate::operation::SettingRule {
            path: #path,
            setting: crate::operation::Setting::#setting,
            keeps_absent: #keeps_absent,
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
        When::Mount => quote!(Mount),
        When::Registry => quote!(Registry),
        When::Address => quote!(Address),
        When::PublicAddress => quote!(PublicAddress),
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
