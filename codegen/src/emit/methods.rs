//! A method for each operation: it passes its arguments to a call and reads the answer.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{docs, types};
use crate::ir::{Answer, Api, Body, Operation, Origin, Parameter, TypeRef, Waits};

/// ```text
/// /// Operations of the tag Container.
/// impl crate::Engine {
///     /// Renames a container.
///     #[doc(alias = "docker rename")]
///     pub async fn container_rename(&self, id: &str, name: &str) -> crate::Result<()> {
///         self.call(&crate::operations::CONTAINER_RENAME).argument("id", id).argument("name", name).empty().await
///     }
/// }
/// ```
pub fn methods(api: &Api) -> TokenStream {
    let mut tags: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for operation in &api.operations {
        tags.entry(&operation.tag).or_default().push(method(operation, &api.oldest));
    }
    let docs = tags.keys().map(|tag| docs::line(&format!("Operations of the tag {tag}.")));
    let methods = tags.values();
    quote! {
        #(
            #[doc = #docs]
            impl crate::Engine {
                #(#methods)*
            }
        )*
    }
}

fn method(operation: &Operation, oldest: &str) -> TokenStream {
    let (name, constant) = (format_ident!("{}", operation.name), format_ident!("{}", operation.constant));
    let required: Vec<_> = operation.parameters.iter().filter(|parameter| parameter.required).collect();
    let single = required.iter().filter(|parameter| parameter.pair.is_none()).map(|parameter| argument(parameter));
    let arguments = single.chain(pair(&required));
    let handed = required.iter().map(|Parameter { name, rust_name, time, pair, .. }| {
        let rust_name = format_ident!("{rust_name}");
        match (pair, time.map(types::form)) {
            (Some(pair), _) => {
                let (argument, field) = (format_ident!("{}", pair.argument), format_ident!("{}", pair.field));
                quote!(.argument(#name, &#argument.#field))
            }
            (None, Some(form)) => quote!(.argument(#name, &crate::wire::argument::<#form, _>(&#rust_name))),
            (None, None) => quote!(.argument(#name, &#rust_name)),
        }
    });
    let (body, body_handed) = operation.body.as_ref().map(body).unzip();
    let (options, options_handed) = operation.options.as_ref().map(|name| options(name)).unzip();
    let Reader { returned, read, feature } = reader(operation);
    let feature = feature.map(|feature| quote!(#[cfg(feature = #feature)]));
    let docs = docs(operation, oldest).into_iter().map(|line| quote!(#[doc = #line]));
    let aliases = operation.commands();
    quote! {
        #(#docs)*
        #(#[doc(alias = #aliases)])*
        #feature
        pub async fn #name(&self, #(#arguments,)* #body #options) -> crate::Result<#returned> {
            self.call(&crate::operations::#constant) #(#handed)* #options_handed #body_handed #read.await
        }
    }
}

fn argument(parameter: &Parameter) -> TokenStream {
    let name = format_ident!("{}", parameter.rust_name);
    let type_of = match parameter.time {
        Some(_) => types::field(&parameter.type_ref, parameter.time),
        None => types::borrowed(&parameter.type_ref),
    };
    quote!(#name: #type_of)
}

/// The argument that stands for two parameters, after all others.
fn pair(required: &[&Parameter]) -> Option<TokenStream> {
    let pair = required.iter().find_map(|parameter| parameter.pair.as_ref())?;
    let (name, type_name) = (format_ident!("{}", pair.argument), format_ident!("{}", pair.type_name));
    Some(quote!(#name: crate::#type_name))
}

fn body(body: &Body) -> (TokenStream, TokenStream) {
    match (body.json.as_ref().map(types::borrowed), body.required) {
        (Some(type_of), true) => (quote!(body: #type_of,), quote!(.body(body))),
        (Some(type_of), false) => (quote!(body: Option<#type_of>,), quote!(.body(&body))),
        (None, true) => (quote!(body: impl Into<crate::Body>,), quote!(.content(body.into()))),
        (None, false) => (quote!(body: Option<crate::Body>,), quote!(.content(body))),
    }
}

fn options(name: &str) -> (TokenStream, TokenStream) {
    let name = format_ident!("{name}");
    (quote!(options: &crate::options::#name,), quote!(.options(options)))
}

/// The end of a call: the type that it returns, the function that reads it, and the cargo feature that has both.
struct Reader {
    returned: TokenStream,
    read: TokenStream,
    feature: Option<&'static str>,
}

fn reader(operation: &Operation) -> Reader {
    let answer = operation.answer_type.as_ref().map(types::owned);
    let value = || types::owned(&TypeRef::Value);
    let (returned, read) = match (operation.answer, answer) {
        (Answer::Json, answer) => (answer.unwrap_or_else(value), quote!(.json())),
        (Answer::Empty, _) | (Answer::Headers, None) => (quote!(()), quote!(.empty())),
        (Answer::Outcome, _) => (quote!(crate::Outcome), quote!(.outcome())),
        (Answer::Text, None) => (quote!(String), quote!(.text())),
        (Answer::Text, Some(headers)) => (quote!(crate::Text<#headers>), quote!(.text_and_headers())),
        (Answer::Headers, Some(headers)) => (headers, quote!(.headers())),
        (Answer::JsonStream, answer) => {
            let item = answer.unwrap_or_else(value);
            (quote!(crate::JsonStream<#item>), quote!(.json_stream()))
        }
        (Answer::LogStream, _) => (quote!(crate::LogStream), quote!(.log_stream())),
        (Answer::Tar, None) => (quote!(crate::ByteStream), quote!(.byte_stream())),
        (Answer::Tar, Some(headers)) => (quote!(crate::Archive<#headers>), quote!(.archive())),
        (Answer::Upgrade, _) => (quote!(crate::Duplex), quote!(.duplex())),
        (Answer::Websocket, _) => (quote!(crate::Duplex), quote!(.websocket())),
    };
    let feature = matches!(operation.answer, Answer::Websocket).then_some("ws");
    Reader { returned, read, feature }
}

/// The documentation of a method, a paragraph each: summary, endpoint, notes, links, arguments, errors, and
/// later failures.
fn docs(operation: &Operation, oldest: &str) -> Vec<String> {
    let statuses: Vec<_> = operation.error_statuses.iter().map(u16::to_string).collect();
    let errors = match statuses.is_empty() {
        true => "Any [`Error`](crate::Error).".to_owned(),
        false => format!(
            "[`Error::Api`](crate::Error::Api) with one of the statuses {}, among others; any other [`Error`](crate::Error).",
            statuses.join(", ")
        ),
    };
    let versions = match operation.lifetime.sentence() {
        always if always.is_empty() => format!("In every API version since {oldest}."),
        versions => versions,
    };
    let endpoint = format!("`{} {}`. {versions}", operation.verb, operation.template);
    let mut paragraphs = vec![operation.summary.as_str(), &endpoint];
    paragraphs.extend(operation.notes.split("\n\n").filter(|note| !note.is_empty()));
    let see = see(operation);
    paragraphs.extend(see.as_deref());
    let arguments = arguments(operation);
    if !arguments.is_empty() {
        paragraphs.extend(["# Arguments", &arguments]);
    }
    paragraphs.extend(["# Errors", &errors]);
    let lasting = matches!(operation.answer, Answer::JsonStream | Answer::LogStream | Answer::Tar);
    paragraphs.extend(lasting.then_some("Failures after the start of the answer are errors of the stream."));
    let lines = paragraphs.iter().flat_map(|paragraph| paragraph.lines().chain([""])).map(|line| match line {
        "" => String::new(),
        line => docs::line(line),
    });
    let mut lines: Vec<_> = lines.collect();
    lines.pop();
    lines
}

/// A list of the required arguments that have a meaning beyond their names.
fn arguments(operation: &Operation) -> String {
    let required = operation.parameters.iter().filter(|parameter| parameter.required);
    let documented =
        required.filter(|parameter| parameter.words.full.is_some() || parameter.words.origin != Origin::Name);
    let lines = documented.map(|parameter| format!("- `{}`: {}", parameter.rust_name, parameter.documented()));
    lines.collect::<Vec<_>>().join("\n")
}

/// Links to the pages of the guide and to the types that it takes.
fn see(operation: &Operation) -> Option<String> {
    use Answer::{JsonStream, LogStream, Tar, Upgrade, Websocket};
    let pages = [
        ("streams", "streams", matches!(operation.answer, JsonStream | LogStream | Tar | Upgrade | Websocket)),
        ("filters", "filters", operation.filters.is_some()),
        ("time-outs", "limits", operation.waits != Waits::Nothing),
    ];
    let pages = pages.into_iter().filter(|(_, _, speaks_of_it)| *speaks_of_it);
    let pages = pages.map(|(title, page, _)| format!("[{title}](crate::guide::{page})"));
    let model = operation.body.as_ref().and_then(|body| body.json.as_ref()?.named());
    let filters = operation.filters.as_ref().map(|filters| filters.name.as_str());
    let options = operation.options.as_deref().into_iter().chain(filters).map(|name| ("options", name));
    let taken = model.map(|name| ("models", name)).into_iter().chain(options);
    let taken = taken.map(|(module, name)| format!("[`{name}`](crate::{module}::{name})"));
    let links: Vec<_> = pages.chain(taken).collect();
    let (last, others) = links.split_last()?;
    Some(match others {
        [] => format!("See {last}."),
        others => format!("See {} and {last}.", others.join(", ")),
    })
}
