//! The data of a tool beyond the row of its operation: its title, and the JSON Schema of its arguments, once short for
//! a model and once complete for checks.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::tokens::optional;
use crate::ir::{Api, Completion, ToolWords, View, Vocabulary};
use crate::schema;

/// ```text
/// pub static ALL: &[crate::tools::Tool] = &[crate::tools::Tool {
///     operation: &crate::operations::CONTAINER_LIST,
///     title: "Container list",
///     input_schema: "{\"type\":\"object\",…}",
///     full_schema: "{\"type\":\"object\",…}",
///     search: "docker ps",
///     always_load: true,
///     sends: "{}",
///     completes: &[],
///     needs: &[],
///     answer_within: None,
///     makes: None,
///     when_abandoned: "",
///     refusal: "",
///     view: None,
///     objects_if: &[],
///     errors: &[400, 500],
/// }];
/// pub static DEFINITIONS: &str = "{…}";
/// ```
pub fn tools(api: &Api) -> TokenStream {
    let tools = api.operations.iter().map(|operation| {
        let (constant, title) = (format_ident!("{}", operation.constant), &operation.title);
        let input_schema = text(schema::shown(api, operation));
        let full_schema = text(schema::full(operation));
        let ToolWords {
            sends,
            completes,
            needs,
            seconds,
            when_abandoned,
            refusal,
            search,
            always_load,
            view,
            objects_if,
            ..
        } = &operation.tool;
        let sends = text(serde_json::json!(sends));
        let completes = completes.iter().map(completion);
        let seconds = seconds.map_or_else(|| quote!(None), |seconds| quote!(Some(#seconds)));
        let makes = optional(operation.makes.as_ref().map(|made| {
            let made = format_ident!("{made}");
            quote!(&crate::operations::#made)
        }));
        let view = view.map_or_else(|| quote!(None), self::view);
        let errors = &operation.error_statuses;
        quote! {
            crate::tools::Tool {
                operation: &crate::operations::#constant,
                title: #title,
                input_schema: #input_schema,
                full_schema: #full_schema,
                search: #search,
                always_load: #always_load,
                sends: #sends,
                completes: &[#(#completes),*],
                needs: &[#(#needs),*],
                answer_within: #seconds,
                makes: #makes,
                when_abandoned: #when_abandoned,
                refusal: #refusal,
                view: #view,
                objects_if: &[#(#objects_if),*],
                errors: &[#(#errors),*],
            }
        }
    });
    let definitions = text(schema::definitions(api));
    let vocabulary = vocabulary(&api.vocabulary);
    quote! {
        /// A tool for each operation, in the order of their ids.
        pub static ALL: &[crate::tools::Tool] = &[#(#tools),*];
        /// The schemas that `$ref` in a full schema names, as a JSON object.
        pub static DEFINITIONS: &str = #definitions;
        #vocabulary
    }
}

fn completion(completion: &Completion) -> TokenStream {
    match completion {
        Completion::Tag { names, tag, value, unless } => quote! {
            crate::tools::Completion::Tag { names: #names, tag: #tag, value: #value, unless: #unless }
        },
        Completion::Platform { argument } => quote!(crate::tools::Completion::Platform { argument: #argument }),
        Completion::Ports { published, exposed } => quote! {
            crate::tools::Completion::Ports { published: &[#(#published),*], exposed: &[#(#exposed),*] }
        },
    }
}

/// The words of other interfaces, as tables.
fn vocabulary(vocabulary: &Vocabulary) -> TokenStream {
    let words = vocabulary
        .words
        .iter()
        .map(|(word, arguments)| quote!(crate::tools::Word { word: #word, arguments: &[#(#arguments),*] }));
    let values = vocabulary.values.iter().map(|(value, hint)| quote!((#value, #hint)));
    let absent = vocabulary.absent.iter().map(|(word, hint)| quote!((#word, #hint)));
    let shapes = vocabulary.shapes.iter().flat_map(|(property, shapes)| {
        shapes.iter().map(move |shape| {
            let (form, example, json) = (&shape.form, &shape.example, text(shape.write.clone()));
            quote!(crate::tools::Shape { property: #property, form: #form, example: #example, json: #json })
        })
    });
    quote! {
        /// Words of the docker CLI, Compose and SDKs, in the order of the alphabet.
        pub static WORDS: &[crate::tools::Word] = &[#(#words),*];
        /// Values that an enumeration lacks, and what answers them.
        pub static VALUES: &[(&str, &str)] = &[#(#values),*];
        /// Words that no argument means, and what to do instead; an operationId before a word limits it to that one.
        pub static ABSENT: &[(&str, &str)] = &[#(#absent),*];
        /// Values to write for properties whose schema cannot tell.
        pub static SHAPES: &[crate::tools::Shape] = &[#(#shapes),*];
    }
}

fn view(view: View) -> TokenStream {
    let view = format_ident!("{view:?}");
    quote!(Some(crate::tools::View::#view))
}

fn text(value: Value) -> String {
    value.to_string()
}
