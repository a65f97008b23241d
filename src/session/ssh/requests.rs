//! The protocol of agents: whole messages, and which requests of a step pass.

use std::io;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The request for the public keys that an agent holds.
pub(super) const LIST_KEYS: [u8; 5] = [0, 0, 0, 1, 11];

/// The kinds of requests that pass: for the public keys, and for a signature. An agent would also forget its keys, take
/// a password as its lock or load a library, for a step as for any program of its user.
const ALLOWED: [u8; 2] = [11, 13];

/// The answer of an agent that does not do what it was asked.
const REFUSAL: [u8; 5] = [0, 0, 0, 1, 5];

/// The bytes of a message's length.
const PREFIX: usize = 4;

/// The most bytes of a message.
const MESSAGE_BYTES: usize = 256 * 1024;

/// Takes the first request off what a step has sent; `None` until all of it has arrived.
pub(super) fn take(sent: &mut BytesMut) -> io::Result<Option<Bytes>> {
    let Some(prefix) = sent.first_chunk() else { return Ok(None) };
    let whole = PREFIX + length(*prefix)?;
    Ok((sent.len() >= whole).then(|| sent.split_to(whole).freeze()))
}

/// Passes a request on, and returns the answer; a refusal for one that a step may not make.
pub(super) async fn answer(agent: &mut (impl AsyncRead + AsyncWrite + Unpin), request: &[u8]) -> io::Result<Bytes> {
    if !request.get(PREFIX).is_some_and(|kind| ALLOWED.contains(kind)) {
        return Ok(Bytes::from_static(&REFUSAL));
    }
    agent.write_all(request).await?;
    let mut prefix = [0; PREFIX];
    agent.read_exact(&mut prefix).await?;
    let mut answer = BytesMut::zeroed(PREFIX + length(prefix)?);
    answer[..PREFIX].copy_from_slice(&prefix);
    agent.read_exact(&mut answer[PREFIX..]).await?;
    Ok(answer.freeze())
}

fn length(prefix: [u8; PREFIX]) -> io::Result<usize> {
    let length = u32::from_be_bytes(prefix) as usize;
    match length {
        1..=MESSAGE_BYTES => Ok(length),
        _ => Err(io::Error::new(io::ErrorKind::InvalidData, format!("a message of {length} bytes"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_taken_once_it_is_whole() {
        let mut sent = BytesMut::new();
        for (piece, expected) in
            [(&[0, 0, 0][..], None), (&[2, 13], None), (&[7, 0, 0], Some(&[0, 0, 0, 2, 13, 7][..])), (&[0], None)]
        {
            sent.extend_from_slice(piece);
            assert_eq!(take(&mut sent).unwrap().as_deref(), expected);
        }
        for wrong in [[0, 0, 0, 0], [0, 4, 0, 1], [255; 4]] {
            assert!(take(&mut BytesMut::from(&wrong[..])).is_err(), "{wrong:?}");
        }
    }

    #[tokio::test]
    async fn only_keys_are_listed_and_signatures_made() {
        let (mut step, mut agent) = tokio::io::duplex(64);
        // The kinds that change an agent, and such as nobody knows.
        for kind in [9, 10, 17, 18, 19, 20, 21, 22, 23, 25, 26, 27, 0, 255] {
            let refused = answer(&mut step, &[0, 0, 0, 1, kind]).await.unwrap();
            assert_eq!(refused[..], REFUSAL, "{kind}");
        }
        assert_eq!(answer(&mut step, &[0, 0, 0, 0]).await.unwrap()[..], REFUSAL);
        for kind in [11, 13] {
            let answers = async {
                let mut request = [0; 5];
                agent.read_exact(&mut request).await.unwrap();
                agent.write_all(&[0, 0, 0, 2, 12, request[4]]).await.unwrap();
            };
            let request = [0, 0, 0, 1, kind];
            let (answer, ()) = tokio::join!(answer(&mut step, &request), answers);
            assert_eq!(answer.unwrap()[..], [0, 0, 0, 2, 12, kind]);
        }
        drop(agent);
        assert!(answer(&mut step, &LIST_KEYS).await.is_err());
    }
}
