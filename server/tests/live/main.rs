//! Every tool, called by an MCP client over the program's standard input and output, on a real engine. A trial judges
//! the change on the engine and the text that the model reads.
//!
//! `tests/engine/with ENGINE cargo test --package dockwright-server --test live` runs it; without such an engine every
//! trial is ignored. `cargo test --test live -- --table` shows which operation ran where.

mod archive;
mod attach;
mod bench;
mod broken;
mod build;
mod build_cache;
mod buildkit;
mod cancelled;
mod compose;
#[cfg(unix)]
mod compose_attacks;
#[cfg(unix)]
mod compose_folder;
mod compose_generate;
#[cfg(unix)]
mod compose_tools;
mod composed;
mod confirm;
mod container;
mod container_life;
mod distribution;
mod edit;
mod events;
mod exec;
mod found;
mod host;
mod host_folders;
mod image;
mod last;
mod logins;
mod logs;
mod network;
mod plugin;
#[cfg(unix)]
mod policed;
mod policy;
mod preview;
mod project_logs;
mod proxy;
mod record;
mod recreate;
mod registry;
mod second;
mod service;
mod session;
mod stories;
mod structured;
mod swarm;
mod system;
mod versions;
mod views;
mod volume;
mod wait_for;
mod work;

use std::process::ExitCode;

use libtest_mimic::Arguments;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = [
        container::trials(),
        container_life::trials(),
        logs::trials(),
        project_logs::trials(),
        wait_for::trials(),
        attach::trials(),
        broken::trials(),
        events::trials(),
        views::trials(),
        exec::trials(),
        found::trials(),
        host::trials(),
        policy::trials(),
        archive::trials(),
        host_folders::trials(),
        composed::trials(),
        preview::trials(),
        confirm::trials(),
        image::trials(),
        build::trials(),
        registry::trials(),
        distribution::trials(),
        logins::trials(),
        edit::trials(),
        recreate::trials(),
        network::trials(),
        versions::trials(),
        volume::trials(),
        system::trials(),
        cancelled::trials(),
        work::trials(),
        plugin::trials(),
        swarm::trials(),
        service::trials(),
        stories::trials(),
        #[cfg(unix)]
        policed::trials(),
        structured::trials(),
        compose::trials(),
        #[cfg(unix)]
        plugin_of_compose(),
        // These wait for the others and run alone: they restart the engine and end the swarm.
        last::trials(),
    ];
    let whole = bench::is_prepared() && record::is_whole(&arguments);
    if whole {
        record::forget();
    }
    let conclusion = libtest_mimic::run(&arguments, trials.into_iter().flatten().collect());
    if bench::is_prepared() {
        swarm::end();
    }
    if whole && !conclusion.has_failed() {
        record::write();
    }
    conclusion.exit_code()
}

/// The trials of the tools that run Docker Compose's plugin, and of the files that they take.
#[cfg(unix)]
fn plugin_of_compose() -> Vec<libtest_mimic::Trial> {
    let trials =
        [compose_tools::trials(), compose_folder::trials(), compose_generate::trials(), compose_attacks::trials()];
    trials.into_iter().flatten().collect()
}
