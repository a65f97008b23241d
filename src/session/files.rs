//! Folders that an engine reads by need: it gets the attributes of all entries that it wants to know, and asks for the
//! contents of those that changed since an earlier build.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};
use dockwright_archive::{ContextTree, EntryKind, Error as ArchiveError, TreeSelection};
use http::HeaderMap;
use hyper::body::Incoming;
use percent_encoding::percent_decode_str;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::packet::{self, Packet, attributes, contents, end_of_attributes, unknown_file};
use super::reply::ReplyBody;
use crate::grpc::{Code, Messages, Status, Task};

/// The most bytes of a packet of the engine.
const PACKET_BYTES: usize = 64 * 1024;

/// The bytes of a file that are sent at once.
const PIECE: usize = 64 * 1024;

/// The bytes of attributes that are sent at once.
const BATCH: usize = 16 * 1024;

/// The most entries of a folder. The paths of its files are held in memory.
const ENTRIES: usize = 1_000_000;

/// The most folders that are sent at once; each takes two threads. An engine makes two such calls for a build, and two
/// more for each named context.
const AT_ONCE: usize = 8;

/// The turns of the calls of a session.
#[derive(Debug)]
pub(super) struct Turns(Arc<Semaphore>);

impl Default for Turns {
    fn default() -> Self {
        Turns(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

/// A file that was announced, until it is requested.
struct Announced {
    path: String,
    size: u64,
}

/// The announced files by their numbers; `None` for other entries and for files that were requested.
type Table = Arc<Mutex<Vec<Option<Announced>>>>;

/// Answers a request for a folder.
pub(super) fn send_files(
    folders: &BTreeMap<String, ContextTree>,
    turns: &Turns,
    headers: &HeaderMap,
    body: Incoming,
) -> Result<ReplyBody, Status> {
    let name = values(headers, "dir-name").pop().unwrap_or_default();
    let Some(tree) = folders.get(&name).cloned() else {
        return Err(Status::new(Code::NotFound, format!("this build has no folder `{name}`")));
    };
    let values = |name| values(headers, name);
    let selection = TreeSelection {
        include: values("include-patterns"),
        exclude: values("exclude-patterns"),
        follow: values("followpaths"),
    };
    tracing::debug!(target: "dockwright::session", folder = name, ?selection, "files");
    let messages = Messages::new(body, PACKET_BYTES);
    let turns = Arc::clone(&turns.0);
    Ok(ReplyBody::messages(|sender| async move {
        let turn = turns.acquire_owned().await.map_err(|closed| Status::internal(closed.to_string()))?;
        let sent = send(tree, selection, messages, sender.clone(), turn.into()).await;
        if let Err(status) = &sent {
            // The engine shows this in place of the end of the call.
            let _ = sender.send(packet::error(&status.message)).await;
        }
        sent
    }))
}

/// Lists the folder and sends files, each in a thread, while requests are read. The threads hold the turn, because they
/// may outlive the call.
async fn send(
    tree: ContextTree,
    selection: TreeSelection,
    mut messages: Messages,
    sender: mpsc::Sender<Bytes>,
    turn: Arc<OwnedSemaphorePermit>,
) -> Result<(), Status> {
    let table = Table::default();
    let (requests, requested) = mpsc::unbounded_channel();
    let mut walk = {
        let (tree, table, sender, turn) = (tree.clone(), Arc::clone(&table), sender.clone(), Arc::clone(&turn));
        Task::spawn_blocking(move || (announce(&tree, &selection, &table, &sender), turn).0)
    };
    let mut read = {
        let sender = sender.clone();
        Task::spawn_blocking(move || (send_requested(&tree, requested, &sender), turn).0)
    };
    let mut is_walking = true;
    loop {
        tokio::select! {
            walked = &mut walk, if is_walking => {
                is_walking = false;
                ended(walked)?;
            }
            // It ends before the requests only if it fails.
            read = &mut read => return ended(read).and(Err(Status::internal("files are not sent any more"))),
            message = messages.next() => match message?.map(Packet::read).transpose()? {
                Some(Packet::Request(number)) => {
                    let _ = requests.send((number, take(&table, number)?));
                }
                Some(Packet::End) => {
                    let _ = sender.send(packet::end()).await;
                    return Ok(());
                }
                Some(Packet::Error(problem)) => return Err(Status::new(Code::Unknown, problem)),
                Some(Packet::Other) => return Err(Status::new(Code::InvalidArgument, "an unexpected packet")),
                None => return Err(Status::new(Code::Unknown, "the engine wants no more files")),
            }
        }
    }
}

/// Takes the file that is requested off the table.
fn take(table: &Table, number: u32) -> Result<Announced, Status> {
    let mut table = table.lock().unwrap_or_else(PoisonError::into_inner);
    let file = usize::try_from(number).ok().and_then(|number| table.get_mut(number)?.take());
    file.ok_or_else(|| unknown_file(number.into()))
}

/// Sends the attributes of all entries.
fn announce(
    tree: &ContextTree,
    selection: &TreeSelection,
    table: &Table,
    sender: &mpsc::Sender<Bytes>,
) -> Result<(), ArchiveError> {
    let mut batch = BytesMut::new();
    // The thread outlives a call that is dropped, so it looks after it.
    let is_wanted = || !sender.is_closed();
    let skipped = tree.list_while(selection, is_wanted, |entry| {
        batch.extend_from_slice(&attributes(&entry));
        {
            let mut table = table.lock().unwrap_or_else(PoisonError::into_inner);
            if table.len() == ENTRIES {
                return Err(ArchiveError::TooLarge { limit: ENTRIES as u64, unit: "entries" });
            }
            let is_file = entry.kind == EntryKind::File;
            table.push(is_file.then_some(Announced { path: entry.path, size: entry.size }));
        }
        // One message in a frame of its own costs more than its bytes.
        if batch.len() < BATCH { Ok(()) } else { pass(sender, batch.split().freeze()) }
    })?;
    if skipped.count > 0 {
        tracing::debug!(target: "dockwright::session", ?skipped, "left out");
    }
    batch.extend_from_slice(&end_of_attributes());
    pass(sender, batch.freeze())
}

/// Sends the contents of files, one after the other, until there can be no further request.
fn send_requested(
    tree: &ContextTree,
    mut requested: mpsc::UnboundedReceiver<(u32, Announced)>,
    sender: &mpsc::Sender<Bytes>,
) -> Result<(), ArchiveError> {
    let mut piece = vec![0; PIECE];
    while let Some((number, Announced { path, size })) = requested.blocking_recv() {
        let mut file = tree.file(&path)?;
        let mut left = size;
        loop {
            let read = match file.read(&mut piece) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    let (path, kind, problem) = (tree.path().join(&path), error.kind(), error.to_string());
                    return Err(ArchiveError::File { path, kind, problem });
                }
                Ok(0) => break,
                Ok(read) => read,
            };
            left = left.checked_sub(read as u64).ok_or_else(|| tree.changed(&path, true))?;
            pass(sender, contents(number, &piece[..read]))?;
        }
        if left > 0 {
            return Err(tree.changed(&path, false));
        }
        pass(sender, contents(number, &[]))?;
    }
    Ok(())
}

/// Hands a message over, as fast as the engine takes it.
fn pass(sender: &mpsc::Sender<Bytes>, message: Bytes) -> Result<(), ArchiveError> {
    let gone = |_| ArchiveError::Stream(io::Error::new(io::ErrorKind::BrokenPipe, "the call has ended"));
    sender.blocking_send(message).map_err(gone)
}

fn ended(work: Result<Result<(), ArchiveError>, String>) -> Result<(), Status> {
    let work = work.map_err(Status::internal)?;
    work.map_err(|error| Status::new(Code::FailedPrecondition, error.to_string()))
}

/// The values of a header. Newer engines escape those that are not ASCII, and say so.
fn values(headers: &HeaderMap, name: &str) -> Vec<String> {
    let is_escaped = headers.contains_key(format!("{name}-encoded"));
    let text = |value: &http::HeaderValue| {
        let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
        match is_escaped {
            true => percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned(),
            false => text,
        }
    };
    headers.get_all(name).iter().map(text).collect()
}
