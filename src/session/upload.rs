//! Archives that an engine takes once, each by its address.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::HeaderMap;
use http_body_util::BodyExt;
use tokio::sync::mpsc;

use super::reply::ReplyBody;
use crate::body::Body;
use crate::grpc::{Code, Status, frame};
use crate::protobuf::Message;

/// The begin of the addresses that an engine asks the session about.
pub(super) const ADDRESS: &str = "http://buildkit-session/";

/// The header that has the path of the address.
const PATH_HEADER: &str = "urlpath";

/// The most bytes of an archive that are sent at once. An engine takes messages of 4 MiB at most.
const PIECE: usize = 1024 * 1024;

/// An archive until it is taken.
#[derive(Debug)]
pub(super) struct Archive(Mutex<Option<Body>>);

impl Archive {
    pub(super) fn new(body: Body) -> Self {
        Archive(Mutex::new(Some(body)))
    }

    fn take(&self) -> Option<Body> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Sends the archive that the headers name.
pub(super) fn send_archive(archives: &BTreeMap<String, Archive>, headers: &HeaderMap) -> Result<ReplyBody, Status> {
    let path = headers.get(PATH_HEADER).map(|path| String::from_utf8_lossy(path.as_bytes())).unwrap_or_default();
    let id = path.trim_start_matches('/');
    let missing = |problem: &str| Status::new(Code::NotFound, format!("archive {id}: {problem}"));
    let archive = archives.get(id).ok_or_else(|| missing("not found: this build was not given it"))?;
    let body = archive.take().ok_or_else(|| missing("already sent"))?;
    Ok(ReplyBody::messages(|sender| send(body, sender)))
}

async fn send(mut body: Body, sender: mpsc::Sender<Bytes>) -> Result<(), Status> {
    while let Some(piece) = body.frame().await {
        let piece = piece.map_err(|error| Status::new(Code::FailedPrecondition, format!("archive: {error}")))?;
        let Ok(mut bytes) = piece.into_data() else { continue };
        while !bytes.is_empty() {
            let piece = bytes.split_to(bytes.len().min(PIECE));
            if sender.send(frame(&Message::default().bytes(1, &piece).finish())).await.is_err() {
                return Ok(());
            }
        }
    }
    Ok(())
}
