//! Paths inside of the allowed folders, and paths that lead out.

use std::io;
use std::os::unix::fs::symlink;

use tempfile::TempDir;

use super::*;

/// A folder with `in/`, which is allowed, `in-not/` and `out/`, which are not, and a file in each.
struct TestFolder {
    folder: TempDir,
    allowed: AllowedFolders,
}

impl TestFolder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["in", "in-not", "out"] {
            fs::create_dir(folder.path().join(name)).unwrap();
            fs::write(folder.path().join(name).join("file"), name).unwrap();
        }
        let inside = vec![folder.path().join("in")];
        let settings = Settings { allow_path: inside.clone(), allow_write: inside, ..Settings::default() };
        TestFolder { allowed: AllowedFolders::new(&settings).unwrap(), folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn link(&self, name: &str, target: &str) {
        symlink(target, self.path(name)).unwrap();
    }

    /// The contents of a file; a folder has none.
    fn read(&self, name: &str) -> Result<String, PathError> {
        Ok(match self.allowed.to_read(&self.path(name))? {
            Opened::File(file) => io::read_to_string(file).unwrap(),
            Opened::Folder(_) => "folder".to_owned(),
        })
    }

    /// The deepest folder that exists, a `|`, and the rest of the path.
    fn write(&self, name: &str) -> Result<String, PathError> {
        let (folder, missing) = self.allowed.to_write(self.path(name).as_ref())?;
        let folder = folder.path().strip_prefix(self.folder.path().canonicalize().unwrap()).unwrap();
        Ok(format!("{}|{}", folder.display(), missing.display()))
    }

    #[track_caller]
    fn assert_outside(&self, name: &str) {
        for result in [self.read(name), self.write(name)] {
            assert!(matches!(result, Err(PathError::Outside { .. })), "{name}: {result:?}");
        }
    }
}

#[test]
fn paths_and_links_that_stay_inside_are_allowed() {
    let host = TestFolder::new();
    fs::create_dir(host.path("in/folder")).unwrap();
    host.link("in/link", "file");
    host.link("in/folder/up", "../folder");
    host.link("out/back", "../in");
    for name in ["in/file", "in//folder/./../file", "in/link", "out/back/file", "in-not/../in/file"] {
        assert_eq!(host.read(name).unwrap(), "in", "{name}");
    }
    for name in ["in", "in/", "in/.", "in/folder/up/up", "out/back"] {
        assert_eq!(host.read(name).unwrap(), "folder", "{name}");
    }
    for (name, expected) in [("in", "in|"), ("out/back", "in|"), ("in/folder/up/a/b", "in/folder/up|a/b")] {
        assert_eq!(host.write(name).unwrap(), expected, "{name}");
    }
}

#[test]
fn paths_and_links_that_lead_outside_are_error() {
    let host = TestFolder::new();
    host.link("in/folder", "../out");
    host.link("in/link", "../out/file");
    host.link("in/chain", "link");
    // A link must be relative to stay inside.
    host.link("in/absolute", &host.path("in/file"));
    for name in [
        "out/file",
        "in/../out/file",
        "in-not/file",
        "in-not",
        "",
        "in/..",
        "in/folder/file",
        "in/link",
        "in/chain",
        "in/absolute",
        "in/../in/file",
    ] {
        host.assert_outside(name);
    }
    for name in ["in/folder/new", "in-not/new"] {
        assert!(matches!(host.write(name), Err(PathError::Outside { .. })), "{name}");
    }
}

#[test]
fn an_allowed_folder_that_is_moved_or_replaced_is_not_mistaken_for_another() {
    let host = TestFolder::new();
    fs::rename(host.path("in"), host.path("moved")).unwrap();
    let is_replaced = || matches!(host.read("in/file"), Err(PathError::Replaced { .. }));
    assert!(is_replaced());
    host.link("in", "out");
    assert!(is_replaced());
    fs::remove_file(host.path("in")).unwrap();
    fs::create_dir(host.path("in")).unwrap();
    let message = host.read("in/file").unwrap_err().to_string();
    let expected = "was moved or replaced after this server had opened it; start the server again";
    assert!(message.ends_with(expected), "{message}");
    assert_eq!(host.read("moved/file").unwrap(), "in", "it is still the folder that was allowed");
}

