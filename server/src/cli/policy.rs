//! `dockwright policy`: commands about policies. `check` decides on a request, `show` tells what can pass, `learn`
//! writes one from what clients send, `preset` prints one to begin with.

mod check;
mod learn;
mod learned_file;
mod named;
mod request_text;
mod show;
mod verdict;

use std::io::{self, Write};
use std::process::ExitCode;

use dockwright_policy::Preset;
use tokio_util::sync::CancellationToken;

use super::command::{CommandResult, print_result};
use crate::audit::Audit;
use crate::settings::Settings;

use named::preset_named;

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
    /// Learn a policy: let clients do anything, and write the policy that passes what they did.
    ///
    /// Everything passes while it is learned, so give the socket only to whom you would give the engine. The file is
    /// written every few seconds and at the end (Ctrl-C): operations, images, folders, registries, ports and facets,
    /// each with the number of requests. Read it, and use it with `dockwright proxy --policy FILE`.
    Learn(learn::LearnArguments),
    /// Print a preset as a policy, to copy and change.
    Preset(PresetArguments),
}

#[derive(clap::Args)]
struct PresetArguments {
    /// The preset
    #[arg(value_parser = ["observe", "develop", "operate", "open"])]
    preset: String,
}

impl PolicyArguments {
    /// Returns true for a command that serves clients until it is ended.
    pub(super) const fn serves(&self) -> bool {
        matches!(self.command, PolicyCommand::Learn(_))
    }
}

pub(super) async fn run(
    arguments: PolicyArguments,
    settings: Settings,
    audit: Audit,
    drain: CancellationToken,
) -> CommandResult {
    let result = match arguments.command {
        PolicyCommand::Check(arguments) => check::run(arguments, settings).await,
        PolicyCommand::Show(arguments) => show::run(&arguments),
        PolicyCommand::Learn(arguments) => learn::run(arguments, settings, audit, drain).await,
        PolicyCommand::Preset(PresetArguments { preset }) => {
            let text = preset_named(&preset).map(Preset::beginning).unwrap_or_default();
            print_result(io::stdout().write_all(text.as_bytes()))
        }
    };
    // A code of its own, because 1 means that a request is denied.
    result.or_else(|problem| {
        let _ = writeln!(io::stderr(), "dockwright: {problem}");
        Ok(ExitCode::from(UNUSABLE))
    })
}
