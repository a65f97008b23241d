//! Signals that ask the process to end.

use std::io;
use std::process::ExitCode;

/// The signals that come from now on; the process does not end by them any more.
pub(super) struct Signals {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 3],
}

/// A signal that came.
pub(super) struct Received {
    /// Its name.
    pub(super) name: &'static str,
    number: u8,
}

impl Received {
    /// The exit code that shells give for it.
    pub(super) fn exit_code(&self) -> ExitCode {
        ExitCode::from(128 + self.number)
    }
}

impl Signals {
    #[cfg(unix)]
    pub(super) fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [SignalKind::hangup(), SignalKind::interrupt(), SignalKind::terminate()];
        let [hangup, interrupt, terminate] = kinds.map(signal);
        Ok(Signals { signals: [hangup?, interrupt?, terminate?] })
    }

    #[cfg(not(unix))]
    pub(super) fn new() -> io::Result<Self> {
        Ok(Signals {})
    }

    /// Waits for the next signal.
    #[cfg(unix)]
    pub(super) async fn next(&mut self) -> Received {
        let [hangup, interrupt, terminate] = &mut self.signals;
        let (name, number) = tokio::select! {
            _ = hangup.recv() => ("SIGHUP", 1),
            _ = interrupt.recv() => ("SIGINT", 2),
            _ = terminate.recv() => ("SIGTERM", 15),
        };
        Received { name, number }
    }

    /// Waits for Ctrl-C.
    #[cfg(not(unix))]
    pub(super) async fn next(&mut self) -> Received {
        match tokio::signal::ctrl_c().await {
            Ok(()) => Received { name: "Ctrl-C", number: 2 },
            Err(_) => std::future::pending().await,
        }
    }
}
