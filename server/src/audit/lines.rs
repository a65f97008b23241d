//! Writes lines one by one, each with one write, and tells on standard error when that fails.

use std::io::{self, Write};

pub(super) struct Lines {
    output: Box<dyn Write + Send>,
    /// The name of the output; `None` for standard error, where its own failure cannot be told.
    place: Option<String>,
    /// The number of lines that were not written since the last that was.
    missing: u64,
    /// The output ends in the middle of a line.
    is_torn: bool,
}

impl Lines {
    pub(super) fn new(output: impl Write + Send + 'static, place: Option<String>) -> Self {
        Lines { output: Box::new(output), place, missing: 0, is_torn: false }
    }

    /// Writes one line.
    pub(super) fn write(&mut self, line: &str) -> io::Result<()> {
        let line_break = if self.is_torn { "\n" } else { "" };
        let written = self.write_all(format!("{line_break}{line}\n").as_bytes());
        match &written {
            Ok(()) if self.missing > 0 => {
                self.tell(&format!("audit lines are written again; {} are missing", self.missing));
                self.missing = 0;
            }
            Ok(()) => {}
            Err(error) => {
                if self.missing == 0 {
                    self.tell(&format!("audit lines cannot be written: {error}"));
                }
                self.missing += 1;
            }
        }
        written
    }

    fn write_all(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.output.write(bytes) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => {
                    bytes = &bytes[written..];
                    self.is_torn = !bytes.is_empty();
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.output.flush()
    }

    fn tell(&self, event: &str) {
        if let Some(place) = &self.place {
            // A closed standard error must not fail the call.
            let _ = writeln!(io::stderr(), "dockwright: {place}: {event}");
        }
    }
}
