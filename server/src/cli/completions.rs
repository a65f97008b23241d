//! `dockwright completions SHELL`: prints the completion script for a shell.

use std::io;

use clap_complete::Shell;

use super::command::{CommandResult, print_result};
use super::names;

#[derive(clap::Args)]
pub(super) struct CompletionsArguments {
    /// Shell to print the script for.
    shell: Shell,
}

pub(super) fn run(arguments: &CompletionsArguments, mut command: clap::Command) -> CommandResult {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "dockwright", &mut script);
    if arguments.shell == Shell::Fish {
        // The generator for fish leaves out arguments without a name.
        let names = names::tool_names().join(" ");
        script.extend(
            format!("complete -c dockwright -n \"__fish_dockwright_using_subcommand call\" -f -a \"{names}\"\n")
                .bytes(),
        );
    }
    print_result(io::Write::write_all(&mut io::stdout(), &script))
}
