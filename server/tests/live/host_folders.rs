//! Folders of the host that containers change while calls read and write them, and archives that would fill the disk.

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use serde_json::json;
use tempfile::TempDir;

use crate::bench::{Container, and, created, exit_code, running, shell, started, trials, variable};
use crate::session::Session;

/// The calls of a race, on a fast machine.
const CALLS: usize = 2_000;
/// Slower machines make fewer.
const LONGEST: Duration = Duration::from_secs(20);

pub fn trials() -> Vec<Trial> {
    trials![
        a_container_that_exchanges_files_and_links_gets_no_file_of_outside,
        a_container_that_exchanges_folders_and_links_has_nothing_saved_outside,
        two_calls_at_once_do_not_lead_each_other_outside,
        an_ignore_file_that_is_a_pipe_or_huge_is_refused_at_once,
        a_huge_file_is_refused_before_it_is_saved_and_holes_take_no_room,
        a_full_disk_is_an_error_and_leaves_nothing,
    ]
}

/// Exchanges two names in Perl, which every Debian has. A link that a call has replaced is made anew.
const EXCHANGE: &str = "my ($one, $other, $target, $renameat2) = @ARGV; while (1) {
    syscall($renameat2 + 0, -100, $one, -100, $other, 2);
    if (!-l $one && !-l $other) { rename($other, '/d/trash-' . $n++); symlink($target, $other); }
}";

/// The number of the system call.
const RENAMEAT2: &str = if cfg!(target_arch = "aarch64") { "276" } else { "316" };

/// A folder of the host: `in` may be read and written, and `out`, with a file, must stay as it is.
struct Host(TempDir);

