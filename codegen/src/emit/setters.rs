//! Setters that can be chained, so that a value is written as one expression.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{docs, types};
use crate::ir::{Field, Parameter};

/// The setter of an optional argument.
pub fn of_parameter(parameter: &Parameter) -> TokenStream {
    let Parameter { name, rust_name, type_ref, time, words, unit, .. } = parameter;
    let documented = docs::with_unit(&parameter.documented(), *unit);
    let docs = docs::deed(&format!("Sets `{name}`."), words, &documented);
    setter(rust_name, types::setter_argument(type_ref, *time), &docs, None)
}

/// The setter of a property. `extra` may hold a value under its name, one that was no time.
pub fn of_field(field: &Field) -> TokenStream {
    let Field { name, rust_name, type_ref, time, words, lifetime, unit, boxed, .. } = field;
    let documented = docs::with_unit(&words.documented(*lifetime), *unit);
    let docs = docs::deed(&format!("Sets `{name}`."), words, &documented);
    let forget = time.map(|_| quote!(self.extra.remove(#name);));
    let (taken, converted) = types::setter_argument(type_ref, *time);
    let converted = if *boxed { quote!(Box::new(#converted)) } else { converted };
    setter(rust_name, (taken, converted), &docs, forget)
}

/// ```text
/// /// Sets `Cmd`.
/// ///
/// /// The command to run.
/// #[must_use]
/// pub fn cmd(mut self, value: impl IntoIterator<Item = impl Into<String>>) -> Self {
///     self.cmd = Some(value.into_iter().map(Into::into).collect());
///     self
/// }
/// ```
fn setter(
    rust_name: &str,
    (taken, converted): (TokenStream, TokenStream),
    docs: &[String],
    forget: Option<TokenStream>,
) -> TokenStream {
    let rust_name = format_ident!("{rust_name}");
    quote! {
        #(#[doc = #docs])*
        #[must_use]
        pub fn #rust_name(mut self, value: #taken) -> Self {
            #forget
            self.#rust_name = Some(#converted);
            self
        }
    }
}

/// ```text
/// /// The name of [`tags`](Self::tags) in older versions.
/// #[deprecated(note = "renamed to `tags`")]
/// #[must_use]
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
        #[must_use]
        pub fn #former(self, value: #taken) -> Self {
            self.#rust_name(value)
        }
    }
}
