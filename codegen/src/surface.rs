//! Every public signature of generated files, sorted, a line each: what a reviewer reads when the description changes.

use quote::ToTokens;
use syn::{File, ImplItem, Item, Type, Visibility};

use crate::emit::Output;

/// The file they are kept in, for review.
pub const FILE: &str = "signatures.txt";

/// The signatures of an output.
pub fn surface(output: &Output) -> String {
    let mut lines = Vec::new();
    for (name, text) in output.files().into_iter().filter(|(name, _)| *name != "rereads.rs") {
        let module = name.trim_end_matches(".rs");
        let file: File = syn::parse_file(text).expect("what was printed is Rust");
        for item in &file.items {
            item_lines(module, item, &mut lines);
        }
    }
    lines.sort();
    lines.dedup();
    lines.join("\n") + "\n"
}

fn item_lines(module: &str, item: &Item, lines: &mut Vec<String>) {
    match item {
        Item::Struct(item) => {
            let name = format!("{module}::{}", item.ident);
            lines.push(format!("{name} struct"));
            for field in item.fields.iter().filter(|field| matches!(field.vis, Visibility::Public(_))) {
                if let Some(ident) = &field.ident {
                    lines.push(format!("{name}.{ident}: {}", plain(&field.ty)));
                }
            }
        }
        Item::Enum(item) => {
            let name = format!("{module}::{}", item.ident);
            lines.push(format!("{name} enum"));
            lines.extend(
                item.variants.iter().map(|variant| format!("{name}::{}{}", variant.ident, plain(&variant.fields))),
            );
        }
        Item::Type(item) => lines.push(format!("{module}::{} = {}", item.ident, plain(&item.ty))),
        Item::Const(item) => lines.push(format!("{module}::{}: {}", item.ident, plain(&item.ty))),
        Item::Static(item) => lines.push(format!("{module}::{}: {}", item.ident, plain(&item.ty))),
        Item::Impl(item) if item.trait_.is_none() => {
            let owner = owner(module, &item.self_ty);
            for member in &item.items {
                if let ImplItem::Fn(function) = member
                    && matches!(function.vis, Visibility::Public(_))
                {
                    let signature = plain(&function.sig);
                    let signature = signature.replacen("async fn ", "", 1).replacen("fn ", "", 1);
                    lines.push(format!("{owner}::{signature}"));
                }
            }
        }
        _ => {}
    }
}

fn owner(module: &str, owner: &Type) -> String {
    match plain(owner) {
        name if name.contains("::") => name,
        name if name == "Engine" => name,
        name => format!("{module}::{name}"),
    }
}

/// Tokens as a person writes them, without what every line would repeat.
fn plain(tokens: &impl ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    let tight = [
        (" :: ", "::"),
        (" < ", "<"),
        (" <", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" ,", ","),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        ("& ", "&"),
        (" : ", ": "),
        ("[ ", "["),
        (" ]", "]"),
        (",)", ")"),
        (", )", ")"),
        ("crate::", ""),
        ("=(", "= ("),
        ("std::collections::", ""),
        (":: ", "::"),
    ];
    tight.iter().fold(text, |text, (from, to)| text.replace(from, to))
}
