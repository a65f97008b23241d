//! Dockwright beside bollard, in one run on one canned engine: `compare SOCKET` prints a table. The two take turns, so
//! that a noisy machine hurts both alike, and each turn must give the same checksum.

mod canned;
mod client;

use std::error::Error;
use std::fs;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use client::{Checksum, Client};
use tokio::runtime::Runtime;

const CLIENTS: [&str; 2] = ["dockwright", "bollard"];
const PINGS: usize = 1000;
const LOGS: [&str; 3] = ["lines-1024", "joined-1024", "blocks-1024"];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [socket] => compare(socket),
        ["engine", socket] => Ok(canned::serve(socket)?),
        ["logs", client, container, socket] => logs_and_memory(client, container, socket),
        _ => Err("usage: compare SOCKET".into()),
    }
}

fn compare(socket: &str) -> Result<(), Box<dyn Error>> {
    let _engine = Engine::start(socket)?;
    println!("{:24} {:>12} {:>12} {:>7} {:>7} {:>7}", "", CLIENTS[0], CLIENTS[1], "ratio", "of min", "of CPU");
    turns(socket, "1,000 pings", 20, async |client| client.ping(PINGS).await)?;
    turns(socket, "list of 1,000", 60, async |client| client.list().await)?;
    for container in LOGS {
        turns(socket, &format!("logs, {container} MiB"), 5, async |client| client.logs(container).await)?;
    }
    allocations(socket)?;
    println!("\n{:24} {:>12} {:>12}", "peak memory, KiB", CLIENTS[0], CLIENTS[1]);
    for container in ["lines-64"].iter().chain(&LOGS) {
        let [dockwright, bollard] = CLIENTS.map(|client| peak_kib(client, container, socket));
        println!("{:24} {:>12} {:>12}", format!("logs, {container} MiB"), dockwright?, bollard?);
    }
    Ok(())
}

/// Measures both clients, in turns, and prints a row: the medians, their ratio, the ratio of the shortest times, and
/// the ratio of the processes' CPU times, which neither the engine nor a busy machine adds to.
fn turns(
    socket: &str,
    what: &str,
    times: usize,
    run: impl AsyncFn(&Client) -> Result<Checksum, Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let runtime = runtime()?;
    let clients = [Client::new(CLIENTS[0], socket)?, Client::new(CLIENTS[1], socket)?];
    let checksum = runtime.block_on(run(&clients[0]))?;
    let mut spent = [vec![], vec![]];
    let mut cpu = [Duration::ZERO; 2];
    for _ in 0..times {
        for (side, client) in clients.iter().enumerate() {
            let (started, cpu_before) = (Instant::now(), cpu_time()?);
            let sum = runtime.block_on(run(client))?;
            spent[side].push(started.elapsed());
            cpu[side] += cpu_time()? - cpu_before;
            if sum != checksum {
                return Err(format!("{what}: {} decoded something else", CLIENTS[side]).into());
            }
        }
    }
    spent.iter_mut().for_each(|times| times.sort());
    let [dockwright, bollard] = spent.each_ref().map(|times| times[times.len() / 2].as_secs_f64() * 1000.0);
    let least = spent[0][0].as_secs_f64() / spent[1][0].as_secs_f64();
    let cpu = cpu[0].as_secs_f64() / cpu[1].as_secs_f64();
    let median = dockwright / bollard;
    println!("{what:24} {dockwright:>9.1} ms {bollard:>9.1} ms {median:>7.2} {least:>7.2} {cpu:>7.2}");
    Ok(())
}

/// Uses one thread, because the clients are measured and not the wake-ups of threads.
fn runtime() -> Result<Runtime, Box<dyn Error>> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

/// The CPU time of this thread, which does all the work.
fn cpu_time() -> Result<Duration, Box<dyn Error>> {
    let text = fs::read_to_string("/proc/self/schedstat")?;
    let nanoseconds = text.split(' ').next().unwrap_or_default();
    Ok(Duration::from_nanos(nanoseconds.parse()?))
}

/// Prints the allocations of a list, as `allocations` counts them for each client.
fn allocations(socket: &str) -> Result<(), Box<dyn Error>> {
    let program = std::env::current_exe()?.with_file_name("allocations");
    let mut rows = [[0.0; 2]; 2];
    for (side, client) in CLIENTS.iter().enumerate() {
        let counted = output(Command::new(&program).args([client, socket]))?;
        for (row, number) in rows.iter_mut().zip(counted.split(' ')) {
            row[side] = number.parse::<f64>()?;
        }
    }
    println!("\n{:24} {:>12} {:>12} {:>7}", "allocations", CLIENTS[0], CLIENTS[1], "ratio");
    for (what, [dockwright, bollard]) in ["list of 1,000", "their bytes"].iter().zip(rows) {
        println!("{what:24} {dockwright:>12} {bollard:>12} {:>7.2}", dockwright / bollard);
    }
    Ok(())
}

/// The peak memory of a process that does nothing but read these logs.
fn peak_kib(client: &str, container: &str, socket: &str) -> Result<String, Box<dyn Error>> {
    output(Command::new(std::env::current_exe()?).args(["logs", client, container, socket]))
}

/// Runs a program, and returns what it prints.
fn output(program: &mut Command) -> Result<String, Box<dyn Error>> {
    let run = program.output()?;
    if !run.status.success() {
        return Err(String::from_utf8_lossy(&run.stderr).into());
    }
    Ok(String::from_utf8(run.stdout)?.trim().to_owned())
}

fn logs_and_memory(client: &str, container: &str, socket: &str) -> Result<(), Box<dyn Error>> {
    let client = Client::new(client, socket)?;
    runtime()?.block_on(client.logs(container))?;
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM in /proc")?;
    println!("{}", peak.trim().trim_end_matches(" kB"));
    Ok(())
}

/// The canned engine, until this is dropped.
struct Engine(Child);

impl Engine {
    fn start(socket: &str) -> Result<Self, Box<dyn Error>> {
        let engine = Engine(Command::new(std::env::current_exe()?).args(["engine", socket]).spawn()?);
        let deadline = Instant::now() + Duration::from_secs(10);
        while std::os::unix::net::UnixStream::connect(socket).is_err() {
            if Instant::now() > deadline {
                return Err("the canned engine does not come up".into());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(engine)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
