//! Signals that ask the process to end.

use std::io;
use std::process::ExitCode;

/// The signals that come from now on; the process does not end by them any more.
pub(super) struct Signals {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 3],
    #[cfg(unix)]
    ends_by_hangup: bool,
    #[cfg(windows)]
    signals: ConsoleSignals,
}

/// The signals of a console: of keys, of a window that is closed, and of the end of the session.
#[cfg(windows)]
struct ConsoleSignals {
    c: tokio::signal::windows::CtrlC,
    r#break: tokio::signal::windows::CtrlBreak,
    close: tokio::signal::windows::CtrlClose,
    shutdown: tokio::signal::windows::CtrlShutdown,
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
    /// Listens from now on. A process that reads its files anew by SIGHUP does not end by it.
    #[cfg(unix)]
    pub(super) fn new(ends_by_hangup: bool) -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [SignalKind::hangup(), SignalKind::interrupt(), SignalKind::terminate()];
        let [hangup, interrupt, terminate] = kinds.map(signal);
        Ok(Signals { signals: [hangup?, interrupt?, terminate?], ends_by_hangup })
    }

    /// Listens from now on.
    #[cfg(windows)]
    pub(super) fn new(_: bool) -> io::Result<Self> {
        use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown};
        let (c, r#break, close, shutdown) = (ctrl_c()?, ctrl_break()?, ctrl_close()?, ctrl_shutdown()?);
        Ok(Signals { signals: ConsoleSignals { c, r#break, close, shutdown } })
    }

    /// Waits for the next signal.
    #[cfg(unix)]
    pub(super) async fn next(&mut self) -> Received {
        let [hangup, interrupt, terminate] = &mut self.signals;
        let (name, number) = tokio::select! {
            _ = hangup.recv(), if self.ends_by_hangup => ("SIGHUP", 1),
            _ = interrupt.recv() => ("SIGINT", 2),
            _ = terminate.recv() => ("SIGTERM", 15),
        };
        Received { name, number }
    }

    /// Waits for the next signal.
    #[cfg(windows)]
    pub(super) async fn next(&mut self) -> Received {
        let ConsoleSignals { c, r#break, close, shutdown } = &mut self.signals;
        let (name, number) = tokio::select! {
            _ = c.recv() => ("Ctrl-C", 2),
            _ = r#break.recv() => ("Ctrl-Break", 21),
            _ = close.recv() => ("the end of the console", 1),
            _ = shutdown.recv() => ("the end of the system", 15),
        };
        Received { name, number }
    }
}
