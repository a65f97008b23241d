//! Any bytes in the calls of an engine, on the channel of a build: secrets, logins, folders, agents and results.
//! Nothing hangs or panics, every call ends with a status, messages of answers are whole, nothing is written outside
//! the place of the result, and the session still answers.

#![no_main]

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context as Poller, Poll};
use std::time::Duration;

use arbitrary::Arbitrary;
use bytes::Bytes;
use dockwright::session::{OpenSession, Output, Secret, Session};
use dockwright::tar::Context;
use dockwright::{Credentials, Login};
use http::{HeaderMap, HeaderValue, Request};
use http_body::{Body, Frame};
use http_body_util::BodyExt;
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// The time after which a case counts as hanging. Each takes a few milliseconds.
const HANG: Duration = Duration::from_secs(10);

const METHODS: [&str; 7] = [
    "/grpc.health.v1.Health/Check",
    "/moby.buildkit.secrets.v1.Secrets/GetSecret",
    "/moby.filesync.v1.Auth/Credentials",
    "/moby.filesync.v1.FileSync/DiffCopy",
    "/moby.filesync.v1.FileSend/DiffCopy",
    "/moby.sshforward.v1.SSH/ForwardAgent",
    "/moby.upload.v1.Upload/Pull",
];

/// A call: its method, patterns of a folder, and messages, whole or as they come.
#[derive(Arbitrary, Debug)]
struct Call {
    method: u8,
    include: Vec<String>,
    follow: Vec<String>,
    exclude: Vec<String>,
    messages: Vec<Message>,
}

#[derive(Arbitrary, Debug)]
enum Message {
    Whole(Vec<u8>),
    /// A request for a file by its number.
    Request(u8),
    /// Bytes that may be no message.
    Raw(Vec<u8>),
    /// The packet that ends a transfer.
    End,
}

/// The messages of a call, a piece each.
struct Pieces(std::vec::IntoIter<Bytes>);

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Poller<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.next().map(|piece| Ok(Frame::data(piece))))
    }
}

struct Stage {
    runtime: Runtime,
    context: TempDir,
}

thread_local! {
    static STAGE: Stage = {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let context = TempDir::new().unwrap();
        for name in ["Dockerfile", "a", "b c"] {
            std::fs::write(context.path().join(name), name.repeat(1000)).unwrap();
        }
        std::os::unix::fs::symlink("a", context.path().join("link")).unwrap();
        Stage { runtime, context }
    };
}

fuzz_target!(|calls: Vec<Call>| {
    STAGE.with(|stage| {
        let place = TempDir::new().unwrap();
        let run = async { tokio::time::timeout(HANG, run(stage, &place, &calls)).await.expect("nothing hangs") };
        stage.runtime.block_on(run);
        let left = std::fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name());
        assert!(left.into_iter().all(|name| name == "out"), "only the place of the result is written");
    });
});

async fn run(stage: &Stage, place: &TempDir, calls: &[Call]) {
    let (mut client, _open) = engine(stage, place).await;
    for call in calls {
        answer(&mut client, call).await;
    }
    let messages = vec![Message::Whole(Vec::new())];
    let health = Call { method: 0, include: Vec::new(), follow: Vec::new(), exclude: Vec::new(), messages };
    assert_eq!(answer(&mut client, &health).await, "0");
}

async fn engine(stage: &Stage, place: &TempDir) -> (SendRequest<Pieces>, OpenSession) {
    let (near, far) = tokio::io::duplex(16 * 1024);
    let open = Session::new("fuzz")
        .secret("a", Secret::bytes("hunter2"))
        .credentials(Credentials::none().with_login("a:1", Login::password("ada", "pw")))
        .folder("context", Context::new(stage.context.path()).tree().unwrap())
        .output(Output::folder(place.path().join("out")))
        .start(near);
    let (client, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(far)).await.unwrap();
    tokio::spawn(connection);
    (client, open)
}

/// Makes a call, and returns its status.
async fn answer(client: &mut SendRequest<Pieces>, call: &Call) -> String {
    let pieces: Vec<_> = call.messages.iter().map(encode).collect();
    let method = METHODS[usize::from(call.method) % METHODS.len()];
    let mut request = Request::post(format!("http://localhost{method}")).body(Pieces(pieces.into_iter())).unwrap();
    let headers = request.headers_mut();
    headers.insert("dir-name", HeaderValue::from_static("context"));
    for (name, values) in
        [("include-patterns", &call.include), ("followpaths", &call.follow), ("exclude-patterns", &call.exclude)]
    {
        for value in values.iter().filter_map(|value| HeaderValue::from_str(value).ok()) {
            headers.append(name, value);
        }
    }
    let answer = client.send_request(request).await.expect("every call is answered");
    let status = |headers: &HeaderMap| headers.get("grpc-status").map(|status| status.to_str().unwrap().to_owned());
    let refused = status(answer.headers());
    // An answer may end before its call is read, which resets the rest of the call.
    let body = answer.into_body().collect().await.expect("every answer is whole");
    let ended = body.trailers().and_then(status);
    whole(&body.to_bytes());
    refused.or(ended).expect("every call ends with a status")
}

/// Messages have the lengths that they announce.
fn whole(mut bytes: &[u8]) {
    while let Some((prefix, rest)) = bytes.split_first_chunk::<5>() {
        let length = u32::from_be_bytes([prefix[1], prefix[2], prefix[3], prefix[4]]) as usize;
        assert_eq!(prefix[0], 0);
        bytes = rest.get(length..).expect("the message is whole");
    }
    assert!(bytes.is_empty());
}

fn encode(message: &Message) -> Bytes {
    let content: &[u8] = match message {
        Message::Raw(bytes) => return bytes.clone().into(),
        Message::Whole(bytes) => bytes,
        Message::Request(number) => &[0x08, 1, 0x18, number % 8],
        Message::End => &[0x08, 3],
    };
    let mut frame = vec![0];
    frame.extend_from_slice(&(content.len() as u32).to_be_bytes());
    frame.extend_from_slice(content);
    frame.into()
}