impl Host {
    fn new() -> Self {
        let host = Host(tempfile::tempdir().expect("a temporary folder"));
        for folder in ["in", "out"] {
            fs::create_dir(host.at(folder)).expect("a new folder");
        }
        fs::write(host.at("out/secret"), "outside").expect("a new file");
        host
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn text(&self, path: &str) -> String {
        self.at(path).to_string_lossy().into_owned()
    }

    fn session(&self) -> Session {
        let place = self.text("in");
        Session::with(&variable("HOST"), &["--allow-path", &place, "--allow-write", &place])
    }

    /// A container that has `in` as `/d` and exchanges two entries of it over and over.
    fn exchanger(&self, session: &Session, one: &str, other: &str) -> Container {
        let target = fs::read_link(self.at("in").join(other)).expect("it is a link");
        let target = target.to_str().expect("it is text");
        let command =
            ["/usr/bin/perl", "-e", EXCHANGE, &format!("/d/{one}"), &format!("/d/{other}"), target, RENAMEAT2];
        let binds = ["/usr:/usr:ro", "/lib:/lib:ro", "/lib64:/lib64:ro", &format!("{}:/d", self.text("in"))];
        let host = json!({ "Binds": binds, "Init": false });
        let container = started(session, and(shell(""), json!({ "Cmd": command, "HostConfig": host })));
        let is_link = || self.at("in").join(one).symlink_metadata().expect("something is there").is_symlink();
        let begun = Instant::now();
        while !is_link() {
            assert!(begun.elapsed() < Duration::from_secs(10), "the container exchanges nothing");
        }
        container
    }

    #[track_caller]
    fn assert_unharmed(&self) {
        let names: Vec<_> =
            self.at("out").read_dir().expect("it is there").map(|entry| entry.expect("a name").file_name()).collect();
        assert_eq!(names, ["secret"]);
        assert_eq!(fs::read_to_string(self.at("out/secret")).expect("it is there"), "outside");
        assert_eq!(self.at("out/secret").metadata().expect("it is there").nlink(), 1);
    }
}

/// Calls by number, until there were enough calls and at least one succeeded.
fn race(mut call: impl FnMut(usize) -> bool) {
    let (begun, mut calls, mut succeeded) = (Instant::now(), 0, 0);
    while begun.elapsed() < LONGEST && (calls < CALLS || succeeded == 0) {
        succeeded += usize::from(call(calls));
        calls += 1;
    }
    assert!(calls >= 20 && succeeded > 0, "{calls} calls, {succeeded} succeeded");
}

fn a_container_that_exchanges_files_and_links_gets_no_file_of_outside(_: &Session) {
    let host = Host::new();
    let session = host.session();
    let container = created(&session, shell("true"));
    // Archives are sent as they are: an entry of one that is outside would stay in the container.
    for (path, entry) in [("in/x.tar", "inside"), ("outside.tar", "outside")] {
        let source = created(&session, shell("true"));
        session.done("put_container_archive", json!({ "id": source.id, "path": "/root", "context": { entry: "" } }));
        let saved = json!({ "id": source.id, "path": format!("/root/{entry}"), "to": host.text("in/saved.tar") });
        session.call("container_archive", saved);
        fs::rename(host.at("in/saved.tar"), host.at(path)).expect("a saved file");
    }
    symlink("../outside.tar", host.at("in/link")).expect("a new link");
    let _exchanger = host.exchanger(&session, "x.tar", "link");
    let context = host.text("in/x.tar");
    let arguments = json!({ "id": container.id, "path": "/root", "context": context });
    race(|_| session.tried("put_container_archive", arguments.clone()).is_ok());
    let found = session.call("container_archive", json!({ "id": container.id, "path": "/root" }));
    let names: Vec<_> = found["entries"].as_array().into_iter().flatten().map(|entry| &entry["name"]).collect();
    assert!(names.contains(&&json!("root/inside")) && !names.contains(&&json!("root/outside")), "{names:?}");
    host.assert_unharmed();
}

fn a_container_that_exchanges_folders_and_links_has_nothing_saved_outside(_: &Session) {
    let host = Host::new();
    let session = host.session();
    fs::create_dir(host.at("in/app")).expect("a new folder");
    symlink("../out", host.at("in/link")).expect("a new link");
    let container = created(&session, shell("true"));
    let files = json!({ "app/secret": "written", "app/new": "written" });
    session.done("put_container_archive", json!({ "id": container.id, "path": "/root", "context": files }));
    let _exchanger = host.exchanger(&session, "app", "link");
    let to = ["in", "in/app", "in/app/secret.tar"].map(|to| host.text(to));
    race(|call| {
        let arguments = json!({ "id": container.id, "path": "/root/app", "to": to[call % to.len()] });
        session.tried("container_archive", arguments).is_ok()
    });
    host.assert_unharmed();
}

fn two_calls_at_once_do_not_lead_each_other_outside(_: &Session) {
    let host = Host::new();
    let session = host.session();
    let script = "mkdir /root/l /root/files; ln -s ../../out /root/l/a; echo written > /root/files/secret";
    let container = running(&session, script);
    assert_eq!(exit_code(&session, &container.id), 0);
    // One call makes `l/a` a link, which is missing when the others choose it as their folder.
    let calls = [("/root/l", "in"), ("/root/files", "in/l/a"), ("/root/files/secret", "in/l/a")];
    let begun = Instant::now();
    thread::scope(|scope| {
        for (path, to) in calls {
            let (host, id) = (&host, &container.id);
            scope.spawn(move || {
                let session = host.session();
                let arguments = json!({ "id": id, "path": path, "to": host.text(to) });
                for _ in (0..CALLS).take_while(|_| begun.elapsed() < LONGEST) {
                    let _ = session.tried("container_archive", arguments.clone());
                    let _ = fs::remove_dir_all(host.at("in/l"));
                }
            });
        }
    });
    host.assert_unharmed();
}

fn an_ignore_file_that_is_a_pipe_or_huge_is_refused_at_once(_: &Session) {
    let host = Host::new();
    let session = host.session();
    fs::create_dir(host.at("in/app")).expect("a new folder");
    fs::write(host.at("in/app/Dockerfile"), "FROM scratch").expect("a new file");
    let build = |problem: &str| {
        let refused = session.refused("image_build", json!({ "context": host.text("in/app"), "t": "never" }));
        assert!(refused.contains(".dockerignore: ") && refused.contains(problem), "{refused}");
        fs::remove_file(host.at("in/app/.dockerignore")).expect("it is there");
    };
    let made = Command::new("mkfifo").arg(host.at("in/app/.dockerignore")).status().expect("it is installed");
    assert!(made.success());
    build("not a regular file");
    fs::File::create(host.at("in/app/.dockerignore")).and_then(|file| file.set_len(3 << 30)).expect("a sparse file");
    build("an ignore file has at most 1048576 bytes");
    symlink("../../out/secret", host.at("in/app/.dockerignore")).expect("a new link");
    build("it leads out of the folder");
}

fn a_huge_file_is_refused_before_it_is_saved_and_holes_take_no_room(_: &Session) {
    let host = Host::new();
    let session = host.session();
    let container = running(&session, "truncate -s 20G /root/huge && truncate -s 256M /root/holes");
    assert_eq!(exit_code(&session, &container.id), 0);
    let arguments = |path: &str, to: &str| json!({ "id": container.id, "path": path, "to": host.text(to) });
    for to in ["in/web", "in/web.tar"] {
        let begun = Instant::now();
        let failed = session.fail("container_archive", arguments("/root/huge", to));
        assert!(failed.contains("the archive holds more than 10737418240 bytes"), "{failed}");
        assert!(failed.contains("a larger `limit_bytes`"), "{failed}");
        assert!(begun.elapsed() < Duration::from_secs(10), "it is refused by its size");
        assert!(!host.at("in/web").exists() && !host.at("in/web.tar").exists());
    }
    let limited = and(arguments("/root/holes", "in/web"), json!({ "limit_bytes": 1_000_000 }));
    assert!(session.fail("container_archive", limited).contains("more than 1000000 bytes"));
    for (to, file) in [("in/web", "in/web"), ("in/web.tar", "in/web.tar")] {
        session.call("container_archive", arguments("/root/holes", to));
        let saved = host.at(file).metadata().expect("it was saved");
        assert!(saved.len() >= 256 << 20 && saved.blocks() * 512 < 1 << 20, "{file}: {} blocks", saved.blocks());
    }
}

fn a_full_disk_is_an_error_and_leaves_nothing(_: &Session) {
    let host = Host::new();
    fs::create_dir(host.at("in/small")).expect("a new folder");
    let disk = SmallDisk::new(&host.at("in/small"));
    let session = host.session();
    let container = running(&session, "echo one > /root/a && head -c 4000000 /dev/urandom > /root/b");
    assert_eq!(exit_code(&session, &container.id), 0);
    let arguments = |to: &str| json!({ "id": container.id, "path": "/root", "to": host.text(to) });
    for to in ["in/small", "in/small/web.tar"] {
        let failed = session.fail("container_archive", arguments(to));
        assert!(failed.contains("No space left on device") && failed.contains("in/small/"), "{failed}");
        assert_eq!(fs::read_dir(host.at("in/small")).expect("it is there").count(), 0);
    }
    drop(disk);
}

/// A disk of one mebibyte, in the box of the tests.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn new(at: &Path) -> Self {
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=1m", "none"]).arg(at).status();
        assert!(mounted.expect("it is installed").success());
        SmallDisk(at.to_owned())
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}
