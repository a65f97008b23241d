//! A complete stream in, its contents out, by decoders that are as simple as possible. They share nothing with the
//! library, not even its types.

use std::str::Utf8Error;

/// Bytes of output, each with the number of its source.
pub type Marked = Vec<(u8, u8)>;

/// The source of a terminal's output.
#[allow(dead_code, reason = "not every target has terminals")]
pub const TERMINAL: u8 = 4;

/// The end of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Whole,
    Truncated,
    Malformed,
}

/// Docker's multiplexed stream.
pub fn frames(mut stream: &[u8]) -> (Marked, End) {
    let mut output = Marked::new();
    while !stream.is_empty() {
        let Some((header, rest)) = stream.split_first_chunk::<8>() else { return (output, End::Truncated) };
        let [source, 0, 0, 0, length @ ..] = *header else { return (output, End::Malformed) };
        let length = length.iter().fold(0_usize, |length, &byte| length * 256 + usize::from(byte));
        if source > 3 || length > 268_435_456 {
            return (output, End::Malformed);
        }
        let payload = &rest[..length.min(rest.len())];
        output.extend(payload.iter().map(|&byte| (source, byte)));
        if payload.len() < length {
            return (output, End::Truncated);
        }
        stream = &rest[length..];
    }
    (output, End::Whole)
}

/// A frame of a websocket (RFC 6455 section 5.2).
#[allow(dead_code, reason = "not every target has websockets")]
struct Frame {
    last: bool,
    opcode: u8,
    masked: bool,
    payload: Vec<u8>,
}

/// The bytes of all complete messages that a websocket's server sends. Only a close is a complete end. A message that a
/// close cuts short is lost, as in the protocol.
#[allow(dead_code, reason = "not every target has websockets")]
pub fn from_server(mut stream: &[u8]) -> (Vec<u8>, End) {
    let mut output = Vec::new();
    // The message of which fragments have arrived, and true if it is text.
    let mut begun: Option<(bool, Vec<u8>)> = None;
    loop {
        let frame = match take_frame(&mut stream) {
            Ok(frame) if !frame.masked => frame,
            Ok(_) => return (output, End::Malformed),
            Err(end) => return (output, end),
        };
        let (text, mut message) = match (frame.opcode, begun.take()) {
            (0, Some(begun)) => begun,
            (opcode @ (1 | 2), None) => (opcode == 1, Vec::new()),
            (8..=10, _) if !frame.last || frame.payload.len() > 125 => return (output, End::Malformed),
            (8, _) => return (output, close(&frame.payload)),
            (9 | 10, unfinished) => {
                begun = unfinished;
                continue;
            }
            _ => return (output, End::Malformed),
        };
        message.extend(frame.payload);
        // Bytes that cannot become text are refused at once. The last character of a fragment may continue in the next.
        let refused = |error: Utf8Error| frame.last || error.error_len().is_some();
        if text && std::str::from_utf8(&message).is_err_and(refused) {
            return (output, End::Malformed);
        }
        match frame.last {
            true => output.extend(message),
            false => begun = Some((text, message)),
        }
    }
}

/// The bytes of the binary messages that a websocket's client sends. Only a close is a complete end.
#[allow(dead_code, reason = "not every target has websockets")]
pub fn from_client(mut stream: &[u8]) -> (Vec<u8>, End) {
    let mut output = Vec::new();
    loop {
        match take_frame(&mut stream) {
            Err(end) => return (output, end),
            Ok(frame) if !frame.masked || !frame.last => return (output, End::Malformed),
            Ok(frame) if frame.opcode == 2 => output.extend(frame.payload),
            Ok(frame) if frame.opcode == 8 && stream.is_empty() => return (output, close(&frame.payload)),
            Ok(frame) if matches!(frame.opcode, 9 | 10) => {}
            Ok(_) => return (output, End::Malformed),
        }
    }
}

fn take_frame(stream: &mut &[u8]) -> Result<Frame, End> {
    let [first, second] = take_array(stream)?;
    let opcode = first & 0x0f;
    if first & 0x70 != 0 || (3..8).contains(&opcode) || opcode > 10 {
        return Err(End::Malformed);
    }
    let length = match second & 0x7f {
        126 => u64::from(u16::from_be_bytes(take_array(stream)?)),
        127 => u64::from_be_bytes(take_array(stream)?),
        length => u64::from(length),
    };
    let masked = second & 0x80 != 0;
    let mask: [u8; 4] = if masked { take_array(stream)? } else { [0; 4] };
    let length = usize::try_from(length).ok().filter(|&length| length <= stream.len()).ok_or(End::Truncated)?;
    let (payload, rest) = stream.split_at(length);
    *stream = rest;
    let payload = payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
    Ok(Frame { last: first & 0x80 != 0, opcode, masked, payload })
}

fn take_array<const N: usize>(stream: &mut &[u8]) -> Result<[u8; N], End> {
    let (array, rest) = stream.split_first_chunk().ok_or(End::Truncated)?;
    *stream = rest;
    Ok(*array)
}

/// A close has no payload, or a code and a reason.
fn close(payload: &[u8]) -> End {
    match payload {
        [] => End::Whole,
        [_, _, reason @ ..] if std::str::from_utf8(reason).is_ok() => End::Whole,
        _ => End::Malformed,
    }
}
