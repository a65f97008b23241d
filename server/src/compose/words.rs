//! Words that help with failures of Compose: its own message comes in, a hint goes out.

/// Parts of messages in small letters, each with its hint.
const HINTS: [(&str, &str); 8] = [
    ("denied by", "the server's policy refuses it"),
    ("port is already allocated", "choose another published port, or find its user with container_list"),
    ("address already in use", "choose another published port; a program of the host has this one"),
    ("is unhealthy", "container_logs of it tells why; container_inspect shows its health checks"),
    ("is missing a value", "give it in `environment`, or in a file `.env`"),
    ("exited (", "`up` waits for services to run; for one that ends by itself give `wait` false"),
    ("failed to create network", "where an engine makes no bridge networks, use network_mode: none or host"),
    ("pull access denied", "the image is not there, or needs a login"),
];

/// The hint for a failure, if there is one.
pub(crate) fn hint(message: &str) -> Option<&'static str> {
    let message = message.to_lowercase();
    HINTS.iter().find(|(part, _)| message.contains(part)).map(|(_, hint)| *hint)
}

/// The line of a text that holds the key which Compose does not know.
pub(crate) fn line_of_key<'a>(message: &str, mut texts: impl Iterator<Item = (&'a str, &'a str)>) -> Option<String> {
    let (_, rest) = message.split_once("additional properties '")?;
    let key = rest.split('\'').next().filter(|key| !key.is_empty())?;
    texts.find_map(|(name, text)| {
        let begins = |line: &str| line.trim_start().trim_start_matches(['"', '\'']).starts_with(key);
        let place = text.lines().position(begins)?;
        Some(format!("`{key}` stands in line {} of {name}", place + 1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_get_a_hint_and_a_line() {
        let taken = "Bind for 127.0.0.1:18080 failed: port is already allocated";
        assert!(hint(taken).unwrap().contains("another published port"));
        assert_eq!(hint("something else"), None);
        let message = "validating compose.yaml: services.a additional properties 'portz' not allowed";
        let texts = [("compose.yaml", "services:\n  a:\n    portz: [1]\n")];
        assert_eq!(line_of_key(message, texts.into_iter()).unwrap(), "`portz` stands in line 3 of compose.yaml");
        assert_eq!(line_of_key("other", texts.into_iter()), None);
    }
}
