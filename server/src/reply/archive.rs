//! Lists an archive: its entries go out, names first, then the contents of as many small text files as fit. Memory
//! holds no more than is shown, however large the archive is.

use std::sync::{Arc, Mutex, PoisonError};

use dockwright::tar::{Contents, EntryKind, visit};
use dockwright::{ByteStream, Operation, Result};
use serde_json::{Value, json};

use super::{ReplyOptions, ToolReply, limits, notes};
use crate::grep::Grep;
use crate::secrets::{MARKER, Safe, files};

/// The entries that are shown by default.
const ENTRIES: usize = 200;
/// The most bytes of a file that is shown.
const TEXT_BYTES: usize = 16 << 10;
/// Bytes around the entries: `{"entries":[…],"count":…,"bytes":…}`.
const FRAME_BYTES: usize = 80;

/// Points to the argument for contents that no reply shows.
const TO: &str = "`to` saves all in a folder of the host, if the server was started with --allow-write";

/// Reads an archive to its end or to the deadline, and shows the names, kinds and sizes of its entries, and the
/// contents of small text files.
///
/// # Errors
/// Errors of [`ByteStream::read_with`].
pub async fn list_archive(archive: ByteStream, operation: &Operation, options: &ReplyOptions) -> Result<ToolReply> {
    let listing = Arc::new(Mutex::new(Some(Listing::new(options))));
    let filled = listing.clone();
    let read = archive.read_with(move |tar| {
        visit(tar, |entry, contents| match &mut *filled.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(listing) => listing.add(&entry, contents),
            None => Ok(()),
        })
    });
    let in_time = match options.deadline {
        Some(deadline) => tokio::time::timeout_at(deadline, read).await.ok().transpose()?.is_some(),
        None => read.await.map(|()| true)?,
    };
    // At the deadline the thread may read on for a moment, without the listing.
    let listing = listing.lock().unwrap_or_else(PoisonError::into_inner).take();
    let listing = listing.unwrap_or_else(|| Listing::new(options));
    let cut = (!in_time).then(|| {
        let seconds = options.limit_seconds.unwrap_or_default();
        format!(
            "stopped after {seconds} s (limit_seconds); the archive goes on: give more, or use {}",
            narrower(operation)
        )
    });
    Ok(listing.into_reply(operation, cut, options))
}

/// The entries that are shown so far.
struct Listing {
    grep: Option<Grep>,
    /// The folder in the container that the entries' names begin in.
    folder: String,
    show_secrets: bool,
    most: usize,
    room: usize,
    entries: Vec<ArchiveEntry>,
    /// The bytes of the entries without their texts.
    names_bytes: usize,
    texts_bytes: usize,
    is_full: bool,
    matched: usize,
    count: usize,
    bytes: u64,
}

struct ArchiveEntry {
    description: Value,
    text: EntryText,
}

enum EntryText {
    /// The entry is not a file.
    None,
    /// The contents are binary or too large.
    Unsuitable,
    /// The contents do not fit.
    NoRoom,
    Text(String),
}

impl Listing {
    fn new(options: &ReplyOptions) -> Self {
        Listing {
            grep: options.grep.clone(),
            folder: folder(options.archived.as_deref().unwrap_or_default()),
            show_secrets: options.show_secrets,
            most: options.limit_items.unwrap_or(ENTRIES),
            room: options.room().saturating_sub(FRAME_BYTES),
            entries: Vec::new(),
            names_bytes: 0,
            texts_bytes: 0,
            is_full: false,
            matched: 0,
            count: 0,
            bytes: 0,
        }
    }

    fn add(&mut self, entry: &dockwright::tar::Entry, contents: Contents<'_>) -> dockwright::tar::Result<()> {
        self.count += 1;
        self.bytes = self.bytes.saturating_add(entry.size);
        if self.is_full && self.grep.is_none() {
            self.matched += 1;
            return Ok(());
        }
        let text = match entry.kind {
            EntryKind::File => match contents.whole(TEXT_BYTES)?.and_then(readable) {
                Some(text) => EntryText::Text(self.safe_contents(&entry.name, &text)),
                None => EntryText::Unsuitable,
            },
            _ => EntryText::None,
        };
        let entry = ArchiveEntry { description: self.describe(entry), text };
        if self.grep.as_ref().is_none_or(|grep| entry.contains(grep)) {
            self.matched += 1;
            self.show(entry);
        }
        Ok(())
    }

    fn describe(&self, entry: &dockwright::tar::Entry) -> Value {
        let mut description = json!({ "name": self.safe(&entry.name) });
        match kind(entry.kind) {
            Some(kind) => description["kind"] = kind.into(),
            None => description["size"] = entry.size.into(),
        }
        if let Some(target) = &entry.target {
            description["target"] = self.safe(target).into();
        }
        description
    }

