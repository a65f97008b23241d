//! Setters that can be chained, so that a value is written as one expression.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{docs, types};
use crate::ir::TypeRef;

/// ```text
/// /// Sets `Cmd`: the command to run.
/// #[must_use]
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
        #[must_use]
        pub fn #rust_name(mut self, value: #taken) -> Self {
            self.#rust_name = Some(#converted);
            self
        }
    }
}
