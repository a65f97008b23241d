//! A connection that both sides write to: input goes to a process, its output comes back.

use std::future::pending;

use dockwright::Duplex;
use dockwright::operation::{Operation, Terminal};

/// What writes to a connection, for as long as it lasts, and what is read from it.
///
/// A command that was prepared to run ends when it has read all of its input: that is closed. The main process of a
/// container keeps its stdin, because an engine may take its end for the end of the connection.
pub(crate) fn converse(
    operation: &Operation,
    connection: Duplex,
    input: Option<String>,
) -> (impl Future<Output = std::convert::Infallible>, dockwright::LogStream) {
    let closes = matches!(operation.terminal, Some(Terminal::Body { .. }));
    let (mut stdin, output) = connection.split();
    let write = async move {
        // Why input is not taken is told by the output, or by its end.
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
