//! Fuzzer input in, a stream in one piece and in chunks out. The first four bytes are sizes of chunks, used in turns.

use bytes::Bytes;

/// The stream, and the same stream in chunks, some of them empty; `None` if the input is too short.
pub fn cut(input: &[u8]) -> Option<(&[u8], Vec<Bytes>)> {
    let (sizes, stream) = input.split_first_chunk::<4>()?;
    // At least one size is not zero.
    let mut sizes = sizes.iter().map(|&size| usize::from(size)).chain([1]).cycle();
    let mut rest = Bytes::copy_from_slice(stream);
    let mut chunks = Vec::new();
    while !rest.is_empty() {
        let size = sizes.next()?.min(rest.len());
        chunks.push(rest.split_to(size));
    }
    Some((stream, chunks))
}
