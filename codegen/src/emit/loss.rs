//! The facts of the object that a call may lose, in the row of its operation.

use proc_macro2::TokenStream;
use quote::quote;

use super::tokens::{optional, row_of};
use crate::ir::{Loss, LossItem};

/// The facts of one kind of object.
pub fn loss(loss: &Loss) -> TokenStream {
    let Loss { arguments, shown, .. } = loss;
    let read = row_of(&loss.read);
    let argument = optional(loss.argument.as_ref().map(|argument| quote!(#argument)));
    let item = optional(loss.item.as_ref().map(item));
    quote! {
        crate::operation::Loss {
            read: #read,
            argument: #argument,
            arguments: #arguments,
            shown: &[#(#shown),*],
            item: #item,
        }
    }
}

fn item(item: &LossItem) -> TokenStream {
    let LossItem { arguments, items, key, shown, .. } = item;
    let list = row_of(&item.list);
    quote! {
        crate::operation::LossItem {
            list: #list,
            arguments: #arguments,
            items: #items,
            key: #key,
            shown: &[#(#shown),*],
        }
    }
}
