//! Files that are added one by one, and files that change meanwhile.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;
use crate::context::Context;
use crate::list::list;
use crate::texts::Texts;

fn written(add: impl FnOnce(&mut ArchiveWriter<&mut Vec<u8>>) -> Result<()>) -> Result<(Vec<u8>, PackSummary)> {
    let mut archive = Vec::new();
    let mut writer = ArchiveWriter::new(&mut archive);
    add(&mut writer)?;
    let summary = writer.finish()?;
    Ok((archive, summary))
}

#[test]
fn a_file_is_added_under_another_name_with_its_permissions() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run");
    fs::write(&path, "echo").unwrap();
    fs::set_permissions(&path, PermissionsExt::from_mode(0o751)).unwrap();
    let (archive, summary) = written(|writer| writer.add_file("bin/./start", &path)).unwrap();
    let entry = &list(archive.as_slice(), 9).unwrap().entries[0];
    assert_eq!((entry.name.as_str(), entry.mode, entry.size), ("bin/start", 0o751, 4));
    assert_eq!((summary.files, summary.bytes), (1, 4));
}

#[test]
fn only_a_regular_file_under_a_possible_name_is_added() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    symlink("file", folder.path().join("link")).unwrap();
    let failure = |name: &str, path: &Path| written(|writer| writer.add_file(name, path)).unwrap_err().to_string();
    assert!(failure("a", folder.path()).ends_with(": not a regular file"));
    assert!(failure("a", &folder.path().join("link")).ends_with("/link: not a regular file"));
    assert!(failure("a", &folder.path().join("none")).contains("/none: "));
    assert_eq!(failure("../a", &file), "name `../a`: `..` would lead out of the archive");
}

#[test]
fn folders_files_and_texts_share_an_archive() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("main.rs"), "fn main() {}").unwrap();
    let mut texts = Texts::default();
    texts.add("Dockerfile", "FROM rust").unwrap();
    let (archive, summary) = written(|writer| {
        texts.add_to(writer)?;
        Context::all_of(folder.path()).add_to(writer)?;
        writer.add_file("copy.rs", &folder.path().join("main.rs"))
    })
    .unwrap();
    let names: Vec<_> = list(archive.as_slice(), 9).unwrap().entries.into_iter().map(|entry| entry.name).collect();
    assert_eq!(names, ["Dockerfile", "main.rs", "copy.rs"]);
    assert_eq!((summary.files, summary.bytes), (3, 33));
}

#[test]
fn a_file_has_exactly_the_bytes_that_were_announced() {
    let attributes = Attributes { mode: 0o644, modified: UNIX_EPOCH };
    let message = |size, contents: &[u8]| {
        let mut writer = ArchiveWriter::new(Vec::new());
        let copied = writer.file(b"log", size, attributes, &mut &*contents);
        copied.err().map(|error| error.explain(Path::new("log"), "").to_string())
    };
    let advice = "while it was read; try again when nothing writes to it";
    assert_eq!(message(4, b"four"), None);
    assert_eq!(message(5, b"four"), Some(format!("log: the file shrank {advice}")));
    assert_eq!(message(3, b"four"), Some(format!("log: the file grew {advice}")));
}
