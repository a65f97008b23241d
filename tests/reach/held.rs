//! This program as a process of its own, for trials that end one or limit it: it makes calls, says so, and may wait.

use std::process::ExitCode;

use dockwright::Engine;

use crate::bench::{RUNTIME, get};

/// The setting that makes this program wait: the address of an engine and an exec of it, `context`, or `fleet` and its
/// engines.
const VARIABLE: &str = "DOCKWRIGHT_TEST_HELD";

pub fn address() -> Option<String> {
    std::env::var(VARIABLE).ok()
}

/// Calls an engine. With an exec it prints a line, and waits at the exec for ever; with a context it prints the
/// address; with `fleet` it lists the failures of many engines.
pub fn hold(address: &str) -> ExitCode {
    RUNTIME.block_on(async {
        if address == "context" {
            let engine = Engine::from_env().unwrap();
            engine.raw(get("/info")).await.unwrap();
            println!("{}", engine.address());
            return ExitCode::SUCCESS;
        }
        let (address, exec) = address.split_once(' ').unwrap();
        if address == "fleet" {
            crate::fleet::call_many(exec).await;
            return ExitCode::SUCCESS;
        }
        let engine = Engine::at(address).unwrap();
        let _duplex = engine.exec_start(exec, &Default::default()).await.unwrap();
        println!("ready");
        std::future::pending().await
    })
}
