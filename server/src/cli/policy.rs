//! `dockwright policy`: commands about policies. `check` decides on a request, `show` tells what can pass, `preset`
//! prints the text to begin with.

mod check;
mod request_text;
mod show;
mod verdict;

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use dockwright_policy::{Policy, Preset};

use super::command::{CommandResult, print_result};
use crate::settings::Settings;

/// The most bytes of a policy.
const MOST_BYTES: u64 = 1 << 20;

/// The exit code for a file or a request that cannot be used.
const UNUSABLE: u8 = 2;

#[derive(clap::Args)]
pub(super) struct PolicyArguments {
    #[command(subcommand)]
    command: PolicyCommand,
}

#[derive(clap::Subcommand)]
enum PolicyCommand {
    /// Say if a policy is good, or decide on a request from standard input.
    ///
    /// The request is as it is sent (`GET /v1.51/containers/json HTTP/1.1`, headers, an empty line, the body), or
    /// `METHOD TARGET` with JSON on the next lines. Without one, the policy alone is checked. An engine that -H or -c
    /// names is asked about the objects that the request names.
    ///
    /// Exit codes: 0 the policy is good, and the request is allowed; 1 the request is denied; 2 the policy or the
    /// request cannot be used; 3 only an engine can tell.
    Check(check::CheckArguments),
    /// List the operations that a policy can ever let pass, and why the others never do.
    Show(show::ShowArguments),
    /// Print a preset as a policy, to copy and change.
    Preset(PresetArguments),
}

#[derive(clap::Args)]
struct PresetArguments {
    /// The preset
    #[arg(value_parser = ["observe", "develop", "operate", "open"])]
    preset: String,
}

pub(super) async fn run(arguments: PolicyArguments, settings: Settings) -> CommandResult {
    let result = match arguments.command {
        PolicyCommand::Check(arguments) => check::run(arguments, settings).await,
        PolicyCommand::Show(arguments) => show::run(&arguments),
        PolicyCommand::Preset(PresetArguments { preset }) => {
            let text = preset_named(&preset).map(Preset::beginning).unwrap_or_default();
            print_result(io::stdout().write_all(text.as_bytes()))
        }
    };
    // A code of its own, because 1 means that a request is denied.
    result.or_else(|problem| {
        super::say(&problem);
        Ok(ExitCode::from(UNUSABLE))
    })
}

fn preset_named(name: &str) -> Option<Preset> {
    Preset::ALL.into_iter().find(|preset| preset.name() == name)
}

/// Reads a policy from a file.
fn read(file: &Path) -> Result<Policy, String> {
    let name = file.display();
    let problem = |error: io::Error| format!("{name}: {error}");
    let mut text = String::new();
    let opened = std::fs::File::open(file).map_err(problem)?;
    opened.take(MOST_BYTES + 1).read_to_string(&mut text).map_err(problem)?;
    if text.len() as u64 > MOST_BYTES {
        return Err(format!("{name}: a policy has at most {MOST_BYTES} bytes"));
    }
    text.parse().map_err(|problem| format!("{name}: {problem}"))
}