#[test]
fn the_error_does_not_tell_if_a_path_outside_exists() {
    let host = TestFolder::new();
    let message = |name| host.read(name).unwrap_err().to_string().replace(name, "…");
    assert_eq!(message("out/file"), message("out/nothing"));
}

#[test]
fn a_missing_path_can_be_written_and_not_read() {
    let host = TestFolder::new();
    assert_eq!(host.write("in/new/deep/file").unwrap(), "in|new/deep/file");
    let error = host.read("in/new").unwrap_err().to_string();
    let path = host.folder.path().canonicalize().unwrap().join("in/new");
    assert_eq!(error, format!("`{}`: No such file or directory (os error 2)", path.display()));
    let error = host.write("in/new/../../out/file").unwrap_err();
    assert!(error.to_string().ends_with("`..` cannot follow a folder that does not exist"), "{error}");
}

#[test]
fn a_dangling_link_is_not_written_through() {
    let host = TestFolder::new();
    host.link("in/nowhere", "gone");
    host.link("in/circle", "circle");
    for (name, problem) in [
        ("in/nowhere", "this link leads to no folder"),
        ("in/nowhere/below", "this link leads to no folder"),
        ("in/circle", "Too many levels of symbolic links"),
    ] {
        let error = host.write(name).unwrap_err().to_string();
        assert!(error.contains(problem), "{error}");
        assert!(host.read(name).is_err());
    }
}

#[test]
fn an_allowed_folder_may_be_a_link_itself() {
    let host = TestFolder::new();
    host.link("link", "in");
    let settings = Settings { allow_path: vec![host.path("link").into()], ..Settings::default() };
    let allowed = AllowedFolders::new(&settings).unwrap();
    assert!(allowed.to_read(&host.path("link/file")).is_ok());
    assert!(allowed.to_read(&host.path("in/file")).is_ok());
}

#[test]
fn paths_are_absolute() {
    let host = TestFolder::new();
    for path in ["", "in/file", "./in", "~/in", "https://example.org/in"] {
        let relative = PathError::Relative(path.to_owned());
        assert_eq!(host.allowed.to_read(path).unwrap_err(), relative);
        assert_eq!(host.allowed.to_write(path.as_ref()).unwrap_err(), relative);
    }
    let long = format!("/{}", "a/".repeat(1 << 20));
    assert_eq!(host.allowed.to_read(&long).unwrap_err().to_string(), "a path of more than 32768 bytes");
    let message = host.allowed.to_read("app").unwrap_err().to_string();
    assert_eq!(message, "`app` is not an absolute path of the host");
}

#[test]
fn nothing_is_allowed_by_default_and_under_read_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    let only_read = Settings { allow_path: vec![folder.path().into()], ..Settings::default() };
    let allowed = AllowedFolders::new(&only_read).unwrap();
    assert!(allowed.to_read(&path).is_ok());
    assert_eq!(
        allowed.to_write(path.as_ref()).unwrap_err().to_string(),
        "host paths are off for this argument, because this server was not started with --allow-write DIR"
    );
    let read_only = AllowedFolders::new(&Settings { read_only: true, ..only_read }).unwrap();
    let message = read_only.to_read(&path).unwrap_err().to_string();
    assert_eq!(message, "host paths are off, because this server was started with --read-only");
    assert_eq!(read_only.to_write(path.as_ref()).unwrap_err(), PathError::ReadOnly);
    assert!(matches!(AllowedFolders::default().to_read(&path), Err(PathError::Off { flag: "--allow-path" })));
}

#[test]
fn a_missing_folder_fails_at_the_start() {
    let host = TestFolder::new();
    let start = |path: &str| {
        AllowedFolders::new(&Settings { allow_write: vec![host.path(path).into()], ..Settings::default() })
    };
    let expected = format!("--allow-write {}: not a folder", host.path("in/file"));
    assert_eq!(start("in/file").unwrap_err(), expected);
    assert!(start("nothing").unwrap_err().starts_with("--allow-write /"));
    assert!(start("in").is_ok());
}
