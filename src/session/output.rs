//! The result of a build as files of this machine: unpacked into a folder, or as an archive.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use dockwright_archive::{Error as ArchiveError, Folder, UnpackLimits, save, unpack};
use hyper::body::Incoming;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::reply::ReplyBody;
use crate::grpc::{Code, Messages, Status};
use crate::protobuf::{Fields, Value};
use crate::tar::PieceReader;

/// The most bytes of a message of the engine. Its pieces have up to 3,000,000.
const MESSAGE_BYTES: usize = 4 * 1024 * 1024;

/// The most pieces that are received before they are written.
const PIECES_AHEAD: usize = 2;

/// A place on this machine for the files of the result, in place of an image in the engine's store.
///
/// Of a stage `FROM scratch`, these are the files that it copies: a program, a site, a package. The files belong to
/// this process's user, and nothing is written outside the place, whatever the names and links of the result are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    form: Form,
    limits: UnpackLimits,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    Folder(PathBuf),
    Archive(PathBuf),
}

impl Output {
    /// Unpacks the result into a folder, which is created if it is missing. Files in it that the result does not have
    /// stay.
    pub fn folder(path: impl Into<PathBuf>) -> Self {
        Output { form: Form::Folder(path.into()), limits: UnpackLimits::default() }
    }

    /// Saves the result as an archive, a file of this name. It replaces one that is there once it is complete.
    pub fn archive(path: impl Into<PathBuf>) -> Self {
        Output { form: Form::Archive(path.into()), limits: UnpackLimits::default() }
    }

    /// Sets the limits of the result; 10 GiB and 200,000 entries by default.
    #[must_use]
    pub fn limits(self, limits: UnpackLimits) -> Self {
        Output { limits, ..self }
    }

    fn write(&self, tar: impl Read) -> Result<(), ArchiveError> {
        match &self.form {
            Form::Folder(folder) => unpack(tar, folder, self.limits).map(drop),
            Form::Archive(path) => {
                let parent = path.parent().unwrap_or(Path::new(""));
                let name = path.file_name().unwrap_or(path.as_os_str());
                save(tar, &Folder::open(parent)?, name, self.limits).map(drop)
            }
        }
    }
}

/// An output until the engine hands the result over, which it does once: limits hold for all of it.
#[derive(Debug)]
pub(super) struct Place(Mutex<Option<Output>>);

impl Place {
    pub(super) fn new(output: Output) -> Self {
        Place(Mutex::new(Some(output)))
    }

    fn take(&self) -> Option<Output> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Receives the result. The call ends when all of it is written, so a build that succeeds has its files.
pub(super) fn receive_output(place: Option<&Place>, body: Incoming) -> Result<ReplyBody, Status> {
    let missing = |problem| Status::new(Code::NotFound, problem);
    let place = place.ok_or_else(|| missing("this build has no place for its result"))?;
    let output = place.take().ok_or_else(|| missing("the result was handed over already"))?;
    let messages = Messages::new(body, MESSAGE_BYTES);
    Ok(ReplyBody::messages(|_sender| receive(output, messages)))
}

async fn receive(output: Output, mut messages: Messages) -> Result<(), Status> {
    let (sender, receiver) = mpsc::channel(PIECES_AHEAD);
    let work = spawn_blocking(move || output.write(&mut PieceReader::new(receiver)));
    while let Some(message) = messages.next().await? {
        // It fails once the end of the archive was read, or something that is reported below.
        if sender.send(Ok(Some(piece(message)?))).await.is_err() {
            break;
        }
    }
    let _ = sender.send(Ok(None)).await;
    drop(sender);
    let written = work.await.map_err(|error| Status::internal(error.to_string()))?;
    written.map_err(|error| Status::new(Code::FailedPrecondition, format!("output: {error}")))?;
    while messages.next().await?.is_some() {}
    Ok(())
}

fn piece(message: Bytes) -> Result<Bytes, Status> {
    let mut piece = Bytes::new();
    let mut fields = Fields::new(message);
    while let Some(field) = fields.next()? {
        if let (1, Value::Bytes(bytes)) = field {
            piece = bytes;
        }
    }
    Ok(piece)
}
