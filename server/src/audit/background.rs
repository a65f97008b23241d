//! Standard error as an output that never waits: a thread writes to it, because a client may leave its pipe full.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicIsize, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread;

/// The most lines that wait to be written; further ones are lost.
const WAITING: usize = 1_024;

/// Hands each write to a thread.
pub(super) struct Background {
    sender: SyncSender<Vec<u8>>,
    waiting: Waiting,
}

/// The number of lines that wait to be written.
#[derive(Clone, Default)]
pub(super) struct Waiting(Arc<AtomicIsize>);

impl Waiting {
    pub(super) fn is_over(&self) -> bool {
        self.0.load(Ordering::Acquire) <= 0
    }
}

impl Background {
    /// Writes to `output` in a thread, which ends when that fails.
    pub(super) fn new(mut output: impl Write + Send + 'static) -> (Self, Waiting) {
        let (sender, lines) = sync_channel::<Vec<u8>>(WAITING);
        let waiting = Waiting::default();
        let written = waiting.clone();
        thread::spawn(move || {
            for line in lines {
                let result = output.write_all(&line).and_then(|()| output.flush());
                written.0.fetch_sub(1, Ordering::Release);
                if result.is_err() {
                    break;
                }
            }
            // Lines that still wait will not be written.
            written.0.store(0, Ordering::Release);
        });
        (Background { sender, waiting: waiting.clone() }, waiting)
    }
}

impl Write for Background {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.waiting.0.fetch_add(1, Ordering::Relaxed);
        self.sender.try_send(line.to_vec()).map_err(|error| {
            self.waiting.0.fetch_sub(1, Ordering::Relaxed);
            match error {
                TrySendError::Full(_) => io::Error::new(io::ErrorKind::WouldBlock, "nobody reads standard error"),
                TrySendError::Disconnected(_) => io::Error::new(io::ErrorKind::BrokenPipe, "standard error is closed"),
            }
        })?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
