//! The client at an engine on a named pipe.

use std::time::Duration;

use dockwright::options::{ContainerLogsOptions, ImageBuildOptions};
use dockwright::tar::Context;
use dockwright::{Engine, Error, Limits};
use tokio::net::windows::named_pipe::PipeMode;

use super::engine::{LOG, PipeEngine};

fn engine(pipe: &PipeEngine) -> Engine {
    Engine::at(&pipe.address).unwrap()
}

#[tokio::test]
async fn lists_and_logs_and_a_build_pass_through_a_pipe() {
    let pipe = PipeEngine::start();
    let engine = engine(&pipe);
    let containers = engine.container_list(&Default::default()).await.unwrap();
    assert_eq!(containers[0].names.as_deref(), Some(&["/web".to_owned()][..]));

    let options = ContainerLogsOptions::default().stdout(true).stderr(true);
    let mut log = engine.container_logs("web", &options).await.unwrap();
    let mut text = Vec::new();
    while let Some(piece) = log.next().await {
        text.extend_from_slice(&piece.unwrap().bytes);
    }
    assert_eq!(text, LOG.as_bytes());

    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("sub")).unwrap();
    std::fs::write(folder.path().join("Dockerfile"), "FROM busybox\n").unwrap();
    std::fs::write(folder.path().join(r"sub\large"), vec![7; 3_000_000]).unwrap();
    let context = Context::new(folder.path()).into();
    let mut build = engine.image_build(Some(context), &ImageBuildOptions::default()).await.unwrap();
    let step = build.next().await.unwrap().unwrap().stream.unwrap();
    let bytes: usize = step.split(' ').nth(1).unwrap().parse().unwrap();
    assert!(bytes > 3_000_000, "{step}");
}

#[tokio::test]
async fn the_end_of_input_reaches_a_process_and_its_output_still_comes() {
    let pipe = PipeEngine::start();
    let (mut stdin, mut output) = engine(&pipe).exec_start("e", &Default::default()).await.unwrap().split();
    stdin.write_all(b"hello ").await.unwrap();
    stdin.write_all(b"").await.unwrap();
    stdin.write_all(b"pipe").await.unwrap();
    stdin.close().await.unwrap();
    let piece = output.next().await.unwrap().unwrap();
    assert_eq!(&piece.bytes[..], b"HELLO PIPE");
}

#[tokio::test]
async fn on_a_pipe_of_bytes_the_end_of_input_is_an_error_and_all_else_works() {
    let pipe = PipeEngine::of(PipeMode::Byte);
    let engine = engine(&pipe);
    assert_eq!(engine.container_list(&Default::default()).await.unwrap().len(), 1);
    let (stdin, _output) = engine.exec_start("e", &Default::default()).await.unwrap().split();
    let error = stdin.close().await.unwrap_err().to_string();
    assert!(error.contains("cannot end before the connection"), "{error}");
}

#[tokio::test]
async fn calls_at_once_wait_while_the_pipe_is_busy() {
    let pipe = PipeEngine::start();
    let engine = engine(&pipe);
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let engine = engine.clone();
            tokio::spawn(async move { engine.container_list(&Default::default()).await.map(|list| list.len()) })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap(), 1);
    }
}

#[tokio::test]
async fn a_pipe_that_is_missing_and_one_that_stays_busy_are_unreachable() {
    let missing = Engine::at("npipe:////./pipe/dockwright-missing").unwrap();
    let error = missing.api_version().await.unwrap_err();
    assert!(error.is_unreachable() && error.to_string().contains("is the engine running?"), "{error}");

    let name = format!("dockwright-busy-{}", std::process::id());
    let _busy = tokio::net::windows::named_pipe::ServerOptions::new().create(format!(r"\\.\pipe\{name}")).unwrap();
    let _taken = tokio::net::windows::named_pipe::ClientOptions::new().open(format!(r"\\.\pipe\{name}")).unwrap();
    let limits = Limits::default().connect(Duration::from_millis(200));
    let engine = Engine::at(&format!("npipe:////./pipe/{name}")).unwrap().with_limits(limits);
    let error = engine.api_version().await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }) && error.to_string().contains("231"), "{error}");
}
