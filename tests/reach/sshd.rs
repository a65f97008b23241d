//! A server of ssh on a port of its own, and the processes of ssh that this process started.
#![allow(dead_code, reason = "the server's trials need not all of it")]

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use dockwright::Engine;

use crate::bench::{folder, number, socket, until};

/// A server, ended when it is dropped. The ssh of these tests knows it by its name.
pub struct Sshd {
    pub name: String,
    pub folder: PathBuf,
    port: u16,
    process: Child,
}

impl Sshd {
    /// A server with these lines in its configuration.
    pub async fn new(lines: &[&str]) -> Self {
        let name = format!("trial-{}-{}", std::process::id(), number());
        let folder = folder().unwrap().join(&name);
        fs::create_dir(&folder).unwrap();
        fs::create_dir(folder.join("home")).unwrap();
        let port = free_port();
        make_key(&folder.join("host"));
        make_key(&folder.join("id"));
        fs::copy(folder.join("id.pub"), folder.join("authorized_keys")).unwrap();
        let path = folder.display();
        // The first line of a kind holds. An empty home keeps the user's own shell settings and docker contexts out.
        let configuration = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {path}/host\nAuthorizedKeysFile {path}/authorized_keys\n\
             UsePAM no\nStrictModes no\nPidFile none\nLogLevel VERBOSE\n{}\nSetEnv HOME={path}/home PATH={}\n",
            lines.join("\n"),
            remote_path()
        );
        fs::write(folder.join("sshd_config"), configuration).unwrap();
        let process = Command::new(crate::bench::folder().unwrap().join("sshd"))
            .args(["-D", "-f"])
            .arg(folder.join("sshd_config"))
            .arg("-E")
            .arg(folder.join("log"))
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let sshd = Sshd { name, folder, port, process };
        until("sshd listens", || sshd.log().contains("Server listening").then_some(())).await;
        sshd.known("host");
        sshd.client("");
        sshd
    }

    /// A server with these lines whose docker is a shell script; `$docker` there is the real one.
    pub async fn with_docker(lines: &[&str], script: &str) -> Self {
        let bin = folder().unwrap().join(format!("bin-{}-{}", std::process::id(), number()));
        fs::create_dir(&bin).unwrap();
        let docker = std::env::var("DOCKWRIGHT_TEST_DOCKER").unwrap_or_default();
        fs::write(bin.join("docker"), format!("#!/bin/sh\ndocker='{docker}'\n{script}\n")).unwrap();
        fs::set_permissions(bin.join("docker"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let environment = format!("SetEnv HOME={} PATH={}:/usr/bin:/bin", bin.display(), bin.display());
        Self::new(&[lines, &[&environment]].concat()).await
    }

    /// Makes the key of these tests run this command, whatever ssh asks for.
    pub fn force(&self, options: &str) {
        let key = fs::read_to_string(self.folder.join("id.pub")).unwrap();
        fs::write(self.folder.join("authorized_keys"), format!("{options} {key}")).unwrap();
    }

    pub fn address(&self) -> String {
        format!("ssh://{}", self.name)
    }

    pub fn engine(&self) -> Engine {
        Engine::at(&self.address()).unwrap()
    }

    /// Adds lines to the client's configuration for this server; they go before the usual ones.
    pub fn client(&self, lines: &str) {
        let (path, port) = (self.folder.display(), self.port);
        let host = format!(
            "Host {}\n{lines}\nHostName 127.0.0.1\nPort {port}\nUser root\nIdentityFile {path}/id\nIdentitiesOnly yes\n\
             UserKnownHostsFile {path}/known_hosts\nGlobalKnownHostsFile /dev/null\n",
            self.name
        );
        fs::write(crate::bench::folder().unwrap().join("hosts").join(&self.name), host).unwrap();
    }

    /// Makes the client know the server by the public key of this file.
    pub fn known(&self, file: &str) {
        let key = fs::read_to_string(self.folder.join(format!("{file}.pub"))).unwrap();
        let key = key.rsplit_once(' ').map_or(key.as_str(), |(key, _)| key);
        fs::write(self.folder.join("known_hosts"), format!("[127.0.0.1]:{} {key}\n", self.port)).unwrap();
    }

    pub fn make_key(&self, file: &str) {
        make_key(&self.folder.join(file));
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// The number of logins so far.
    pub fn logins(&self) -> usize {
        self.log().matches("Accepted publickey").count()
    }

    /// The processes of ssh that are connected to this server.
    pub fn clients(&self) -> Vec<Process> {
        processes().filter(|process| process.program == "ssh" && process.arguments.contains(&self.name)).collect()
    }

    /// The local end of its forward.
    pub fn forwarded_socket(&self) -> PathBuf {
        let client = &self.clients()[0];
        let forward = client.arguments.iter().skip_while(|argument| *argument != "-L").nth(1).unwrap();
        forward.split_once(':').unwrap().0.into()
    }

    /// The processes of this server that serve a client.
    pub fn sessions(&self) -> Vec<Process> {
        let all: Vec<_> = processes().collect();
        let mut ours = vec![self.process.id()];
        while let Some(child) = all.iter().find(|child| ours.contains(&child.parent) && !ours.contains(&child.id)) {
            ours.push(child.id);
        }
        all.into_iter().filter(|process| process.program == "sshd" && ours[1..].contains(&process.id)).collect()
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        self.sessions().iter().for_each(|session| session.signal("KILL"));
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The PATH of commands on the server: docker is that of the throwaway engine.
fn remote_path() -> String {
    let docker = std::env::var("DOCKWRIGHT_TEST_DOCKER").unwrap_or_default();
    let docker = Path::new(&docker).parent().unwrap_or(Path::new("/nowhere"));
    let own = socket().parent().unwrap().join("bin");
    format!("{}:{}:/usr/bin:/bin", own.display(), docker.display())
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn make_key(file: &Path) {
    let made = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(file).status().unwrap();
    assert!(made.success());
}

/// A process of this system.
#[derive(Debug, Clone)]
pub struct Process {
    pub id: u32,
    pub parent: u32,
    pub group: u32,
    pub program: String,
    pub arguments: Vec<String>,
}

impl Process {
    pub fn signal(&self, signal: &str) {
        let _ = Command::new("kill").args(["-s", signal, &self.id.to_string()]).stderr(Stdio::null()).status();
    }
}

/// All processes that have not ended.
pub fn processes() -> impl Iterator<Item = Process> {
    fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| {
        let id = entry.file_name().to_str()?.parse().ok()?;
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        // The name is in brackets, and may hold anything.
        let (before, after) = stat.rsplit_once(')')?;
        let fields: Vec<_> = after.split_whitespace().collect();
        let arguments = fs::read(entry.path().join("cmdline")).ok()?;
        let arguments = arguments.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned());
        (fields[0] != "Z").then_some(())?;
        Some(Process {
            id,
            parent: fields[1].parse().ok()?,
            group: fields[2].parse().ok()?,
            program: before.split_once('(')?.1.to_owned(),
            arguments: arguments.collect(),
        })
    })
}
