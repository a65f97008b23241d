//! Pulls an image, with one bar for all its layers if this is a terminal.
//!
//! ```sh
//! cargo run --example pull -- debian:stable-slim
//! ```

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use dockwright::Engine;
use dockwright::models::CreateImageInfo;
use dockwright::options::ImageCreateOptions;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    let Err(error) = pull().await else { return ExitCode::SUCCESS };
    eprintln!("pull: {error}");
    ExitCode::FAILURE
}

async fn pull() -> Result<()> {
    let image = std::env::args().nth(1).ok_or("usage: pull IMAGE")?;
    let options = ImageCreateOptions::default().from_image(tagged(image));
    let mut progress = Engine::from_env()?.image_create(None, &options).await?;
    let mut bar = Bar::default();
    // A pull that fails halfway has still begun with success: its error is the last value.
    while let Some(step) = progress.next().await {
        bar.step(step?)?;
    }
    Ok(())
}

/// Without a tag the engine would pull all tags. A colon may also belong to a port, `localhost:5000/web`.
fn tagged(image: String) -> String {
    let name = image.rsplit('/').next().unwrap_or_default();
    if name.contains([':', '@']) { image } else { image + ":latest" }
}

/// The received and the total bytes of each layer.
#[derive(Default)]
struct Bar {
    layers: BTreeMap<String, (i64, i64)>,
}

impl Bar {
    /// A message about a layer moves the bar. A message about the image replaces it.
    fn step(&mut self, step: CreateImageInfo) -> std::io::Result<()> {
        let status = step.status.unwrap_or_default();
        let Some(layer) = step.id else {
            let clear = if std::io::stdout().is_terminal() { "\x1b[K" } else { "" };
            println!("{clear}{status}");
            return Ok(());
        };
        let progress = step.progress_detail.and_then(|detail| detail.current.zip(detail.total));
        match (&*status, progress) {
            ("Downloading", Some(progress)) => {
                self.layers.insert(layer, progress);
            }
            ("Download complete", _) => {
                self.layers.entry(layer).and_modify(|(current, total)| *current = *total);
            }
            _ => {}
        }
        self.draw()
    }

    fn draw(&self) -> std::io::Result<()> {
        const WIDTH: usize = 40;
        let mut terminal = std::io::stdout();
        let (current, total) = self.layers.values().fold((0, 0), |sum, layer| (sum.0 + layer.0, sum.1 + layer.1));
        if total <= 0 || !terminal.is_terminal() {
            return Ok(());
        }
        let (current, total) = (current as f64, total as f64);
        let done = "=".repeat((WIDTH as f64 * current / total) as usize);
        write!(terminal, "[{done:WIDTH$}] {:.1} of {:.1} MB\r", current / 1e6, total / 1e6)?;
        terminal.flush()
    }
}
