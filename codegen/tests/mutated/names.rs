//! Names in generated Rust: unique in their place, and every name that is used exists.

use std::collections::BTreeSet;

use dockwright_codegen::emit::Output;
use quote::ToTokens;
use syn::{FnArg, ImplItem, Item, Signature};

/// Names that generated Rust uses without a path. Names in derives are not among them: derives use paths.
const PRELUDE: [&str; 7] = ["Box", "Into", "IntoIterator", "Option", "Result", "String", "Vec"];

/// The names of all files.
pub fn are_unique_and_known(output: &Output) -> Result<(), String> {
    let mut known = BTreeSet::new();
    for (file, text) in output.files() {
        let module = file.trim_end_matches(".rs");
        let parsed = syn::parse_file(text).map_err(|error| format!("{file} is no Rust: {error}"))?;
        for item in &parsed.items {
            for name in names_of(module, item)? {
                if !known.insert(name.clone()) {
                    return Err(format!("two of the name {name}"));
                }
            }
        }
    }
    for (file, text) in output.files() {
        spoken_of(text)
            .into_iter()
            .find(|name| !known.contains(name))
            .map_or(Ok(()), |name| Err(format!("{file}: there is no {name}")))?;
    }
    Ok(())
}

fn names_of(module: &str, item: &Item) -> Result<Vec<String>, String> {
    let own = |name: &dyn ToString| format!("{module}::{}", name.to_string());
    let (mut names, parts) = match item {
        Item::Struct(item) => {
            let fields = item.fields.iter().filter_map(|field| field.ident.as_ref());
            (vec![own(&item.ident)], fields.map(|field| format!(".{field}")).collect())
        }
        Item::Enum(item) => {
            (vec![own(&item.ident)], item.variants.iter().map(|variant| format!("::{}", variant.ident)).collect())
        }
        Item::Type(item) => (vec![own(&item.ident)], Vec::new()),
        Item::Const(item) => (vec![own(&item.ident)], Vec::new()),
        Item::Static(item) => (vec![own(&item.ident)], Vec::new()),
        Item::Impl(item) => {
            let owner = own(&item.self_ty.to_token_stream());
            let mut methods = Vec::new();
            for method in &item.items {
                if let ImplItem::Fn(method) = method {
                    arguments_are_unique(&method.sig)?;
                    methods.push(format!("{owner}::{}()", method.sig.ident));
                }
            }
            (methods, Vec::new())
        }
        _ => (Vec::new(), Vec::new()),
    };
    if let Some(taken) = names.iter().find(|name| PRELUDE.iter().any(|taken| own(taken) == **name)) {
        return Err(format!("{taken} hides what it speaks of"));
    }
    let parts: Vec<String> = parts.iter().map(|part: &String| format!("{}{part}", names[0])).collect();
    names.extend(parts);
    Ok(names)
}

fn arguments_are_unique(signature: &Signature) -> Result<(), String> {
    let names: Vec<_> = signature
        .inputs
        .iter()
        .filter_map(|argument| match argument {
            FnArg::Typed(argument) => Some(argument.pat.to_token_stream().to_string()),
            FnArg::Receiver(_) => None,
        })
        .collect();
    let unique: BTreeSet<_> = names.iter().collect();
    if unique.len() == names.len() {
        Ok(())
    } else {
        Err(format!("{} takes two arguments of one name: {names:?}", signature.ident))
    }
}

/// The models, options and operations that a text uses.
fn spoken_of(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for module in ["models::", "options::", "operations::"] {
        for (start, _) in text.match_indices(module) {
            let name: String = text[start + module.len()..]
                .chars()
                .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
                .collect();
            let is_code = text[..start].ends_with("crate::") || text[..start].ends_with("dockwright::");
            if is_code {
                names.insert(format!("{module}{name}"));
            }
        }
    }
    names
}
