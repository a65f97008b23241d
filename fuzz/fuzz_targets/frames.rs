//! Any bytes as a multiplexed stream: cutting it into chunks changes nothing, and a simple decoder agrees.

#![no_main]
#![allow(dead_code)]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;

use error::StreamError;
use frames::Frames;
use output::Source;
use reference::{End, Marked};

mod chunks;
#[path = "../../src/stream/error.rs"]
mod error;
#[path = "../../src/stream/frames.rs"]
mod frames;
#[path = "../../src/stream/output.rs"]
mod output;
mod reference;

fuzz_target!(|input: &[u8]| {
    let Some((stream, chunks)) = chunks::cut(input) else { return };
    let whole = decode(&[Bytes::copy_from_slice(stream)]);
    assert_eq!(decode(&chunks), whole);
    let end = match whole.1 {
        Ok(()) => End::Whole,
        Err(StreamError::Truncated) => End::Truncated,
        Err(_) => End::Malformed,
    };
    assert_eq!((whole.0, end), reference::frames(stream));
});

fn decode(chunks: &[Bytes]) -> (Marked, Result<(), StreamError>) {
    let mut frames = Frames::default();
    let mut output = Marked::new();
    for chunk in chunks {
        frames.push(chunk.clone());
        let before = output.len();
        while let Ok(Some(piece)) = frames.next() {
            assert!(!piece.bytes.is_empty());
            output.extend(piece.bytes.iter().map(|&byte| (number(piece.source), byte)));
        }
        assert!(output.len() - before <= chunk.len());
    }
    let end = frames.finish();
    assert_eq!(frames.next(), end.clone().map(|()| None), "after the end there is no more");
    (output, end)
}

fn number(source: Source) -> u8 {
    match source {
        Source::Stdin => 0,
        Source::Stdout => 1,
        Source::Stderr => 2,
        Source::SystemError => 3,
        Source::Terminal => panic!("no frame is from a terminal"),
    }
}
