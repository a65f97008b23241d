//! `dockwright tools`: lists the tools that a client sees, for people (a table by tag, with the bytes that each tool
//! costs a model), for programs (`--json`, the result of tools/list), for documents (`--markdown`) and for review
//! (`--write`, a file for each tool).

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use dockwright::Version;
use serde_json::{Value, json};

use super::command::{CommandResult, print_result};
use crate::catalogue::{Entry, Offer};
use crate::engines;
use crate::mcp::tools::{self, Tool};
use crate::settings::Settings;

#[derive(clap::Args)]
pub(super) struct ToolsArguments {
    /// Print the result of tools/list.
    #[arg(long)]
    json: bool,
    /// Print Markdown tables.
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
    /// Write each tool to a file in this folder, and delete the files of tools that no longer exist.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["json", "markdown"])]
    write: Option<PathBuf>,
    /// Print the tools, arguments and body properties added after this API version.
    #[arg(long, value_name = "VERSION", conflicts_with_all = ["json", "markdown", "write"])]
    since: Option<Version>,
}

impl ToolsArguments {
    /// Returns true if the tools are written for review, whatever this machine has.
    pub(super) fn is_for_review(&self) -> bool {
        self.write.is_some()
    }
}

pub(super) fn run(arguments: &ToolsArguments, settings: &Settings) -> CommandResult {
    let offer = engines::offer(engines::targets(settings.clone())?.0);
    let tools = tools::for_client(&offer, settings);
    let text = match arguments {
        ToolsArguments { write: Some(folder), .. } => {
            write(folder, &tools).map_err(|error| format!("{}: {error}", folder.display()))?
        }
        ToolsArguments { since: Some(version), .. } => newer(&offer, *version),
        ToolsArguments { json: true, .. } => format!("{}\n", json!({ "tools": tools })),
        ToolsArguments { markdown: true, .. } => markdown(&tools),
        _ => table(&tools),
    };
    print_result(io::stdout().write_all(text.as_bytes()))
}

/// Groups tools by tag, in the order of the tags; tools without a tag come last.
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

/// Prints a line for each tool, argument and property added after `version`: the version, the tool, the path.
fn newer(offer: &Offer, version: Version) -> String {
    let mut lines = Vec::new();
    for entry in offer.exposed() {
        let Entry::Operation(tool) = entry else { continue };
        let operation = tool.operation;
        let tool = operation.lifetime.since.map(|since| (since, String::new()));
        let parts = operation
            .versioned
            .iter()
            .filter_map(|newer| Some((newer.lifetime.since?, newer.to_string().replace('`', ""))));
        let additions = tool.into_iter().chain(parts).filter(|(since, _)| *since > version);
        lines.extend(additions.map(|(since, path)| (since, operation.name, path)));
    }
    lines.sort();
    let line = |(since, name, path): &(Version, &str, String)| {
        format!("{since}  {name:<26} {path}").trim_end().to_owned() + "\n"
    };
    match lines.is_empty() {
        true => {
            format!(
                "nothing was added after API {version}; this build supports versions up to {}\n",
                dockwright::API_VERSION
            )
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

/// Summarizes the hints of a tool in a word.
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

/// Writes each tool to `<tool>.json`, as tools/list shows it.
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

/// Formats the JSON of a tool for review, one property a line.
fn pretty(tool: &Tool) -> String {
    let value: Value = json!(tool);
    format!("{value:#}\n")
}
