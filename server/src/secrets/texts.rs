//! Finds and hides the secrets inside a text, in one pass for each kind of secret.

use std::borrow::Cow;
use std::ops::Range;

use super::names::{MARKER, looks_secret};

/// Beginnings of tokens, which are secret up to the end of the word.
const TOKENS: &[&str] = &["SWMTKN-1-", "SWMKEY-1-"];

/// The beginning of a block of PEM.
const PEM: &str = "-----BEGIN ";

/// Hides the secrets in a text.
pub(super) fn hide(text: &str) -> Cow<'_, str> {
    let secrets = [private_keys(text), tokens(text), credentials_of_urls(text), assigned_values(text)];
    hide_ranges(text, secrets.concat())
}

/// Hides the secrets in one argument of a command or one variable of an environment, whose value is the rest of the
/// text.
pub(super) fn hide_argument(text: &str) -> Cow<'_, str> {
    match text.split_once('=') {
        Some((name, value)) if is_name(name) && looks_secret(name) && !value.is_empty() => {
            Cow::Owned(format!("{name}={MARKER}"))
        }
        _ => hide(text),
    }
}

/// Bodies of private keys in PEM. A key without an end has been cut, and is secret to the end of the text.
fn private_keys(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(begin) = find(text, from, PEM) {
        let Some(head) = find(text, begin + PEM.len(), "-----") else { break };
        from = head;
        if text[begin..head].ends_with("PRIVATE KEY") {
            from = find(text, head + 5, "-----END ").unwrap_or(text.len());
            found.push(head + 5..from);
        }
    }
    found
}

fn tokens(text: &str) -> Vec<Range<usize>> {
    let places = TOKENS.iter().flat_map(|token| text.match_indices(token));
    find_secrets(places, |at| Some(at..at + length_of_token(&text[at..])))
}

fn length_of_token(text: &str) -> usize {
    text.find(|c: char| !(c.is_ascii_alphanumeric() || "-_+/=".contains(c))).unwrap_or(text.len())
}

/// Credentials before the `@` of a URL: `user:password`, and any user of an http URL, which is more often a token than
/// a name.
fn credentials_of_urls(text: &str) -> Vec<Range<usize>> {
    find_secrets(text.match_indices("://"), |at| {
        let (scheme, rest) = (&text[..at], &text[at + 3..]);
        let authority = rest.find(|c: char| c.is_whitespace() || "/?#\"'<>`".contains(c)).unwrap_or(rest.len());
        let user = rest[..authority].rfind('@')?;
        let secret = rest[..user].contains(':') || scheme.ends_with("http") || scheme.ends_with("https");
        (secret && user > 0).then_some(at + 3..at + 3 + user)
    })
}

/// Values of `NAME=value`, `--name=value` and `"name":"value"` whose names look secret.
fn assigned_values(text: &str) -> Vec<Range<usize>> {
    let step = is_image_step(text);
    find_secrets(text.match_indices(['=', ':']), |at| {
        let in_json = text[at..].starts_with(':');
        let before = text[..at].trim_end_matches(|c| in_json && c == ' ');
        let unquoted = before.strip_suffix(['"', '\'']);
        // A colon assigns a value only in JSON; in a sentence it does not.
        if in_json && unquoted.is_none() || !looks_secret(last_name(unquoted.unwrap_or(before))) {
            return None;
        }
        let after = &text[at + 1..];
        let spaces = if in_json { after.len() - after.trim_start_matches(' ').len() } else { 0 };
        if after[spaces..].starts_with(MARKER) {
            return None;
        }
        let value = value(&after[spaces..], step);
        let from = at + 1 + spaces;
        Some(from + value.start..from + value.end)
    })
}

/// The name at the end of `text`, without the backslash of an escaped quote.
fn last_name(text: &str) -> &str {
    let text = text.trim_end_matches('\\');
    &text[text.trim_end_matches(is_name_character).len()..]
}

/// The range of the value at the beginning of `text`: inside its quotes, or up to the end of the word or of the line.
fn value(text: &str, to_the_end: bool) -> Range<usize> {
    let opening = text.len() - text.trim_start_matches('\\').len();
    match text[opening..].chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let from = opening + 1;
            from..from + closing(&text[from..], quote, opening > 0)
        }
        _ if to_the_end => 0..text.find('\n').unwrap_or(text.len()),
        _ => 0..text.find(|c: char| c.is_whitespace() || "\"'&;,)}]".contains(c)).unwrap_or(text.len()),
    }
}

/// The index of the quote that closes `text`. Inside a quoted text that is the first escaped quote.
fn closing(text: &str, quote: char, escaped: bool) -> usize {
    let mut backslashes = 0;
    for (at, character) in text.char_indices() {
        match character {
            '\\' => backslashes += 1,
            c if c == quote && escaped == (backslashes % 2 == 1) => return at - usize::from(escaped),
            _ => backslashes = 0,
        }
    }
    text.len()
}

