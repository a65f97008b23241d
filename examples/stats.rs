//! Shows a live table of the resources that running containers use, until Ctrl-C is pressed. Containers that start
//! meanwhile join it.
//!
//! ```sh
//! cargo run --example stats
//! ```

use std::collections::BTreeMap;
use std::future::ready;
use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use dockwright::models::ContainerStatsResponse as Sample;
use dockwright::options::{SystemEventsFilters, SystemEventsOptions};
use dockwright::{Engine, Result};
use futures_util::stream::{self, BoxStream, SelectAll, StreamExt};

#[tokio::main]
async fn main() -> ExitCode {
    let ended = tokio::select! {
        ended = follow() => ended,
        _ = tokio::signal::ctrl_c() => Ok(()),
    };
    let Err(error) = ended else { return ExitCode::SUCCESS };
    eprintln!("stats: {error}");
    ExitCode::FAILURE
}

async fn follow() -> Result<()> {
    let engine = Engine::from_env()?;
    let starts = SystemEventsFilters::default().type_("container").event("start");
    let mut starts = engine.system_events(&SystemEventsOptions::default().filters(starts)).await?;
    let mut samples = SelectAll::new();
    for container in engine.container_list(&Default::default()).await? {
        samples.push(samples_of(&engine, container.id).await?);
    }

    let mut rows = BTreeMap::new();
    let mut redraw = tokio::time::interval(Duration::from_secs(1));
    loop {
        tokio::select! {
            start = starts.next() => match start {
                Some(start) => {
                    let id = start?.actor.id;
                    samples.push(samples_of(&engine, id).await?);
                }
                None => return Ok(()),
            },
            // The engine leaves this out while no container runs.
            Some((id, sample)) = samples.next() => match sample {
                Some(sample) => {
                    rows.insert(id, row(&sample?));
                }
                None => {
                    rows.remove(&id);
                }
            },
            _ = redraw.tick() => draw(rows.values().collect()),
        }
    }
}

/// Yields the container's id with a sample every second, and with `None` when the container has ended.
async fn samples_of(engine: &Engine, id: String) -> Result<BoxStream<'static, (String, Option<Result<Sample>>)>> {
    let samples = match engine.container_stats(&id, &Default::default()).await {
        Ok(samples) => samples.boxed(),
        Err(error) if error.is_not_found() => stream::empty().boxed(),
        Err(error) => return Err(error),
    };
    // The engine sends empty samples of an ended container until it is removed.
    let running = samples.take_while(|sample| ready(sample.as_ref().map_or(true, has_run)));
    let ended = stream::once(ready(None));
    Ok(running.map(Some).chain(ended).map(move |sample| (id.clone(), sample)).boxed())
}

fn has_run(sample: &Sample) -> bool {
    sample.cpu_stats.cpu_usage.total_usage > 0
}

fn row(sample: &Sample) -> String {
    let name = sample.name.as_deref().unwrap_or_default().trim_start_matches('/');
    let cpu = cpu_percent(sample).map_or("-".into(), |percent| format!("{percent:.1} %"));
    let memory = sample.memory_stats.usage;
    let memory = memory.map_or("-".into(), |bytes| format!("{:.1} MB", bytes as f64 / 1e6));
    format!("{name:30}  {cpu:>9}  {memory:>11}")
}

/// The use of one processor since the previous sample, which the first sample lacks.
fn cpu_percent(sample: &Sample) -> Option<f64> {
    let (now, before) = (&sample.cpu_stats, &sample.precpu_stats);
    let used = now.cpu_usage.total_usage.checked_sub(before.cpu_usage.total_usage)?;
    let passed = now.system_cpu_usage?.checked_sub(before.system_cpu_usage?)?;
    Some(100.0 * f64::from(now.online_cpus?) * used as f64 / passed as f64)
}

fn draw(mut rows: Vec<&String>) {
    rows.sort();
    let clear = if std::io::stdout().is_terminal() { "\x1b[H\x1b[2J" } else { "" };
    let mut table = format!("{clear}{:30}  {:>9}  {:>11}\n", "NAME", "CPU", "MEMORY");
    table.extend(rows.into_iter().flat_map(|row| [row, "\n"]));
    // Written at once, so that the terminal never shows half of it.
    print!("{table}");
}
