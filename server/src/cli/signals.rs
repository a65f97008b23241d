//! Signals that ask the process to end.

use std::io;
use std::process::ExitCode;

/// The signals that come from now on; the process does not end by them any more.
pub(super) struct Signals {
    #[cfg(unix)]
    signals: [(u8, tokio::signal::unix::Signal); 3],
}

impl Signals {
    #[cfg(unix)]
    pub(super) fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let signals = [
            (1, signal(SignalKind::hangup())?),
            (2, signal(SignalKind::interrupt())?),
            (15, signal(SignalKind::terminate())?),
        ];
        Ok(Signals { signals })
    }

    #[cfg(not(unix))]
    pub(super) fn new() -> io::Result<Self> {
        Ok(Signals {})
    }

    /// Waits for the next signal. Returns the exit code that shells give for it.
    #[cfg(unix)]
    pub(super) async fn next(&mut self) -> ExitCode {
        let [(hangup, one), (interrupt, two), (terminate, three)] = &mut self.signals;
        let number = tokio::select! {
            _ = one.recv() => *hangup,
            _ = two.recv() => *interrupt,
            _ = three.recv() => *terminate,
        };
        ExitCode::from(128 + number)
    }

    /// Waits for Ctrl-C.
    #[cfg(not(unix))]
    pub(super) async fn next(&mut self) -> ExitCode {
        match tokio::signal::ctrl_c().await {
            Ok(()) => ExitCode::from(130),
            Err(_) => std::future::pending().await,
        }
    }
}
