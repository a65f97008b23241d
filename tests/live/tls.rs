//! A real engine that listens with TLS and asks for client certificates. Operations of other trials run there once
//! more, and strangers are refused.

use std::process::Command;

use dockwright::models::{ContainerCreateRequest, ContainerExecRequest, ExecStartRequest};
use dockwright::options::{
    ContainerAttachOptions, ContainerAttachWebsocketOptions, ContainerCreateOptions, ContainerListOptions,
    ContainerLogsOptions, ContainerStartOptions, ContainerWaitOptions, ImageBuildOptions, ImageGetOptions,
    ImageLoadOptions, SessionOptions,
};
use dockwright::{Body, Engine, Error, Tls};
use libtest_mimic::Trial;
use tempfile::TempDir;
use tokio::io::AsyncReadExt;

use crate::archive::archive;
use crate::attach::{CAT, reading};
use crate::bench::{Bench, IMAGE, shell, soon, trial_alone, variable};
use crate::certificates::{Authority, folder};
use crate::second::{SECOND, Second};
use crate::streams::{Written, until_written, values, written};

pub fn trials() -> Vec<Trial> {
    vec![trial_alone!(an_engine_that_verifies_its_clients_is_used_like_any_other)]
}

async fn an_engine_that_verifies_its_clients_is_used_like_any_other(bench: &'static Bench) {
    let authority = Authority::new();
    let own = folder(Some(&authority), Some(&authority.server(&[SECOND])));
    let address = format!("tcp://{SECOND}:2376");
    let _second = Second::start_with(&listening(&address, &own)).await;
    let client = folder(Some(&authority), Some(&authority.client()));
    let engine = Engine::at(&address).expect("an address");
    strangers_are_refused(&engine, &authority).await;
    docker_is_refused_and_admitted_alike(&address, &client, &authority);

    let engine = engine.with_tls(Tls::from_folder(client.path()).expect("it is whole"));
    engine.system_ping().await.expect("it answers");
    let image = bench.engine.image_get(IMAGE, &ImageGetOptions::default()).await.expect("there is one");
    let loading = engine.image_load(Body::reader(image), &ImageLoadOptions::default()).await.expect("it is taken");
    values(loading).await;
    builds_from_a_context(&engine).await;
    follows_logs(&engine).await;
    keeps_output_when_stdin_is_closed(&engine).await;
    attaches(&engine).await;
    let mut session = soon("an answer", engine.session(&SessionOptions::default())).await.expect("it begins");
    let mut preface = [0; 24];
    soon("the engine speaks", session.read_exact(&mut preface)).await.expect("it says all of it");
    assert!(preface.starts_with(b"PRI * HTTP/2.0"), "{preface:?}");
}

/// The arguments of an engine that listens here too, with the files of the folder.
fn listening(address: &str, folder: &TempDir) -> [String; 5] {
    let file = |name: &str| folder.path().join(name).display().to_string();
    [
        format!("--host={address}"),
        "--tlsverify".to_owned(),
        format!("--tlscacert={}", file("ca.pem")),
        format!("--tlscert={}", file("cert.pem")),
        format!("--tlskey={}", file("key.pem")),
    ]
}

async fn strangers_are_refused(engine: &Engine, authority: &Authority) {
    let stranger = Authority::new();
    let without = folder(Some(authority), None);
    let unknown = folder(Some(authority), Some(&stranger.client()));
    let elsewhere = folder(Some(&stranger), Some(&authority.client()));
    for (folder, expected) in [
        (&without, "it asks for a client certificate, and "),
        (&unknown, "it refused the client certificate "),
        (&elsewhere, "its certificate is not signed by the authority of "),
    ] {
        // More than once, because the refusal and the request pass each other on the way.
        for _ in 0..20 {
            let engine = engine.clone().with_tls(Tls::from_folder(folder.path()).expect("it is whole"));
            let error = engine.api_version().await.expect_err("it is refused");
            assert!(matches!(&error, Error::Unreachable { reason, .. } if reason.starts_with(expected)), "{error}");
        }
    }
    let error = engine.api_version().await.expect_err("it wants TLS");
    assert!(error.to_string().contains("DOCKER_TLS_VERIFY=1"), "{error}");
}

fn docker_is_refused_and_admitted_alike(address: &str, client: &TempDir, authority: &Authority) {
    let docker = |folder: &TempDir| {
        let mut docker = Command::new(variable("DOCKER"));
        docker.args(["version", "--format", "{{.Server.Version}}"]);
        docker.env("DOCKER_HOST", address).env("DOCKER_TLS_VERIFY", "1").env("DOCKER_CERT_PATH", folder.path());
        docker.output().expect("it runs").status.success()
    };
    assert!(docker(client));
    assert!(!docker(&folder(Some(authority), None)));
    assert!(!docker(&folder(Some(&Authority::new()), Some(&authority.client()))));
}

