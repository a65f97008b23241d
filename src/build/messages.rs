//! The messages of BuildKit's trace: bytes in, their fields out. A field that is not known is counted and left out.

use std::ops::RangeInclusive;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;

use super::event::BuildWarning;
use crate::protobuf::{Fields, Malformed, Value};

/// One field of a message of the trace.
#[derive(Debug)]
pub(super) enum Message {
    Vertex(Vertex),
    Status(Status),
    Log(Log),
    Warning(BuildWarning),
    Unknown,
}

/// The state of a step. A step that waits has neither time.
#[derive(Debug, Default)]
pub(super) struct Vertex {
    pub(super) digest: String,
    pub(super) inputs: Vec<String>,
    pub(super) name: String,
    pub(super) is_cached: bool,
    pub(super) started: Option<SystemTime>,
    pub(super) completed: Option<SystemTime>,
    pub(super) error: String,
}

/// An advance within a step.
#[derive(Debug, Default)]
pub(super) struct Status {
    pub(super) id: String,
    pub(super) vertex: String,
    pub(super) name: String,
    pub(super) current: u64,
    pub(super) total: u64,
    pub(super) is_complete: bool,
}

/// Output of a step.
#[derive(Debug, Default)]
pub(super) struct Log {
    pub(super) vertex: String,
    pub(super) time: Option<SystemTime>,
    pub(super) stream: u64,
    pub(super) bytes: Bytes,
}

/// Reads a field of a message of the trace.
pub(super) fn read(field: (u64, Value), unknown: &mut u64) -> Result<Message, Malformed> {
    Ok(match field {
        (1, Value::Bytes(bytes)) => Message::Vertex(vertex(bytes, unknown)?),
        (2, Value::Bytes(bytes)) => Message::Status(status(bytes, unknown)?),
        (3, Value::Bytes(bytes)) => Message::Log(log(bytes, unknown)?),
        (4, Value::Bytes(bytes)) => Message::Warning(warning(bytes, unknown)?),
        _ => {
            *unknown += 1;
            Message::Unknown
        }
    })
}

fn vertex(bytes: Bytes, unknown: &mut u64) -> Result<Vertex, Malformed> {
    let mut vertex = Vertex::default();
    each(bytes, unknown, |field, unknown| {
        match field {
            (1, Value::Bytes(digest)) => vertex.digest = text(&digest),
            (2, Value::Bytes(input)) => vertex.inputs.push(text(&input)),
            (3, Value::Bytes(name)) => vertex.name = text(&name),
            (4, Value::Number(is_cached)) => vertex.is_cached = is_cached != 0,
            (5, Value::Bytes(time)) => vertex.started = timestamp(time, unknown)?,
            (6, Value::Bytes(time)) => vertex.completed = timestamp(time, unknown)?,
            (7, Value::Bytes(error)) => vertex.error = text(&error),
            // The group that a display may show the step in.
            (8, Value::Bytes(_)) => {}
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(vertex)
}

fn status(bytes: Bytes, unknown: &mut u64) -> Result<Status, Malformed> {
    let mut status = Status::default();
    each(bytes, unknown, |field, _| {
        match field {
            (1, Value::Bytes(id)) => status.id = text(&id),
            (2, Value::Bytes(vertex)) => status.vertex = text(&vertex),
            (3, Value::Bytes(name)) => status.name = text(&name),
            (4, Value::Number(current)) => status.current = current,
            (5, Value::Number(total)) => status.total = total,
            // The times of the report and of the begin.
            (6 | 7, Value::Bytes(_)) => {}
            (8, Value::Bytes(_)) => status.is_complete = true,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(status)
}

fn log(bytes: Bytes, unknown: &mut u64) -> Result<Log, Malformed> {
    let mut log = Log::default();
    each(bytes, unknown, |field, unknown| {
        match field {
            (1, Value::Bytes(vertex)) => log.vertex = text(&vertex),
            (2, Value::Bytes(time)) => log.time = timestamp(time, unknown)?,
            (3, Value::Number(stream)) => log.stream = stream,
            (4, Value::Bytes(bytes)) => log.bytes = bytes,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(log)
}

fn warning(bytes: Bytes, unknown: &mut u64) -> Result<BuildWarning, Malformed> {
    let (mut message, mut url, mut file) = (String::new(), String::new(), String::new());
    let (mut detail, mut lines, mut level) = (Vec::new(), Vec::new(), 0);
    each(bytes, unknown, |field, unknown| {
        match field {
            // The digest of the Dockerfile's step.
            (1, Value::Bytes(_)) => {}
            (2, Value::Number(number)) => level = number.cast_signed(),
            (3, Value::Bytes(short)) => message = text(&short),
            (4, Value::Bytes(line)) => detail.push(text(&line)),
            (5, Value::Bytes(address)) => url = text(&address),
            (6, Value::Bytes(source)) => file = file_name(source, unknown)?,
            (7, Value::Bytes(range)) => lines.push(line_range(range, unknown)?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(BuildWarning { message, detail, url, file, lines, level })
}

/// The name of the file that a warning is about. Its text and how it was got are left out.
fn file_name(bytes: Bytes, unknown: &mut u64) -> Result<String, Malformed> {
    let mut name = String::new();
    each(bytes, unknown, |field, _| {
        match field {
            (1, Value::Bytes(bytes)) => name = text(&bytes),
            (2..=4, Value::Bytes(_)) => {}
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(name)
}

fn line_range(bytes: Bytes, unknown: &mut u64) -> Result<RangeInclusive<u32>, Malformed> {
    let (mut start, mut end) = (0, 0);
    each(bytes, unknown, |field, unknown| {
        match field {
            (1, Value::Bytes(position)) => start = line(position, unknown)?,
            (2, Value::Bytes(position)) => end = line(position, unknown)?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(start..=end.max(start))
}

fn line(bytes: Bytes, unknown: &mut u64) -> Result<u32, Malformed> {
    let mut line = 0;
    each(bytes, unknown, |field, _| {
        match field {
            (1, Value::Number(number)) => line = u32::try_from(number).unwrap_or(u32::MAX),
            // The column.
            (2, Value::Number(_)) => {}
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(line)
}

/// A time; `None` if it is out of range.
fn timestamp(bytes: Bytes, unknown: &mut u64) -> Result<Option<SystemTime>, Malformed> {
    let (mut seconds, mut nanoseconds) = (0, 0);
    each(bytes, unknown, |field, _| {
        match field {
            (1, Value::Number(number)) => seconds = number,
            (2, Value::Number(number)) => nanoseconds = number,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    let since = Duration::from_secs(seconds).checked_add(Duration::from_nanos(nanoseconds));
    Ok(since.and_then(|since| UNIX_EPOCH.checked_add(since)))
}

/// Hands each field of a message to a function, which returns false for one that it does not know.
fn each(
    message: Bytes,
    unknown: &mut u64,
    mut read: impl FnMut((u64, Value), &mut u64) -> Result<bool, Malformed>,
) -> Result<(), Malformed> {
    let mut fields = Fields::new(message);
    while let Some(field) = fields.next()? {
        if !read(field, unknown)? {
            *unknown += 1;
        }
    }
    Ok(())
}

fn text(bytes: &Bytes) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
