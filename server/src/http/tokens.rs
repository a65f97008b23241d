//! Bearer tokens, each with the name of its holder. A line of their file is `NAME TOKEN` or `TOKEN`; empty lines and
//! lines that begin with `#` hold none.

use std::collections::BTreeSet;
use std::sync::Arc;

use subtle::ConstantTimeEq;

/// The fewest and the most characters of a token.
const CHARACTERS: std::ops::RangeInclusive<usize> = 32..=LONGEST;
const LONGEST: usize = 256;
/// The fewest different characters of a token: a random one of 32 hexadecimal digits has more.
const DIFFERENT: usize = 8;
/// The most characters of a name.
const LONGEST_NAME: usize = 64;
/// The most tokens.
const MOST: usize = 1_000;
/// The name of a token without one.
const UNNAMED: &str = "unnamed";

/// The tokens of a file.
pub(super) struct Tokens(Vec<Token>);

struct Token {
    name: Arc<str>,
    secret: Padded,
}

/// A token, a one to mark its end, and zeros, so that all are compared in one length.
type Padded = [u8; LONGEST + 1];

impl Tokens {
    /// Reads the lines of a file. Messages name lines and never quote a token.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let text = str::from_utf8(bytes).map_err(|_| "not text".to_owned())?;
        let lines = text.lines().map(str::trim).enumerate();
        let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let (mut tokens, mut names, mut secrets) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
        for (place, line) in lines {
            let problem = |problem: String| format!("line {}: {problem}", place + 1);
            let (name, secret) = split(line).map_err(problem)?;
            if !names.insert(name.to_owned()) {
                return Err(problem(format!(
                    "the name `{name}` stands there twice; the audit trail tells tokens by name"
                )));
            }
            if !secrets.insert(secret) {
                return Err(problem("the token stands there twice".to_owned()));
            }
            tokens.push(Token { name: name.into(), secret: pad(secret) });
        }
        match tokens.len() {
            0 => Err("holds no token; give a line `NAME TOKEN`, or remove the file to have one made".to_owned()),
            count if count > MOST => Err(format!("holds {count} tokens; {MOST} are the most")),
            _ => Ok(Tokens(tokens)),
        }
    }

    /// All tokens, in the order of their lines.
    pub(super) fn all(&self) -> Vec<u8> {
        self.0.iter().flat_map(|token| token.secret).collect()
    }

    /// The name of a token. Every token is compared as a whole, so that the time tells nothing about them.
    pub(super) fn name_of(&self, secret: &str) -> Option<Arc<str>> {
        let given = (secret.len() <= LONGEST).then(|| pad(secret))?;
        let mut found = None;
        for token in &self.0 {
            if bool::from(token.secret.ct_eq(&given)) {
                found = Some(Arc::clone(&token.name));
            }
        }
        found
    }
}

fn pad(secret: &str) -> Padded {
    let mut padded = [0; LONGEST + 1];
    padded[..secret.len()].copy_from_slice(secret.as_bytes());
    padded[secret.len()] = 1;
    padded
}

/// The name and the token of a line.
fn split(line: &str) -> Result<(&str, &str), String> {
    let words: Vec<_> = line.split_whitespace().collect();
    let (name, secret) = match words[..] {
        [secret] => (UNNAMED, secret),
        [name, secret] => (name, secret),
        _ => return Err("write `NAME TOKEN`".to_owned()),
    };
    let is_plain = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._@-".contains(&byte));
    if name.len() > LONGEST_NAME || !is_plain(name) {
        return Err(format!("a name has at most {LONGEST_NAME} letters, digits and . _ @ -"));
    }
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    if !secret.bytes().all(is_token) {
        return Err("a token has letters, digits and - . _ ~ + / =".to_owned());
    }
    let different = secret.bytes().collect::<BTreeSet<_>>().len();
    if !CHARACTERS.contains(&secret.len()) || different < DIFFERENT {
        let (fewest, most) = (CHARACTERS.start(), CHARACTERS.end());
        return Err(format!(
            "a token has {fewest} to {most} characters, random ones; `openssl rand -hex 32` makes one"
        ));
    }
    Ok((name, secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "0123456789abcdef0123456789abcdef";
    const B: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ-._~+/=abc";

    #[test]
    fn tokens_have_names_and_only_whole_ones_are_found() {
        let tokens = Tokens::parse(format!("# people\n\n  alice {A} \n{B}\r\n").as_bytes()).unwrap();
        assert_eq!(tokens.name_of(A).as_deref(), Some("alice"));
        assert_eq!(tokens.name_of(B).as_deref(), Some(UNNAMED));
        for wrong in ["", &A[1..], &format!("{A}0"), &format!("{A}\0"), &A.to_uppercase(), &"a".repeat(300)] {
            assert_eq!(tokens.name_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn weak_double_and_odd_lines_are_refused_without_a_word_of_the_token() {
        let (many, b_name) = ("x".repeat(65), format!("b {B}"));
        for (text, part) in [
            (String::new(), "no token"),
            ("# only this\n".to_owned(), "no token"),
            (format!("{b_name}\na {}", &A[1..]), "line 2: a token has 32"),
            (format!("a {}", "ab".repeat(32)), "a token has 32"),
            (format!("a {}", A.repeat(9)), "a token has 32"),
            (format!("a {A}\nb {A}"), "line 2: the token stands there twice"),
            (format!("a {A}\na {B}"), "line 2: the name `a`"),
            (format!("{A}\n{B}"), "the name `unnamed`"),
            (format!("a b {A}"), "write `NAME TOKEN`"),
            (format!("{many} {A}"), "a name has"),
            (format!("ü {A}"), "a name has"),
            (format!("a {A}ü"), "a token has letters"),
        ] {
            let problem = Tokens::parse(text.as_bytes()).err().unwrap_or_else(|| panic!("{text}"));
            assert!(problem.contains(part) && !problem.contains(&A[1..]) && !problem.contains(B), "{problem}");
        }
        assert!(Tokens::parse(b"\xff").is_err());
        let most: String = (0..=MOST).map(|number| format!("n{number} {A}{number}\n")).collect();
        assert!(Tokens::parse(most.as_bytes()).err().unwrap().contains("1001 tokens"));
    }
}
