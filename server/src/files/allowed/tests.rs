//! Paths that stay inside, and the ways that lead out.

use std::os::unix::fs::symlink;

use tempfile::TempDir;

use super::*;

/// A folder with `in/`, which is allowed, `in-not/` and `out/`, which are not, and a file in each.
struct Yard {
    folder: TempDir,
    allowed: Allowed,
}

impl Yard {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["in", "in-not", "out"] {
            fs::create_dir(folder.path().join(name)).unwrap();
            fs::write(folder.path().join(name).join("file"), "").unwrap();
        }
        let inside = vec![folder.path().join("in")];
        let settings = Settings { allow_path: inside.clone(), allow_write: inside, ..Settings::default() };
        Yard { allowed: Allowed::new(&settings).unwrap(), folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn place(&self, name: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(name)
    }

    fn link(&self, name: &str, target: &str) {
        symlink(target, self.path(name)).unwrap();
    }

    fn read(&self, name: &str) -> Result<PathBuf, Refused> {
        self.allowed.to_read(&self.path(name))
    }

    fn write(&self, name: &str) -> Result<PathBuf, Refused> {
        self.allowed.to_write(&self.path(name))
    }

    #[track_caller]
    fn is_outside(&self, name: &str) {
        for result in [self.read(name), self.write(name)] {
            assert!(matches!(result, Err(Refused::Outside { .. })), "{name}: {result:?}");
        }
    }
}

#[test]
fn what_is_inside_is_found_by_any_way_that_stays_inside() {
    let yard = Yard::new();
    fs::create_dir(yard.path("in/folder")).unwrap();
    yard.link("in/link", "file");
    yard.link("out/back", "../in");
    for (name, place) in [
        ("in", "in"),
        ("in/file", "in/file"),
        ("in//folder/./../file", "in/file"),
        ("in/link", "in/file"),
        ("out/back/file", "in/file"),
        ("in-not/../in/file", "in/file"),
    ] {
        assert_eq!(yard.read(name).unwrap(), yard.place(place), "{name}");
        assert_eq!(yard.write(name).unwrap(), yard.place(place), "{name}");
    }
}

#[test]
fn what_is_outside_is_refused_by_whatever_way() {
    let yard = Yard::new();
    yard.link("in/folder", "../out");
    yard.link("in/link", "../out/file");
    yard.link("in/chain", "link");
    for name in
        ["out/file", "in/../out/file", "in-not/file", "in-not", "", "in/..", "in/folder/file", "in/link", "in/chain"]
    {
        yard.is_outside(name);
    }
    yard.is_outside("in/folder/new");
    yard.is_outside("in-not/new");
}

#[test]
fn whether_something_is_outside_is_not_told() {
    let yard = Yard::new();
    let words = |name| yard.read(name).unwrap_err().to_string().replace(name, "…");
    assert_eq!(words("out/file"), words("out/nothing"));
}

#[test]
fn what_is_not_there_can_be_written_and_not_read() {
    let yard = Yard::new();
    assert_eq!(yard.write("in/new/deep/file").unwrap(), yard.place("in/new/deep/file"));
    let refused = yard.read("in/new").unwrap_err().to_string();
    assert_eq!(refused, format!("`{}`: No such file or directory (os error 2)", yard.path("in/new")));
    let refused = yard.write("in/new/../../out/file").unwrap_err();
    assert!(refused.to_string().ends_with("`..` cannot leave a folder that is not there"), "{refused}");
}

#[test]
fn a_link_to_nowhere_is_not_written_through() {
    let yard = Yard::new();
    yard.link("in/nowhere", "../out/new");
    yard.link("in/circle", "circle");
    for name in ["in/nowhere", "in/nowhere/below", "in/circle"] {
        let refused = yard.write(name).unwrap_err().to_string();
        assert!(refused.contains("a link or a folder on the way cannot be followed"), "{refused}");
        assert!(yard.read(name).is_err());
    }
}

#[test]
fn an_allowed_folder_may_be_a_link_itself() {
    let yard = Yard::new();
    yard.link("door", "in");
    let settings = Settings { allow_path: vec![yard.path("door").into()], ..Settings::default() };
    let allowed = Allowed::new(&settings).unwrap();
    assert_eq!(allowed.to_read(&yard.path("door/file")).unwrap(), yard.place("in/file"));
    assert_eq!(allowed.to_read(&yard.path("in/file")).unwrap(), yard.place("in/file"));
}

#[test]
fn paths_are_absolute() {
    let yard = Yard::new();
    for path in ["", "in/file", "./in", "~/in", "https://example.org/in"] {
        assert_eq!(yard.allowed.to_read(path), Err(Refused::Relative(path.to_owned())));
        assert_eq!(yard.allowed.to_write(path), Err(Refused::Relative(path.to_owned())));
    }
    let words = yard.allowed.to_read("app").unwrap_err().to_string();
    assert_eq!(words, "`app` is not an absolute path of the host");
}

#[test]
fn nothing_is_allowed_by_default_and_under_read_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    let only_read = Settings { allow_path: vec![folder.path().into()], ..Settings::default() };
    let allowed = Allowed::new(&only_read).unwrap();
    assert!(allowed.to_read(&path).is_ok());
    assert_eq!(
        allowed.to_write(&path).unwrap_err().to_string(),
        "this server uses no paths of its host for that; it would if it was started with --allow-write DIR"
    );
    let read_only = Allowed::new(&Settings { read_only: true, ..only_read }).unwrap();
    let words = read_only.to_read(&path).unwrap_err().to_string();
    assert_eq!(words, "this server uses no paths of its host, as it was started with --read-only");
    assert_eq!(read_only.to_write(&path), Err(Refused::ReadOnly));
    assert!(matches!(Allowed::default().to_read(&path), Err(Refused::Off { flag: "--allow-path" })));
}

#[test]
fn a_folder_that_is_not_there_is_told_at_the_start() {
    let yard = Yard::new();
    let start =
        |path: &str| Allowed::new(&Settings { allow_write: vec![yard.path(path).into()], ..Settings::default() });
    let expected = format!("--allow-write {}: it is no folder", yard.path("in/file"));
    assert_eq!(start("in/file").unwrap_err(), expected);
    assert!(start("nothing").unwrap_err().starts_with("--allow-write /"));
    assert!(start("in").is_ok());
}
