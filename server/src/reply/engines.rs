//! The replies of several engines to one call as one reply: `answers` and `errors` by the engines' names, lines with
//! the name of their engine before them, and each note with the engines that it is about.

use serde_json::{Map, Value};

use super::frame::{BAR, LineMarks};
use super::tool_reply::ReplyParts;
use super::{ReplyOptions, ToolReply};
use crate::secrets::Safe;

/// The least bytes that an engine's part of a reply may be given.
const LEAST: usize = 200;
/// The bytes of a reply for its server's words and for the names of its members.
const RESERVE: usize = 200;
/// The bytes of JSON around a part.
const AROUND: usize = 8;

/// The member that holds the engines' data.
pub const ANSWERS: &str = "answers";
/// The member that holds the texts of failures.
pub const ERRORS: &str = "errors";

/// The part of one engine.
#[derive(Debug)]
pub struct Part {
    /// The engine's name.
    pub engine: String,
    /// Its reply, or the text of its failure.
    pub result: Result<ToolReply, Safe<String>>,
}

/// The bytes for the part of each engine, if a reply of `max_reply` has room for parts of all of them.
#[must_use]
pub fn share(max_reply: usize, engines: usize) -> Option<usize> {
    let share = max_reply.saturating_sub(RESERVE) / engines.max(1);
    (share >= LEAST).then_some(share)
}

/// Puts the parts of engines together. Each is cut to its share of the reply.
#[must_use]
pub fn join(parts: Vec<Part>, options: &ReplyOptions) -> ToolReply {
    let share = options.max_reply.saturating_sub(RESERVE) / parts.len().max(1);
    let (mut answers, mut errors) = (Map::new(), Map::new());
    let (mut lines, mut notes) = (Vec::new(), Vec::new());
    let count = parts.len();
    for Part { engine, result } in parts {
        let reply = match result {
            Ok(reply) => reply,
            Err(text) => {
                let room = share.saturating_sub(engine.len() + AROUND);
                errors.insert(engine, cut_text(text, room).into_inner().into());
                continue;
            }
        };
        let ReplyParts { data, lines: text, notes: said } = reply.into_parts();
        if let Some((text, marks)) = text {
            let room = share.saturating_sub(data.as_ref().map_or(0, |data| data.to_string().len()));
            let (text, note) = with_source(&engine, text, marks, room);
            lines.push(text);
            add_note(&mut notes, &engine, note);
        }
        said.into_iter().for_each(|note| add_note(&mut notes, &engine, Some(note)));
        if let Some(data) = data {
            answers.insert(engine, data.into_inner());
        }
    }
    let failed = (!errors.is_empty()).then(|| format!("{} of {count} engines failed, see `errors`", errors.len()));
    let members = [(ANSWERS, answers), (ERRORS, errors)].into_iter().filter(|(_, members)| !members.is_empty());
    let data: Map<String, Value> = members.map(|(name, members)| (name.to_owned(), members.into())).collect();
    let data = (!data.is_empty()).then(|| Safe::trusted(data.into()));
    let notes = failed.into_iter().chain(notes.into_iter().map(|(note, engines)| about(&note, &engines, count)));
    ToolReply::data_and_lines(data, Safe::joined(&lines, ""), notes, options)
}

/// Cuts a text at a character.
fn cut_text(text: Safe<String>, room: usize) -> Safe<String> {
    text.map(|text| {
        if text.len() <= room {
            return text;
        }
        let room = room.saturating_sub('…'.len_utf8());
        let kept = text.char_indices().take_while(|(start, letter)| start + letter.len_utf8() <= room);
        kept.map(|(_, letter)| letter).chain(['…']).collect()
    })
}

/// Puts the engine's name before each line, and keeps the last lines for which there is room.
fn with_source(engine: &str, text: Safe<String>, marks: LineMarks, room: usize) -> (Safe<String>, Option<String>) {
    let mark = if marks == LineMarks::None { format!("{engine} {BAR}") } else { format!("{engine} ") };
    let total = text.lines().count();
    let mut room = room;
    let fits = |line: &&str| {
        let bytes = mark.len() + line.len() + 1;
        let fits = bytes <= room;
        room = room.saturating_sub(bytes);
        fits
    };
    let mut kept: Vec<String> = text.lines().rev().take_while(fits).map(|line| format!("{mark}{line}\n")).collect();
    kept.reverse();
    let note = (kept.len() < total).then(|| super::notes::last_count(kept.len(), total, "lines"));
    (Safe::trusted(kept.concat()), note)
}

fn add_note(notes: &mut Vec<(String, Vec<String>)>, engine: &str, note: Option<String>) {
    let Some(note) = note else { return };
    match notes.iter_mut().find(|(other, _)| *other == note) {
        Some((_, engines)) => engines.push(engine.to_owned()),
        None => notes.push((note, vec![engine.to_owned()])),
    }
}

/// A note with the engines that it is about, unless it is about all.
fn about(note: &str, engines: &[String], count: usize) -> String {
    if engines.len() == count { note.to_owned() } else { format!("{}: {note}", engines.join(", ")) }
}

#[cfg(test)]
mod tests;
