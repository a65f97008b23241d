//! The caller's side: the plan in, the experience of a program that follows it out.

use dockwright::models::ExecStartRequest;
use dockwright::options::{ContainerAttachOptions, ContainerAttachWebsocketOptions};
use dockwright::{Duplex, Engine, Error, LogStream, Result, Source, Stdin, Version};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::plan::{Conduct, Plan, Road};
use crate::reference::{Marked, TERMINAL};

/// The experience of a program.
pub struct Outcome {
    /// True if it got a connection.
    pub opened: bool,
    pub output: Marked,
    /// The failure of the call, or the end of the output.
    pub end: Result<()>,
    /// The bytes that it wrote to stdin without an error.
    pub written: Vec<u8>,
    pub stdin_failed: Option<Error>,
}

/// Carries out the plan on an engine at the address, and drops it.
pub async fn run(address: &str, plan: &Plan) -> Outcome {
    let engine = Engine::at(address).expect("this is an address");
    let engine = engine.with_api_version(Version { major: 1, minor: 51 });
    let mut outcome =
        Outcome { opened: false, output: Marked::new(), end: Ok(()), written: Vec::new(), stdin_failed: None };
    match open(&engine, plan.road).await {
        Ok(duplex) => {
            outcome.opened = true;
            outcome.act(plan, duplex).await;
        }
        Err(error) => outcome.end = Err(error),
    }
    outcome
}

async fn open(engine: &Engine, road: Road) -> Result<Duplex> {
    match road {
        Road::Attach | Road::AttachTerminal => {
            let options = ContainerAttachOptions::default().stream(true).stdin(true).stdout(true).stderr(true);
            engine.container_attach("c", &options).await
        }
        Road::Exec => engine.exec_start("e", &ExecStartRequest::default()).await,
        Road::ExecTerminal => engine.exec_start("e", &ExecStartRequest::default().tty(true)).await,
        Road::Websocket => {
            let options = ContainerAttachWebsocketOptions::default().stream(true).stdin(true).stdout(true);
            engine.container_attach_websocket("c", &options).await
        }
    }
}

impl Outcome {
    async fn act(&mut self, plan: &Plan, mut duplex: Duplex) {
        if plan.conduct == Conduct::Undecoded {
            let sent = async {
                duplex.write_all(&plan.stdin).await?;
                duplex.shutdown().await
            };
            let sent: std::io::Result<()> = sent.await;
            self.note(plan, sent.map_err(interrupted));
            return self.read_undecoded(duplex).await;
        }
        let (stdin, mut output) = duplex.split();
        match plan.conduct {
            Conduct::ReadOnly => self.read(&mut output).await,
            Conduct::CloseRead => {
                self.close(stdin).await;
                self.read(&mut output).await;
            }
            Conduct::WriteReadClose => {
                let stdin = self.write(plan, stdin).await;
                self.read(&mut output).await;
                self.close(stdin).await;
            }
            Conduct::WriteCloseRead => {
                let stdin = self.write(plan, stdin).await;
                self.close(stdin).await;
                self.read(&mut output).await;
            }
            Conduct::ReadWriteClose => {
                self.read(&mut output).await;
                let stdin = self.write(plan, stdin).await;
                self.close(stdin).await;
            }
            Conduct::Lines => {
                let stdin = self.write(plan, stdin).await;
                self.close(stdin).await;
                self.read_lines(output, plan.line).await;
            }
            Conduct::Leave => {
                if let Some(Ok(piece)) = output.next().await {
                    self.take(piece.source, &piece.bytes);
                }
            }
            Conduct::Undecoded => unreachable!("it was not split"),
        }
    }

    async fn write(&mut self, plan: &Plan, mut stdin: Stdin) -> Stdin {
        let written = stdin.write_all(&plan.stdin).await;
        self.note(plan, written);
        stdin
    }

    fn note(&mut self, plan: &Plan, written: Result<()>) {
        match written {
            Ok(()) => self.written.extend_from_slice(&plan.stdin),
            Err(error) => self.stdin_failed = Some(error),
        }
    }

    async fn close(&mut self, stdin: Stdin) {
        if let Err(error) = stdin.close().await {
            self.stdin_failed.get_or_insert(error);
        }
    }

    async fn read(&mut self, output: &mut LogStream) {
        while let Some(piece) = output.next().await {
            match piece {
                Ok(piece) => {
                    assert!(!piece.bytes.is_empty(), "a piece has bytes");
                    assert_eq!(piece.source == Source::Terminal, output.is_terminal());
                    self.take(piece.source, &piece.bytes);
                }
                Err(error) => self.end = Err(error),
            }
        }
        assert!(output.next().await.is_none(), "after the end nothing comes");
    }

    async fn read_lines(&mut self, output: LogStream, most: usize) {
        let mut lines = output.lines(most);
        while let Some(line) = lines.next().await {
            match line {
                Ok(line) => {
                    assert!(line.bytes.len() <= most.max(1) && !line.bytes.contains(&b'\n'), "{line:?}");
                    self.take(line.source, &line.bytes);
                }
                Err(error) => self.end = Err(error),
            }
        }
        assert!(lines.next().await.is_none(), "after the end nothing comes");
    }

    async fn read_undecoded(&mut self, mut duplex: Duplex) {
        let mut piece = [0; 7];
        loop {
            match duplex.read(&mut piece).await {
                Ok(0) => return,
                Ok(length) => self.take(Source::Terminal, &piece[..length]),
                Err(error) => {
                    self.end = Err(interrupted(error));
                    return;
                }
            }
        }
    }

    fn take(&mut self, source: Source, bytes: &[u8]) {
        let source = match source {
            Source::Stdin => 0,
            Source::Stdout => 1,
            Source::Stderr => 2,
            Source::SystemError => 3,
            Source::Terminal => TERMINAL,
            other => panic!("unknown source: {other:?}"),
        };
        self.output.extend(bytes.iter().map(|&byte| (source, byte)));
    }
}

/// The error of a reader or writer as the error of a call.
fn interrupted(error: std::io::Error) -> Error {
    Error::Interrupted { operation: "upgraded", reason: error.to_string(), source: None }
}