async fn builds_from_a_context(engine: &Engine) {
    let much = vec![7; 3_000_000];
    let dockerfile = format!("FROM {IMAGE}\nCOPY much /much\nRUN wc -c </much\n");
    let context = archive([("Dockerfile", dockerfile.as_bytes()), ("much", &much)]);
    let options = ImageBuildOptions::default().networkmode("none").forcerm(true).tags(["built:over-tls"]);
    let build = soon("an answer", engine.image_build(Some(context.into()), &options)).await.expect("it begins");
    let said: String = values(build).await.into_iter().filter_map(|step| step.stream).collect();
    assert!(said.contains("3000000\n"), "{said}");
}

async fn follows_logs(engine: &Engine) {
    let lines = 20_000;
    let container = container(engine, &shell(&format!("seq {lines}; sleep 1; echo end >&2"))).await;
    start(engine, &container).await;
    let options = ContainerLogsOptions::default().stdout(true).stderr(true).follow(true);
    let logs = soon("an answer", engine.container_logs(&container, &options)).await.expect("it has logs");
    let expected: String = (1..=lines).map(|line| format!("{line}\n")).collect();
    let came = written(logs).await;
    assert!(came == Written::stdout(&expected).with_stderr("end\n"), "{} bytes came", came.stdout.len());
    let all = engine.container_list(&ContainerListOptions::default().all(true)).await.expect("they are listed");
    assert!(all.iter().any(|listed| listed.id == container));
}

/// The process sees the end of its input, and its output after that still comes.
async fn keeps_output_when_stdin_is_closed(engine: &Engine) {
    let container = container(engine, &shell("sleep 1000")).await;
    start(engine, &container).await;
    let body = ContainerExecRequest::default().cmd(["sh", "-c", CAT]).attach_stdin(true);
    let exec = engine.container_exec(&container, &body.attach_stdout(true).attach_stderr(true)).await;
    let exec = exec.expect("it is created").id;
    let connection = soon("an answer", engine.exec_start(&exec, &ExecStartRequest::default())).await;
    let (mut stdin, mut output) = connection.expect("it starts").split();
    stdin.write_all(b"one\n").await.expect("it reads");
    assert_eq!(until_written(&mut output, "one\n").await, Written::stdout("got one\n"));
    stdin.close().await.expect("the connection is there");
    assert_eq!(written(output).await, Written::stdout("end\n").with_stderr("err\n"));
    assert_eq!(engine.exec_inspect(&exec).await.expect("it is there").exit_code, Some(3));
}

async fn attaches(engine: &Engine) {
    let container_id = container(engine, &reading(CAT).stdin_once(true)).await;
    let options = ContainerAttachOptions::default().stream(true).stdin(true).stdout(true).stderr(true);
    let attached = soon("an answer", engine.container_attach(&container_id, &options)).await.expect("it is attached");
    let (mut stdin, output) = attached.split();
    start(engine, &container_id).await;
    stdin.write_all(b"one\n").await.expect("it reads");
    stdin.close().await.expect("the connection is there");
    assert_eq!(written(output).await, Written::stdout("got one\nend\n").with_stderr("err\n"));
    let ended = engine.container_wait(&container_id, &ContainerWaitOptions::default()).await.expect("it ends");
    assert_eq!(ended.status_code, 3);

    let container_id = container(engine, &reading("read line; echo \"got $line\"")).await;
    let options = ContainerAttachWebsocketOptions::default().stream(true).stdin(true).stdout(true);
    // Up to 1.41 an engine knew no arguments here and attached everything.
    let attaching = engine.clone().allow_newer(true);
    let attached = soon("an answer", attaching.container_attach_websocket(&container_id, &options)).await;
    let (mut stdin, output) = attached.expect("it is attached").split();
    start(engine, &container_id).await;
    stdin.write_all(b"go\n").await.expect("it reads");
    assert_eq!(written(output).await, Written::terminal("got go\n"));
}

async fn container(engine: &Engine, body: &ContainerCreateRequest) -> String {
    let created = engine.container_create(body, &ContainerCreateOptions::default()).await;
    created.expect("it is created").id
}

async fn start(engine: &Engine, container: &str) {
    engine.container_start(container, &ContainerStartOptions::default()).await.expect("it starts");
}
