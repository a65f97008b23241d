//! A server in a process of its own.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::sleep;

use super::TOKEN;
use super::clients::Target;

/// The ticks of a second in which Linux counts processor time.
const TICKS: u64 = 100;

/// A server, and its figures.
pub struct Server {
    pub name: &'static str,
    pub target: Target,
    pub times: Vec<Duration>,
    pub spent: Duration,
    pub errors: usize,
    child: Child,
}

impl Server {
    /// Starts a server, and reads its address from the line that it prints.
    pub async fn start(name: &'static str, mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let line = lines.next_line().await.unwrap().expect("a line with the address");
        let (_, rest) = line.split_once("http://").expect("an address");
        let address = rest.split('/').next().expect("a path").parse().unwrap();
        // Whoever closes standard error ends a server that writes to it.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Server::new(name, Target::new(address, TOKEN, "container_list"), child)
    }

    /// Starts a server that listens at a known address, and waits until it does.
    pub async fn at(name: &'static str, address: &str, tool: &str, mut command: Command) -> Self {
        let command = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        let (child, address): (_, SocketAddr) = (command.spawn().unwrap(), address.parse().unwrap());
        while TcpStream::connect(address).await.is_err() {
            sleep(Duration::from_millis(20)).await;
        }
        Server::new(name, Target::new(address, TOKEN, tool), child)
    }

    fn new(name: &'static str, target: Target, child: Child) -> Self {
        Server { name, target, times: Vec::new(), spent: Duration::ZERO, errors: 0, child }
    }

    /// The processor time of the process so far.
    pub fn processor_time(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id().unwrap())).unwrap();
        // The name of the program comes before the numbers, and may hold spaces.
        let numbers = stat.rsplit_once(')').unwrap().1.split_whitespace().skip(11).take(2);
        Duration::from_millis(numbers.map(|ticks| ticks.parse::<u64>().unwrap()).sum::<u64>() * 1000 / TICKS)
    }

    /// The most memory that the process had, in megabytes.
    pub fn peak_memory(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id().unwrap())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1000.0
    }
}