    /// Makes a text safe before it is shown or searched: else `grep` could guess secrets.
    fn safe(&self, text: &str) -> String {
        Safe::text(text, self.show_secrets).into_inner()
    }

    /// Makes contents safe. A file of secrets is hidden as a whole; in JSON, such as the description of an image,
    /// secrets are hidden as in the engine's answers.
    fn safe_contents(&self, name: &str, text: &str) -> String {
        let path = format!("{}/{name}", self.folder);
        if !self.show_secrets && files::is_secret_file(&path, text) { MARKER.to_owned() } else { self.safe(text) }
    }

    fn show(&mut self, mut entry: ArchiveEntry) {
        let needed = limits::size(&entry.description) + 1;
        self.is_full |= self.entries.len() >= self.most || self.names_bytes + needed > self.room;
        if self.is_full {
            return;
        }
        self.names_bytes += needed;
        if let EntryText::Text(text) = &entry.text {
            let needed = size_of_text(text);
            match self.texts_bytes + needed <= self.room {
                true => self.texts_bytes += needed,
                false => entry.text = EntryText::NoRoom,
            }
        }
        self.entries.push(entry);
    }

    fn into_reply(self, operation: &Operation, cut: Option<String>, options: &ReplyOptions) -> ToolReply {
        let Listing { room, names_bytes, most, matched, count, bytes, .. } = self;
        let mut remaining = room.saturating_sub(names_bytes);
        let (mut no_room, mut unsuitable) = (0, 0);
        let mut entries = Vec::with_capacity(self.entries.len());
        for ArchiveEntry { mut description, text } in self.entries {
            match text {
                EntryText::Text(text) if size_of_text(&text) <= remaining => {
                    remaining -= size_of_text(&text);
                    description["text"] = text.into();
                }
                EntryText::Text(_) | EntryText::NoRoom => no_room += 1,
                EntryText::Unsuitable => unsuitable += 1,
                EntryText::None => {}
            }
            entries.push(description);
        }
        let narrower = narrower(operation);
        let limit = if entries.len() >= most { format!("limit_items {most}") } else { options.limit() };
        let notes = [
            cut,
            options.grep.as_ref().map(|grep| notes::matches(grep, matched, count, "entries")),
            (entries.len() < matched).then(|| {
                format!("{} of {matched} entries shown ({limit}); for the others use {narrower}", entries.len())
            }),
            (no_room > 0)
                .then(|| format!("no room for the text of {} ({}); use {narrower}", files(no_room), options.limit())),
            (unsuitable > 0).then(|| {
                let files = files(unsuitable);
                format!("{files} without contents (binary, or more than {TEXT_BYTES} bytes); {TO}")
            }),
        ];
        let data = Safe::trusted(json!({ "entries": entries, "count": count, "bytes": bytes }));
        ToolReply::data(data, notes.into_iter().flatten(), options)
    }
}

impl ArchiveEntry {
    fn contains(&self, grep: &Grep) -> bool {
        let matches = |text: &str| grep.is_match(text);
        let in_names =
            ["name", "target"].iter().filter_map(|member| self.description.get(*member)?.as_str()).any(matches);
        in_names || matches!(&self.text, EntryText::Text(text) if matches(text))
    }
}

/// The folder around a path: the names of an archive's entries begin with the last part of it. Around
/// `/run/secrets/.` it is the folder itself.
fn folder(path: &str) -> String {
    let path = path.trim_end_matches('/');
    path.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned())
}

/// Names the kind of an entry that is not a file.
fn kind(kind: EntryKind) -> Option<&'static str> {
    match kind {
        EntryKind::File => None,
        EntryKind::Folder => Some("folder"),
        EntryKind::Symlink => Some("symlink"),
        EntryKind::HardLink => Some("hard link"),
        _ => Some("device"),
    }
}

/// Contents as text, if they are UTF-8 without a zero byte.
fn readable(contents: Vec<u8>) -> Option<String> {
    String::from_utf8(contents).ok().filter(|text| !text.contains('\0'))
}

fn size_of_text(text: &str) -> usize {
    r#","text":"#.len() + limits::size_of_string(text)
}

fn files(count: usize) -> String {
    format!("{count} {}", if count == 1 { "file" } else { "files" })
}

/// Names the arguments that show less of an archive, or another part.
fn narrower(operation: &Operation) -> &'static str {
    let has_path = operation.takes("path");
    if has_path { "a narrower `path`, grep or limit_items" } else { "grep or limit_items" }
}

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
