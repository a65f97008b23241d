//! Recognises names of variables, labels and options with secret values.

use super::rules::{DOUBTFUL, HARMLESS_ENDINGS, KEY_KINDS, OTHER_KEYS, PASSWORDS, SECRET_NAMES, SECRETS, Words};
use super::values::{self, ValueKind};

/// The least bytes of a value that a doubtful name makes secret.
const DOUBTFUL_BYTES: usize = 12;
/// The least bytes of the value of a mere `key`.
const KEY_BYTES: usize = 20;
/// The most digits of a number that is not a token.
const NUMBER_DIGITS: usize = 6;

/// A name's claim that its value is secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Claim {
    /// A key or the like, which is secret if it is long and looks random.
    Key,
    /// A word of many meanings: the value is secret if it looks random.
    Doubtful,
    /// A token or another secret, which is neither a small number nor a flag.
    Secret,
    /// A password, which may be any word or number.
    Password,
}

/// Tells whether a variable, label or option of this name probably has a secret value.
///
/// ```
/// # use dockwright_server::secrets::looks_secret;
/// assert!(looks_secret("POSTGRES_PASSWORD") && looks_secret("com.example.apiKey"));
/// assert!(!looks_secret("KEYBOARD") && !looks_secret("SSH_PUBLIC_KEY") && !looks_secret("POSTGRES_PASSWORD_FILE"));
/// ```
#[must_use]
pub fn looks_secret(name: &str) -> bool {
    claim(name) >= Some(Claim::Secret)
}

/// Tells whether `value` is secret under this name.
pub(super) fn is_secret(name: &str, value: &str) -> bool {
    claim(name).is_some_and(|claim| claim.holds_for(value))
}

impl Claim {
    /// Tells whether the claim holds for this value.
    pub(super) fn holds_for(self, value: &str) -> bool {
        let value = value.trim();
        match (values::kind(value), self) {
            (ValueKind::Nothing | ValueKind::State, _) => false,
            (ValueKind::Number, Claim::Password) => true,
            (ValueKind::Number, Claim::Secret) => value.len() > NUMBER_DIGITS,
            (ValueKind::Words, Claim::Password | Claim::Secret) => true,
            (ValueKind::Place, Claim::Password) => !values::is_url(value) && !value.starts_with(['/', '.', '~']),
            (ValueKind::Opaque, Claim::Password | Claim::Secret) => true,
            (ValueKind::Opaque, Claim::Doubtful) => {
                value.len() >= DOUBTFUL_BYTES && values::is_random(value) && !values::is_uuid(value)
            }
            (ValueKind::Opaque, Claim::Key) => {
                value.len() >= KEY_BYTES && values::changes_often(value.as_bytes()) && !values::is_uuid(value)
            }
            _ => false,
        }
    }
}

/// The claim of a name; `None` if it makes none.
pub(super) fn claim(name: &str) -> Option<Claim> {
    let lower = name.to_ascii_lowercase();
    if SECRET_NAMES.contain(&lower.trim_start_matches('-').replace('-', "_")) {
        return Some(Claim::Secret);
    }
    let words = words(name);
    let last = words.last()?;
    if HARMLESS_ENDINGS.contain(last) && words.len() > 1 {
        return None;
    }
    (0..words.len()).filter_map(|index| claim_of_word(&words, index, name)).max()
}

