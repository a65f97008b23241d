//! The operation table: a row for each operation, as plain data.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::tokens::{optional, row_of, version};
use super::{docs, facets, loss, preview};
use crate::ir::{
    Annotations, Api, Body, Header, Lifetime, LoginException, LoginHeader, LoginRegistry, Operation, Parameter,
    Prepared, Resource, Running, Segment, Terminal, Versioned, Waits,
};

/// The rows and the facts about the whole.
pub fn operations(api: &Api) -> TokenStream {
    let Api { title, version, oldest, .. } = api;
    let rows = api.operations.iter().map(row);
    let constants = api.operations.iter().map(|operation| format_ident!("{}", operation.constant));
    quote! {
        /// The name of the API that this client was generated for.
        pub const API_TITLE: &str = #title;
        /// The newest version of it that this client speaks: that of the description it was generated from.
        pub const API_VERSION: &str = #version;
        /// The oldest version that this client speaks.
        pub const OLDEST_API_VERSION: &str = #oldest;
        /// All operations, in the order of their ids.
        pub static ALL: &[&crate::Operation] = &[#(&#constants),*];
        #(#rows)*
    }
}

fn row(operation: &Operation) -> TokenStream {
    let Operation { id, name, tag, summary, statuses, produces, projection, .. } = operation;
    let constant = format_ident!("{}", operation.constant);
    let doc = docs::line(&format!("`{} {}`: {}", operation.verb, operation.template, operation.summary));
    let method = format_ident!("{}", operation.verb);
    let path = operation.path.iter().map(segment);
    let parameters = operation.parameters.iter().map(parameter);
    let headers = operation.headers.iter().map(header);
    let body = optional(operation.body.as_ref().map(body));
    let answer = variant(operation.answer);
    let waits = waits(&operation.waits);
    let protocol = optional(operation.protocol.as_ref().map(|protocol| quote!(#protocol)));
    let annotations = annotations(operation.annotations);
    let terminal = optional(operation.terminal.as_ref().map(terminal));
    let running = optional(operation.running.as_ref().map(running));
    let login = optional(operation.login.as_ref().map(login));
    let reads = optional(operation.reads.as_ref().map(row_of));
    let list = optional(operation.list.as_ref().map(row_of));
    let resource = optional(operation.resource.as_ref().map(resource));
    let preview = optional(operation.preview.as_ref().map(preview::preview));
    let loss = optional(operation.loss.as_ref().map(loss::loss));
    let facets = facets::facets(&operation.facets);
    let lifetime = lifetime(operation.lifetime);
    let newer = operation.newer.iter().map(newer);
    quote! {
        #[doc = #doc]
        pub static #constant: crate::Operation = crate::Operation {
            id: #id,
            name: #name,
            tag: #tag,
            summary: #summary,
            method: http::Method::#method,
            path: &[#(#path),*],
            parameters: &[#(#parameters),*],
            body: #body,
            answer: crate::operation::Answer::#answer,
            statuses: &[#(#statuses),*],
            headers: &[#(#headers),*],
            produces: &[#(#produces),*],
            protocol: #protocol,
            waits: #waits,
            annotations: #annotations,
            projection: &[#(#projection),*],
            terminal: #terminal,
            running: #running,
            login: #login,
            reads: #reads,
            list: #list,
            resource: #resource,
            preview: #preview,
            loss: #loss,
            facets: #facets,
            lifetime: #lifetime,
            versioned: &[#(#newer),*],
        };
    }
}

fn segment(segment: &Segment) -> TokenStream {
    match segment {
        Segment::Literal(text) => quote!(crate::operation::Segment::Literal(#text)),
        Segment::Argument(name) => quote!(crate::operation::Segment::Argument(#name)),
    }
}

fn parameter(parameter: &Parameter) -> TokenStream {
    let Parameter { name, members, required, .. } = parameter;
    let place = variant(parameter.place);
    let encoding = variant(parameter.encoding);
    let kind = variant(parameter.kind);
    let unit = optional(parameter.unit.map(|unit| {
        let unit = variant(unit);
        quote!(crate::operation::Unit::#unit)
    }));
    let default = optional(parameter.default.as_ref().map(|default| quote!(#default)));
    let absent = optional(parameter.absent.as_ref().map(|absent| quote!(#absent)));
    quote! {
        crate::operation::Parameter {
            name: #name,
            place: crate::operation::Place::#place,
            encoding: crate::operation::Encoding::#encoding,
            kind: crate::operation::Kind::#kind,
            unit: #unit,
            members: &[#(#members),*],
            default: #default,
            absent: #absent,
            required: #required,
        }
    }
}

fn body(body: &Body) -> TokenStream {
    let Body { name, media_type, json, required } = body;
    let json = json.is_some();
    quote!(crate::operation::RequestBody { name: #name, media_type: #media_type, json: #json, required: #required })
}

fn header(header: &Header) -> TokenStream {
    let (name, kind) = (&header.name, variant(header.kind));
    quote!(crate::operation::Header { name: #name, kind: crate::operation::Kind::#kind })
}

fn annotations(annotations: Annotations) -> TokenStream {
    let Annotations { read_only, destructive, idempotent, open_world } = annotations;
    quote! {
        crate::operation::Annotations {
            read_only: #read_only,
            destructive: #destructive,
            idempotent: #idempotent,
            open_world: #open_world,
        }
    }
}

fn newer(newer: &Versioned) -> TokenStream {
    let (path, lifetime) = (&newer.path, lifetime(newer.lifetime));
    let member = optional(newer.member.as_ref().map(|member| quote!(#member)));
    quote!(crate::operation::Versioned { path: &[#(#path),*], member: #member, lifetime: #lifetime })
}

fn lifetime(lifetime: Lifetime) -> TokenStream {
    if lifetime == Lifetime::default() {
        return quote!(crate::operation::Lifetime::ALWAYS);
    }
    let (since, until) = (version(lifetime.since), version(lifetime.until));
    quote!(crate::operation::Lifetime { since: #since, until: #until })
}

fn resource(resource: &Resource) -> TokenStream {
    let Resource { collection, argument, part, slashes } = resource;
    let part = optional(part.as_ref().map(|part| quote!(#part)));
    quote! {
        crate::operation::Resource {
            collection: #collection,
            argument: #argument,
            part: #part,
            slashes: #slashes,
        }
    }
}

fn terminal(terminal: &Terminal) -> TokenStream {
    match terminal {
        Terminal::Operation { constant, pointer } => {
            let row = row_of(constant);
            quote!(crate::operation::Terminal::Operation { operation: #row, pointer: #pointer })
        }
        Terminal::Body { pointer, prepared } => {
            let prepared = optional(prepared.as_ref().map(|Prepared { constant, pointer }| {
                let row = row_of(constant);
                quote!(crate::operation::Prepared { operation: #row, pointer: #pointer })
            }));
            quote!(crate::operation::Terminal::Body { pointer: #pointer, prepared: #prepared })
        }
    }
}

fn running(running: &Running) -> TokenStream {
    let Running { constant, pointer, .. } = running;
    let row = row_of(constant);
    let when = optional(running.when.as_ref().map(|when| quote!(#when)));
    let unless = optional(running.unless.as_ref().map(|unless| quote!(#unless)));
    quote!(crate::operation::Running { operation: #row, pointer: #pointer, when: #when, unless: #unless })
}

fn login(login: &LoginHeader) -> TokenStream {
    let LoginHeader { parameter, registry, unless } = login;
    let registry = match registry {
        LoginRegistry::Argument(name) => quote!(Argument(#name)),
        LoginRegistry::ArgumentOrId(name) => quote!(ArgumentOrId(#name)),
        LoginRegistry::Body(pointer) => quote!(Body(#pointer)),
        LoginRegistry::All => quote!(All),
    };
    let unless = unless.iter().map(|LoginException { argument, value }| {
        let value = optional(value.as_ref().map(|value| quote!(#value)));
        quote!(crate::operation::LoginException { argument: #argument, value: #value })
    });
    quote! {
        crate::operation::LoginHeader {
            parameter: #parameter,
            registry: crate::operation::LoginRegistry::#registry,
            unless: &[#(#unless),*],
        }
    }
}

/// The name of a member of an enumeration, equal in the generator and the client.
fn waits(waits: &Waits) -> TokenStream {
    match waits {
        Waits::AnswerWith(parameter) => quote!(crate::operation::Waits::AnswerWith(#parameter)),
        other => {
            let other = variant(other);
            quote!(crate::operation::Waits::#other)
        }
    }
}

fn variant(member: impl std::fmt::Debug) -> Ident {
    format_ident!("{}", format!("{member:?}"))
}
