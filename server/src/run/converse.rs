//! A two-way connection to a process: its input goes out, its output comes back.

use std::future::pending;

use dockwright::Duplex;
use dockwright::operation::{Operation, Terminal};

/// Splits a connection into a future that writes the input, and the output to read. The future never ends.
///
/// The stdin of an exec is closed after the input, so that a command that reads all of it ends. The stdin of a
/// container's main process stays open, because an engine may take its end for the end of the connection.
pub(crate) fn converse(
    operation: &Operation,
    connection: Duplex,
    input: Option<String>,
) -> (impl Future<Output = std::convert::Infallible>, dockwright::LogStream) {
    let closes = closes_stdin(operation, input.as_deref());
    let (mut stdin, output) = connection.split();
    let write = async move {
        // If the process rejects its input, the output or its end tells why.
        let _ = stdin.write_all(input.unwrap_or_default().as_bytes()).await;
        if closes {
            let _ = stdin.close().await;
            return pending().await;
        }
        let _open = stdin;
        pending().await
    };
    (write, output)
}

/// Tells whether stdin is closed after the input.
pub(crate) fn closes_stdin(operation: &Operation, input: Option<&str>) -> bool {
    input.is_some() && matches!(operation.terminal, Some(Terminal::Body { .. }))
}
