//! Follows the logs of several containers at once, until all have ended or Ctrl-C is pressed. Each line begins with the
//! name of its container and `|`, or `!` for stderr.
//!
//! ```sh
//! cargo run --example logs -- web db
//! ```

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use dockwright::options::ContainerLogsOptions;
use dockwright::{Engine, Output, Source};
use futures_util::StreamExt;
use futures_util::stream::SelectAll;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Longer lines are split.
const LINE_BYTES: usize = 64 * 1024;

#[tokio::main]
async fn main() -> ExitCode {
    let ended = tokio::select! {
        ended = follow() => ended,
        _ = tokio::signal::ctrl_c() => Ok(()),
    };
    let Err(error) = ended else { return ExitCode::SUCCESS };
    eprintln!("logs: {error}");
    ExitCode::FAILURE
}

async fn follow() -> Result<()> {
    let names: Vec<String> = std::env::args().skip(1).collect();
    let width = names.iter().map(String::len).max().ok_or("usage: logs CONTAINER…")?;
    let engine = Engine::from_env()?;

    let options = ContainerLogsOptions::default().stdout(true).stderr(true).follow(true).tail("10");
    let mut all = SelectAll::new();
    for (number, name) in names.iter().enumerate() {
        let lines = engine.container_logs(name, &options).await?.lines(LINE_BYTES);
        all.push(lines.map(move |line| (number, name, line)));
    }
    while let Some((number, name, line)) = all.next().await {
        print(number, &format!("{name:width$}"), &line?)?;
    }
    Ok(())
}

/// A line may not be text, so its bytes are written as they are.
fn print(number: usize, name: &str, line: &Output) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let mark = if line.source == Source::Stderr { '!' } else { '|' };
    if out.is_terminal() {
        // Colours from green to cyan tell containers apart; red is for stderr.
        let colour = 32 + number % 5;
        let mark_colour = if line.source == Source::Stderr { 31 } else { colour };
        write!(out, "\x1b[{colour}m{name} \x1b[{mark_colour}m{mark}\x1b[0m ")?;
    } else {
        write!(out, "{name} {mark} ")?;
    }
    out.write_all(&line.bytes)?;
    out.write_all(b"\n")
}
