//! Values split anywhere, cut off anywhere, and malformed ones.

use super::*;

const ALL: usize = usize::MAX;

/// All values of the chunks, and the end.
fn split<'a>(limit: usize, chunks: impl IntoIterator<Item = &'a [u8]>) -> (Vec<String>, Result<(), StreamError>) {
    let mut values = Values::new(limit);
    let mut all = Vec::new();
    let text = |value: Bytes| String::from_utf8_lossy(&value).into_owned();
    for chunk in chunks {
        values.push(Bytes::copy_from_slice(chunk));
        while let Ok(Some(value)) = values.next() {
            all.push(text(value));
        }
        assert!(values.waiting.is_empty() && values.begun.len() <= limit);
    }
    let end = loop {
        match values.finish() {
            Ok(Some(value)) => all.push(text(value)),
            Ok(None) => break Ok(()),
            Err(broken) => break Err(broken),
        }
    };
    (all, end)
}

fn whole(text: &str) -> (Vec<String>, Result<(), StreamError>) {
    split(ALL, [text.as_bytes()])
}

fn values(text: &str) -> Vec<String> {
    let (values, end) = whole(text);
    assert_eq!(end, Ok(()), "{text}");
    values
}

fn end(text: &str) -> StreamError {
    whole(text).1.unwrap_err()
}

fn malformed(reason: &str) -> StreamError {
    StreamError::Malformed(reason.to_owned())
}

#[test]
fn values_are_separated_by_white_space_or_nothing() {
    assert_eq!(values("{\"a\":1}\r\n[2] \t\"c\"\n\n null\n"), ["{\"a\":1}", "[2]", "\"c\"", "null"]);
    assert_eq!(
        values("{}{}[][]\"a\"\"b\"1\"c\"true{}-1.5E+3[]"),
        ["{}", "{}", "[]", "[]", "\"a\"", "\"b\"", "1", "\"c\"", "true", "{}", "-1.5E+3", "[]"]
    );
    assert!(values("").is_empty());
    assert!(values(" \n\x1e \r\n\x1e").is_empty());
}

#[test]
fn values_may_be_the_records_of_a_sequence() {
    assert_eq!(
        values("\x1e{\"a\":1}\n\x1e\x1e[2]\n\x1e12\n\x1e\"x\"\x1e{}"),
        ["{\"a\":1}", "[2]", "12", "\"x\"", "{}"]
    );
}

