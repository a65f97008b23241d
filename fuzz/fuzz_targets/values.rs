//! Any bytes as a stream of JSON: cutting it into chunks changes nothing, only separators are lost, and the parser's
//! own stream finds the same values.

#![no_main]
#![allow(dead_code)]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

use error::StreamError;
use values::Values;

#[path = "../../src/stream/error.rs"]
mod error;
mod chunks;
#[path = "../../src/stream/values.rs"]
mod values;

const SEPARATORS: &[u8] = b" \t\r\n\x1e";

fuzz_target!(|input: &[u8]| {
    let Some((&limit, input)) = input.split_first() else { return };
    let Some((stream, chunks)) = chunks::cut(input) else { return };
    let whole = [Bytes::copy_from_slice(stream)];

    let limit = usize::from(limit);
    let limited = split(&whole, limit);
    assert!(limited.0.iter().all(|value| !value.is_empty() && value.len() <= limit));
    assert_eq!(split(&chunks, limit), limited);

    let (found, end) = split(&whole, usize::MAX);
    assert_eq!(split(&chunks, usize::MAX), (found.clone(), end.clone()));
    let large = found.iter().position(|value| value.len() > limit).unwrap_or(found.len());
    assert_eq!(limited.0, found[..large], "the limit changes nothing before it is reached");

    loses_nothing(stream, &found, &end);
    agrees_with_the_parser(stream, &found, &end);
});

fn split(chunks: &[Bytes], limit: usize) -> (Vec<Bytes>, Result<(), StreamError>) {
    let mut values = Values::new(limit);
    let mut all = Vec::new();
    for chunk in chunks {
        values.push(chunk.clone());
        while let Ok(Some(value)) = values.next() {
            all.push(value);
        }
    }
    loop {
        match values.finish() {
            Ok(Some(value)) => all.push(value),
            Ok(None) => return (all, Ok(())),
            Err(broken) => return (all, Err(broken)),
        }
    }
}

fn loses_nothing(stream: &[u8], found: &[Bytes], end: &Result<(), StreamError>) {
    let mut rest = stream;
    for value in found {
        rest = after_separators(rest).strip_prefix(&value[..]).expect("the value is at the position where it was found");
        assert!(!value.contains(&0x1e), "no value goes on in another record");
    }
    assert!(end.is_err() || after_separators(rest).is_empty());
}

fn agrees_with_the_parser(stream: &[u8], found: &[Bytes], end: &Result<(), StreamError>) {
    let parsed: Vec<_> = serde_json::Deserializer::from_slice(stream).into_iter::<Value>().collect();
    let all = parsed.iter().all(Result::is_ok);
    let theirs: Vec<Value> = parsed.into_iter().map_while(Result::ok).collect();
    let ours: Vec<Value> = found.iter().map_while(|value| serde_json::from_slice(value).ok()).collect();
    if all {
        assert_eq!((&ours, end), (&theirs, &Ok(())));
    } else {
        // It also checks the byte after a scalar, which belongs to the next value here.
        assert!(ours.starts_with(&theirs), "{ours:?} and {theirs:?}");
        // The parser does not know record separators.
        assert!(
            end.is_err() || ours.len() < found.len() || stream.contains(&0x1e),
            "{} is no JSON",
            stream.escape_ascii()
        );
    }

    // Writes the values again, as records of a sequence.
    let mut sequence = Vec::new();
    for value in &found[..theirs.len()] {
        sequence.push(0x1e);
        sequence.extend_from_slice(value);
        sequence.push(b'\n');
    }
    assert_eq!(split(&[sequence.into()], usize::MAX), (found[..theirs.len()].to_vec(), Ok(())));
}

fn after_separators(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|byte| !SEPARATORS.contains(byte)).unwrap_or(bytes.len());
    &bytes[start..]
}
