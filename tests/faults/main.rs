//! Faults that a client must survive, through the methods that users call: peers that are silent, lie, stop in the
//! middle or die. Each file covers one kind of fault, for every kind of call.
#![cfg(unix)]

use std::time::Duration;

use dockwright::options::ContainerLogsOptions;
use dockwright::{Engine, LogStream, Result};

#[path = "../support/peer.rs"]
mod peer;

mod again;
mod alone;
mod cancelled;
mod canned;
mod duplex;
mod frames;
mod large;
mod lost;
mod many;
mod sending;
mod silent;
mod values;
#[cfg(feature = "ws")]
mod websocket;

/// The output of the container `web`, for which [`peer::Caller::call`] answers that it has no terminal.
async fn logs(engine: &Engine) -> Result<LogStream> {
    engine.container_logs("web", &ContainerLogsOptions::default().stdout(true)).await
}

/// Waits for a future that is ready at once, or never if something is wrong: the limit is for machines that are busy.
async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), future).await.expect("it comes")
}

/// A frame of stdout.
fn frame(payload: impl AsRef<[u8]>) -> Vec<u8> {
    let payload = payload.as_ref();
    let length = u32::try_from(payload.len()).unwrap();
    [&[1, 0, 0, 0][..], &length.to_be_bytes(), payload].concat()
}
