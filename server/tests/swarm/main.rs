//! The program at a swarm of three managers. The trials run one after the other, because they take nodes away, and each
//! leaves three managers behind. `tests/bin/swarm` runs them; elsewhere they are ignored.

mod node;
mod nodes;
mod stack;
mod updates;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let arguments = Arguments { test_threads: Some(1), ..Arguments::from_args() };
    let trials = [stack::trials(), updates::trials(), nodes::trials()];
    libtest_mimic::run(&arguments, trials.into_iter().flatten().collect()).exit_code()
}

/// Makes trials of functions, each of its own name.
macro_rules! trials {
    ($($name:ident),* $(,)?) => {
        vec![$($crate::trial(stringify!($name), $name)),*]
    };
}
pub(crate) use trials;

fn trial(name: &str, run: fn()) -> Trial {
    let run = move || {
        run();
        Ok(())
    };
    Trial::test(name, run).with_ignored_flag(std::env::var_os("DOCKWRIGHT_TEST_NODES").is_none())
}
