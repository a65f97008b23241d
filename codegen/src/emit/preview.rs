//! The facts of a prune in the row of its operation.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::tokens::{optional, row_of, version};
use crate::ir::{Condition, Exception, Preview, Test, Users};

/// The facts of one prune.
pub fn preview(preview: &Preview) -> TokenStream {
    let Preview { arguments, candidates, filters, shown, .. } = preview;
    let list = row_of(&preview.list);
    let time = optional(preview.time.as_ref().map(|pointer| quote!(#pointer)));
    let conditions = preview.conditions.iter().map(condition);
    let users = optional(preview.users.as_ref().map(users));
    let bytes = optional(preview.bytes.as_ref().map(|pointer| quote!(#pointer)));
    let shared = optional(preview.shared.as_ref().map(|pointer| quote!(#pointer)));
    quote! {
        crate::operation::Preview {
            list: #list,
            arguments: #arguments,
            candidates: #candidates,
            filters: &[#(#filters),*],
            time: #time,
            conditions: &[#(#conditions),*],
            users: #users,
            shown: &[#(#shown),*],
            bytes: #bytes,
            shared: #shared,
        }
    }
}

fn condition(condition: &Condition) -> TokenStream {
    let (pointer, test) = (&condition.pointer, test(&condition.test));
    let unless = optional(condition.unless.as_ref().map(exception));
    let since = version(condition.since);
    quote!(crate::operation::Condition { pointer: #pointer, test: #test, unless: #unless, since: #since })
}

fn test(test: &Test) -> TokenStream {
    let texts = |values: &[Value]| values.iter().map(Value::to_string).collect::<Vec<_>>();
    let (name, values) = match test {
        Test::OneOf(values) => (quote!(OneOf), texts(values)),
        Test::NoneOf(values) => (quote!(NoneOf), texts(values)),
        Test::EachOneOf(values) => (quote!(EachOneOf), texts(values)),
        Test::Present => return quote!(crate::operation::Test::Present),
    };
    quote!(crate::operation::Test::#name(&[#(#values),*]))
}

fn exception(exception: &Exception) -> TokenStream {
    match exception {
        Exception::Filter { filter, is } => quote!(crate::operation::Exception::Filter { key: #filter, value: #is }),
        Exception::Argument { argument } => quote!(crate::operation::Exception::Argument(#argument)),
    }
}

fn users(users: &Users) -> TokenStream {
    let Users { argument, name, users: pointer, .. } = users;
    let operation = row_of(&users.operation);
    quote! {
        crate::operation::Users {
            operation: #operation,
            argument: #argument,
            name: #name,
            users: #pointer,
        }
    }
}
