//! A stream of JSON values in, as chunks cut anywhere, the bytes of one value after the other out. It finds the ends of
//! values, and the JSON parser checks them. It knows no types and no connection.

use std::collections::VecDeque;

use bytes::{Buf, Bytes, BytesMut};

use super::error::StreamError;

/// The begin of a record of a JSON text sequence (RFC 7464).
const RECORD_SEPARATOR: u8 = 0x1e;

/// Splits a stream into JSON values. They may be separated by white space, by record separators, or by nothing if the
/// end of a value is clear: `{}{}`.
///
/// Push a chunk, then call [`next`](Self::next) until it returns `None`; chunks are held until then. A value within one
/// chunk is a slice of it, and a value that is spread over chunks is copied. No byte is scanned twice.
#[derive(Debug)]
pub(crate) struct Values {
    /// The most bytes of a value.
    limit: usize,
    /// Unread chunks; none is empty.
    waiting: VecDeque<Bytes>,
    /// The begin of a value whose end is still to come.
    begun: BytesMut,
    scan: Scan,
    broken: Option<StreamError>,
}

impl Values {
    /// `limit` is the most bytes of a value. About twice as many are held while one arrives.
    pub(crate) fn new(limit: usize) -> Self {
        Values { limit, waiting: VecDeque::new(), begun: BytesMut::new(), scan: Scan::default(), broken: None }
    }

    /// Adds the next chunk.
    pub(crate) fn push(&mut self, chunk: Bytes) {
        if !chunk.is_empty() && self.broken.is_none() {
            self.waiting.push_back(chunk);
        }
    }

    /// The next value, without separators; `None` if more bytes are needed.
    ///
    /// # Errors
    /// [`StreamError::Malformed`] at a byte that is not allowed, [`StreamError::Truncated`] at a record that begins
    /// inside a value, and [`StreamError::TooLarge`]; from then on every time.
    pub(crate) fn next(&mut self) -> Result<Option<Bytes>, StreamError> {
        match &self.broken {
            Some(broken) => Err(broken.clone()),
            None => self.value().map_err(|broken| self.give_up(broken)),
        }
    }

    /// Ends the stream, and returns the next value. The last one may be a number or a name that only the end of the
    /// stream ends. Call it until it returns `None`.
    ///
    /// # Errors
    /// [`StreamError::Truncated`] if the stream ends inside a value; otherwise fails as [`next`](Self::next) does.
    pub(crate) fn finish(&mut self) -> Result<Option<Bytes>, StreamError> {
        if let Some(value) = self.next()? {
            return Ok(Some(value));
        }
        match self.scan.state {
            ScanState::Between => Ok(None),
            ScanState::Scalar => {
                self.scan = Scan::default();
                Ok(Some(std::mem::take(&mut self.begun).freeze()))
            }
            ScanState::Structure | ScanState::String | ScanState::Escape => Err(self.give_up(StreamError::Truncated)),
        }
    }

    fn value(&mut self) -> Result<Option<Bytes>, StreamError> {
        while let Some(chunk) = self.waiting.front_mut() {
            if self.scan.state == ScanState::Between {
                chunk.advance(gap(chunk));
            }
            // One byte beyond the limit shows that a value is too large, or that a scalar has ended. `begun` is within
            // the limit.
            let room = (self.limit - self.begun.len()).saturating_add(1);
            let reach = chunk.len().min(room);
            let end = self.scan.end(&chunk[..reach])?;
            let value = match end {
                Some(length) if length + self.begun.len() <= self.limit => Some(chunk.split_to(length)),
                None if reach < room => {
                    self.begun.extend_from_slice(chunk);
                    chunk.clear();
                    None
                }
                _ => return Err(StreamError::TooLarge { limit: self.limit }),
            };
            if chunk.is_empty() {
                self.waiting.pop_front();
            }
            match value {
                Some(value) if self.begun.is_empty() => return Ok(Some(value)),
                Some(rest) => {
                    self.begun.extend_from_slice(&rest);
                    return Ok(Some(std::mem::take(&mut self.begun).freeze()));
                }
                None => {}
            }
        }
        Ok(None)
    }

    fn give_up(&mut self, broken: StreamError) -> StreamError {
        self.waiting.clear();
        self.begun = BytesMut::new();
        self.broken.insert(broken).clone()
    }
}

