//! Secrets are hidden and harmless lines stay, measured on two corpora: each line is read as a line of a log, as a
//! value in JSON, and as a variable or an argument.

use std::hash::{BuildHasher, RandomState};

use base64::prelude::{BASE64_STANDARD, Engine};
use dockwright_server::secrets::Safe;
use serde_json::{Value, json};

const SECRETS: &str = include_str!("secrets.txt");
const HARMLESS: &str = include_str!("harmless.txt");

/// The least share of secrets that are hidden, and the most harmless lines that are changed, in percent.
const HIDDEN: usize = 97;
const CHANGED: usize = 1;
const LINES: usize = 150;

/// A line of a corpus, and the secrets in it.
struct Line {
    text: String,
    secrets: Vec<String>,
}

#[test]
fn secrets_are_hidden_by_their_names_and_by_their_shapes() {
    let lines = corpus(SECRETS);
    let missed: Vec<_> = lines.iter().filter_map(|line| Some((shown(line, leaks)?, &line.text))).collect();
    assert!(lines.len() >= LINES && lines.iter().all(|line| !line.secrets.is_empty()), "{}", lines.len());
    println!("{} of {} are hidden; not these: {missed:#?}", lines.len() - missed.len(), lines.len());
    assert!((lines.len() - missed.len()) * 100 >= lines.len() * HIDDEN, "{missed:#?}");
}

#[test]
fn harmless_lines_stay() {
    let lines = corpus(HARMLESS);
    let changed: Vec<_> = lines.iter().filter_map(|line| shown(line, |shown, line| shown != line.text)).collect();
    assert!(lines.len() >= LINES, "{}", lines.len());
    println!("{} of {} stay; not these: {changed:#?}", lines.len() - changed.len(), lines.len());
    assert!(changed.len() * 100 <= lines.len() * CHANGED, "{changed:#?}");
}

/// The first of three texts that wrongly show a line.
fn shown(line: &Line, is_wrong: impl Fn(&str, &Line) -> bool) -> Option<String> {
    let value = |value: Value| Safe::value(value, "Container", false).into_inner();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let replies = [
        Safe::text(&line.text, false).into_inner(),
        text(&value(json!({ "Message": line.text }))["Message"]),
        text(&value(json!([line.text]))[0]),
    ];
    replies.into_iter().find(|shown| is_wrong(shown, line))
}

/// Tells whether a text shows a secret of the line, or eight letters of a long one.
fn leaks(shown: &str, line: &Line) -> bool {
    line.secrets.iter().any(|secret| shown.contains(secret) || secret.len() > 16 && shown.contains(&secret[4..12]))
}

fn corpus(file: &str) -> Vec<Line> {
    file.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(line).collect()
}

fn line(written: &str) -> Line {
    let (mut text, mut secrets) = (String::new(), Vec::new());
    for (index, part) in written.split("<|").enumerate() {
        let Some((kind, after)) = part.split_once("|>").filter(|_| index > 0) else {
            text.push_str(part);
            continue;
        };
        let secret = secret(kind);
        text.push_str(&secret);
        // Short parts of a longer secret stand anywhere by chance.
        secrets.extend(Some(secret).filter(|secret| secret.len() > 2));
        text.push_str(after);
    }
    Line { text: text.replace("\\\\n", "\u{0}").replace("\\n", "\n").replace('\u{0}', "\\n"), secrets }
}

/// A secret of a kind: `hex 32`, `=as written`, `base64 of this`.
fn secret(kind: &str) -> String {
    const DIGITS: &str = "0123456789";
    const SMALL: &str = "abcdefghijklmnopqrstuvwxyz";
    const CAPITALS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    if let Some(written) = kind.strip_prefix('=') {
        return written.to_owned();
    }
    let (kind, rest) = kind.split_once(' ').unwrap_or((kind, ""));
    let letters = match kind {
        "base64" => return BASE64_STANDARD.encode(rest),
        "uuid" => return [8, 4, 4, 4, 12].map(|length| drawn("0123456789abcdef", length)).join("-"),
        "hex" => "0123456789abcdef".to_owned(),
        "digits" => DIGITS.to_owned(),
        "caps" => format!("{CAPITALS}234567"),
        "word" => format!("{DIGITS}{SMALL}{CAPITALS}"),
        "url" => format!("{DIGITS}{SMALL}{CAPITALS}-_"),
        "b64" => format!("{DIGITS}{SMALL}{CAPITALS}+/"),
        other => panic!("unknown kind {other}"),
    };
    drawn(&letters, rest.parse().expect("a kind has a length"))
}

/// Random letters. A text of chance has a digit and a letter of each case.
fn drawn(letters: &str, length: usize) -> String {
    let letters = letters.as_bytes();
    let has = |text: &str, test: fn(&u8) -> bool| text.as_bytes().iter().any(test) || !letters.iter().any(test);
    loop {
        let letter = |_| letters[RandomState::new().hash_one(0) as usize % letters.len()] as char;
        let text: String = (0..length).map(letter).collect();
        let is_mixed = has(&text, u8::is_ascii_digit) && has(&text, u8::is_ascii_lowercase);
        if length < 8 || is_mixed && has(&text, u8::is_ascii_uppercase) {
            return text;
        }
    }
}