fn claim_of_word(words: &[String], index: usize, name: &str) -> Option<Claim> {
    let word = words[index].as_str();
    let single = word.strip_suffix('s').unwrap_or(word);
    let before = index.checked_sub(1).map(|before| words[before].as_str());
    let ends = |endings: &Words| endings.end(word) || endings.end(single);
    match word {
        _ if ends(&PASSWORDS) => Some(Claim::Password),
        // Tokens are mostly counted.
        "tokens" => Some(Claim::Doubtful),
        _ if ends(&SECRETS) => Some(Claim::Secret),
        // `PWD` alone is the working directory, and a lone `pass` counts tests.
        "pwd" | "pw" | "pass" if before.is_some_and(|before| !is_count(before)) => Some(Claim::Password),
        "key" | "keys" if words.iter().any(|word| OTHER_KEYS.contain(word)) => None,
        "key" | "keys" if before.is_some_and(|before| KEY_KINDS.contain(before)) => Some(Claim::Secret),
        // Variables of an environment are more often secret than keys in sentences are.
        "key" if before.is_some() && !name.contains(char::is_lowercase) => Some(Claim::Doubtful),
        "key" | "keys" => Some(Claim::Key),
        "auth" if words.get(index + 1).is_some_and(|next| next == "token" || next == "key") => Some(Claim::Secret),
        _ if DOUBTFUL.contain(word) => Some(Claim::Doubtful),
        _ => None,
    }
}

/// Tells whether a word before `pass` makes it a step of work: `first_pass`, `tests_pass`.
fn is_count(word: &str) -> bool {
    static STEPS: Words =
        Words::new("by checks each first high last low must one per render second single test tests third to two");
    STEPS.contain(word)
}

/// Tells whether a byte can belong to a name; those of other scripts can.
pub(super) fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | 0x80..)
}

/// Splits a name (`SNAKE_CASE`, `kebab-case`, `dotted` or `camelCase`) into words in lower case, without the digits at
/// their ends.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = '_';
    for character in name.chars() {
        let begins = character.is_uppercase() && before.is_lowercase();
        if (begins || !character.is_alphanumeric()) && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if character.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(character.to_lowercase());
        }
        before = character;
    }
    for word in &mut words {
        let letters = word.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        if letters > 1 && word != "i18n" && word != "s3" {
            word.truncate(letters);
        }
    }
    words.retain(|word| !word.is_empty() && !word.bytes().all(|byte| byte.is_ascii_digit()));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_look_secret() {
        for name in [
            "PASSWORD",
            "db_passwd",
            "PGPASSWORD",
            "MYSQL_PWD",
            "DB_PASS",
            "SECRET_KEY_BASE",
            "AWS_ACCESS_KEY_ID",
            "GITHUB_TOKEN",
            "authToken",
            "API_KEYS",
            "apikey",
            "DBPassword",
            "password2",
            "x-api-key",
            "--client-secret",
            "GOOGLE_CREDENTIALS",
            "requirepass",
        ] {
            assert!(looks_secret(name), "{name}");
        }
    }

    #[test]
    fn other_names_do_not_look_secret() {
        for name in [
            "KEYBOARD",
            "PUBLIC_KEY",
            "PWD",
            "OLDPWD",
            "AUTHOR",
            "SSH_AUTH_SOCK",
            "TOKENIZERS_PARALLELISM",
            "MONKEY",
            "BYPASS",
            "COMPASS_URL",
            "POSTGRES_PASSWORD_FILE",
            "org.opencontainers.image.authors",
            "TOKEN_EXPIRY",
            "SECRET_NAME",
            "GPG_KEY",
            "cache_key",
            "POSTGRES_HOST_AUTH_METHOD",
            "",
        ] {
            assert!(!looks_secret(name), "{name}");
        }
    }

    #[test]
    fn a_name_and_a_value_decide_together() {
        for (name, value, secret) in [
            ("PASSWORD", "1234", true),
            ("PASSWORD", "postgres", true),
            ("PASSWORD", "/run/secrets/db", false),
            ("max_tokens", "4096", false),
            ("API_TOKEN", "true", false),
            ("API_TOKEN", "83719283746", true),
            ("pass", "12", false),
            ("auth", "ok", false),
            ("REGISTRY_AUTH", "dXNlcjpodW50ZXIy", true),
            ("SENDGRID_KEY", "f3k29sd01mqp", true),
            ("key", "user:42:profile", false),
            ("key", "Zx8Kq2LmN4pRtVw9yBd3", true),
            ("GPG_KEY", "E3FF2839C048B25C084DEBE9B26995E310250568", false),
        ] {
            assert_eq!(is_secret(name, value), secret, "{name}={value}");
        }
    }
}
