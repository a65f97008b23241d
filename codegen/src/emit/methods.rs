//! A method for each operation: its arguments handed to a call, and the way its answer is read.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::types;
use crate::ir::{Answer, Body, Operation, Parameter, TypeRef};

/// ```text
/// impl crate::Engine {
///     /// Renames a container.
///     pub async fn container_rename(&self, id: &str, name: &str) -> crate::Result<()> {
///         self.call(&crate::operations::CONTAINER_RENAME).argument("id", id).argument("name", name).empty().await
///     }
/// }
/// ```
pub fn methods(operations: &[Operation]) -> TokenStream {
    let methods = operations.iter().filter(|operation| has_method(operation)).map(method);
    quote! {
        impl crate::Engine {
            #(#methods)*
        }
    }
}

/// Whether an operation is one request and one answer, both held in memory.
fn has_method(operation: &Operation) -> bool {
    reader(operation).is_some() && operation.body.as_ref().is_none_or(|body| body.json.is_some())
}

fn method(operation: &Operation) -> TokenStream {
    let (name, constant) = (format_ident!("{}", operation.name), format_ident!("{}", operation.constant));
    let required: Vec<_> = operation.parameters.iter().filter(|parameter| parameter.required).collect();
    let arguments = required.iter().map(|parameter| argument(parameter));
    let handed = required.iter().map(|Parameter { name, rust_name, .. }| {
        let rust_name = format_ident!("{rust_name}");
        quote!(.argument(#name, &#rust_name))
    });
    let (body, body_handed) = operation.body.as_ref().and_then(body).unzip();
    let (options, options_handed) = operation.options.as_ref().map(|name| options(name)).unzip();
    let Reader { returned, read } = reader(operation).expect("`has_method` asked");
    let docs = docs(operation).into_iter().map(|line| quote!(#[doc = #line]));
    quote! {
        #(#docs)*
        pub async fn #name(&self, #(#arguments,)* #body #options) -> crate::Result<#returned> {
            self.call(&crate::operations::#constant) #(#handed)* #options_handed #body_handed #read.await
        }
    }
}

fn argument(parameter: &Parameter) -> TokenStream {
    let (name, type_of) = (format_ident!("{}", parameter.rust_name), types::borrowed(&parameter.type_ref));
    quote!(#name: #type_of)
}

fn body(body: &Body) -> Option<(TokenStream, TokenStream)> {
    let type_of = types::borrowed(body.json.as_ref()?);
    Some(if body.required {
        (quote!(body: #type_of,), quote!(.body(body)))
    } else {
        (quote!(body: Option<#type_of>,), quote!(.body(&body)))
    })
}

fn options(name: &str) -> (TokenStream, TokenStream) {
    let name = format_ident!("{name}");
    (quote!(options: &crate::options::#name,), quote!(.options(options)))
}

/// How a call ends: the type that comes back, and the function that reads it.
struct Reader {
    returned: TokenStream,
    read: TokenStream,
}

fn reader(operation: &Operation) -> Option<Reader> {
    let answer = operation.answer_type.as_ref().map(types::owned);
    let reader = |returned, read| Some(Reader { returned, read });
    match (operation.answer, answer) {
        (Answer::Json, Some(answer)) => reader(answer, quote!(.json())),
        (Answer::Json, None) => reader(types::owned(&TypeRef::Value), quote!(.json())),
        (Answer::Empty, _) => reader(quote!(()), quote!(.empty())),
        (Answer::Outcome, _) => reader(quote!(crate::Outcome), quote!(.outcome())),
        (Answer::Text, None) => reader(quote!(String), quote!(.text())),
        (Answer::Text, Some(headers)) => reader(quote!(crate::Text<#headers>), quote!(.text_and_headers())),
        (Answer::Headers, Some(headers)) => reader(headers, quote!(.headers())),
        (Answer::Headers, None) => reader(quote!(()), quote!(.empty())),
        _ => None,
    }
}

fn docs(operation: &Operation) -> Vec<String> {
    let mut lines = vec![
        format!(" {}", operation.summary),
        String::new(),
        format!(" `{} {}`", operation.verb, operation.template),
        String::new(),
        " # Errors".to_owned(),
        String::new(),
    ];
    let statuses: Vec<_> = operation.error_statuses.iter().map(u16::to_string).collect();
    lines.push(match statuses.is_empty() {
        true => " Any [`Error`](crate::Error).".to_owned(),
        false => format!(
            " [`Error::Api`](crate::Error::Api) with one of the statuses {}, among others; any other [`Error`](crate::Error).",
            statuses.join(", ")
        ),
    });
    lines
}
