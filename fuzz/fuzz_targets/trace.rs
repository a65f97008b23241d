//! Any bytes as messages of BuildKit's trace: no panic, output is a part of what came, steps are numbered without gaps,
//! cutting a message between its fields loses no output, and a bad message spoils no later one.

#![no_main]

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use dockwright::build::{BuildEvent, Trace, TraceError};
use libfuzzer_sys::fuzz_target;

/// A field of a message: its number in the low bits, and its bytes.
type Field = (u8, Vec<u8>);

/// A log of the step `after`.
const AFTER: &[u8] = b"\x1a\x0b\x0a\x05after\x22\x02ok";

fuzz_target!(|input: (Vec<u8>, Vec<Field>)| {
    let (raw, fields) = input;
    let mut trace = Trace::default();
    let _ = read(&mut trace, &raw);
    let events = read(&mut trace, AFTER).0;
    let is_output = |event: &BuildEvent| matches!(event, BuildEvent::Output(output) if output.bytes == "ok"[..]);
    assert!(matches!(&events[..], [event] if is_output(event)), "{events:?}");

    let parts: Vec<_> = fields.iter().map(encode).collect();
    let mut whole = Trace::default();
    let (events, end) = read(&mut whole, &parts.concat());
    numbers_have_no_gaps(&events);
    assert!(output(&events).len() <= parts.iter().map(Vec::len).sum());

    let mut cut = Trace::default();
    let read: Vec<_> = parts.iter().map(|part| read(&mut cut, part)).collect();
    let cut_events: Vec<_> = read.iter().flat_map(|(events, _)| events.clone()).collect();
    if end.is_ok() && read.iter().all(|(_, end)| end.is_ok()) {
        assert_eq!(output(&events), output(&cut_events));
        assert_eq!(whole.unknown_fields(), cut.unknown_fields());
        assert_eq!(whole.failed_step().is_some(), cut.failed_step().is_some());
    }
});

fn encode((number, bytes): &Field) -> Vec<u8> {
    let mut field = vec![(number % 6) << 3 | 2];
    let mut length = bytes.len();
    while length >= 0x80 {
        field.push(length as u8 | 0x80);
        length >>= 7;
    }
    field.push(length as u8);
    field.extend_from_slice(bytes);
    field
}

fn read(trace: &mut Trace, message: &[u8]) -> (Vec<BuildEvent>, Result<(), TraceError>) {
    let mut events = Vec::new();
    if let Err(error) = trace.push(&BASE64_STANDARD.encode(message)) {
        return (events, Err(error));
    }
    loop {
        match trace.next_event() {
            Ok(Some(event)) => events.push(event),
            Ok(None) => return (events, Ok(())),
            Err(error) => return (events, Err(error)),
        }
    }
}

fn output(events: &[BuildEvent]) -> Vec<u8> {
    let pieces = events.iter().filter_map(|event| match event {
        BuildEvent::Output(output) => Some(&output.bytes[..]),
        _ => None,
    });
    pieces.collect::<Vec<_>>().concat()
}

fn numbers_have_no_gaps(events: &[BuildEvent]) {
    let mut largest = 0;
    for event in events {
        let number = match event {
            BuildEvent::Step(step) => step.number,
            BuildEvent::Output(output) => output.step.expect("BuildKit names the step"),
            BuildEvent::Progress(progress) => progress.step.expect("BuildKit names the step"),
            _ => continue,
        };
        // A step whose state did not change is no event.
        assert!(number > 0 && number <= largest + 1, "{events:?}");
        largest = largest.max(number);
    }
}