#[test]
fn brackets_and_escapes_in_strings_mean_nothing() {
    for text in [r#"{"a":"}]\"{["}"#, r#"["\\",{"\\\"]":"]"}]"#, r#""\\""#, r#""\u001e""#, r#"[["é\n"],[[]],{"":{}}]"#]
    {
        assert_eq!(values(text), [text]);
        assert_eq!(values(&format!("{text}{text}")), [text, text]);
    }
}

#[test]
fn a_stream_may_be_split_anywhere() {
    for text in [
        "{\"a\":[1,\"\\\"]\",{}]}\n\x1e \"é\\\\\"12 tru\n[[\"}\"]]{}\"a\"\"b\"\x1e-0.5\r\nnull",
        "{} [\"a\x1e{}",
        "{}\n12\x1e{}",
        "[\"\\\x1e\"]",
        "{} \"a\nb\" {}",
        "12, 13",
        "{}}",
        "[1,{\"a",
        "\"\\",
    ] {
        let text = text.as_bytes();
        for limit in [0, 1, 2, 3, 4, 5, 6, 7, 8, 30, ALL] {
            let expected = split(limit, [text]);
            for first in 0..=text.len() {
                for second in first..=text.len() {
                    let chunks = [&text[..first], &text[first..second], &text[second..]];
                    let (got, shown) = (split(limit, chunks), text.escape_ascii());
                    assert_eq!(got, expected, "{shown}, limit {limit}, split at {first} and {second}");
                }
            }
            assert_eq!(split(limit, text.chunks(1)), expected, "{}, limit {limit}", text.escape_ascii());
        }
    }
}

#[test]
fn a_scalar_may_end_with_the_stream() {
    for scalar in ["12", "-1.5e-3", "true", "null"] {
        assert_eq!(values(scalar), [scalar]);
    }
    // The parser checks the name.
    assert_eq!(values("truefalse nope"), ["truefalse", "nope"]);
}

#[test]
fn the_end_inside_a_value_is_an_error() {
    for text in ["{", "[1,2", "\"a", "\"a\\", "{\"a\":{}", "[\"]", "\"\\\""] {
        assert_eq!(end(text), StreamError::Truncated, "{text}");
    }
}

#[test]
fn a_record_inside_a_value_is_an_error() {
    for text in ["\x1e{\"a\":\x1e{}}", "\x1e\"a\x1e\"b\"", "\x1e\"a\\\x1e\"b\"", "\x1e12\x1e3\n"] {
        assert_eq!(whole(text), (vec![], Err(StreamError::Truncated)), "{text:?}");
    }
}

#[test]
fn what_begins_no_value_is_an_error() {
    assert_eq!(whole("{} <html>"), (vec!["{}".to_owned()], Err(malformed("`<` cannot begin a JSON value"))));
    assert_eq!(whole("12,13"), (vec!["12".to_owned()], Err(malformed("`,` cannot begin a JSON value"))));
    assert_eq!(end("\0"), malformed("byte 0x00 cannot begin a JSON value"));
    assert_eq!(end("\u{feff}{}"), malformed("byte 0xef cannot begin a JSON value"));
    for byte in (0..=u8::MAX).filter(|byte| !b"{[\"-0123456789tfn \t\r\n\x1e".contains(byte)) {
        assert!(matches!(split(ALL, [&[byte][..]]).1, Err(StreamError::Malformed(_))), "{byte:#04x}");
    }
}

#[test]
fn a_control_character_in_a_string_is_an_error() {
    // The value was probably cut off there, and the next one would pass for its rest.
    assert_eq!(end("{\"a\":\"b\n{\"c\":1}\n"), malformed("byte 0x0a is not allowed in a JSON string"));
    assert_eq!(end("\"\\\t\""), malformed("byte 0x09 is not allowed in a JSON string"));
}

#[test]
fn a_value_may_be_as_large_as_the_limit() {
    let limit = Err(StreamError::TooLarge { limit: 4 });
    for fits in ["[12]", "\"ab\"", "1234", "true", "{\"\"}"] {
        for text in [fits.to_owned(), format!("  {fits}   \n"), format!("{fits}[]")] {
            assert_eq!(split(4, [text.as_bytes()]).0[0], fits);
        }
    }
    for large in ["[123]", "\"abc\"", "12345", "12345\n", "[1234", "{}[1234", "{\"abcdefghijk"] {
        assert_eq!(split(4, [large.as_bytes()]).1, limit, "{large}");
        assert_eq!(split(4, large.as_bytes().chunks(1)).1, limit, "{large}");
    }
}

#[test]
fn a_value_within_a_chunk_is_a_slice_of_it() {
    let chunk = Bytes::copy_from_slice(b" {\"a\":1}\n[2]\n[");
    let mut values = Values::new(ALL);
    values.push(chunk.clone());
    assert_eq!(values.next().unwrap().unwrap().as_ptr(), chunk[1..].as_ptr());
    assert_eq!(values.next().unwrap().unwrap().as_ptr(), chunk[9..].as_ptr());
    assert_eq!(values.next(), Ok(None));
}

#[test]
fn a_large_value_may_come_in_small_pieces() {
    let text = format!("[\"{}\"]", "x".repeat(8 * 1024 * 1024));
    let (values, end) = split(ALL, text.as_bytes().chunks(100));
    assert_eq!(end, Ok(()));
    assert!(values == [text]);
}

#[test]
fn depth_costs_nothing() {
    let text = "[".repeat(1_000_000) + &"]".repeat(1_000_000);
    assert!(values(&text) == [text]);
}

#[test]
fn a_broken_stream_stays_broken_and_holds_nothing() {
    let mut values = Values::new(ALL);
    values.push(Bytes::from_static(b"{} }"));
    values.push(Bytes::from_static(b"[1, 2]"));
    assert_eq!(values.next(), Ok(Some(Bytes::from_static(b"{}"))));
    let broken = values.next().unwrap_err();
    values.push(Bytes::from_static(b"{}"));
    assert_eq!(values.next(), Err(broken.clone()));
    assert_eq!(values.finish(), Err(broken));
    assert!(values.waiting.is_empty());

    let mut values = Values::new(ALL);
    values.push(Bytes::from_static(b"[\"half of a value"));
    assert_eq!(values.next(), Ok(None));
    assert_eq!(values.finish(), Err(StreamError::Truncated));
    assert_eq!(values.begun.capacity(), 0);
}
