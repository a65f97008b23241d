//! `dockwright completions SHELL`.

use std::io;

use clap_complete::Shell;

use super::{Ended, printed};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The shell.
    shell: Shell,
}

pub(super) fn run(arguments: &Arguments, mut command: clap::Command) -> Ended {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "dockwright", &mut script);
    printed(io::Write::write_all(&mut io::stdout(), &script))
}
