//! A stream of JSON values in, as chunks cut anywhere, the bytes of one value after the other out. It finds where
//! values end and leaves to the JSON parser whether they are valid. It knows no types and no connection.

use std::collections::VecDeque;

use bytes::{Buf, Bytes, BytesMut};

use super::broken::Broken;

/// What begins a record of a JSON text sequence (RFC 7464).
const RECORD_SEPARATOR: u8 = 0x1e;

/// Splits a stream into JSON values, which may be separated by white space, by record separators, or by nothing where
/// it is clear that a value ends: `{}{}`.
///
/// Push a chunk, then call [`next`](Self::next) until it has no more: what was pushed is held until it has been asked
/// for. A value within one chunk is a slice of it; a value that is spread over chunks is copied. No byte is looked at
/// twice.
#[derive(Debug)]
pub(crate) struct Values {
    /// The most bytes of a value.
    limit: usize,
    /// Chunks that were not read yet; none is empty.
    waiting: VecDeque<Bytes>,
    /// The beginning of a value whose end is still to come.
    begun: BytesMut,
    scan: Scan,
    broken: Option<Broken>,
}

impl Values {
    /// `limit` is the most bytes of a value; about twice as many are held while one comes.
    pub(crate) fn new(limit: usize) -> Self {
        Values { limit, waiting: VecDeque::new(), begun: BytesMut::new(), scan: Scan::default(), broken: None }
    }

    /// Adds what came next.
    pub(crate) fn push(&mut self, chunk: Bytes) {
        if !chunk.is_empty() && self.broken.is_none() {
            self.waiting.push_back(chunk);
        }
    }

    /// The next value, without what separates it; `None` if more bytes must come first.
    ///
    /// # Errors
    /// [`Broken::Malformed`] at a byte that cannot stand there, [`Broken::Truncated`] at a record that begins inside a
    /// value, and [`Broken::TooLarge`]; from then on every time.
    pub(crate) fn next(&mut self) -> Result<Option<Bytes>, Broken> {
        match &self.broken {
            Some(broken) => Err(broken.clone()),
            None => self.value().map_err(|broken| self.give_up(broken)),
        }
    }

    /// Says that nothing more comes: the next value, at last a number or a name, which nothing but the end of the
    /// stream need end. To be called until there is none.
    ///
    /// # Errors
    /// [`Broken::Truncated`] if the stream ends inside a value, and those of [`next`](Self::next).
    pub(crate) fn finish(&mut self) -> Result<Option<Bytes>, Broken> {
        if let Some(value) = self.next()? {
            return Ok(Some(value));
        }
        match self.scan.place {
            Place::Between => Ok(None),
            Place::Scalar => {
                self.scan = Scan::default();
                Ok(Some(std::mem::take(&mut self.begun).freeze()))
            }
            Place::Structure | Place::String | Place::Escape => Err(self.give_up(Broken::Truncated)),
        }
    }

    fn value(&mut self) -> Result<Option<Bytes>, Broken> {
        while let Some(chunk) = self.waiting.front_mut() {
            if self.scan.place == Place::Between {
                chunk.advance(gap(chunk));
            }
            // One byte more than a value may have shows that it is too large, or that a scalar has ended. What has
            // begun is within the limit.
            let room = (self.limit - self.begun.len()).saturating_add(1);
            let reach = chunk.len().min(room);
            let end = self.scan.end(&chunk[..reach])?;
            let value = match end {
                Some(length) if length + self.begun.len() <= self.limit => Some(chunk.split_to(length)),
                None if reach < room => {
                    self.begun.extend_from_slice(chunk);
                    chunk.clear();
                    None
                }
                _ => return Err(Broken::TooLarge { limit: self.limit }),
            };
            if chunk.is_empty() {
                self.waiting.pop_front();
            }
            match value {
                Some(value) if self.begun.is_empty() => return Ok(Some(value)),
                Some(rest) => {
                    self.begun.extend_from_slice(&rest);
                    return Ok(Some(std::mem::take(&mut self.begun).freeze()));
                }
                None => {}
            }
        }
        Ok(None)
    }

