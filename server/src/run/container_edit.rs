//! `container_edit`: reads a text file out of a container, changes it, writes it back, and shows the difference.

mod difference;

use std::io::Read;

use dockwright::operation::Operation;
use dockwright::tar::{self, ArchiveWriter, EntryKind, Texts, replace_contents, visit};
use dockwright::{Body, Error};
use serde_json::{Map, Value};

use super::answer::reply_options;
use super::composed_call::{ComposedCall, object};
use crate::access::Failure;
use crate::reply::frame::LineMarks;
use crate::reply::{self, ToolReply};

const NAME: &str = "container_edit";
/// The most bytes of a file that is edited.
const FILE_BYTES: usize = 1 << 20;
/// The most bytes of its archive: the file, and its headers.
const ARCHIVE_BYTES: usize = 2 * FILE_BYTES;
/// The most links that are followed to a file.
const LINKS: usize = 8;

pub(super) async fn run(mut call: ComposedCall<'_>) -> Result<ToolReply, Failure> {
    let arguments = std::mem::take(&mut call.arguments);
    let change = Change::new(&arguments).map_err(refused)?;
    let text = |name: &str| arguments.get(name).and_then(Value::as_str).unwrap_or_default();
    let (id, path) = (text("id"), text("path"));
    if !path.starts_with('/') || path.ends_with('/') {
        return Err(refused(format!("argument `path`: expected the absolute path of a file, got {path:?}")));
    }
    let found = find(&call, id, path).await?;
    let before = found.file.as_ref().map_or("", |file| &file.text);
    let after = change.apply(before, found.file.is_some()).map_err(|problem| refused(format!("{path}: {problem}")))?;
    let options = reply_options(&call.extra, call.access);
    let put = call.access.operation("put_container_archive")?.operation;
    let mut outcome = object([("path", found.path.as_str().into()), ("changed", (before != after).into())]);
    if found.file.is_none() {
        outcome.insert("created".to_owned(), true.into());
    }
    let shown = |outcome: Map<String, Value>| reply::outcome(outcome.into(), put, &options);
    if found.file.is_some() && before == after {
        return Ok(ToolReply::data(shown(outcome), None, &options));
    }
    write(&call, put, id, &found, &after).await?;
    outcome.insert("bytes".to_owned(), after.len().into());
    let (lines, note) = difference::difference(before, &after, &options);
    Ok(ToolReply::lines(lines, LineMarks::None, note, &options).with_outcome(shown(outcome), None, &options))
}

fn refused(problem: String) -> Failure {
    Failure::Request(format!("{NAME}: {problem}"))
}

/// The change that a call asks for.
enum Change<'a> {
    Whole(&'a str),
    Part { old: &'a str, new: &'a str, all: bool },
}

impl<'a> Change<'a> {
    fn new(arguments: &'a Map<String, Value>) -> Result<Self, String> {
        let text = |name: &str| arguments.get(name).and_then(Value::as_str);
        let all = arguments.get("all").is_some_and(|all| *all == true);
        match (text("text"), text("old"), text("new")) {
            (Some(text), None, None) => Ok(Change::Whole(text)),
            (None, Some(""), Some(_)) => Err("argument `old` is empty: give the text to replace".to_owned()),
            (None, Some(old), Some(new)) => Ok(Change::Part { old, new, all }),
            _ => Err("give either `old` and `new`, or `text`, the whole new text".to_owned()),
        }
    }

    fn apply(&self, before: &str, exists: bool) -> Result<String, String> {
        match self {
            Change::Whole(text) => Ok((*text).to_owned()),
            Change::Part { .. } if !exists => Err("no such file; `text` creates it".to_owned()),
            Change::Part { old, new, all } => match before.matches(old).count() {
                0 => Err("`old` does not occur in it, to the letter and the space; nothing was written".to_owned()),
                count if count > 1 && !all => {
                    Err(format!("`old` occurs {count} times: give more of its surroundings, or `all: true`"))
                }
                _ => Ok(before.replace(old, new)),
            },
        }
    }
}

/// A path without links, and the file there, if there is one.
struct Found {
    path: String,
    file: Option<TextFile>,
}

struct TextFile {
    text: String,
    /// As the engine sent it, with mode and owner.
    archive: Vec<u8>,
}

/// The only entry of an archive.
enum Place {
    File(TextFile),
    Link(String),
    Other(&'static str),
}

async fn find(call: &ComposedCall<'_>, id: &str, path: &str) -> Result<Found, Failure> {
    let read = call.access.operation("container_archive")?.operation;
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        let arguments = object([("id", id.into()), ("path", path.as_str().into())]);
        let sent = call.access.call(read, arguments.clone(), None).await?.byte_stream().await;
        let place = match sent {
            Ok(archive) => archive.read_with(place).await,
            // The container is there and the file is not; a missing folder is refused when it is written.
            Err(error) if is_missing_file(&error) => return Ok(Found { path, file: None }),
            Err(error) => Err(error),
        };
        match call.access.explain_result(read, &arguments, place).await? {
            Place::File(file) => return Ok(Found { path, file: Some(file) }),
            Place::Link(target) => path = joined(&path, &target),
            Place::Other(problem) => return Err(refused(format!("{path}: {problem}"))),
        }
    }
    Err(refused(format!("{path}: more than {LINKS} links lead on from here")))
}

