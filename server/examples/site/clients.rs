//! The entries that `dockwright install` writes, taken apart around the server's options, which the page puts in.

use clap::ValueEnum;
use dockwright_server::cli::{Client, entry_text};
use serde_json::{Value, json};

/// Options that stand for any others.
const FIRST: &str = "--first";
const SECOND: &str = "--second";

/// For each client its name, and the text of its entry: before the options, before each option, and after them.
pub fn all() -> Result<Vec<Value>, String> {
    let client = |client: &Client| {
        let text =
            |options: &[&str]| entry_text(*client, "dockwright", options.iter().map(ToString::to_string).collect());
        let (bare, filled) = (text(&[])?, text(&[FIRST, SECOND])?);
        let [start, separator, end] =
            apart(&filled).ok_or_else(|| format!("{client}: no place for options: {filled}"))?;
        if format!("{start}{end}") != bare {
            return Err(format!("{client}: other without options: {bare}"));
        }
        Ok(json!({ "name": client.to_string(), "entry": [start, separator, end] }))
    };
    Client::value_variants().iter().map(client).collect()
}

/// The text before the options, that before each option, and that after them.
fn apart(text: &str) -> Option<[&str; 3]> {
    let (before, after) = text.split_once(&format!("\"{FIRST}\""))?;
    let (separator, end) = after.split_once(&format!("\"{SECOND}\""))?;
    Some([before.strip_suffix(separator)?, separator, end])
}
