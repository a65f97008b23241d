//! Streams: answers that last, and connections that both sides write to.
//!
//! | type | it yields | it comes from |
//! |---|---|---|
//! | [`JsonStream<T>`](crate::JsonStream) | values of a model | progress of builds, pulls, pushes; events; statistics |
//! | [`BuildStream`](crate::build::BuildStream) | steps, their output, warnings | [`JsonStream::into_build`](crate::JsonStream::into_build), after a build |
//! | [`LogStream`](crate::LogStream) | pieces of output, [`Output`](crate::Output) | logs |
//! | [`LogLines`](crate::LogLines) | whole lines | [`LogStream::lines`](crate::LogStream::lines) |
//! | [`ByteStream`](crate::ByteStream) | bytes | exports and saved images |
//! | [`Archive<H>`](crate::Archive) | headers, and a `ByteStream` | files of a container |
//! | [`Duplex`](crate::Duplex) | stdin and output | attach and exec |
//!
//! Each has a `next` of its own that returns `None` at the end, and is a [`Stream`](futures_core::Stream) for
//! combinators. Nothing is read ahead of the consumer, so a slow reader slows the engine and fills no memory.
//! Events are the exception: about a thousand wait for a reader, and an engine drops each further one after a tenth of
//! a second. Nothing tells of it, so read events at once, and do slow work elsewhere.
//!
//! # Values
//!
//! ```no_run
//! # use dockwright::{Engine, Result};
//! # use dockwright::options::ImageCreateOptions;
//! # async fn example(engine: &Engine) -> Result<()> {
//! let options = ImageCreateOptions::default().from_image("nginx:1.27");
//! engine.image_create(None, &options).await?.last().await?; // pulled, or the first error
//! # Ok(())
//! # }
//! ```
//!
//! Such a call succeeds when work *begins*. A later failure arrives inside the success, as an
//! [`Error::Failed`](crate::Error::Failed): read the stream to its end, or call [`last`](crate::JsonStream::last).
//!
//! # Output
//!
//! A process without a terminal writes to stdout and stderr, and [`Source`](crate::Source) tells them apart. One with a
//! terminal (`Tty`) writes to [`Source::Terminal`](crate::Source::Terminal). The client asks the engine which one it
//! is. Pieces end anywhere, even inside a character: use lines unless you forward bytes. This example runs on a [canned
//! engine](super::testing):
//!
//! ```
//! # use dockwright::{Engine, Result, Source};
//! # use dockwright::options::ContainerLogsOptions;
//! # #[tokio::main]
//! # async fn main() -> Result<()> {
//! # let engine = Engine::canned(|request| http::Response::new(match request.uri().path() {
//! #     "/containers/web/logs" => b"\x01\0\0\0\0\0\0\x09ready\nhal\x02\0\0\0\0\0\0\x05oops\n\x01\0\0\0\0\0\0\x02f\n"[..].into(),
//! #     _ => "{}".into(),
//! # }));
//! let options = ContainerLogsOptions::default().stdout(true).stderr(true);
//! let mut lines = engine.container_logs("web", &options).await?.lines(64 * 1024);
//! let mut seen = Vec::new();
//! while let Some(line) = lines.next().await {
//!     let line = line?;
//!     seen.push((line.source, line.to_string()));
//! }
//! let (out, err) = (Source::Stdout, Source::Stderr);
//! assert_eq!(seen, [(out, "ready".into()), (err, "oops".into()), (out, "half".into())]);
//! # Ok(())
//! # }
//! ```
//!
//! # Bytes
//!
//! A [`ByteStream`](crate::ByteStream) is also an [`AsyncRead`](tokio::io::AsyncRead). With the feature `tar` it can be
//! unpacked safely, or listed; [`tar`](crate::tar) has the other direction.
//!
//! ```no_run
//! # use dockwright::{Engine, Result, tar::UnpackLimits};
//! # async fn example(engine: &Engine) -> Result<()> {
//! let logs = engine.container_archive("web", "/var/log/nginx").await?;
//! let unpacked = logs.tar.unpack("copies", UnpackLimits::default().bytes(1 << 30)).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Both directions
//!
//! [`Duplex::split`](crate::Duplex::split) returns a [`Stdin`](crate::Stdin) and a `LogStream`;
//! [`into_output`](crate::Duplex::into_output) returns only the latter. Many programs end when their input ends, so
//! close it. At a terminal that types Ctrl-D. [`run_exec`](crate::recipes::run_exec) has stdin, output and exit code of
//! a command as one value.
//!
//! ```no_run
//! # use dockwright::{Engine, Result};
//! # use dockwright::models::ContainerExecRequest;
//! # async fn example(engine: &Engine) -> Result<()> {
//! let sort = ContainerExecRequest::default().cmd(["sort"]).attach_stdin(true).attach_stdout(true);
//! let exec = engine.container_exec("web", &sort).await?.id;
//! let (mut stdin, mut output) = engine.exec_start(&exec, &Default::default()).await?.split();
//! stdin.write_all(b"b\na\n").await?;
//! stdin.close().await?;
//! while let Some(piece) = output.next().await {
//!     print!("{}", piece?);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Write and read at the same time if there is much of both; otherwise you and the process wait for each other.
//!
//! # Ends, and dropping
//!
//! `None` means that the engine sent everything. A stream that ends early ends with an error:
//! [`Error::Interrupted`](crate::Error) if the connection is lost, [`Error::Timeout`](crate::Error) after too long a
//! pause, [`Error::Decode`](crate::Error) for unexpected data. Only a `JsonStream` continues after a `Decode`. A
//! `Duplex` that is lost between two pieces looks as if it had ended: inspect the exec or the container to learn how
//! the process ended.
//!
//! Dropping a stream closes its connection. A build, pull, push or load stops; logs and events are no longer sent; an
//! attached process runs on. Dropping a `Stdin` alone does not close it.
