//! Options of commands whose value is a secret although their name does not say so: `curl -u user:password`.

use std::ops::Range;

use super::names::{self, Claim};
use super::rules::{COMMANDS, MARKER, Words};
use super::values::{self, ValueKind};

/// The most words of a command that are read.
const WORDS: usize = 200;

/// A word of a command, without its quotes.
#[derive(Debug, Clone)]
struct Word<'a> {
    text: &'a str,
    at: usize,
}

/// The secrets in the command at a place of a text, and the end of the command.
pub(super) fn in_text(text: &str, at: usize) -> (Vec<Range<usize>>, usize) {
    let (words, end) = split(text, at);
    let texts: Vec<_> = words.iter().map(|word| word.text).collect();
    let found = in_words(&texts).into_iter();
    let found = found.map(|(index, part)| words[index].at + part.start..words[index].at + part.end);
    (found.collect(), end)
}

/// The secrets in the words of a command: the index of a word, and the part of it that is secret.
pub(super) fn in_words(words: &[&str]) -> Vec<(usize, Range<usize>)> {
    let command = words.first().map(|command| command.rsplit('/').next().unwrap_or_default()).unwrap_or_default();
    let rules: Vec<_> =
        COMMANDS.iter().filter(|(names, ..)| names.contain(command) || is_login(names, words)).collect();
    let mut found = Vec::new();
    for (index, word) in words.iter().enumerate().skip(1) {
        for (_, options, attached) in &rules {
            let Some(option) = options.iter().find(|option| word.starts_with(option)) else { continue };
            let rest = &word[option.len()..];
            match rest.strip_prefix('=') {
                Some(value) if option.starts_with("--") => found.push((index, word.len() - value.len()..word.len())),
                None if rest.is_empty() => found.extend(next(words, index, command)),
                _ if *attached && !option.starts_with("--") => found.push((index, option.len()..word.len())),
                _ => {}
            }
        }
        found.extend(option_value(words, index));
    }
    found.retain(|(index, part)| {
        let value = &words[*index][part.clone()];
        !value.is_empty() && !value.starts_with(MARKER) && values::kind(value) != ValueKind::Nothing
    });
    found
}

/// The value of an option whose name says that it is secret.
fn option_value(words: &[&str], index: usize) -> Option<(usize, Range<usize>)> {
    let option = words[index].strip_prefix('-')?;
    let claim = names::claim(option).filter(|claim| *claim >= Claim::Secret && !option.contains(['=', ' ', ':']))?;
    let value = words.get(index + 1)?;
    (!value.starts_with('-') && claim.holds_for(value)).then(|| (index + 1, 0..value.len()))
}

/// The word after an option. The user of curl is secret only if it holds a password.
fn next(words: &[&str], index: usize, command: &str) -> Option<(usize, Range<usize>)> {
    let value = words.get(index + 1).filter(|value| !value.starts_with('-'))?;
    let needs_password = matches!(command, "curl" | "wget" | "http" | "https") && !value.contains([':', '=']);
    // A mere `-p` of mysql asks for the password, and a database follows.
    let asks = command.starts_with("my") || command.starts_with("maria");
    (!needs_password && !asks).then(|| (index + 1, 0..value.len()))
}

/// Tells whether a command is a login: `docker login`, `az login`, `helm registry login`.
fn is_login(names: &Words, words: &[&str]) -> bool {
    names.contain("login") && words.iter().take(4).any(|word| *word == "login")
}

/// Splits the command at a place into words, up to the end of the line or to the next command.
fn split(text: &str, at: usize) -> (Vec<Word<'_>>, usize) {
    let mut words = Vec::new();
    let mut from = at;
    while words.len() < WORDS {
        from += text[from..].len() - text[from..].trim_start_matches([' ', '\t']).len();
        let Some(first) = text[from..].chars().next().filter(|c| !"\n|;&".contains(*c)) else { break };
        if let Some(length) = matches!(first, '"' | '\'').then(|| text[from + 1..].find(first)).flatten() {
            words.push(Word { text: &text[from + 1..from + 1 + length], at: from + 1 });
            from += length + 2;
            continue;
        }
        let length = text[from..].find([' ', '\t', '\n']).unwrap_or(text.len() - from);
        // Quotes around the whole command end with its last word.
        let word = text[from..from + length].trim_end_matches(['"', '\'', ')', '`']);
        words.push(Word { text: word, at: from });
        from += length;
    }
    (words, from)
}
