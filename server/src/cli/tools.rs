//! `dockwright tools`: what a client is shown, for people (a table by tag, with the bytes that each tool costs a model), for
//! programs (`--json`, the result of tools/list), for documents (`--markdown`) and for review (`--write`, a file each).

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use dockwright::Version;
use serde_json::{Value, json};

use super::{Ended, printed};
use crate::catalogue::Entry;
use crate::catalogue::exposure::Exposure;
use crate::mcp::tools::{self, Tool};
use crate::settings::Settings;

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Print the result of tools/list.
    #[arg(long)]
    json: bool,
    /// Print tables in Markdown.
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
    /// Write each tool to a file in this folder, and remove the files of tools that are no more.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["json", "markdown"])]
    write: Option<PathBuf>,
    /// Print what came after this API version: tools, arguments and properties of bodies.
    #[arg(long, value_name = "VERSION", conflicts_with_all = ["json", "markdown", "write"])]
    since: Option<Version>,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings) -> Ended {
    let exposure = Exposure::new(settings)?;
    let tools = tools::listed(&exposure, settings.surface, None);
    let text = match arguments {
        Arguments { write: Some(folder), .. } => {
            write(folder, &tools).map_err(|error| format!("{}: {error}", folder.display()))?
        }
        Arguments { since: Some(version), .. } => newer(&exposure, *version),
        Arguments { json: true, .. } => format!("{}\n", json!({ "tools": tools })),
        Arguments { markdown: true, .. } => markdown(&tools),
        _ => table(&tools),
    };
    printed(io::stdout().write_all(text.as_bytes()))
}

/// Groups of tools with their tags, in the order of the tags; what belongs to none comes last.
fn by_tag(tools: &[Tool]) -> Vec<(&str, Vec<&Tool>)> {
    let mut tags: Vec<&str> = tools.iter().filter_map(tools::tag).collect();
    tags.sort_unstable();
    tags.dedup();
    let mut groups: Vec<_> = tags
        .into_iter()
        .map(|tag| (tag, tools.iter().filter(|tool| tools::tag(tool) == Some(tag)).collect()))
        .collect();
    groups.push(("-", tools.iter().filter(|tool| tools::tag(tool).is_none()).collect()));
    groups
}

fn cost(tools: &[&Tool]) -> usize {
    tools.iter().map(|tool| tools::bytes(tool)).sum()
}

fn table(tools: &[Tool]) -> String {
    let mut text = String::new();
    for (tag, group) in by_tag(tools) {
        let _ = writeln!(text, "{tag}: {} tools, {} bytes", group.len(), cost(&group));
        for tool in group {
            let _ =
                writeln!(text, "  {:<26} {:>5}  {:<12} {}", tool.name, tools::bytes(tool), marks(tool), words(tool));
        }
    }
    let all: Vec<_> = tools.iter().collect();
    let _ = writeln!(text, "{} tools, {} bytes of names, descriptions and schemas", tools.len(), cost(&all));
    text
}

/// A line for each thing that is younger than `version`: its first version, its tool, its path in the arguments.
fn newer(exposure: &Exposure, version: Version) -> String {
    let mut lines = Vec::new();
    for entry in Entry::exposed(exposure) {
        let Entry::Operation(tool) = entry else { continue };
        let operation = tool.operation;
        let extra = operation.lifetime.since.map(|since| (since, String::new()));
        let parts = operation
            .versioned
            .iter()
            .filter_map(|newer| Some((newer.lifetime.since?, newer.to_string().replace('`', ""))));
        let younger = extra.into_iter().chain(parts).filter(|(since, _)| *since > version);
        lines.extend(younger.map(|(since, path)| (since, operation.name, path)));
    }
    lines.sort();
    let line = |(since, name, path): &(Version, &str, String)| {
        format!("{since}  {name:<26} {path}").trim_end().to_owned() + "\n"
    };
    match lines.is_empty() {
        true => {
            format!("nothing came after API {version}; this build knows versions up to {}\n", dockwright::API_VERSION)
        }
        false => lines.iter().map(line).collect(),
    }
}

fn markdown(tools: &[Tool]) -> String {
    let mut text = String::new();
    for (tag, group) in by_tag(tools) {
        let _ = writeln!(text, "## {tag}\n\n| tool | | what it does |\n|---|---|---|");
        for tool in group {
            let _ = writeln!(text, "| `{}` | {} | {} |", tool.name, marks(tool), words(tool).replace('|', "\\|"));
        }
        text.push('\n');
    }
    text
}

/// Its hints, in a word.
fn marks(tool: &Tool) -> &'static str {
    match &tool.annotations {
        Some(hints) if hints.read_only_hint == Some(true) => "reads",
        Some(hints) if hints.is_destructive() => "destructive",
        _ => "changes",
    }
}

fn words(tool: &Tool) -> &str {
    tool.description.as_deref().unwrap_or_default()
}

/// Writes `<tool>.json` for each tool as tools/list shows it.
fn write(folder: &Path, tools: &[Tool]) -> io::Result<String> {
    std::fs::create_dir_all(folder)?;
    let file = |tool: &Tool| folder.join(format!("{}.json", tool.name));
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") && !tools.iter().any(|tool| file(tool) == path)
        {
            std::fs::remove_file(path)?;
        }
    }
    for tool in tools {
        std::fs::write(file(tool), pretty(tool))?;
    }
    Ok(format!("{}: {} tools\n", folder.display(), tools.len()))
}

/// A tool for review: the JSON that a client gets, a property a line.
fn pretty(tool: &Tool) -> String {
    let value: Value = json!(tool);
    format!("{value:#}\n")
}
