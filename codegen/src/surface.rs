//! Every public signature of generated files, sorted, a line each, for the review of a new description.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use quote::ToTokens;
use syn::{File, ImplItem, Item, Type, Visibility};

use crate::emit::Output;

/// The file of the signatures.
pub const FILE: &str = "signatures.txt";

/// The signatures of the newest release, after a line with its version.
pub const RELEASED: &str = "released.txt";

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

/// The changes between two surfaces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Signatures that are new.
    pub added: Vec<String>,
    /// Signatures that differ under one name: before and now.
    pub changed: Vec<(String, String)>,
    /// Signatures that are gone.
    pub removed: Vec<String>,
}

impl Changes {
    /// Compares two surfaces.
    pub fn between(old: &str, new: &str) -> Self {
        let by_name = |text: &str| -> BTreeMap<String, String> {
            text.lines()
                .filter(|line| !line.starts_with('#'))
                .map(|line| (name(line).to_owned(), line.to_owned()))
                .collect()
        };
        let (old, mut new) = (by_name(old), by_name(new));
        let mut changes = Changes::default();
        for (name, before) in old {
            match new.remove(&name) {
                Some(now) if now == before => {}
                Some(now) => changes.changed.push((before, now)),
                None => changes.removed.push(before),
            }
        }
        changes.added = new.into_values().collect();
        changes
    }

    /// True if code that compiled may no longer compile.
    pub fn is_breaking(&self) -> bool {
        !self.changed.is_empty() || !self.removed.is_empty()
    }
}

impl fmt::Display for Changes {
    /// Entries for the changelog, without the parts of new types and without the setters beside their fields.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let told = |all: &[String]| -> Vec<String> {
            let names: BTreeSet<_> = all.iter().map(|line| name(line)).collect();
            let is_told = |line: &&String| {
                let owner = owner_of(name(line));
                let is_setter = line.contains("(mut self, value:");
                !is_setter && !owner.is_some_and(|owner| names.contains(owner))
            };
            all.iter().filter(is_told).map(|line| format!("- `{line}`")).collect()
        };
        let changed = self.changed.iter().map(|(before, now)| format!("- `{before}` is `{now}`")).collect();
        for (title, lines) in [("Added", told(&self.added)), ("Changed", changed), ("Removed", told(&self.removed))] {
            if !lines.is_empty() {
                writeln!(f, "### {title}\n{}\n", lines.join("\n"))?;
            }
        }
        Ok(())
    }
}

/// The name in a signature: `models::Port.ip` in `models::Port.ip: Option<String>`.
fn name(line: &str) -> &str {
    let end = line.find(['(', ' ']).unwrap_or(line.len());
    line[..end].trim_end_matches(':')
}

/// The type of a field, a variant or a method.
fn owner_of(name: &str) -> Option<&str> {
    let (owner, _) = name.rsplit_once('.').or_else(|| name.rsplit_once("::"))?;
    Some(owner)
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

/// Tokens as a person writes them, without prefixes that every line would repeat.
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
