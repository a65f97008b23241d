//! Types of `filters` arguments: a setter for each known key, over a map that takes any key.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs;
use crate::ir::{FilterKey, FilterKind, Filters};

/// ```text
/// crate::filters::filters!(VolumePruneFilters, "Filters …");
/// impl VolumePruneFilters {
///     /// Adds a value for `label`.
///     ///
///     /// …
///     #[must_use]
///     pub fn label(self, value: impl Into<String>) -> Self {
///         self.filter("label", value)
///     }
/// }
/// ```
pub fn filters(filters: &Filters) -> TokenStream {
    let name = format_ident!("{}", filters.name);
    let setters = filters.keys.iter().map(setter);
    quote! {
        /// Filters of a list: an element must match every key, and one of the values of each; see
        /// [filters](crate::guide::filters).
        #[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct #name(crate::filters::Filters);
        impl #name {
            #(#setters)*
            /// Adds a value for any key, also one without a setter.
            #[must_use]
            pub fn filter(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
                self.0.add(key, value);
                self
            }
        }
    }
}

fn setter(key: &FilterKey) -> TokenStream {
    let (wire, rust_name) = (&key.key, format_ident!("{}", key.rust_name));
    let docs = docs::deed(&format!("Adds a value for `{wire}`."), &key.words, &key.words.documented(key.lifetime));
    let (taken, converted) = match key.kind {
        FilterKind::String => (quote!(impl Into<String>), quote!(value)),
        FilterKind::Integer => (quote!(i64), quote!(value.to_string())),
        FilterKind::Boolean => (quote!(bool), quote!(value.to_string())),
        FilterKind::Key => return bare_key(key),
    };
    quote! {
        #(#[doc = #docs])*
        #[must_use]
        pub fn #rust_name(self, value: #taken) -> Self {
            self.filter(#wire, #converted)
        }
    }
}

/// The setter of a key that has no values.
fn bare_key(key: &FilterKey) -> TokenStream {
    let (wire, rust_name) = (&key.key, format_ident!("{}", key.rust_name));
    let deed = format!("Adds the key `{wire}`, which has no values.");
    let docs = docs::deed(&deed, &key.words, &key.words.documented(key.lifetime));
    quote! {
        #(#[doc = #docs])*
        #[must_use]
        pub fn #rust_name(mut self) -> Self {
            self.0.add_key(#wire);
            self
        }
    }
}
