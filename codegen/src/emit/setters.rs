//! Setters that can be chained, so that a value is written as one expression.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{docs, types};
use crate::ir::TypeRef;

/// ```text
/// /// Sets `Cmd`: the command to run.
/// pub fn cmd(mut self, value: impl IntoIterator<Item = impl Into<String>>) -> Self {
///     self.cmd = Some(value.into_iter().map(Into::into).collect());
///     self
/// }
/// ```
pub fn setter(name: &str, rust_name: &str, type_ref: &TypeRef, words: &str) -> TokenStream {
    let rust_name = format_ident!("{rust_name}");
    let (taken, converted) = types::setter_argument(type_ref);
    let doc = docs::line(&format!("Sets `{name}`: {words}"));
    quote! {
        #[doc = #doc]
        pub fn #rust_name(mut self, value: #taken) -> Self {
            self.#rust_name = Some(#converted);
            self
        }
    }
}

/// The setter of a property in a box, which takes the value without one.
pub fn boxed_setter(name: &str, rust_name: &str, type_ref: &TypeRef, words: &str) -> TokenStream {
    let rust_name = format_ident!("{rust_name}");
    let (taken, converted) = types::setter_argument(type_ref);
    let doc = docs::line(&format!("Sets `{name}`: {words}"));
    quote! {
        #[doc = #doc]
        pub fn #rust_name(mut self, value: #taken) -> Self {
            self.#rust_name = Some(Box::new(#converted));
            self
        }
    }
}

/// ```text
/// /// The name of [`tags`](Self::tags) in older versions.
/// #[deprecated(note = "renamed to `tags`")]
/// pub fn t(self, value: impl Into<String>) -> Self {
///     self.tags(value)
/// }
/// ```
pub fn former_setter(former: &str, rust_name: &str, taken: &TokenStream) -> TokenStream {
    let doc = format!(" The name of [`{rust_name}`](Self::{rust_name}) in older versions.");
    let note = format!("renamed to `{rust_name}`");
    let (former, rust_name) = (format_ident!("{former}"), format_ident!("{rust_name}"));
    quote! {
        #[doc = #doc]
        #[deprecated(note = #note)]
        pub fn #former(self, value: #taken) -> Self {
            self.#rust_name(value)
        }
    }
}
