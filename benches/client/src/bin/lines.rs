//! `docker logs CONTAINER` with Dockwright: typed lines in, the same output out.

use std::io::{BufWriter, Write};

use dockwright::options::ContainerLogsOptions;
use dockwright::{Engine, Source};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let container = std::env::args().nth(1).ok_or("usage: lines CONTAINER")?;
    let options = ContainerLogsOptions::default().stdout(true).stderr(true);
    let mut lines = Engine::from_env()?.container_logs(&container, &options).await?.lines(64 * 1024);
    let (mut out, mut err) = (BufWriter::new(std::io::stdout()), BufWriter::new(std::io::stderr()));
    while let Some(line) = lines.next().await.transpose()? {
        let to: &mut dyn Write = if line.source == Source::Stderr { &mut err } else { &mut out };
        to.write_all(&line.bytes)?;
        to.write_all(b"\n")?;
    }
    out.flush()?;
    err.flush()?;
    Ok(())
}
