//! Tokens that several parts of the operation table share.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

/// `Some(…)` or `None`.
pub fn optional(tokens: Option<TokenStream>) -> TokenStream {
    match tokens {
        Some(tokens) => quote!(Some(#tokens)),
        None => quote!(None),
    }
}

/// An optional API version.
pub fn version(version: Option<(u32, u32)>) -> TokenStream {
    optional(version.map(|(major, minor)| {
        let (major, minor) = (Literal::u32_unsuffixed(major), Literal::u32_unsuffixed(minor));
        quote!(crate::Version { major: #major, minor: #minor })
    }))
}

/// A reference to the row of this constant.
pub fn row_of(constant: &String) -> TokenStream {
    let constant = format_ident!("{constant}");
    quote!(&#constant)
}
