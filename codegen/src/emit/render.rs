//! Tokens become text that a person can read. prettyplease leaves the calls of macros as one run of tokens; here their
//! entries get a line each.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{File, Item, ItemMacro};

use super::layout::laid_out;

/// The text of a file.
pub fn render(tokens: TokenStream) -> String {
    let mut file: File = syn::parse2(tokens).expect("what `quote!` frames is Rust");
    let mut text = String::new();
    for item in std::mem::take(&mut file.items) {
        match item {
            Item::Macro(call) => {
                text += &prettyplease::unparse(&file);
                text += &macro_call(&call);
                file.items.clear();
            }
            item => file.items.push(item),
        }
    }
    laid_out(&(text + &prettyplease::unparse(&file)))
}

/// ```text
/// crate::json::object!(Port {
///     ip: value => "IP",
/// });
/// ```
fn macro_call(call: &ItemMacro) -> String {
    let mut text = line(call.mac.path.to_token_stream()) + "!(";
    for token in call.mac.tokens.clone() {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                let entries: String = entries(group.stream()).iter().map(|entry| format!("    {entry},\n")).collect();
                text += &if entries.is_empty() { " {}".to_owned() } else { format!(" {{\n{entries}}}") };
            }
            token => text += &line(token.into()),
        }
    }
    text + ");\n"
}

/// The entries between commas.
fn entries(tokens: TokenStream) -> Vec<String> {
    let mut entries = vec![TokenStream::new()];
    for token in tokens {
        match (&token, entries.last_mut()) {
            (TokenTree::Punct(punct), _) if punct.as_char() == ',' => entries.push(TokenStream::new()),
            (_, Some(entry)) => entry.extend([token]),
            (_, None) => {}
        }
    }
    entries.into_iter().filter(|entry| !entry.is_empty()).map(line).collect()
}

/// Tokens in a line, with a space between all but those of a path, after a sign, and before a colon.
fn line(tokens: TokenStream) -> String {
    let mut text = String::new();
    let mut is_joint = true;
    for token in tokens {
        let is_colon = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ':');
        if !is_joint && !is_colon {
            text.push(' ');
        }
        text += &token.to_string();
        is_joint = match &token {
            TokenTree::Punct(punct) => {
                punct.spacing() == Spacing::Joint || punct.as_char() == '-' || text.ends_with("::")
            }
            _ => false,
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::render;

    #[test]
    fn entries_of_a_macro_stand_in_a_line_each() {
        let text = render(quote! {
            struct Port;
            crate::json::object!(Port { ip: value => "I, P : }", r#type: value => "Type", });
            crate::open_enum::integers!(Kind { Less => -1, });
            crate::json::object!(Nothing {});
            struct Other;
        });
        let expected = "\
            struct Port;\n\
            crate::json::object!(Port {\n    ip: value => \"I, P : }\",\n    r#type: value => \"Type\",\n});\n\
            crate::open_enum::integers!(Kind {\n    Less => -1,\n});\n\
            crate::json::object!(Nothing {});\n\
            struct Other;\n";
        assert_eq!(text, expected);
    }
}
