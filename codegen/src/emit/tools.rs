//! The data of a tool beyond the row of its operation: its title, and the JSON Schema of its arguments, once short for
//! a model and once complete for checks.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use crate::ir::{Api, ToolWords};
use crate::schema;

/// ```text
/// pub static ALL: &[crate::tools::Tool] = &[crate::tools::Tool {
///     operation: &crate::operations::CONTAINER_LIST,
///     title: "Container list",
///     input_schema: "{\"type\":\"object\",…}",
///     full_schema: "{\"type\":\"object\",…}",
///     sends: "{}",
///     answer_within: None,
///     when_abandoned: "",
///     refusal: "",
/// }];
/// pub static DEFINITIONS: &str = "{…}";
/// ```
pub fn tools(api: &Api) -> TokenStream {
    let tools = api.operations.iter().map(|operation| {
        let (constant, title) = (format_ident!("{}", operation.constant), &operation.title);
        let input_schema = text(schema::shown(api, operation));
        let full_schema = text(schema::full(operation));
        let ToolWords { sends, seconds, when_abandoned, refusal, hidden: _ } = &operation.tool;
        let sends = text(serde_json::json!(sends));
        let seconds = seconds.map_or_else(|| quote!(None), |seconds| quote!(Some(#seconds)));
        quote! {
            crate::tools::Tool {
                operation: &crate::operations::#constant,
                title: #title,
                input_schema: #input_schema,
                full_schema: #full_schema,
                sends: #sends,
                answer_within: #seconds,
                when_abandoned: #when_abandoned,
                refusal: #refusal,
            }
        }
    });
    let definitions = text(schema::definitions(api));
    quote! {
        /// A tool for each operation, in the order of their ids.
        pub static ALL: &[crate::tools::Tool] = &[#(#tools),*];
        /// The schemas that `$ref` in a full schema names, as a JSON object.
        pub static DEFINITIONS: &str = #definitions;
    }
}

fn text(value: Value) -> String {
    value.to_string()
}
