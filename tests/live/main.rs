//! Every operation that has a method, called on a real engine through the typed client and judged by its effect there.
//!
//! `tests/engine/with ENGINE cargo test --test live` runs it; without an engine every trial is ignored. `cargo test
//! --test live -- --table` shows which operation ran where.

mod always;
mod archive;
mod attach;
mod bench;
mod build;
#[cfg(all(feature = "tls", feature = "ws"))]
#[path = "../support/certificates.rs"]
mod certificates;
mod connection;
mod container;
#[cfg(feature = "buildkit")]
mod contexts;
mod distribution;
mod events;
mod examples;
mod exceptions;
mod exec;
mod forwarder;
mod image;
mod last;
mod logs;
mod lossless;
mod network;
mod plugin;
mod progress;
#[cfg(feature = "recipes")]
mod recipes;
mod record;
mod second;
mod service;
#[cfg(feature = "buildkit")]
mod session;
mod streams;
mod swarm;
mod system;
mod table;
mod times;
#[cfg(all(feature = "tls", feature = "ws"))]
mod tls;
#[path = "../answers/types.rs"]
#[allow(dead_code, reason = "recordings are tried in more ways")]
mod types;
mod versions;
mod volume;
#[cfg(feature = "ws")]
mod websocket;

use std::process::ExitCode;

use libtest_mimic::Arguments;

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == "--table") {
        return table::show();
    }
    let mut arguments = Arguments::from_args();
    // Trials wait for the engine more than they work, so there may be more of them than processors.
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    arguments.test_threads.get_or_insert(processors.max(4));
    let trials = [
        connection::trials(),
        container::trials(),
        logs::trials(),
        attach::trials(),
        #[cfg(feature = "ws")]
        websocket::trials(),
        exec::trials(),
        #[cfg(feature = "recipes")]
        recipes::trials(),
        archive::trials(),
        events::trials(),
        image::trials(),
        progress::trials(),
        build::trials(),
        #[cfg(feature = "buildkit")]
        session::trials(),
        #[cfg(feature = "buildkit")]
        contexts::trials(),
        distribution::trials(),
        network::trials(),
        versions::trials(),
        volume::trials(),
        system::trials(),
        plugin::trials(),
        swarm::trials(),
        service::trials(),
        lossless::trials(),
        examples::trials(),
        times::trials(),
        always::trials(),
        #[cfg(all(feature = "tls", feature = "ws"))]
        tls::trials(),
        // These wait for the others and run alone: they restart the engine and end the swarm.
        last::trials(),
    ];
    let trials = trials.into_iter().flatten().collect();
    let whole = bench::is_prepared() && record::is_whole(&arguments);
    if whole {
        record::begin();
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    bench::end();
    if whole && !conclusion.has_failed() {
        record::write();
    }
    conclusion.exit_code()
}
