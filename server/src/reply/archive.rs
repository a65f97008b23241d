//! An archive of the engine in, what it holds out, small texts among it: names first, then as many texts as there is room
//! for. However large the archive, no more is held than is shown.

use dockwright::tar::{Contents, EntryKind, visit};
use dockwright::{ByteStream, Operation, Result};
use serde_json::{Value, json};

use super::{ReplyOptions, ToolReply, limits, notes};
use crate::grep::Grep;
use crate::secrets::{self, Safe};

/// How many entries are shown unless the caller says otherwise.
const ENTRIES: usize = 200;
/// The most bytes of a file that is shown.
const TEXT_BYTES: usize = 16 << 10;
/// What stands around the entries: `{"entries":[…],"count":…,"bytes":…}`.
const FRAME_BYTES: usize = 80;

/// How to get what no reply shows.
const TO: &str = "`to` saves all in a folder of the host, if the server was started with --allow-write";

/// Reads an archive to its end and shows what it holds: names, kinds, sizes, and the contents of small text files.
///
/// # Errors
/// Those of [`ByteStream::read_with`].
pub async fn list_archive(archive: ByteStream, operation: &Operation, options: &ReplyOptions) -> Result<ToolReply> {
    let mut shown = Shown::new(options);
    let shown = archive.read_with(move |tar| {
        visit(tar, |entry, contents| shown.add(&entry, contents))?;
        Ok(shown)
    });
    Ok(shown.await?.into_reply(operation, options))
}

/// What is shown so far.
struct Shown {
    grep: Option<Grep>,
    show_secrets: bool,
    most: usize,
    room: usize,
    entries: Vec<Entry>,
    /// How many bytes the entries have without their texts, and how many the texts.
    names_bytes: usize,
    texts_bytes: usize,
    is_full: bool,
    matched: usize,
    count: usize,
    bytes: u64,
}

struct Entry {
    about: Value,
    text: Text,
}

enum Text {
    /// What is no file has no contents.
    None,
    /// Too large, or no text.
    Unshown,
    /// There was no room to hold it.
    Left,
    Held(String),
}

impl Shown {
    fn new(options: &ReplyOptions) -> Self {
        Shown {
            grep: options.grep.clone(),
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
                Some(text) => Text::Held(self.safe_contents(&text)),
                None => Text::Unshown,
            },
            _ => Text::None,
        };
        let entry = Entry { about: self.about(entry), text };
        if self.grep.as_ref().is_none_or(|grep| entry.contains(grep)) {
            self.matched += 1;
            self.show(entry);
        }
        Ok(())
    }

    fn about(&self, entry: &dockwright::tar::Entry) -> Value {
        let mut about = json!({ "name": self.safe(&entry.name) });
        match kind(entry.kind) {
            Some(kind) => about["kind"] = kind.into(),
            None => about["size"] = entry.size.into(),
        }
        if let Some(target) = &entry.target {
            about["target"] = self.safe(target).into();
        }
        about
    }

    /// A text of the engine as it may be shown. What is searched is that too: else `grep` could ask for secrets.
    fn safe(&self, text: &str) -> String {
        Safe::text(text, self.show_secrets).into_inner()
    }

    /// Contents as they may be shown. JSON, such as the description of an image, keeps secrets where the engine's own answers
    /// do, and loses its layout only with them.
    fn safe_contents(&self, text: &str) -> String {
        let mut json = serde_json::from_str(text).unwrap_or(Value::Null);
        if self.show_secrets || !(json.is_object() || json.is_array()) {
            return self.safe(text);
        }
        let written = json.clone();
        secrets::redact_value(&mut json, "");
        if json == written { self.safe(text) } else { self.safe(&json.to_string()) }
    }

    fn show(&mut self, mut entry: Entry) {
        let needed = limits::size(&entry.about) + 1;
        self.is_full |= self.entries.len() >= self.most || self.names_bytes + needed > self.room;
        if self.is_full {
            return;
        }
        self.names_bytes += needed;
        if let Text::Held(text) = &entry.text {
            let needed = size_of_text(text);
            match self.texts_bytes + needed <= self.room {
                true => self.texts_bytes += needed,
                false => entry.text = Text::Left,
            }
        }
        self.entries.push(entry);
    }

    fn into_reply(self, operation: &Operation, options: &ReplyOptions) -> ToolReply {
        let Shown { room, names_bytes, most, matched, count, bytes, .. } = self;
        let mut left = room.saturating_sub(names_bytes);
        let (mut no_room, mut unshown) = (0, 0);
        let mut entries = Vec::with_capacity(self.entries.len());
        for Entry { mut about, text } in self.entries {
            match text {
                Text::Held(text) if size_of_text(&text) <= left => {
                    left -= size_of_text(&text);
                    about["text"] = text.into();
                }
                Text::Held(_) | Text::Left => no_room += 1,
                Text::Unshown => unshown += 1,
                Text::None => {}
            }
            entries.push(about);
        }
        let narrower = narrower(operation);
        let limit = if entries.len() >= most { format!("limit_items {most}") } else { options.limit() };
        let notes = [
            options.grep.is_some().then(|| notes::grepped(matched, count, "entries")),
            (entries.len() < matched)
                .then(|| format!("{} of {matched} entries shown ({limit}); for others use {narrower}", entries.len())),
            (no_room > 0).then(|| {
                format!("no room for the text of {} ({}); for it use {narrower}", files(no_room), options.limit())
            }),
            (unshown > 0).then(|| {
                let unshown = files(unshown);
                format!("{unshown} without contents: no text, or more than {TEXT_BYTES} bytes; {TO}")
            }),
        ];
        let data = Safe::trusted(json!({ "entries": entries, "count": count, "bytes": bytes }));
        ToolReply::data(data, notes.into_iter().flatten(), options)
    }
}

impl Entry {
    fn contains(&self, grep: &Grep) -> bool {
        let holds = |text: &str| grep.is_match(text);
        let named = ["name", "target"].iter().filter_map(|member| self.about.get(*member)?.as_str()).any(holds);
        named || matches!(&self.text, Text::Held(text) if holds(text))
    }
}

/// What an entry is, unless it is a file.
fn kind(kind: EntryKind) -> Option<&'static str> {
    match kind {
        EntryKind::File => None,
        EntryKind::Folder => Some("folder"),
        EntryKind::Symlink => Some("symlink"),
        EntryKind::HardLink => Some("hard link"),
        _ => Some("device"),
    }
}

/// Contents that are text: UTF-8 without a zero byte.
fn readable(contents: Vec<u8>) -> Option<String> {
    String::from_utf8(contents).ok().filter(|text| !text.contains('\0'))
}

fn size_of_text(text: &str) -> usize {
    r#","text":"#.len() + limits::size_of_string(text)
}

fn files(count: usize) -> String {
    format!("{count} {}", if count == 1 { "file" } else { "files" })
}

/// How to ask for less of an archive, or for another part.
fn narrower(operation: &Operation) -> &'static str {
    let has_path = operation.takes("path");
    if has_path { "a narrower `path`, grep or limit_items" } else { "grep or limit_items" }
}

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
