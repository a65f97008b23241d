//! Secrets inside a text: where each begins and ends, found in one pass per kind.

use std::borrow::Cow;
use std::ops::Range;

use super::names::{MARKER, looks_secret};

/// Beginnings of what is secret up to the end of the word.
const TOKENS: &[&str] = &["SWMTKN-1-", "SWMKEY-1-"];

/// The beginning of a block of PEM.
const PEM: &str = "-----BEGIN ";

/// Hides the secrets in a text.
pub(super) fn hide(text: &str) -> Cow<'_, str> {
    let secrets = [private_keys(text), tokens(text), credentials_of_urls(text), assigned(text)];
    replaced(text, secrets.concat())
}

/// Hides the secrets in one argument of a command or one variable of an environment: its value goes on to its end.
pub(super) fn hide_argument(text: &str) -> Cow<'_, str> {
    match text.split_once('=') {
        Some((name, value)) if is_name(name) && looks_secret(name) && !value.is_empty() => {
            Cow::Owned(format!("{name}={MARKER}"))
        }
        _ => hide(text),
    }
}

/// The bodies of private keys in PEM; one that does not end is cut somewhere, and secret to the end.
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
    apart(places, |at| Some(at..at + length_of_token(&text[at..])))
}

fn length_of_token(text: &str) -> usize {
    text.find(|c: char| !(c.is_ascii_alphanumeric() || "-_+/=".contains(c))).unwrap_or(text.len())
}

/// `user:password` before the `@` of a URL, and any user of an http URL, which is a token more often than a name.
fn credentials_of_urls(text: &str) -> Vec<Range<usize>> {
    apart(text.match_indices("://"), |at| {
        let (scheme, rest) = (&text[..at], &text[at + 3..]);
        let authority = rest.find(|c: char| c.is_whitespace() || "/?#\"'<>`".contains(c)).unwrap_or(rest.len());
        let user = rest[..authority].rfind('@')?;
        let secret = rest[..user].contains(':') || scheme.ends_with("http") || scheme.ends_with("https");
        (secret && user > 0).then_some(at + 3..at + 3 + user)
    })
}

/// Values of `NAME=value`, `--name=value` and `"name":"value"` whose names look secret.
fn assigned(text: &str) -> Vec<Range<usize>> {
    let step = is_image_step(text);
    apart(text.match_indices(['=', ':']), |at| {
        let in_json = text[at..].starts_with(':');
        let before = text[..at].trim_end_matches(|c| in_json && c == ' ');
        let unquoted = before.strip_suffix(['"', '\'']);
        // A colon assigns in JSON only: elsewhere it is a part of a sentence.
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

/// The name that `text` ends with; in a text that is quoted itself a backslash is left of the quote.
fn last_name(text: &str) -> &str {
    let text = text.trim_end_matches('\\');
    &text[text.trim_end_matches(is_of_name).len()..]
}

/// Where the value at the beginning of `text` is: inside its quotes, or up to the end of the word or of the line.
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

/// Where the quote that closes `text` stands. In a text that is quoted itself it is the first escaped one.
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

/// Whether it is a step of an image's history that sets variables: their values may hold spaces.
fn is_image_step(text: &str) -> bool {
    text.starts_with("ENV ") || text.contains("#(nop)") && text.contains(" ENV ")
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_of_name)
}

fn is_of_name(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-' | '.')
}

fn find(text: &str, from: usize, pattern: &str) -> Option<usize> {
    text[from..].find(pattern).map(|at| from + at)
}

/// The secret at each place that no secret before it covers, so that no part of a text is read twice.
fn apart<'a>(
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

/// `text` with the marker in place of each range; those that overlap are one.
fn replaced(text: &str, mut secrets: Vec<Range<usize>>) -> Cow<'_, str> {
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
    fn hiding_twice_is_hiding_once() {
        for text in ["PASSWORD=x", "http://a:b@c", "SWMTKN-1-a"] {
            let once = hide(text).into_owned();
            assert_eq!(hide(&once), once);
            assert_eq!(hide_argument(&hide_argument(text)), hide_argument(text));
        }
    }

    #[test]
    fn a_variable_is_secret_to_its_end() {
        assert_eq!(hide_argument("PASSWORD=a b=c d"), format!("PASSWORD={MARKER}"));
        assert_eq!(hide_argument("--db-password=a b"), format!("--db-password={MARKER}"));
        assert_eq!(hide_argument("URL=redis://:pw@host"), format!("URL=redis://{MARKER}@host"));
        assert_eq!(hide_argument("a sentence about the key = value"), "a sentence about the key = value");
    }
}
