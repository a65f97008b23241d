//! Finds the secrets inside a text: one pass finds the places at which a rule may apply, and the rule decides.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::assigned::{self, Assignments};
use super::rules::{COMMANDS, QUERY};
use super::shapes::{INSIDE, TOKENS};
use super::{commands, encoded, keys, tokens, urls};

/// Parts of names of secrets.
const STEMS: &[&str] = &[
    "pass",
    "pwd",
    "pw",
    "secret",
    "token",
    "cred",
    "key",
    "auth",
    "private",
    "dsn",
    "cookie",
    "session",
    "sid",
    "licen",
    "mnemonic",
    "otp",
    "psk",
    "salt",
    "seed",
    "kennwort",
    "connection",
    "webhook",
];

/// A rule that may apply at a place.
#[derive(Debug, Clone, Copy)]
enum Trigger {
    /// A token of [`TOKENS`].
    Token(usize),
    /// A token of [`INSIDE`].
    Inside(usize),
    /// A part of a name.
    Name,
    /// A scheme before a credential.
    Scheme,
    /// A statement in SQL.
    Identified,
    /// A URL.
    Url,
    /// The address of a database in Go.
    Driver,
    /// A command with options.
    Command,
    /// A block of a key.
    Key,
}

struct Triggers {
    automaton: AhoCorasick,
    rules: Vec<Trigger>,
}

static TRIGGERS: LazyLock<Triggers> = LazyLock::new(|| {
    let mut patterns: Vec<(&str, Trigger)> = vec![
        ("bearer ", Trigger::Scheme),
        ("basic ", Trigger::Scheme),
        ("identified by ", Trigger::Identified),
        ("://", Trigger::Url),
        ("@tcp(", Trigger::Driver),
        ("@unix(", Trigger::Driver),
        ("-----BEGIN ", Trigger::Key),
        ("---- BEGIN ", Trigger::Key),
        (keys::PUTTY, Trigger::Key),
    ];
    patterns.extend(TOKENS.iter().enumerate().map(|(index, (prefix, ..))| (*prefix, Trigger::Token(index))));
    patterns.extend(INSIDE.iter().enumerate().map(|(index, (inside, ..))| (*inside, Trigger::Inside(index))));
    patterns.extend(STEMS.iter().copied().chain(QUERY.iter()).map(|stem| (stem, Trigger::Name)));
    patterns.extend(COMMANDS.iter().flat_map(|(names, ..)| names.iter()).map(|name| (name, Trigger::Command)));
    let (texts, rules): (Vec<_>, Vec<_>) = patterns.into_iter().unzip();
    let automaton = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::Standard)
        .kind(Some(AhoCorasickKind::DFA))
        .build(texts)
        .expect("the texts of the rules fit an automaton");
    Triggers { automaton, rules }
});

/// Tells whether a rule may apply to a text. Most lines of most logs hold nothing of interest.
pub(super) fn may_hold_secrets(text: &[u8]) -> bool {
    TRIGGERS.automaton.is_match(text) || encoded::next_run(text, 0).is_some()
}

/// The secrets in a text, in the order in which they begin. They do not overlap.
pub(super) fn secrets(text: &str) -> Vec<Range<usize>> {
    let Triggers { automaton, rules } = &*TRIGGERS;
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut assignments = Assignments::default();
    let (mut hidden_to, mut commands_to) = (0, 0);
    for place in automaton.find_overlapping_iter(text) {
        let at = place.start();
        // No part of a text is read twice, or long texts would take for ever.
        if at < hidden_to || !text.is_char_boundary(at) {
            continue;
        }
        let secret = match rules[place.pattern().as_usize()] {
            Trigger::Token(rule) => tokens::beginning(text, at, rule),
            Trigger::Inside(rule) => tokens::around(text, at, rule),
            Trigger::Name => assignments.value(text, at),
            Trigger::Scheme => tokens::after_scheme(text, at),
            Trigger::Identified => assigned::identified(text, place.end()),
            Trigger::Url => urls::after_scheme(text, at),
            Trigger::Driver => urls::before_driver(text, at),
            Trigger::Key => keys::body(text, at),
            Trigger::Command => {
                if at >= commands_to && is_word(text, place.range()) {
                    let (secrets, end) = commands::in_text(text, at);
                    commands_to = end;
                    found.extend(secrets);
                }
                None
            }
        };
        if let Some(secret) = secret {
            hidden_to = hidden_to.max(secret.end);
            found.push(secret);
        }
    }
    merge(found)
}

/// Tells whether a place in a text is a whole word.
fn is_word(text: &str, place: Range<usize>) -> bool {
    let joins = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    !text[..place.start].ends_with(joins) && text[place.end..].starts_with([' ', '\t'])
}

/// Sorts ranges, and joins those that overlap.
pub(super) fn merge(mut found: Vec<Range<usize>>) -> Vec<Range<usize>> {
    found.retain(|range| !range.is_empty());
    found.sort_by_key(|range| range.start);
    found.dedup_by(|next, before| {
        let overlaps = next.start < before.end;
        if overlaps {
            before.end = before.end.max(next.end);
        }
        overlaps
    });
    found
}
