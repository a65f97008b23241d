//! Packets in which a folder travels: the attributes of its entries, requests for files by their numbers, and contents.

use std::time::UNIX_EPOCH;

use bytes::Bytes;
use dockwright_archive::{EntryKind, TreeEntry};

use crate::grpc::{Code, Status, frame};
use crate::protobuf::{Fields, Message, Value};

/// The kinds of packets. One without a kind holds attributes, and ends them if it is empty.
const REQUEST: u64 = 1;
const DATA: u64 = 2;
const END: u64 = 3;
const ERROR: u64 = 4;

/// The bits of a mode that are no permissions, as Go numbers them.
const FOLDER: u32 = 1 << 31;
const SYMLINK: u32 = 1 << 27;
const SETUID: u32 = 1 << 23;
const SETGID: u32 = 1 << 22;
const STICKY: u32 = 1 << 20;

/// A packet of the engine.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Packet {
    /// The contents of the file with this number are wanted.
    Request(u32),
    /// All is received.
    End,
    /// It cannot go on.
    Error(String),
    /// Attributes and contents, which the engine does not send here.
    Other,
}

impl Packet {
    pub(super) fn read(message: Bytes) -> Result<Self, Status> {
        let (mut kind, mut number, mut text) = (0, 0, Bytes::new());
        let mut fields = Fields::new(message);
        while let Some(field) = fields.next()? {
            match field {
                (1, Value::Number(value)) => kind = value,
                (3, Value::Number(value)) => number = value,
                (4, Value::Bytes(value)) => text = value,
                _ => {}
            }
        }
        Ok(match kind {
            REQUEST => Packet::Request(u32::try_from(number).map_err(|_| unknown_file(number))?),
            END => Packet::End,
            ERROR => Packet::Error(String::from_utf8_lossy(&text).into_owned()),
            _ => Packet::Other,
        })
    }
}

/// The refusal of a request for a file that was not listed, or that was requested before.
pub(super) fn unknown_file(number: u64) -> Status {
    Status::new(Code::InvalidArgument, format!("file {number} was not announced, or is requested again"))
}

/// The attributes of an entry, as a message that is ready to be sent. Owners are 0, as those of archives.
pub(super) fn attributes(entry: &TreeEntry) -> Bytes {
    let nanoseconds = match entry.modified.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |before| -before),
    };
    let target = entry.target.as_deref().unwrap_or_default();
    // A link has the size of its target, as the engine's file system has it, or it would count as changed.
    let size = if target.is_empty() { entry.size } else { target.len() as u64 };
    let attributes = Message::default()
        .bytes(1, entry.path.as_bytes())
        .number(2, u64::from(mode(entry)))
        .number(5, size)
        .number(6, nanoseconds.cast_unsigned())
        .bytes(7, target.as_bytes());
    frame(&Message::default().message(2, &attributes.finish()).finish())
}

/// The end of all attributes.
pub(super) fn end_of_attributes() -> Bytes {
    frame(&[])
}

/// A piece of the contents of a file; an empty one ends them.
pub(super) fn contents(number: u32, piece: &[u8]) -> Bytes {
    let head = Message::default().number(1, DATA).number(3, u64::from(number));
    let message = head.bytes(4, piece).finish();
    frame(&message)
}

/// The end of the transfer.
pub(super) fn end() -> Bytes {
    frame(&Message::default().number(1, END).finish())
}

/// A failure, which the engine repeats in the error of the build.
pub(super) fn error(problem: &str) -> Bytes {
    frame(&Message::default().number(1, ERROR).bytes(4, problem.as_bytes()).finish())
}

fn mode(entry: &TreeEntry) -> u32 {
    let kind = match entry.kind {
        EntryKind::Folder => FOLDER,
        EntryKind::Symlink => SYMLINK,
        _ => 0,
    };
    let special = [(0o4000, SETUID), (0o2000, SETGID), (0o1000, STICKY)];
    let special = special.into_iter().filter(|(bit, _)| entry.mode & bit != 0).map(|(_, bit)| bit);
    special.fold(kind | (entry.mode & 0o777), |mode, bit| mode | bit)
}