/// The number of bytes before the next value.
fn gap(bytes: &[u8]) -> usize {
    let separates = |byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | RECORD_SEPARATOR);
    bytes.iter().position(|&byte| !separates(byte)).unwrap_or(bytes.len())
}

/// A scan for the end of a value, which continues with the next chunk.
#[derive(Debug, Default)]
struct Scan {
    state: ScanState,
    /// The number of open brackets and braces.
    depth: usize,
}

/// The context of the next byte.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum ScanState {
    /// Between values.
    #[default]
    Between,
    /// A number or a name, which ends before the first byte that cannot be part of it.
    Scalar,
    /// An object or an array, outside of its strings.
    Structure,
    /// A string, by itself or within a structure.
    String,
    /// The character after a backslash.
    Escape,
}

impl Scan {
    /// The number of bytes up to the end of the value that was begun or begins here; `None` if it ends later.
    fn end(&mut self, bytes: &[u8]) -> Result<Option<usize>, StreamError> {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            match self.state {
                ScanState::Between => self.state = beginning(byte)?,
                ScanState::Scalar => return self.scalar_end(&bytes[at..]).map(|end| end.map(|end| at + end)),
                ScanState::Structure => {
                    let Some(skipped) = bytes[at..].iter().position(|&byte| STRUCTURAL[usize::from(byte)]) else {
                        break;
                    };
                    at += skipped + 1;
                    self.structure(bytes[at - 1])?;
                }
                ScanState::String => {
                    let Some(skipped) = bytes[at..].iter().position(|&byte| ends_text(byte)) else { break };
                    at += skipped + 1;
                    self.string(bytes[at - 1])?;
                }
                // A control character is not allowed in a string, not even after a backslash.
                ScanState::Escape => {
                    self.state = ScanState::String;
                    at += usize::from(byte >= b' ');
                }
            }
            if self.state == ScanState::Between {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    fn structure(&mut self, byte: u8) -> Result<(), StreamError> {
        match byte {
            b'"' => self.state = ScanState::String,
            b'{' | b'[' => self.depth += 1,
            RECORD_SEPARATOR => return Err(StreamError::Truncated),
            _ => {
                // One is open, because a value that begins with a closing one was refused.
                self.depth -= 1;
                if self.depth == 0 {
                    self.state = ScanState::Between;
                }
            }
        }
        Ok(())
    }

    fn string(&mut self, byte: u8) -> Result<(), StreamError> {
        match byte {
            b'\\' => self.state = ScanState::Escape,
            b'"' if self.depth == 0 => self.state = ScanState::Between,
            b'"' => self.state = ScanState::Structure,
            RECORD_SEPARATOR => return Err(StreamError::Truncated),
            _ => return Err(StreamError::Malformed(format!("{} is not allowed in a JSON string", shown(byte)))),
        }
        Ok(())
    }

    fn scalar_end(&mut self, bytes: &[u8]) -> Result<Option<usize>, StreamError> {
        let continues = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        let Some(end) = bytes.iter().position(|&byte| !continues(byte)) else { return Ok(None) };
        self.state = ScanState::Between;
        match bytes[end] {
            // RFC 7464 requires white space after a scalar. Without it, `12` may have been `123`.
            RECORD_SEPARATOR => Err(StreamError::Truncated),
            _ => Ok(Some(end)),
        }
    }
}

/// The state after the first byte of a value.
fn beginning(byte: u8) -> Result<ScanState, StreamError> {
    match byte {
        // The scan then reads the byte itself as the first of the structure.
        b'{' | b'[' | b'"' => Ok(ScanState::Structure),
        b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => Ok(ScanState::Scalar),
        _ => Err(StreamError::Malformed(format!("{} cannot begin a JSON value", shown(byte)))),
    }
}

fn shown(byte: u8) -> String {
    if byte.is_ascii_graphic() { format!("`{}`", char::from(byte)) } else { format!("byte {byte:#04x}") }
}

/// True for the bytes outside strings that may end a value. A table is twice as fast as comparisons.
const STRUCTURAL: [bool; 256] = {
    let mut table = [false; 256];
    let mut bytes: &[u8] = b"\"{}[]\x1e";
    while let [byte, rest @ ..] = bytes {
        table[*byte as usize] = true;
        bytes = rest;
    }
    table
};

/// Returns true if a byte in a string is not part of its plain text.
fn ends_text(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\') || byte < b' '
}

#[cfg(test)]
mod tests;
