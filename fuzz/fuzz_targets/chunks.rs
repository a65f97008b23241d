//! Fuzzer input in, a stream and its cut form out: the first four bytes are sizes of chunks, used over and over.

use bytes::Bytes;

/// The stream, and the same stream in chunks, empty ones among them; `None` if the input is too short to say how.
pub fn cut(input: &[u8]) -> Option<(&[u8], Vec<Bytes>)> {
    let (sizes, stream) = input.split_first_chunk::<4>()?;
    // One size at least makes progress.
    let mut sizes = sizes.iter().map(|&size| usize::from(size)).chain([1]).cycle();
    let mut rest = Bytes::copy_from_slice(stream);
    let mut chunks = Vec::new();
    while !rest.is_empty() {
        let size = sizes.next()?.min(rest.len());
        chunks.push(rest.split_to(size));
    }
    Some((stream, chunks))
}
