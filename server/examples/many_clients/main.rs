//! A thousand clients at once, over HTTP: each initializes and lists containers three times, on a canned engine. Beside
//! them the same clients at a bare server of rmcp that gives the same reply from memory. The two take turns; the table
//! has the medians.
//!
//! `many_clients PROGRAM`, where PROGRAM is `dockwright`.

mod bare;
mod clients;
mod engine;

use std::process::Stdio;
use std::time::Duration;

use clients::Target;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

const CLIENTS: usize = 1000;
const ROUNDS: usize = 9;
const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// A server in a process of its own.
struct Server {
    name: &'static str,
    child: Child,
    target: Target,
    times: Vec<Duration>,
    errors: usize,
}

#[tokio::main]
async fn main() {
    let arguments: Vec<_> = std::env::args().collect();
    match arguments.get(1).map(String::as_str) {
        Some("bare") => bare::serve(arguments[2].clone()).await,
        Some("engine") => engine::serve(&arguments[2]),
        Some(program) => compare(program).await,
        None => eprintln!("usage: many_clients PROGRAM"),
    }
}

async fn compare(program: &str) {
    let folder = std::env::temp_dir().join(format!("many-clients-{}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    let (socket, tokens) = (folder.join("engine.sock"), folder.join("tokens"));
    std::fs::write(&tokens, format!("bench {TOKEN}\n")).unwrap();
    std::fs::set_permissions(&tokens, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let own = std::env::current_exe().unwrap();
    let mut engine = Command::new(&own).arg("engine").arg(&socket).kill_on_drop(true).spawn().unwrap();
    let mut ours = Command::new(program);
    ours.args(["serve", "--listen", "127.0.0.1:0", "--audit", "/dev/null", "--token-file"]).arg(&tokens);
    ours.env("DOCKER_HOST", format!("unix://{}", socket.display()));
    let ours = start("dockwright", ours).await;
    let reply = clients::one(&ours.target).await.expect("the reply of one client");
    let mut bare = Command::new(&own);
    bare.arg("bare").arg(reply);
    let mut servers = [ours, start("bare rmcp", bare).await];

    for round in 0..=ROUNDS {
        for server in &mut servers {
            let (time, errors) = clients::many(&server.target, CLIENTS).await;
            // The first round fills caches.
            if round > 0 {
                server.times.push(time);
                server.errors += errors;
            }
        }
    }
    println!("| {CLIENTS} clients at once | requests/s | errors | peak memory |\n|---|---|---|---|");
    let rates = servers.each_mut().map(|server| {
        server.times.sort();
        let rate = (CLIENTS * clients::REQUESTS) as f64 / server.times[ROUNDS / 2].as_secs_f64();
        println!("| {} | {rate:.0} | {} | {:.1} MB |", server.name, server.errors, peak(&server.child));
        rate
    });
    println!("\nratio of the rates: {:.2}", rates[0] / rates[1]);
    engine.kill().await.unwrap();
    std::fs::remove_dir_all(folder).unwrap();
}

/// Starts a server, and reads its address from the line that it prints.
async fn start(name: &'static str, mut command: Command) -> Server {
    let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().expect("a line with the address");
    let (_, rest) = line.split_once("http://").expect("an address");
    let address = rest.split_once("/mcp").expect("a path").0.parse().unwrap();
    // Whoever closes standard error ends a server that writes to it.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    Server { name, child, target: Target::new(address, TOKEN), times: Vec::new(), errors: 0 }
}

/// The most memory that a process had, in megabytes.
fn peak(child: &Child) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id().unwrap())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1000.0
}
