//! Secrets by their ids: from bytes, from a file, or from a variable of the environment.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use dockwright_archive::Folder;
use tokio::task::spawn_blocking;

use super::reply::ReplyBody;
use crate::grpc::{Code, Status};
use crate::protobuf::{Fields, Message, Value};

/// The most bytes of a secret. BuildKit takes no larger ones.
const SECRET_BYTES: u64 = 500 * 1024;

/// The secrets that can be given, for messages.
pub(super) const EXPECTED: &str = "a secret that can be read, of at most 500 KiB";

/// A secret for the steps of a build, of at most 500 KiB. `Debug` shows where it comes from, and never its value.
///
/// A step gets it by `RUN --mount=type=secret,id=…`, as a file that is in no layer of the image.
///
/// ```
/// # use dockwright::session::Secret;
/// let secret = Secret::bytes("hunter2");
/// assert_eq!(format!("{secret:?}"), "Secret(bytes)");
/// assert_eq!(format!("{:?}", Secret::env("NPM_TOKEN")), "Secret(variable NPM_TOKEN)");
/// ```
#[derive(Clone)]
pub struct Secret(Source);

#[derive(Clone)]
enum Source {
    Bytes(Bytes),
    File(PathBuf),
    Variable(String),
}

impl Secret {
    /// A secret in memory.
    pub fn bytes(value: impl Into<Bytes>) -> Self {
        Secret(Source::Bytes(value.into()))
    }

    /// The content of a regular file, read each time that a step asks for it.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Secret(Source::File(path.into()))
    }

    /// The value of a variable of this process's environment, read each time that a step asks for it.
    pub fn env(name: impl Into<String>) -> Self {
        Secret(Source::Variable(name.into()))
    }

    /// The value. The error is the problem, without the value.
    pub(super) async fn read(&self) -> Result<Bytes, String> {
        let value = match &self.0 {
            Source::Bytes(value) => value.clone(),
            Source::Variable(name) => {
                std::env::var_os(name).ok_or_else(|| format!("no variable {name}; set it"))?.into_encoded_bytes().into()
            }
            Source::File(path) => {
                let path = path.clone();
                let read = spawn_blocking(move || read_file(&path)).await;
                read.map_err(|error| error.to_string())??.into()
            }
        };
        match value.len() as u64 > SECRET_BYTES {
            true => Err(format!("{self:?} has more than {SECRET_BYTES} bytes")),
            false => Ok(value),
        }
    }
}

/// Reads a regular file. Anything else is not opened, since to open a pipe may be to wait for ever.
fn read_file(path: &Path) -> Result<Vec<u8>, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let whole = path.canonicalize().map_err(failed)?;
    let file = match (whole.parent(), whole.file_name()) {
        (Some(parent), Some(name)) => Folder::open(parent).and_then(|folder| folder.file(name.as_ref())),
        _ => return Err(format!("{}: not a file", path.display())),
    };
    let mut value = Vec::new();
    let file = file.map_err(|error| error.to_string())?;
    file.take(SECRET_BYTES + 1).read_to_end(&mut value).map_err(failed)?;
    Ok(value)
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::Bytes(_) => f.write_str("Secret(bytes)"),
            Source::File(path) => write!(f, "Secret(file {})", path.display()),
            Source::Variable(name) => write!(f, "Secret(variable {name})"),
        }
    }
}

/// Answers the question for a secret. An unknown one is not found, which a step may allow.
pub(super) async fn give_secret(secrets: &BTreeMap<String, Secret>, question: Bytes) -> Result<ReplyBody, Status> {
    let mut id = String::new();
    let mut fields = Fields::new(question);
    while let Some(field) = fields.next()? {
        if let (1, Value::Bytes(text)) = field {
            id = String::from_utf8_lossy(&text).into_owned();
        }
    }
    let Some(secret) = secrets.get(&id) else {
        return Err(Status::new(Code::NotFound, format!("secret {id}: not found: this build was not given it")));
    };
    match secret.read().await {
        Ok(value) => Ok(ReplyBody::message(&Message::default().bytes(1, &value).finish())),
        Err(problem) => Err(Status::new(Code::FailedPrecondition, format!("secret {id}: {problem}"))),
    }
}
