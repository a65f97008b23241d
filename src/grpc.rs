//! The form of gRPC: bytes to messages, messages to bytes, and how a call ends. It knows no method.

mod client;
mod messages;
mod task;

use bytes::{Buf, Bytes, BytesMut};
use http::{HeaderMap, HeaderValue};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode, utf8_percent_encode};

use crate::protobuf::Malformed;

pub(crate) use client::{Answer, Client};
pub(crate) use messages::{Messages, only_message};
pub(crate) use task::{Task, Tasks};

/// The bytes before each message: a flag for compression, and its length.
const PREFIX: usize = 5;

/// The most bytes of the message of a status.
const STATUS_BYTES: usize = 4096;

/// The characters of a status message that cannot stand in a header.
const ESCAPED: &AsciiSet = &CONTROLS.add(b'%');

/// The end of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Status {
    pub(crate) code: Code,
    pub(crate) message: String,
}

/// The codes of gRPC that are used here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    Ok = 0,
    Unknown = 2,
    InvalidArgument = 3,
    NotFound = 5,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    Unimplemented = 12,
    Internal = 13,
    /// The connection is lost.
    Unavailable = 14,
}

impl Status {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Status { code, message: message.into() }
    }

    pub(crate) fn ok() -> Self {
        Status::new(Code::Ok, "")
    }

    /// A fault of this side.
    pub(crate) fn internal(problem: impl Into<String>) -> Self {
        Status::new(Code::Internal, problem)
    }

    /// The end that headers say; `None` if they say none. A code that is not used here is `Unknown`.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let code = match headers.get("grpc-status")?.as_bytes() {
            b"0" => Code::Ok,
            b"3" => Code::InvalidArgument,
            b"5" => Code::NotFound,
            b"8" => Code::ResourceExhausted,
            b"9" => Code::FailedPrecondition,
            b"12" => Code::Unimplemented,
            b"13" => Code::Internal,
            b"14" => Code::Unavailable,
            _ => Code::Unknown,
        };
        let message = headers.get("grpc-message").map(HeaderValue::as_bytes).unwrap_or_default();
        Some(Status::new(code, percent_decode(message).decode_utf8_lossy()))
    }

    /// The headers that say it, at the end of an answer.
    pub(crate) fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("grpc-status", HeaderValue::from(self.code as u16));
        let message: String = self.message.chars().take(STATUS_BYTES / 4).collect();
        let message = utf8_percent_encode(&message, ESCAPED).to_string();
        if let Ok(message) = HeaderValue::from_str(&message)
            && !message.is_empty()
        {
            headers.insert("grpc-message", message);
        }
        headers
    }
}

impl From<Malformed> for Status {
    fn from(Malformed(problem): Malformed) -> Self {
        Status::new(Code::InvalidArgument, problem)
    }
}

/// A message as it is sent.
pub(crate) fn frame(message: &[u8]) -> Bytes {
    let mut frame = BytesMut::with_capacity(PREFIX + message.len());
    frame.extend_from_slice(&[0]);
    // Messages of this module have a few hundred kilobytes at most.
    frame.extend_from_slice(&u32::try_from(message.len()).unwrap_or(u32::MAX).to_be_bytes());
    frame.extend_from_slice(message);
    frame.freeze()
}

/// Bytes of a call, cut anywhere, as messages.
#[derive(Debug)]
pub(crate) struct Frames {
    bytes: BytesMut,
    /// The most bytes of a message.
    most: usize,
}

impl Frames {
    pub(crate) fn new(most: usize) -> Self {
        Frames { bytes: BytesMut::new(), most }
    }

    pub(crate) fn push(&mut self, piece: &[u8]) {
        self.bytes.extend_from_slice(piece);
    }

    /// The next message; `None` if more bytes are needed.
    pub(crate) fn next(&mut self) -> Result<Option<Bytes>, Status> {
        let Some((prefix, rest)) = self.bytes.split_first_chunk::<PREFIX>() else { return Ok(None) };
        let [flag, length @ ..] = *prefix;
        let length = u32::from_be_bytes(length) as usize;
        if flag != 0 {
            return Err(Status::new(Code::Unimplemented, "compressed messages are not read"));
        }
        if length > self.most {
            let most = self.most;
            return Err(Status::new(Code::ResourceExhausted, format!("a message has more than {most} bytes")));
        }
        if rest.len() < length {
            self.bytes.reserve(PREFIX + length - self.bytes.len());
            return Ok(None);
        }
        self.bytes.advance(PREFIX);
        Ok(Some(self.bytes.split_to(length).freeze()))
    }

    /// Returns true if no message is incomplete.
    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_found_wherever_their_bytes_are_cut() {
        let sent = [frame(b"one"), frame(b""), frame(&[7; 1000])].concat();
        for size in [1, 2, 5, 6, 999, 2000] {
            let mut frames = Frames::new(1000);
            let mut found = Vec::new();
            for piece in sent.chunks(size) {
                frames.push(piece);
                while let Some(message) = frames.next().unwrap() {
                    found.push(message);
                }
            }
            assert_eq!(found, [&b"one"[..], b"", &[7; 1000]], "{size}");
            assert!(frames.is_empty());
        }
    }

    #[test]
    fn messages_that_are_too_large_or_compressed_are_refused_by_their_prefix() {
        for (bytes, code) in
            [(&b"\x01\0\0\0\x01a"[..], Code::Unimplemented), (b"\0\xff\xff\xff\xff", Code::ResourceExhausted)]
        {
            let mut frames = Frames::new(10);
            frames.push(bytes);
            assert_eq!(frames.next().unwrap_err().code, code);
        }
    }

    #[test]
    fn a_status_is_text_of_a_header_whatever_it_says() {
        let status = Status::new(Code::NotFound, "no `ä`\n100 %");
        let headers = status.headers();
        assert_eq!(Status::from_headers(&headers), Some(status));
        assert_eq!(Status::from_headers(&HeaderMap::new()), None);
        assert_eq!(headers["grpc-status"], "5");
        assert_eq!(headers["grpc-message"], "no `%C3%A4`%0A100 %25");
        assert!(!Status::ok().headers().contains_key("grpc-message"));
        assert!(
            Status::new(Code::Unknown, "ä".repeat(100_000)).headers()["grpc-message"].len() <= 2 * 3 * STATUS_BYTES
        );
    }
}
