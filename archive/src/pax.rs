//! The records of a PAX header in, the values that change an entry out. It reads no stream.

use crate::error::{Error, Result};

/// The values of the records. The header's own value holds for `None`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Pax {
    pub(crate) path: Option<Vec<u8>>,
    pub(crate) target: Option<Vec<u8>>,
    pub(crate) size: Option<u64>,
    /// True if the contents are the pieces of a sparse file.
    pub(crate) sparse: bool,
}

impl Pax {
    /// Reads records of the form `<length of the record> <key>=<value>\n`; a value may hold any bytes.
    pub(crate) fn parse(mut records: &[u8]) -> Result<Self> {
        let mut pax = Pax::default();
        while !records.is_empty() {
            let (record, rest) = split(records).ok_or_else(|| Error::damaged("a PAX record is malformed"))?;
            records = rest;
            let Record { key, value } = record;
            // An empty value revokes an earlier record.
            let text = (!value.is_empty()).then(|| value.to_owned());
            match key {
                b"path" => pax.path = text,
                b"linkpath" => pax.target = text,
                b"size" if text.is_none() => pax.size = None,
                b"size" => pax.size = Some(number(value).ok_or_else(|| Error::damaged("a PAX size is not a number"))?),
                key if key.starts_with(b"GNU.sparse.") => pax.sparse = true,
                _ => {}
            }
        }
        Ok(pax)
    }
}

struct Record<'a> {
    key: &'a [u8],
    value: &'a [u8],
}

/// The first record and the rest.
fn split(records: &[u8]) -> Option<(Record<'_>, &[u8])> {
    let space = records.iter().position(|byte| *byte == b' ')?;
    let length = usize::try_from(number(&records[..space])?).ok()?;
    let (record, rest) = records.split_at_checked(length)?;
    let record = record.get(space + 1..)?.strip_suffix(b"\n")?;
    let equals = record.iter().position(|byte| *byte == b'=')?;
    Some((Record { key: &record[..equals], value: &record[equals + 1..] }, rest))
}

fn number(digits: &[u8]) -> Option<u64> {
    let all_digits = digits.iter().all(u8::is_ascii_digit);
    str::from_utf8(digits).ok().filter(|_| all_digits)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crafted::pax_records;

    #[test]
    fn a_value_may_hold_newlines_and_what_looks_like_a_record() {
        let records = pax_records(&[("SCHILY.xattr.user.a", b"\n12 path=evil\n"), ("path", b"a\nb\n")]);
        assert_eq!(Pax::parse(&records).unwrap().path.as_deref(), Some(&b"a\nb\n"[..]));
    }

    #[test]
    fn the_last_record_of_a_key_counts_and_an_empty_one_takes_it_back() {
        let records: &[(&str, &[u8])] =
            &[("path", b"a"), ("path", b"b"), ("size", b"12"), ("size", b"3"), ("linkpath", b"c"), ("linkpath", b"")];
        let pax = Pax::parse(&pax_records(records)).unwrap();
        assert_eq!(pax, Pax { path: Some(b"b".to_vec()), target: None, size: Some(3), sparse: false });
    }

    #[test]
    fn a_malformed_record_is_an_error() {
        for records in [
            &b"x"[..],
            b"6 a=b",
            b"99 a=b\n",
            b"5 a=b\n",
            b"0 \n",
            b"2 \n",
            b"7 abcd\n",
            b"+7 a=b\n",
            b"9 size=x\n",
            b" a=b\n",
            b"99999999999999999999999 a=b\n",
        ] {
            assert!(Pax::parse(records).is_err(), "{}", records.escape_ascii());
        }
        assert!(Pax::parse(&pax_records(&[("GNU.sparse.major", b"1")])).unwrap().sparse);
    }
}
