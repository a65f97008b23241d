//! The wire format of protocol buffers: bytes to fields one by one, and fields to bytes. It knows no message. Reading
//! copies nothing and allocates nothing.

#[cfg(feature = "session")]
mod writer;

use bytes::{Buf, Bytes};

#[cfg(feature = "session")]
pub(crate) use writer::Message;

/// The fields of a message that are still to be read.
#[derive(Debug)]
pub(crate) struct Fields(Bytes);

/// The value of a field.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// A number or a boolean.
    Number(u64),
    /// A text, bytes or another message.
    Bytes(Bytes),
    /// A number of four or eight bytes, which none of the known fields is.
    Fixed,
}

/// The bytes are no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed(pub(crate) &'static str);

impl Fields {
    pub(crate) fn new(message: Bytes) -> Self {
        Fields(message)
    }

    /// The number and the value of the next field; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<(u64, Value)>, Malformed> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let key = self.varint()?;
        let value = match key & 7 {
            0 => Value::Number(self.varint()?),
            1 => self.fixed(8)?,
            2 => {
                let length = self.varint()?;
                Value::Bytes(self.take(length)?)
            }
            5 => self.fixed(4)?,
            _ => return Err(Malformed("a field is of no known kind")),
        };
        Ok(Some((key >> 3, value)))
    }

    /// A number in groups of seven bits, the lowest first.
    fn varint(&mut self) -> Result<u64, Malformed> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = *self.0.first().ok_or(Malformed("a number is cut off"))?;
            self.0.advance(1);
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Malformed("a number has more than 64 bits"))
    }

    fn fixed(&mut self, length: u64) -> Result<Value, Malformed> {
        self.take(length).map(|_| Value::Fixed)
    }

    fn take(&mut self, length: u64) -> Result<Bytes, Malformed> {
        match usize::try_from(length) {
            Ok(length) if length <= self.0.len() => Ok(self.0.split_to(length)),
            _ => Err(Malformed("a field is longer than its message")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &'static [u8]) -> Result<Vec<(u64, Value)>, Malformed> {
        let mut fields = Fields::new(Bytes::from_static(bytes));
        std::iter::from_fn(|| fields.next().transpose()).take(100).collect()
    }

    #[test]
    fn fields_of_every_kind_are_told_apart() {
        let bytes = b"\x08\x96\x01\x12\x02hi\x1d\0\0\0\0\x21\0\0\0\0\0\0\0\0\x2a\0\xc0\x3e\x01";
        let text = |text: &'static str| Value::Bytes(Bytes::from_static(text.as_bytes()));
        let expected = [
            (1, Value::Number(150)),
            (2, text("hi")),
            (3, Value::Fixed),
            (4, Value::Fixed),
            (5, text("")),
            (1000, Value::Number(1)),
        ];
        assert_eq!(all(bytes).unwrap(), expected);
        assert_eq!(all(b"").unwrap(), []);
        let largest = b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01";
        assert_eq!(all(largest).unwrap(), [(1, Value::Number(u64::MAX))]);
    }

    #[test]
    fn bytes_that_are_no_message_are_refused() {
        for (bytes, reason) in [
            (&b"\x08"[..], "a number is cut off"),
            (b"\x08\x80", "a number is cut off"),
            (b"\x12\x03hi", "a field is longer than its message"),
            (b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "a field is longer than its message"),
            (b"\x1d\0\0", "a field is longer than its message"),
            (b"\x0b", "a field is of no known kind"),
            (b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "a number has more than 64 bits"),
        ] {
            assert_eq!(all(bytes), Err(Malformed(reason)), "{}", bytes.escape_ascii());
        }
    }
}
