//! Builds over a connection in memory, with a BuildKit that answers as it is told.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::DuplexStream;

use super::*;
use crate::build::BuildEvent;
use crate::grpc::{Code, Status, Tasks, frame, only_message};
use crate::protobuf::Message;

/// Messages and the end of an answer; without an end it goes on for ever.
type Script = (Vec<Bytes>, Option<Status>);

type Body = http_body_util::combinators::UnsyncBoxBody<Bytes, Infallible>;

/// Messages of the engine's side.
#[derive(Clone)]
struct BuildKit {
    solve: Script,
    status: Script,
    /// The calls: their methods and messages.
    calls: Arc<Mutex<Vec<(String, Bytes)>>>,
}

impl BuildKit {
    fn new(solve: Script, status: Script) -> Self {
        BuildKit { solve, status, calls: Arc::default() }
    }

    /// Serves one connection.
    async fn serve(self, connection: DuplexStream) {
        let service = service_fn(move |call: Request<Incoming>| {
            let this = self.clone();
            async move {
                assert_eq!(call.headers()["content-type"], "application/grpc");
                assert_eq!(call.headers()["te"], "trailers");
                let method = call.uri().path().to_owned();
                let message = only_message(call.into_body()).await.unwrap();
                this.calls.lock().unwrap().push((method.clone(), message));
                let script = if method.ends_with("/Solve") { this.solve } else { this.status };
                Ok::<_, Infallible>(answer(script))
            }
        });
        let calls = Tasks::default();
        let _ = http2::Builder::new(calls.executor()).serve_connection(TokioIo::new(connection), service).await;
    }
}

fn answer((messages, end): Script) -> Response<Body> {
    let is_refusal = messages.is_empty() && end.is_some();
    let headers = end.map_or_else(HeaderMap::new, |status| status.headers());
    let frames = messages.iter().map(|message| Ok(Frame::data(frame(message))));
    let mut frames: Vec<Result<_, Infallible>> = frames.collect();
    let mut response = Response::new(());
    if is_refusal {
        *response.headers_mut() = headers;
    } else if !headers.is_empty() {
        frames.push(Ok(Frame::trailers(headers)));
    } else {
        let frames = futures_util::StreamExt::chain(stream::iter(frames), stream::pending());
        return response.map(|()| StreamBody::new(frames).boxed_unsync());
    }
    response.map(|()| StreamBody::new(stream::iter(frames)).boxed_unsync())
}

async fn start(buildkit: &BuildKit, solve: Solve) -> BuildStream {
    let (near, far) = tokio::io::duplex(64 * 1024);
    tokio::spawn(buildkit.clone().serve(far));
    solve.start_on(near).await.unwrap()
}

fn entry(key: &str, value: &str) -> Bytes {
    Message::default().bytes(1, key.as_bytes()).bytes(2, value.as_bytes()).finish()
}

/// A message of the trace: a step that began at 1 and ended at `ended`, with an error or none.
fn step(ended: u64, error: &str) -> Bytes {
    let time = |seconds: u64| Message::default().number(1, seconds).finish();
    let vertex = Message::default().bytes(1, b"sha256:a").bytes(3, b"RUN x").bytes(5, &time(1));
    let vertex = vertex.bytes(6, &time(ended)).bytes(7, error.as_bytes());
    Message::default().bytes(1, &vertex.finish()).finish()
}

fn log(text: &str) -> Bytes {
    let log = Message::default().bytes(1, b"sha256:a").number(3, 1).bytes(4, text.as_bytes());
    Message::default().bytes(3, &log.finish()).finish()
}

async fn read(mut build: BuildStream) -> (Vec<String>, Option<Error>) {
    let mut events = Vec::new();
    while let Some(event) = build.next().await {
        match event {
            Ok(BuildEvent::Step(step)) => events.push(format!("#{} {} {:?}", step.number, step.name, step.state)),
            Ok(BuildEvent::Output(output)) => events.push(output.bytes.escape_ascii().to_string()),
            Ok(BuildEvent::Image { id }) => events.push(id),
            Ok(event) => events.push(format!("{event:?}")),
            Err(error) => return (events, Some(error)),
        }
    }
    (events, None)
}

