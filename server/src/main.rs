//! The binary `dockwright`.

use std::process::ExitCode;

fn main() -> ExitCode {
    dockwright_server::cli::main()
}
