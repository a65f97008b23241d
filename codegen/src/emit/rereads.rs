//! For tests: a function that reads any operation's answer by its type and writes it back. The library does not include
//! it; a test does.

use proc_macro2::TokenStream;
use quote::quote;

use super::types;
use crate::ir::{Answer, Operation};

/// ```text
/// pub fn reread(operation: &str, json: &[u8]) -> Option<serde_json::Result<serde_json::Value>> {
///     match operation {
///         "ContainerList" => Some(round_trip::<Option<Vec<dockwright::models::ContainerSummary>>>(json)),
///         _ => None,
///     }
/// }
/// ```
pub fn rereads(operations: &[Operation]) -> TokenStream {
    let arms = operations.iter().filter(|operation| matches!(operation.answer, Answer::Json | Answer::JsonStream));
    let arms = arms.filter_map(|operation| {
        let (id, answer) = (&operation.id, types::owned(operation.answer_type.as_ref()?));
        // The whole may be `null`, which a list's method takes for an empty one.
        Some(quote!(#id => Some(round_trip::<Option<#answer>>(json)),))
    });
    quote! {
        /// Reads the answer, or a stream's item, of an operation by its type and writes it back.
        pub fn reread(operation: &str, json: &[u8]) -> Option<serde_json::Result<serde_json::Value>> {
            match operation {
                #(#arms)*
                _ => None,
            }
        }

        fn round_trip<T>(json: &[u8]) -> serde_json::Result<serde_json::Value>
        where
            T: serde::de::DeserializeOwned + serde::Serialize,
        {
            serde_json::from_slice::<T>(json).and_then(serde_json::to_value)
        }
    }
}
