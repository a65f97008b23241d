//! Setters that can be chained, so that a value is written as one expression.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{docs, types};
use crate::ir::{Time, TypeRef};

/// ```text
/// /// Sets `Cmd`: the command to run.
/// pub fn cmd(mut self, value: impl IntoIterator<Item = impl Into<String>>) -> Self {
///     self.cmd = Some(value.into_iter().map(Into::into).collect());
///     self
/// }
/// ```
///
/// `keeps_odd_values` is for a type whose `extra` may hold a value under this name, one that was no time.
pub fn setter(
    name: &str,
    rust_name: &str,
    type_ref: &TypeRef,
    time: Option<Time>,
    words: &str,
    keeps_odd_values: bool,
) -> TokenStream {
    let rust_name = format_ident!("{rust_name}");
    let (taken, converted) = types::setter_argument(type_ref, time);
    let forget = (keeps_odd_values && time.is_some()).then(|| quote!(self.extra.remove(#name);));
    let doc = docs::line(&format!("Sets `{name}`: {words}"));
    quote! {
        #[doc = #doc]
        pub fn #rust_name(mut self, value: #taken) -> Self {
            #forget
            self.#rust_name = Some(#converted);
            self
        }
    }
}