/// Tells whether a text is a step of an image's history that sets variables, whose values may hold spaces.
fn is_image_step(text: &str) -> bool {
    text.starts_with("ENV ") || text.contains("#(nop)") && text.contains(" ENV ")
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_name_character)
}

fn is_name_character(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-' | '.')
}

fn find(text: &str, from: usize, pattern: &str) -> Option<usize> {
    text[from..].find(pattern).map(|at| from + at)
}

/// Finds the secret at each place. Places inside an earlier secret are skipped, so that no part of a text is read
/// twice.
fn find_secrets<'a>(
    places: impl Iterator<Item = (usize, &'a str)>,
    secret: impl Fn(usize) -> Option<Range<usize>>,
) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, _) in places {
        if found.last().is_none_or(|last| at >= last.end || at < last.start) {
            found.extend(secret(at));
        }
    }
    found
}

/// Replaces each range with the marker; overlapping ranges share one marker.
fn hide_ranges(text: &str, mut secrets: Vec<Range<usize>>) -> Cow<'_, str> {
    secrets.retain(|secret| !text[secret.clone()].is_empty() && &text[secret.clone()] != MARKER);
    if secrets.is_empty() {
        return Cow::Borrowed(text);
    }
    secrets.sort_by_key(|secret| secret.start);
    let mut shown = String::with_capacity(text.len());
    let mut shown_to = 0;
    for secret in secrets {
        if secret.start >= shown_to {
            shown.push_str(&text[shown_to..secret.start]);
            shown.push_str(MARKER);
        }
        shown_to = shown_to.max(secret.end);
    }
    shown.push_str(&text[shown_to..]);
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_in_commands_and_messages_are_hidden_and_the_rest_stays() {
        for (written, shown) in [
            ("mysqld --password=a1 --user=root", "mysqld --password=* --user=root"),
            ("sh -c 'PGPASSWORD=\"a b\" psql'", "sh -c 'PGPASSWORD=\"*\" psql'"),
            ("/bin/sh -c #(nop)  ENV DB_PASSWORD=two words", "/bin/sh -c #(nop)  ENV DB_PASSWORD=*"),
            ("ENV API_TOKEN=a b # buildkit", "ENV API_TOKEN=*"),
            ("RUN |1 TOKEN=abc /bin/sh -c make", "RUN |1 TOKEN=* /bin/sh -c make"),
            ("docker swarm join --token SWMTKN-1-3pu6h-0ab 10.0.0.1:2377", "docker swarm join --token * 10.0.0.1:2377"),
            ("key SWMKEY-1-7c37Cc8654+/x.", "key *."),
            ("postgres://app:p@ss@db:5432/x?y", "postgres://*@db:5432/x?y"),
            ("https://ghp_abc@github.com/x", "https://*@github.com/x"),
            ("ssh://git@github.com/x", "ssh://git@github.com/x"),
            ("http://db:5432/a@b", "http://db:5432/a@b"),
            (r#"{"password": "a\"b", "user": "u"}"#, r#"{"password": "*", "user": "u"}"#),
            (r#""{\"password\":\"a1\",\"user\":\"u\"}""#, r#""{\"password\":\"*\",\"user\":\"u\"}""#),
            ("unauthorized: incorrect token: try again", "unauthorized: incorrect token: try again"),
            ("größe_key=é1 ü", "größe_key=* ü"),
            ("a == b, key=", "a == b, key="),
        ] {
            assert_eq!(hide(written), shown.replace('*', MARKER), "{written}");
        }
    }

    #[test]
    fn a_private_key_is_hidden_even_without_its_end() {
        let key = "x\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc=\n-----END RSA PRIVATE KEY-----\ny";
        let hidden = format!("x\n-----BEGIN RSA PRIVATE KEY-----{MARKER}-----END RSA PRIVATE KEY-----\ny");
        assert_eq!(hide(key), hidden);
        assert!(!hide(&key[..45]).contains("MIIE"));
        let certificate = "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----";
        assert_eq!(hide(certificate), certificate);
    }

    #[test]
    fn hiding_twice_changes_nothing_more() {
        for text in ["PASSWORD=x", "http://a:b@c", "SWMTKN-1-a"] {
            let once = hide(text).into_owned();
            assert_eq!(hide(&once), once);
            assert_eq!(hide_argument(&hide_argument(text)), hide_argument(text));
        }
    }

    #[test]
    fn the_whole_value_of_a_secret_variable_is_hidden() {
        assert_eq!(hide_argument("PASSWORD=a b=c d"), format!("PASSWORD={MARKER}"));
        assert_eq!(hide_argument("--db-password=a b"), format!("--db-password={MARKER}"));
        assert_eq!(hide_argument("URL=redis://:pw@host"), format!("URL=redis://{MARKER}@host"));
        assert_eq!(hide_argument("a sentence about the key = value"), "a sentence about the key = value");
    }
}
