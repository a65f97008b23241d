//! Engines behind real servers on loopback. `tests/bin/reach` runs the trials beside a throwaway engine; elsewhere they
//! are ignored. A file here is for one kind of server.

mod bench;
mod dial;
mod faults;
mod fleet;
mod forward;
mod held;
mod lost;
mod restart;
mod sshd;

use std::process::ExitCode;

use libtest_mimic::Arguments;

fn main() -> ExitCode {
    if let Some(address) = held::address() {
        return held::hold(&address);
    }
    let mut arguments = Arguments::from_args();
    // Trials wait more than they work.
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    arguments.test_threads.get_or_insert(processors.max(4));
    let trials =
        [forward::trials(), dial::trials(), faults::trials(), lost::trials(), restart::trials(), fleet::trials()];
    libtest_mimic::run(&arguments, trials.into_iter().flatten().collect()).exit_code()
}
