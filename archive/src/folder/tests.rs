//! Paths that stay below a folder, and paths that lead out.

use std::fs;
use std::os::unix::fs::symlink;

use tempfile::TempDir;

use super::*;

/// A folder with `in/`, which is opened, `in-not/` and `out/`, and a file in each.
struct Yard {
    temporary: TempDir,
    folder: Folder,
}

impl Yard {
    fn new() -> Self {
        let temporary = tempfile::tempdir().unwrap();
        for name in ["in", "in-not", "out", "in/deep"] {
            fs::create_dir(temporary.path().join(name)).unwrap();
            fs::write(temporary.path().join(name).join("file"), name).unwrap();
        }
        Yard { folder: Folder::open(temporary.path().join("in")).unwrap(), temporary }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.temporary.path().join(name)
    }

    fn link(&self, name: &str, target: &str) {
        symlink(target, self.at(name)).unwrap();
    }

    /// The contents of a file; a folder has none.
    fn open(&self, below: &str) -> Result<String> {
        Ok(match self.folder.open_at(Path::new(below))? {
            Opened::File(file) => io::read_to_string(file).unwrap(),
            Opened::Folder(folder) => {
                format!("folder {}", folder.path().strip_prefix(self.at("in")).unwrap().display())
            }
        })
    }

    fn deepest(&self, below: &str) -> Result<PathBuf> {
        let (folder, missing) = self.folder.deepest(Path::new(below))?;
        Ok(folder.path().strip_prefix(self.at("in")).unwrap().join("|").join(missing))
    }
}

#[test]
fn paths_and_links_that_stay_inside_are_opened() {
    let yard = Yard::new();
    yard.link("in/link", "file");
    yard.link("in/deep/up", "../deep");
    for (path, contents) in [
        ("file", "in"),
        ("deep/./../deep//file", "in/deep"),
        ("link", "in"),
        ("deep/up/up/file", "in/deep"),
        ("", "folder "),
        (".", "folder "),
        ("deep/up", "folder deep/up"),
    ] {
        assert_eq!(yard.open(path).unwrap(), contents, "{path}");
    }
}

#[test]
fn paths_and_links_that_lead_outside_are_not_opened() {
    let yard = Yard::new();
    yard.link("in/folder", "../out");
    yard.link("in/link", "../out/file");
    yard.link("in/chain", "link");
    yard.link("in/absolute", yard.at("in/file").to_str().unwrap());
    yard.link("in/root", "/");
    yard.link("in/process", "/proc/self/root");
    for path in ["..", "../out/file", "../in/file", "/etc/passwd", "folder/file", "link", "chain", "absolute", "root"] {
        let is_outside = |result: Result<()>| matches!(result, Err(Error::Outside { .. }));
        assert!(is_outside(yard.open(path).map(drop)), "{path}: {:?}", yard.open(path));
        assert!(is_outside(yard.folder.file(Path::new(path)).map(drop)), "{path}");
        assert!(is_outside(yard.deepest(path).map(drop)), "{path}: {:?}", yard.deepest(path));
    }
    for path in ["folder/new", "root/new", "process/etc", "../new", "deep/../../new"] {
        assert!(matches!(yard.deepest(path), Err(Error::Outside { .. })), "{path}: {:?}", yard.deepest(path));
    }
    let message = yard.open("link").unwrap_err().to_string();
    assert!(message.ends_with("/in/link: it leads out of the folder, by `..` or by a link"), "{message}");
}

#[test]
fn only_regular_files_are_opened() {
    let yard = Yard::new();
    let made = std::process::Command::new("mkfifo").arg(yard.at("in/pipe")).status().unwrap();
    assert!(made.success());
    let _socket = std::os::unix::net::UnixListener::bind(yard.at("in/socket")).unwrap();
    yard.link("in/link", "pipe");
    for path in ["pipe", "socket", "link"] {
        let error = yard.open(path).unwrap_err().to_string();
        assert!(error.ends_with(&format!("/in/{path}: not a regular file")), "{error}");
    }
    assert!(yard.folder.file(Path::new("deep")).unwrap_err().to_string().ends_with("not a regular file"));
    assert!(yard.open("none").unwrap_err().to_string().contains("No such file"));
}

#[test]
fn the_missing_end_of_a_path_is_told_and_created() {
    let yard = Yard::new();
    yard.link("in/link", "deep");
    for (path, expected) in
        [("deep", "deep/|"), ("a/b", "|/a/b"), ("link/a", "link/|/a"), ("", "|"), ("deep/./a", "deep/|/a")]
    {
        assert_eq!(yard.deepest(path).unwrap(), Path::new(expected), "{path}");
    }
    let created = yard.folder.create(Path::new("deep/new/er")).unwrap();
    assert_eq!(created.path(), yard.at("in/deep/new/er"));
    assert!(yard.at("in/deep/new/er").is_dir());
    assert!(yard.folder.create(Path::new("link/a")).is_err() && yard.folder.create(Path::new("../a")).is_err());
    assert!(!yard.at("in/deep/a").exists() && !yard.at("a").exists());
}

#[test]
fn a_path_that_cannot_be_created_says_why() {
    let yard = Yard::new();
    yard.link("in/nowhere", "gone");
    yard.link("in/circle", "circle");
    for (path, problem) in [
        ("file/a", "/in/file: this is a file, not a folder"),
        ("file", "/in/file: this is a file, not a folder"),
        ("nowhere/a", "/in/nowhere: this link leads to no folder"),
        ("gone/../a", "`..` cannot follow a folder that does not exist"),
        ("circle/a", "Too many levels of symbolic links"),
    ] {
        let error = yard.deepest(path).unwrap_err().to_string();
        assert!(error.contains(problem), "{path}: {error}");
    }
}

#[test]
fn a_folder_is_known_by_any_of_its_names() {
    let yard = Yard::new();
    yard.link("out/back", "../in");
    for name in ["in", "in/", "out/back", "in-not/../in", "in/deep/.."] {
        assert!(yard.folder.is_at(&yard.at(name)), "{name}");
    }
    for name in ["out", "in/file", "in/deep", "none", ""] {
        assert!(!yard.folder.is_at(&yard.at(name)), "{name}");
    }
}