#[tokio::test]
async fn a_build_is_followed_and_names_its_image_at_the_end() {
    let keys = [entry("containerimage.config.digest", "sha256:c"), entry("containerimage.digest", "sha256:d")];
    let response = keys.iter().fold(Message::default(), |response, entry| response.message(1, entry)).finish();
    let buildkit = BuildKit::new(
        (vec![response], Some(Status::ok())),
        (vec![step(0, ""), log("hi\n"), step(2, "")], Some(Status::ok())),
    );
    let solve = Solve::new("dockerfile.v0").attribute("no-cache", "").exporter("moby", [("name", "a:1")]);
    let (events, error) = read(start(&buildkit, solve.session("s").entitlement("network.host")).await).await;
    assert!(error.is_none(), "{error:?}");
    // The build may end before its trace does, and the image comes last all the same.
    assert_eq!(events, ["#1 RUN x Running", r"hi\n", "#1 RUN x Done", "sha256:d"]);
    let mut calls = buildkit.calls.lock().unwrap().clone();
    calls.sort();
    let [(solve, request), (status, followed)] = &calls[..] else { panic!("{calls:?}") };
    assert_eq!([&**solve, status], ["/moby.buildkit.v1.Control/Solve", "/moby.buildkit.v1.Control/Status"]);
    assert_eq!((followed.len(), &request[..34]), (34, &followed[..]), "both have the reference");
    let expected = b"\x1a\x04moby\x22\x0b\x0a\x04name\x12\x03a:1\x2a\x01s\x32\x0ddockerfile.v0\
        \x3a\x0a\x0a\x08no-cache\x42\0\x4a\x0cnetwork.host\x6a\x13\x0a\x04moby\x12\x0b\x0a\x04name\x12\x03a:1";
    assert_eq!(request[34..].escape_ascii().to_string(), expected.escape_ascii().to_string());
}

#[tokio::test]
async fn a_step_that_fails_has_its_code_and_lines() {
    let message = "process \"/bin/sh -c x\" did not complete successfully: exit code: 7";
    let failed = Status::new(Code::Unknown, message);
    let trace = vec![step(0, ""), log("out\n"), step(2, message)];
    let buildkit = BuildKit::new((Vec::new(), Some(failed)), (trace, Some(Status::ok())));
    let (events, error) = read(start(&buildkit, Solve::new("")).await).await;
    assert!(events.last().unwrap().starts_with("#1 RUN x Failed"), "{events:?}");
    let error = error.unwrap();
    assert_eq!(error.to_string(), format!("solve: RUN x: {message}"));
    let Error::Step { step, .. } = error else { panic!("{error:?}") };
    assert_eq!((step.exit_code, step.lines), (Some(7), vec!["out".to_owned()]));
}

#[tokio::test(start_paused = true)]
async fn a_build_that_is_refused_waits_for_no_trace() {
    let refused = Status::new(Code::Unknown, "no exporter `x`");
    let buildkit = BuildKit::new((Vec::new(), Some(refused)), (Vec::new(), None));
    let (events, error) = read(start(&buildkit, Solve::new("")).await).await;
    assert!(events.is_empty() && matches!(&error, Some(Error::Failed { code: None, .. })), "{events:?} {error:?}");
    assert_eq!(error.unwrap().to_string(), "solve: no exporter `x`");
}

#[tokio::test]
async fn a_build_without_a_trace_succeeds_all_the_same() {
    let no_trace = Status::new(Code::Unknown, "no such job");
    let buildkit = BuildKit::new((vec![Bytes::new()], Some(Status::ok())), (Vec::new(), Some(no_trace)));
    assert_eq!(start(&buildkit, Solve::new("")).await.image().await.unwrap(), None);
}

#[tokio::test]
async fn a_connection_that_is_lost_is_no_success() {
    let (near, far) = tokio::io::duplex(64 * 1024);
    let build = Solve::new("").start_on(near).await.unwrap();
    drop(far);
    let (_, error) = read(build).await;
    assert!(matches!(error, Some(Error::Interrupted { operation: "solve", .. })), "{error:?}");
}

#[tokio::test]
async fn a_build_that_is_dropped_closes_its_connection() {
    let buildkit = BuildKit::new((Vec::new(), None), (vec![step(0, "")], None));
    let (near, far) = tokio::io::duplex(64 * 1024);
    let served = tokio::spawn(buildkit.serve(far));
    let mut build = Solve::new("").start_on(near).await.unwrap();
    assert!(matches!(build.next().await, Some(Ok(BuildEvent::Step(_)))));
    drop(build);
    tokio::time::timeout(Duration::from_secs(5), served).await.expect("it ends").unwrap();
}
