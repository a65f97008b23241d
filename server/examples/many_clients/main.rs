//! A thousand clients at once, over HTTP: each initializes and lists containers three times, on a canned engine. Beside
//! them the same clients at bare servers of rmcp that give the same reply, one of which asks the engine too, and at
//! rmcp-openapi-server. All take turns; the table has the medians, and the processor time of each server.
//!
//! `many_clients PROGRAM [RIVAL OPENAPI]`, where PROGRAM is `dockwright` and RIVAL is `rmcp-openapi-server`.
//! `many_clients at ADDRESS TOKEN CLIENTS SECONDS` sends so many clients at a server that runs already, and again until
//! the time is up.

mod bare;
mod clients;
mod engine;
mod process;

use std::time::{Duration, Instant};

use clients::Target;
use process::Server;
use tokio::process::Command;

const CLIENTS: usize = 1000;
const ROUNDS: usize = 9;
const TOKEN: &str = "0123456789abcdef0123456789abcdef";

#[tokio::main]
async fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match *arguments {
        ["bare", reply] => bare::serve(reply, None).await,
        ["bare", reply, engine] => bare::serve(reply, Some(engine)).await,
        ["engine", path] => engine::serve(path),
        ["at", address, token, clients, seconds] => {
            let target = Target::new(address.parse().unwrap(), token, "container_list");
            load(&target, clients.parse().unwrap(), Duration::from_secs(seconds.parse().unwrap())).await;
        }
        [program] => compare(program, None).await,
        [program, rival, openapi] => compare(program, Some([rival, openapi])).await,
        _ => eprintln!("usage: many_clients PROGRAM [RIVAL OPENAPI]"),
    }
}

/// Sends clients at a server until the time is up, at least once.
async fn load(target: &Target, at_once: usize, time: Duration) {
    let begun = Instant::now();
    let (mut clients, mut failures) = (0, Vec::new());
    while clients == 0 || begun.elapsed() < time {
        failures.extend(clients::many(target, at_once).await.1);
        clients += at_once;
    }
    let rate = (clients * clients::REQUESTS) as f64 / begun.elapsed().as_secs_f64();
    println!("{clients} clients, {rate:.0} requests/s, {} failed", failures.len());
    if let Some(failure) = failures.first() {
        eprintln!("the first that failed: {failure}");
    }
}

async fn compare(program: &str, rival: Option<[&str; 2]>) {
    let folder = std::env::temp_dir().join(format!("many-clients-{}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    let (socket, tokens) = (folder.join("engine.sock"), folder.join("tokens"));
    std::fs::write(&tokens, format!("bench {TOKEN}\n")).unwrap();
    std::fs::set_permissions(&tokens, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let address = format!("unix://{}", socket.display());
    let own = std::env::current_exe().unwrap();

    let mut engine = Command::new(&own);
    engine.arg("engine").arg(&socket);
    let engine = Server::start("the engine", engine).await;
    let mut ours = Command::new(program);
    ours.args(["serve", "--listen", "127.0.0.1:0", "--audit", "/dev/null", "--token-file"]).arg(&tokens);
    ours.env("DOCKER_HOST", &address);
    let ours = Server::start("dockwright", ours).await;
    let reply = clients::one(&ours.target).await.expect("the reply of one client");
    let (mut asking, mut silent) = (Command::new(&own), Command::new(&own));
    asking.args(["bare", &reply, &address]);
    silent.args(["bare", &reply]);
    let asking = Server::start("bare rmcp, which asks the engine", asking).await;
    let mut servers = vec![ours, asking, Server::start("bare rmcp, from memory", silent).await];
    if let Some([rival, openapi]) = rival {
        let mut command = Command::new(rival);
        command.args(["--base-url", &format!("http://{}", engine.target.address), openapi]);
        servers.push(Server::at("rmcp-openapi-server", "127.0.0.1:8080", "ContainerList", command).await);
    }

    // The first round fills caches.
    for round in 0..=ROUNDS {
        for server in &mut servers {
            let spent = server.processor_time();
            let (time, failures) = clients::many(&server.target, CLIENTS).await;
            if round > 0 {
                server.times.push(time);
                server.spent += server.processor_time() - spent;
                server.errors += failures.len();
            }
        }
    }
    report(&mut servers);
    drop(servers);
    std::fs::remove_dir_all(folder).unwrap();
}

fn report(servers: &mut [Server]) {
    println!("| {CLIENTS} clients at once | requests/s | ratio | processor time of one | errors | peak memory |");
    println!("|---|---|---|---|---|---|");
    let requests = CLIENTS * clients::REQUESTS;
    let rate = |times: &mut Vec<Duration>| {
        times.sort();
        requests as f64 / times[ROUNDS / 2].as_secs_f64()
    };
    let ours = rate(&mut servers[0].times);
    for server in servers {
        let (rate, spent) = (rate(&mut server.times), server.spent.as_micros() / (requests * ROUNDS) as u128);
        let (name, errors, ratio) = (server.name, server.errors, ours / rate);
        println!("| {name} | {rate:.0} | {ratio:.2} | {spent} µs | {errors} | {:.1} MB |", server.peak_memory());
    }
}
