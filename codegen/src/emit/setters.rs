//! Setters that can be chained, so that a value is written as one expression.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{docs, types};
use crate::ir::{Field, Parameter, TypeRef};

/// The setter of an optional argument.
pub fn of_parameter(parameter: &Parameter) -> TokenStream {
    let Parameter { name, rust_name, type_ref, words, .. } = parameter;
    let docs = docs::deed(&format!("Sets `{name}`."), words, &parameter.documented());
    setter(rust_name, type_ref, &docs)
}

/// The setter of a property.
pub fn of_field(field: &Field) -> TokenStream {
    let Field { name, rust_name, type_ref, words, .. } = field;
    let docs = docs::deed(&format!("Sets `{name}`."), words, &words.documented(field.lifetime));
    setter(rust_name, type_ref, &docs)
}

/// ```text
/// /// Sets `Cmd`.
/// ///
/// /// The command to run.
/// pub fn cmd(mut self, value: impl IntoIterator<Item = impl Into<String>>) -> Self {
///     self.cmd = Some(value.into_iter().map(Into::into).collect());
///     self
/// }
/// ```
fn setter(rust_name: &str, type_ref: &TypeRef, docs: &[String]) -> TokenStream {
    let rust_name = format_ident!("{rust_name}");
    let (taken, converted) = types::setter_argument(type_ref);
    quote! {
        #(#[doc = #docs])*
        pub fn #rust_name(mut self, value: #taken) -> Self {
            self.#rust_name = Some(#converted);
            self
        }
    }
}