    fn give_up(&mut self, broken: Broken) -> Broken {
        self.waiting.clear();
        self.begun = BytesMut::new();
        self.broken.insert(broken).clone()
    }
}

/// How many bytes there are before the next value.
fn gap(bytes: &[u8]) -> usize {
    let separates = |byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | RECORD_SEPARATOR);
    bytes.iter().position(|&byte| !separates(byte)).unwrap_or(bytes.len())
}

/// Looks for the end of a value, and remembers where it was when the bytes end first.
#[derive(Debug, Default)]
struct Scan {
    place: Place,
    /// How many brackets and braces are open.
    depth: usize,
}

/// What the next byte is part of.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// No value: the next one begins here.
    #[default]
    Between,
    /// A number or a name, which ends before the first byte that cannot be part of one.
    Scalar,
    /// An object or an array, outside of its strings.
    Structure,
    /// A string, of its own or within a structure.
    String,
    /// The character after a backslash.
    Escape,
}

impl Scan {
    /// The number of bytes up to the end of the value that was begun or begins here; `None` if it ends later.
    fn end(&mut self, bytes: &[u8]) -> Result<Option<usize>, Broken> {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            match self.place {
                Place::Between => self.place = beginning(byte)?,
                Place::Scalar => return self.scalar_end(&bytes[at..]).map(|end| end.map(|end| at + end)),
                Place::Structure => {
                    let Some(skipped) = bytes[at..].iter().position(|&byte| STRUCTURAL[usize::from(byte)]) else {
                        break;
                    };
                    at += skipped + 1;
                    self.structure(bytes[at - 1])?;
                }
                Place::String => {
                    let Some(skipped) = bytes[at..].iter().position(|&byte| ends_text(byte)) else { break };
                    at += skipped + 1;
                    self.string(bytes[at - 1])?;
                }
                // A control character is as wrong behind a backslash as anywhere in a string.
                Place::Escape => {
                    self.place = Place::String;
                    at += usize::from(byte >= b' ');
                }
            }
            if self.place == Place::Between {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    fn structure(&mut self, byte: u8) -> Result<(), Broken> {
        match byte {
            b'"' => self.place = Place::String,
            b'{' | b'[' => self.depth += 1,
            RECORD_SEPARATOR => return Err(Broken::Truncated),
            _ => {
                // One is open: a value that begins with a closing one was refused.
                self.depth -= 1;
                if self.depth == 0 {
                    self.place = Place::Between;
                }
            }
        }
        Ok(())
    }

    fn string(&mut self, byte: u8) -> Result<(), Broken> {
        match byte {
            b'\\' => self.place = Place::Escape,
            b'"' if self.depth == 0 => self.place = Place::Between,
            b'"' => self.place = Place::Structure,
            RECORD_SEPARATOR => return Err(Broken::Truncated),
            _ => return Err(Broken::Malformed(format!("{} cannot stand in a JSON string", shown(byte)))),
        }
        Ok(())
    }

    fn scalar_end(&mut self, bytes: &[u8]) -> Result<Option<usize>, Broken> {
        let continues = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        let Some(end) = bytes.iter().position(|&byte| !continues(byte)) else { return Ok(None) };
        self.place = Place::Between;
        match bytes[end] {
            // RFC 7464 wants white space after a scalar: without, `12` may have been `123`.
            RECORD_SEPARATOR => Err(Broken::Truncated),
            _ => Ok(Some(end)),
        }
    }
}

/// Where a value that begins with this byte begins.
fn beginning(byte: u8) -> Result<Place, Broken> {
    match byte {
        // The scan counts, or sees, the byte itself as the first of the structure.
        b'{' | b'[' | b'"' => Ok(Place::Structure),
        b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => Ok(Place::Scalar),
        _ => Err(Broken::Malformed(format!("{} cannot begin a JSON value", shown(byte)))),
    }
}

fn shown(byte: u8) -> String {
    if byte.is_ascii_graphic() { format!("`{}`", char::from(byte)) } else { format!("byte {byte:#04x}") }
}

/// Whether a byte outside of strings bears on where the value ends. A table, which is twice as fast as comparisons.
const STRUCTURAL: [bool; 256] = {
    let mut table = [false; 256];
    let mut bytes: &[u8] = b"\"{}[]\x1e";
    while let [byte, rest @ ..] = bytes {
        table[*byte as usize] = true;
        bytes = rest;
    }
    table
};

/// Whether a byte in a string is not simply a part of its text.
fn ends_text(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\') || byte < b' '
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: usize = usize::MAX;

    /// All values of the chunks, and how it ended.
    fn split<'a>(limit: usize, chunks: impl IntoIterator<Item = &'a [u8]>) -> (Vec<String>, Result<(), Broken>) {
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

    fn whole(text: &str) -> (Vec<String>, Result<(), Broken>) {
        split(ALL, [text.as_bytes()])
    }

    fn values(text: &str) -> Vec<String> {
        let (values, end) = whole(text);
        assert_eq!(end, Ok(()), "{text}");
        values
    }

    fn end(text: &str) -> Broken {
        whole(text).1.unwrap_err()
    }

    fn malformed(reason: &str) -> Broken {
        Broken::Malformed(reason.to_owned())
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
        for text in
            [r#"{"a":"}]\"{["}"#, r#"["\\",{"\\\"]":"]"}]"#, r#""\\""#, r#""\u001e""#, r#"[["é\n"],[[]],{"":{}}]"#]
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
        // Whether it is one the parser will say.
        assert_eq!(values("truefalse nope"), ["truefalse", "nope"]);
    }

    #[test]
    fn the_end_inside_a_value_is_an_error() {
        for text in ["{", "[1,2", "\"a", "\"a\\", "{\"a\":{}", "[\"]", "\"\\\""] {
            assert_eq!(end(text), Broken::Truncated, "{text}");
        }
    }

    #[test]
    fn a_record_inside_a_value_is_an_error() {
        for text in ["\x1e{\"a\":\x1e{}}", "\x1e\"a\x1e\"b\"", "\x1e\"a\\\x1e\"b\"", "\x1e12\x1e3\n"] {
            assert_eq!(whole(text), (vec![], Err(Broken::Truncated)), "{text:?}");
        }
    }

    #[test]
    fn what_begins_no_value_is_an_error() {
        assert_eq!(whole("{} <html>"), (vec!["{}".to_owned()], Err(malformed("`<` cannot begin a JSON value"))));
        assert_eq!(whole("12,13"), (vec!["12".to_owned()], Err(malformed("`,` cannot begin a JSON value"))));
        assert_eq!(end("\0"), malformed("byte 0x00 cannot begin a JSON value"));
        assert_eq!(end("\u{feff}{}"), malformed("byte 0xef cannot begin a JSON value"));
        for byte in (0..=u8::MAX).filter(|byte| !b"{[\"-0123456789tfn \t\r\n\x1e".contains(byte)) {
            assert!(matches!(split(ALL, [&[byte][..]]).1, Err(Broken::Malformed(_))), "{byte:#04x}");
        }
    }

    #[test]
    fn a_control_character_in_a_string_is_an_error() {
        // Most likely the value was cut off there; to go on would take the next one for the rest of it.
        assert_eq!(end("{\"a\":\"b\n{\"c\":1}\n"), malformed("byte 0x0a cannot stand in a JSON string"));
        assert_eq!(end("\"\\\t\""), malformed("byte 0x09 cannot stand in a JSON string"));
    }

    #[test]
    fn a_value_may_be_as_large_as_the_limit() {
        let limit = Err(Broken::TooLarge { limit: 4 });
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
        assert_eq!(values.finish(), Err(Broken::Truncated));
        assert_eq!(values.begun.capacity(), 0);
    }
}
