//! Paths inside of the allowed folders, and paths that lead out.

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
            fs::write(folder.path().join(name).join("file"), "").unwrap();
        }
        let inside = vec![folder.path().join("in")];
        let settings = Settings { allow_path: inside.clone(), allow_write: inside, ..Settings::default() };
        TestFolder { allowed: AllowedFolders::new(&settings).unwrap(), folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn real_path(&self, name: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(name)
    }

    fn link(&self, name: &str, target: &str) {
        symlink(target, self.path(name)).unwrap();
    }

    fn read(&self, name: &str) -> Result<PathBuf, PathError> {
        self.allowed.to_read(&self.path(name))
    }

    fn write(&self, name: &str) -> Result<PathBuf, PathError> {
        self.allowed.to_write(&self.path(name))
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
    host.link("out/back", "../in");
    for (name, target) in [
        ("in", "in"),
        ("in/file", "in/file"),
        ("in//folder/./../file", "in/file"),
        ("in/link", "in/file"),
        ("out/back/file", "in/file"),
        ("in-not/../in/file", "in/file"),
    ] {
        assert_eq!(host.read(name).unwrap(), host.real_path(target), "{name}");
        assert_eq!(host.write(name).unwrap(), host.real_path(target), "{name}");
    }
}

#[test]
fn paths_and_links_that_lead_outside_are_error() {
    let host = TestFolder::new();
    host.link("in/folder", "../out");
    host.link("in/link", "../out/file");
    host.link("in/chain", "link");
    for name in
        ["out/file", "in/../out/file", "in-not/file", "in-not", "", "in/..", "in/folder/file", "in/link", "in/chain"]
    {
        host.assert_outside(name);
    }
    host.assert_outside("in/folder/new");
    host.assert_outside("in-not/new");
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
    assert_eq!(host.write("in/new/deep/file").unwrap(), host.real_path("in/new/deep/file"));
    let error = host.read("in/new").unwrap_err().to_string();
    assert_eq!(error, format!("`{}`: No such file or directory (os error 2)", host.path("in/new")));
    let error = host.write("in/new/../../out/file").unwrap_err();
    assert!(error.to_string().ends_with("`..` cannot follow a folder that does not exist"), "{error}");
}

#[test]
fn a_dangling_link_is_not_written_through() {
    let host = TestFolder::new();
    host.link("in/nowhere", "../out/new");
    host.link("in/circle", "circle");
    for name in ["in/nowhere", "in/nowhere/below", "in/circle"] {
        let error = host.write(name).unwrap_err().to_string();
        assert!(error.contains("a link or folder in this path cannot be followed"), "{error}");
        assert!(host.read(name).is_err());
    }
}

#[test]
fn an_allowed_folder_may_be_a_link_itself() {
    let host = TestFolder::new();
    host.link("link", "in");
    let settings = Settings { allow_path: vec![host.path("link").into()], ..Settings::default() };
    let allowed = AllowedFolders::new(&settings).unwrap();
    assert_eq!(allowed.to_read(&host.path("link/file")).unwrap(), host.real_path("in/file"));
    assert_eq!(allowed.to_read(&host.path("in/file")).unwrap(), host.real_path("in/file"));
}

#[test]
fn paths_are_absolute() {
    let host = TestFolder::new();
    for path in ["", "in/file", "./in", "~/in", "https://example.org/in"] {
        assert_eq!(host.allowed.to_read(path), Err(PathError::Relative(path.to_owned())));
        assert_eq!(host.allowed.to_write(path), Err(PathError::Relative(path.to_owned())));
    }
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
        allowed.to_write(&path).unwrap_err().to_string(),
        "host paths are off for this argument, because this server was not started with --allow-write DIR"
    );
    let read_only = AllowedFolders::new(&Settings { read_only: true, ..only_read }).unwrap();
    let message = read_only.to_read(&path).unwrap_err().to_string();
    assert_eq!(message, "host paths are off, because this server was started with --read-only");
    assert_eq!(read_only.to_write(&path), Err(PathError::ReadOnly));
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
