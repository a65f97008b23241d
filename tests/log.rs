//! The library's log. It is a test of its own process, because a process has one listener for all threads.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use dockwright::{Engine, Value, operations};
use tracing::field::Field;
use tracing::span::{Attributes, Id, Record};

#[tokio::test]
async fn a_call_leaves_one_line_in_the_log_and_no_secrets() {
    let log = Log::default();
    tracing::subscriber::set_global_default(log.clone()).unwrap();
    let _ = answering(200, "[]").call(&operations::IMAGE_SEARCH).argument("term", "secret").json::<Value>().await;
    let _ = answering(200, "\"secret\"").call(&operations::SYSTEM_INFO).json::<u8>().await;
    let _ = answering(500, "secret").call(&operations::SYSTEM_INFO).json::<Value>().await;
    let _ = answering(200, "7").call(&operations::SYSTEM_INFO).argument("secret", "secret").json::<Value>().await;
    let expected = [
        "message=answered operation=\"ImageSearch\" status=200 elapsed_ms",
        "message=failed operation=\"SystemInfo\" status=200 elapsed_ms error=\"decode\"",
        "message=failed operation=\"SystemInfo\" status=500 elapsed_ms error=\"api\"",
        "message=failed operation=\"SystemInfo\" elapsed_ms error=\"argument\"",
    ];
    assert_eq!(*log.0.lock().unwrap(), expected);
}

fn answering(status: u16, body: &'static str) -> Engine {
    Engine::canned(move |_| http::Response::builder().status(status).body(body.into()).unwrap())
}

/// Keeps every event as `name=value` for each field.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl tracing::Subscriber for Log {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target() == "dockwright::call"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut fields = Vec::new();
        event.record(&mut |field: &Field, value: &dyn Debug| match field.name() {
            "elapsed_ms" => fields.push("elapsed_ms".to_owned()),
            name => fields.push(format!("{name}={value:?}")),
        });
        self.0.lock().unwrap().push(fields.join(" "));
    }
}
