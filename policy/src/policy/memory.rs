//! Sizes of memory as Docker writes them.

/// The bytes of a size such as `512m` or `2g`; `None` for other texts, and for less than an engine takes.
pub(super) fn bytes(text: &str) -> Option<i64> {
    const LEAST: i64 = 6 << 20;
    let text = text.trim().to_ascii_lowercase();
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let shift = match &text[digits.len()..] {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        "t" | "tb" | "tib" => 40,
        _ => return None,
    };
    let number: i64 = digits.parse().ok()?;
    number.checked_mul(1 << shift).filter(|bytes| *bytes >= LEAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_docker_writes_them() {
        for (text, expected) in [
            ("2g", Some(2 << 30)),
            ("512M", Some(512 << 20)),
            ("6291456", Some(6 << 20)),
            ("1m", None),
            ("-2g", None),
            ("2x", None),
            ("", None),
            ("9999999999t", None),
        ] {
            assert_eq!(bytes(text), expected, "{text}");
        }
    }
}
