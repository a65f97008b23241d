//! `dockwright policy show FILE`: tells in words what a policy can let pass, and why the rest never does.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::PathBuf;

use dockwright_policy::Policy;
use dockwright_policy::show::{Fate, fates, sections, warnings};
use serde_json::{Value, json};

use super::super::command::{CommandResult, print_result};
use super::named::{owner, read_or_preset};

/// The columns of a terminal.
const COLUMNS: usize = 80;

#[derive(clap::Args)]
pub(super) struct ShowArguments {
    /// The policy, or the name of a preset
    #[arg(value_name = "FILE|PRESET")]
    policy: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &ShowArguments) -> CommandResult {
    let policy = read_or_preset(&arguments.policy)?;
    let text = if arguments.json { format!("{:#}\n", json(&policy)) } else { text(&policy) };
    print_result(io::stdout().write_all(text.as_bytes()))
}

fn text(policy: &Policy) -> String {
    let mut text = format!("preset {}, {}\n\n", policy.preset.name(), owner(policy));
    for section in sections(policy) {
        wrapped(&mut text, section.name, section.words.split(' '), " ");
    }
    let (passing, refused): (Vec<Fate>, Vec<Fate>) = fates(policy).partition(|fate| fate.refusal.is_none());
    let _ = writeln!(text, "\n{} of {} operations can pass\n", passing.len(), passing.len() + refused.len());
    groups(&mut text, &passing, |fate| fate.operation.tag);
    if !refused.is_empty() {
        let _ = writeln!(text, "\n{} never pass, by the rule that denies them\n", refused.len());
        groups(&mut text, &refused, |fate| fate.refusal.as_ref().map_or("", |refusal| refusal.rule));
    }
    for warning in warnings(policy) {
        text.push('\n');
        wrapped(&mut text, "warning", warning.split(' '), " ");
    }
    text
}

/// Lists operations by what they have in common.
fn groups(text: &mut String, fates: &[Fate], key: impl Fn(&Fate) -> &'static str) {
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    fates.iter().for_each(|fate| groups.entry(key(fate)).or_default().push(fate.operation.name));
    for (name, operations) in groups {
        wrapped(text, name, operations.into_iter(), ", ");
    }
}

/// Writes words behind a name, in lines that fit a terminal.
fn wrapped<'w>(text: &mut String, name: &str, words: impl Iterator<Item = &'w str>, separator: &str) {
    const INDENT: usize = 14;
    let mut line = format!("{name:<INDENT$}");
    for (place, word) in words.enumerate() {
        let separator = if place == 0 { "" } else { separator };
        if line.len() > INDENT && line.len() + separator.len() + word.len() + 1 >= COLUMNS {
            line.push_str(separator.trim_end());
            let _ = writeln!(text, "{line}");
            line = format!("{:INDENT$}{word}", "");
        } else {
            line.push_str(separator);
            line.push_str(word);
        }
    }
    let _ = writeln!(text, "{line}");
}

fn json(policy: &Policy) -> Value {
    let sections = sections(policy).into_iter().map(|section| (section.name.to_owned(), json!(section.words)));
    let operation = |Fate { operation, refusal }: Fate| match refusal {
        None => json!({ "name": operation.name, "tag": operation.tag, "passes": true }),
        Some(refusal) => json!({
            "name": operation.name, "tag": operation.tag, "passes": false, "rule": refusal.rule,
            "words": refusal.words,
        }),
    };
    json!({
        "preset": policy.preset.name(),
        "owner": policy.own.as_ref().map(ToString::to_string),
        "sections": sections.collect::<serde_json::Map<_, _>>(),
        "operations": fates(policy).map(operation).collect::<Vec<_>>(),
        "warnings": warnings(policy),
    })
}
