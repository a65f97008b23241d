//! The program at engines behind real servers on loopback. `tests/bin/reach` runs the trials beside a throwaway engine;
//! elsewhere they are ignored.

#[path = "../../../tests/reach/bench.rs"]
mod bench;
mod ssh;
#[path = "../../../tests/reach/sshd.rs"]
mod sshd;

use std::process::ExitCode;

use libtest_mimic::Arguments;

fn main() -> ExitCode {
    libtest_mimic::run(&Arguments::from_args(), ssh::trials()).exit_code()
}
