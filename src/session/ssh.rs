//! Agents of ssh that are forwarded to steps. Keys stay with the agent: a step can use them, and can neither read nor
//! change them.

#[cfg(unix)]
mod keys;
mod requests;

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use hyper::body::Incoming;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::reply::ReplyBody;
use crate::grpc::Messages;
use crate::grpc::{Code, Status, frame};
use crate::protobuf::{Fields, Message, Value};

/// The header that names an agent.
const ID_HEADER: &str = "buildkit.ssh.id";

/// The id of an agent if none is named.
const DEFAULT_ID: &str = "default";

/// The most bytes of a message of a step. The protocol of agents has at most 256 KiB.
const MESSAGE_BYTES: usize = 512 * 1024;

/// The agents that can be forwarded, for messages.
pub(super) const EXPECTED: &str = "an agent of ssh that answers";

/// The time in which an agent lists its keys.
const PATIENCE: Duration = Duration::from_secs(5);

/// An agent of ssh on this machine, for steps with `RUN --mount=type=ssh`. Its keys stay with it: a step may ask for
/// the list of them and for signatures, and for nothing else.
#[derive(Clone, PartialEq, Eq)]
pub struct SshAgent(Source);

#[derive(Clone, PartialEq, Eq)]
enum Source {
    Environment,
    Socket(PathBuf),
    #[cfg(unix)]
    Keys(Vec<PathBuf>),
}

impl SshAgent {
    /// The agent of this process's environment: the socket that `SSH_AUTH_SOCK` names.
    #[must_use]
    pub fn from_env() -> Self {
        SshAgent(Source::Environment)
    }

    /// The agent at a socket; on Windows at a named pipe.
    pub fn socket(path: impl Into<PathBuf>) -> Self {
        SshAgent(Source::Socket(path.into()))
    }

    /// An agent of the build's own, with the private keys of these files and no others. The system's `ssh-agent` and
    /// `ssh-add` hold and read them, and end with the build. Keys have no passphrase: nobody is asked for one.
    #[cfg(unix)]
    pub fn keys(files: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        SshAgent(Source::Keys(files.into_iter().map(Into::into).collect()))
    }
}

impl Default for SshAgent {
    /// The agent of the environment.
    fn default() -> Self {
        SshAgent::from_env()
    }
}

/// An agent as a session has it: one with keys of files is started when it is needed first.
#[derive(Debug)]
pub(super) struct Agent {
    given: SshAgent,
    #[cfg(unix)]
    started: tokio::sync::OnceCell<keys::KeyAgent>,
}

impl From<SshAgent> for Agent {
    fn from(given: SshAgent) -> Self {
        Agent {
            given,
            #[cfg(unix)]
            started: tokio::sync::OnceCell::new(),
        }
    }
}

impl Agent {
    /// Asks the agent for the list of its keys, and hangs up. The error is the problem.
    pub(super) async fn check(&self) -> Result<(), String> {
        let mut agent = self.connect().await?;
        match timeout(PATIENCE, requests::answer(&mut agent, &requests::LIST_KEYS)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(format!("{:?}: no answer: {error}", self.given)),
            Err(_) => Err(format!("{:?}: no answer within {} s", self.given, PATIENCE.as_secs())),
        }
    }

    async fn connect(&self) -> Result<impl AsyncRead + AsyncWrite + Send + Unpin + use<>, String> {
        let path = match &self.given.0 {
            Source::Socket(path) => path.clone(),
            Source::Environment => {
                let variable = std::env::var_os("SSH_AUTH_SOCK").filter(|path| !path.is_empty());
                variable.ok_or("SSH_AUTH_SOCK is not set; start an agent, or name its socket")?.into()
            }
            #[cfg(unix)]
            Source::Keys(files) => self.started.get_or_try_init(|| keys::KeyAgent::start(files)).await?.socket(),
        };
        open(&path).await.map_err(|error| format!("{}: {error}", path.display()))
    }
}

#[cfg(unix)]
async fn open(path: &std::path::Path) -> io::Result<tokio::net::UnixStream> {
    tokio::net::UnixStream::connect(path).await
}

#[cfg(windows)]
async fn open(path: &std::path::Path) -> io::Result<tokio::net::windows::named_pipe::NamedPipeClient> {
    tokio::net::windows::named_pipe::ClientOptions::new().open(path)
}

impl fmt::Debug for SshAgent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::Environment => f.write_str("SshAgent(SSH_AUTH_SOCK)"),
            Source::Socket(path) => write!(f, "SshAgent({})", path.display()),
            #[cfg(unix)]
            Source::Keys(files) => write!(f, "SshAgent(keys {files:?})"),
        }
    }
}

/// Answers the question if there is an agent with an id.
pub(super) fn check_agent(agents: &BTreeMap<String, Agent>, question: Bytes) -> Result<ReplyBody, Status> {
    let mut id = String::new();
    let mut fields = Fields::new(question);
    while let Some(field) = fields.next()? {
        if let (1, Value::Bytes(text)) = field {
            id = String::from_utf8_lossy(&text).into_owned();
        }
    }
    find(agents, &id).map(|_| ReplyBody::message(&[]))
}

/// Connects a step with an agent.
pub(super) async fn forward_agent(
    agents: &BTreeMap<String, Agent>,
    headers: &HeaderMap,
    body: Incoming,
) -> Result<ReplyBody, Status> {
    let id = headers.get(ID_HEADER).map(|id| String::from_utf8_lossy(id.as_bytes())).unwrap_or_default();
    let agent = find(agents, &id)?;
    let connection = agent.connect().await;
    let connection = connection.map_err(|problem| Status::new(Code::FailedPrecondition, format!("ssh: {problem}")))?;
    let messages = Messages::new(body, MESSAGE_BYTES);
    Ok(ReplyBody::messages(|sender| forward(connection, messages, sender)))
}

fn find<'a>(agents: &'a BTreeMap<String, Agent>, id: &str) -> Result<&'a Agent, Status> {
    let id = if id.is_empty() { DEFAULT_ID } else { id };
    let missing = || Status::new(Code::NotFound, format!("ssh agent {id}: not found: this build was not given it"));
    agents.get(id).ok_or_else(missing)
}

/// Answers the requests of a step, one after the other, until it hangs up.
async fn forward(
    mut agent: impl AsyncRead + AsyncWrite + Unpin,
    mut messages: Messages,
    sender: mpsc::Sender<Bytes>,
) -> Result<(), Status> {
    let mut sent = BytesMut::new();
    while let Some(message) = messages.next().await? {
        let mut fields = Fields::new(message);
        while let Some(field) = fields.next()? {
            if let (1, Value::Bytes(bytes)) = field {
                sent.extend_from_slice(&bytes);
            }
        }
        while let Some(request) = requests::take(&mut sent).map_err(failed)? {
            let answer = requests::answer(&mut agent, &request).await.map_err(failed)?;
            if sender.send(frame(&Message::default().bytes(1, &answer).finish())).await.is_err() {
                return Ok(());
            }
        }
    }
    Ok(())
}

fn failed(error: io::Error) -> Status {
    Status::new(Code::Unknown, format!("ssh agent: {error}"))
}
