//! Prints a page of every tool of this build, with a builder of command lines: `make site`. One file of HTML that loads
//! nothing, from the tables that the server answers from. Twice the same build prints the same bytes.

mod clients;
mod exposed;
mod tools;

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use exposed::Exposed;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const ICON: &str = include_str!("../../src/mcp/icon.svg");

/// The scripts, in this order one module.
const SCRIPTS: [&str; 6] = [
    include_str!("elements.js"),
    include_str!("schema.js"),
    include_str!("list.js"),
    include_str!("search.js"),
    include_str!("keys.js"),
    include_str!("builder.js"),
];

fn main() -> Result<()> {
    let script = SCRIPTS.concat();
    let mut page = String::new();
    for part in PAGE.split("{{") {
        let (name, text) = part.split_once("}}").unwrap_or(("", part));
        match name {
            "policy" => page.push_str(&policy(&script)),
            "icon" => page.push_str(&STANDARD.encode(ICON)),
            "style" => page.push_str(STYLE),
            "data" => page.push_str(&in_html(&data()?)),
            "script" => page.push_str(&script),
            "" => {}
            other => return Err(format!("page.html: nothing is called {other}").into()),
        }
        page.push_str(text);
    }
    io::stdout().write_all(page.as_bytes())?;
    Ok(())
}

/// The policy of the page: it runs this script, has this style, and loads nothing.
fn policy(script: &str) -> String {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    format!(
        "default-src 'none'; script-src {}; style-src {}; img-src data:; base-uri 'none'; form-action 'none'",
        hash(script),
        hash(STYLE)
    )
}

/// Everything that the script shows.
fn data() -> Result<Value> {
    let exposed = Exposed::find()?;
    Ok(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "api": [dockwright::OLDEST_API_VERSION.to_string(), dockwright::API_VERSION.to_string()],
        "tags": exposed.tags(),
        "presets": exposed::presets(),
        "tools": tools::all(&exposed),
        "definitions": tools::definitions(),
        "words": tools::words(),
        "clients": clients::all()?,
    }))
}

/// JSON that stands in an element `script`: without `<`, no text in it ends the element or begins a comment.
fn in_html(data: &Value) -> String {
    data.to_string().replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_the_element_of_the_data() {
        let hostile = json!({ "</script><!--": ["<script>", "a\u{2028}b"] });
        let text = in_html(&hostile);
        assert!(!text.contains('<'), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), hostile);
    }
}
