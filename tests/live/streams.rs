//! Streams in, their contents out: read to their end, or until a trial has seen enough, a minute at most.

use dockwright::{ByteStream, Error, JsonStream, LogStream, Output, Result, Source};
use serde::de::DeserializeOwned;
use tokio::io::AsyncReadExt;

use crate::bench::soon;

/// Output of processes, by its source.
#[derive(Debug, Default, PartialEq)]
pub struct Written {
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pub terminal: Vec<u8>,
}

impl Written {
    pub fn stdout(text: &str) -> Self {
        Written { stdout: text.into(), ..Written::default() }
    }

    pub fn terminal(text: &str) -> Self {
        Written { terminal: text.into(), ..Written::default() }
    }

    pub fn with_stderr(self, text: &str) -> Self {
        Written { stderr: text.into(), ..self }
    }

    fn add(&mut self, output: &Output) {
        let written = match output.source {
            Source::Stdout => &mut self.stdout,
            Source::Stderr => &mut self.stderr,
            Source::Terminal => &mut self.terminal,
            source => panic!("no process writes to {source:?}: {output:?}"),
        };
        written.extend_from_slice(&output.bytes);
    }

    fn contains(&self, text: &str) -> bool {
        let contains = |bytes: &[u8]| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        [&self.stdout, &self.stderr, &self.terminal].into_iter().any(|bytes| contains(bytes))
    }
}

/// Reads all output of processes, to the end of the stream.
pub async fn written(mut stream: LogStream) -> Written {
    let mut written = Written::default();
    while let Some(output) = soon("the stream ends", stream.next()).await {
        written.add(&output.unwrap_or_else(|error| panic!("{error} after {written:?}")));
    }
    written
}

/// Reads the output of processes until one of them has written all of `text`.
pub async fn until_written(stream: &mut LogStream, text: &str) -> Written {
    let mut written = Written::default();
    while !written.contains(text) {
        let output = soon(text, stream.next()).await;
        let output = output.unwrap_or_else(|| panic!("it ended, and nobody wrote `{text}`: {written:?}"));
        written.add(&output.unwrap_or_else(|error| panic!("{error} after {written:?}")));
    }
    written
}

/// All values, to the end of the stream.
pub async fn values<T: DeserializeOwned>(mut stream: JsonStream<T>) -> Vec<T> {
    let mut values = Vec::new();
    while let Some(value) = soon("the stream ends", stream.next()).await {
        values.push(value.expect("no value is a failure"));
    }
    values
}

/// The next value, which must be one.
pub async fn value<T: DeserializeOwned>(stream: &mut JsonStream<T>) -> T {
    soon("a value", stream.next()).await.expect("the stream goes on").expect("the value is no failure")
}

/// Returns the failure with which a stream ends; the items before it are passed over.
pub async fn failure<T>(mut next: impl AsyncFnMut() -> Option<Result<T>>) -> Error {
    let failing = async {
        loop {
            match next().await.expect("a stream that fails does not just end") {
                Ok(_) => {}
                Err(error) => break error,
            }
        }
    };
    soon("the stream fails", failing).await
}

/// All bytes.
pub async fn bytes(mut stream: ByteStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    soon("the bytes end", stream.read_to_end(&mut bytes)).await.expect("they come whole");
    bytes
}