fn is_missing_file(error: &Error) -> bool {
    matches!(error, Error::Api { status, message, .. } if status.as_u16() == 404 && !message.contains("No such container"))
}

fn place(stream: &mut dyn Read) -> tar::Result<Place> {
    let mut archive = Vec::new();
    // The rest is read, so that the connection can be used again.
    let read = (&mut *stream).take(ARCHIVE_BYTES as u64).read_to_end(&mut archive);
    read.and_then(|_| std::io::copy(stream, &mut std::io::sink())).map_err(tar::Error::Stream)?;
    if archive.len() == ARCHIVE_BYTES {
        return Ok(Place::Other("a large file or folder: use container_archive and put_container_archive"));
    }
    let mut first = None;
    visit(archive.as_slice(), |entry, contents| {
        // The entries of a folder follow the folder.
        if first.is_some() {
            return Ok(());
        }
        first = Some(match entry.kind {
            EntryKind::Symlink => Place::Link(entry.target.unwrap_or_default()),
            EntryKind::File => match contents.whole(FILE_BYTES)?.map(String::from_utf8) {
                Some(Ok(text)) if !text.contains('\0') => Place::File(TextFile { text, archive: Vec::new() }),
                None => Place::Other("more than 1 MiB: use container_archive and put_container_archive"),
                _ => Place::Other("not a text in UTF-8"),
            },
            EntryKind::Folder => Place::Other("a folder"),
            _ => Place::Other("not a regular file"),
        });
        Ok(())
    })?;
    let mut place = first.unwrap_or(Place::Other("the engine sent nothing"));
    if let Place::File(file) = &mut place {
        file.archive = archive;
    }
    Ok(place)
}

/// The path that a link leads to.
fn joined(path: &str, target: &str) -> String {
    let base = if target.starts_with('/') { "" } else { path.rsplit_once('/').map_or("", |(folder, _)| folder) };
    let mut parts: Vec<&str> = base.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

async fn write(
    call: &ComposedCall<'_>,
    put: &'static Operation,
    id: &str,
    found: &Found,
    text: &str,
) -> Result<(), Failure> {
    let (folder, name) = found.path.rsplit_once('/').unwrap_or_default();
    let folder = if folder.is_empty() { "/" } else { folder };
    let archive = match &found.file {
        Some(file) => replace_contents(&file.archive, text.as_bytes()),
        None => new_file(name, text),
    };
    let archive = archive.map_err(|error| refused(format!("{}: {error}", found.path)))?;
    let arguments = object([("id", id.into()), ("path", folder.into())]);
    let written = call.access.call(put, arguments.clone(), None).await?.content(Body::from(archive)).empty().await;
    call.access.explain_result(put, &arguments, written).await
}

fn new_file(name: &str, text: &str) -> tar::Result<Vec<u8>> {
    let mut texts = Texts::default();
    texts.add(name, text)?;
    let mut archive = Vec::new();
    let mut writer = ArchiveWriter::new(&mut archive);
    texts.add_to(&mut writer)?;
    writer.finish()?;
    Ok(archive)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn changed(before: Option<&str>, arguments: Value) -> Result<String, String> {
        let arguments = arguments.as_object().cloned().unwrap_or_default();
        Change::new(&arguments)?.apply(before.unwrap_or_default(), before.is_some())
    }

    #[test]
    fn a_part_is_replaced_only_where_it_is_meant() {
        let port = json!({"old": "80", "new": "8080"});
        assert_eq!(changed(Some("listen 80;"), port.clone()), Ok("listen 8080;".to_owned()));
        assert!(changed(Some("80 80"), port.clone()).unwrap_err().contains("occurs 2 times"));
        assert!(changed(Some("none"), port.clone()).unwrap_err().contains("does not occur"));
        assert!(changed(None, port).unwrap_err().contains("`text` creates it"));
        assert_eq!(changed(Some("80 80"), json!({"old": "80", "new": "", "all": true})), Ok(" ".to_owned()));
        assert_eq!(changed(None, json!({"text": ""})), Ok(String::new()));
        for wrong in [json!({}), json!({"old": "a"}), json!({"text": "a", "new": "b"}), json!({"old": "", "new": "a"})]
        {
            assert!(changed(Some("a"), wrong).is_err());
        }
    }

    #[test]
    fn links_are_followed_within_the_container() {
        assert_eq!(joined("/etc/a.conf", "b.conf"), "/etc/b.conf");
        assert_eq!(joined("/etc/x/a.conf", "../../opt/./b.conf"), "/opt/b.conf");
        assert_eq!(joined("/a", "../../../b"), "/b");
        assert_eq!(joined("/etc/a", "/opt/b"), "/opt/b");
    }
}
