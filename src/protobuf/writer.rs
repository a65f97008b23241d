//! Fields to the bytes of a message. As the format has it, a field with its default value is left out.

use bytes::Bytes;

/// A message that is being written.
#[derive(Debug, Default)]
pub(crate) struct Message(Vec<u8>);

impl Message {
    /// Adds a number or a boolean.
    #[must_use]
    pub(crate) fn number(mut self, field: u64, value: u64) -> Self {
        if value != 0 {
            self.varint(field << 3);
            self.varint(value);
        }
        self
    }

    /// Adds a text, bytes or another message.
    #[must_use]
    pub(crate) fn bytes(self, field: u64, value: &[u8]) -> Self {
        if value.is_empty() { self } else { self.message(field, value) }
    }

    /// Adds another message, which is there even if it is empty.
    #[must_use]
    pub(crate) fn message(mut self, field: u64, value: &[u8]) -> Self {
        self.varint(field << 3 | 2);
        self.varint(value.len() as u64);
        self.0.extend_from_slice(value);
        self
    }

    pub(crate) fn finish(self) -> Bytes {
        self.0.into()
    }

    fn varint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protobuf::{Fields, Value};

    #[test]
    fn what_is_written_is_read_and_defaults_are_left_out() {
        let message = Message::default().number(1, 150).bytes(2, b"hi").number(3, 0).bytes(4, b"").message(5, b"");
        let message = message.number(1000, u64::MAX).finish();
        assert_eq!(&message[..9], b"\x08\x96\x01\x12\x02hi\x2a\0");
        let mut fields = Fields::new(message);
        let read: Vec<_> = std::iter::from_fn(|| fields.next().unwrap()).collect();
        let text = |text: &'static str| Value::Bytes(Bytes::from_static(text.as_bytes()));
        let expected = [(1, Value::Number(150)), (2, text("hi")), (5, text("")), (1000, Value::Number(u64::MAX))];
        assert_eq!(read, expected);
    }
}
