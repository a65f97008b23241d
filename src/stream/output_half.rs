//! The half of a connection that is read, in pieces.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use ::bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, ReadBuf, ReadHalf};

use super::duplex::Duplex;
use crate::error::{Error, Result};
use crate::transport::copy;

/// The most bytes that are read at once.
const PIECE_BYTES: usize = 32 * 1024;

/// The half of a connection that is read, in pieces.
#[derive(Debug)]
pub(super) struct OutputHalf {
    operation: &'static str,
    half: ReadHalf<Duplex>,
    buffer: BytesMut,
}

impl OutputHalf {
    pub(super) fn new(operation: &'static str, half: ReadHalf<Duplex>) -> Self {
        OutputHalf { operation, half, buffer: BytesMut::new() }
    }

    pub(super) fn operation(&self) -> &'static str {
        self.operation
    }

    pub(super) fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        self.buffer.resize(PIECE_BYTES, 0);
        let mut piece = ReadBuf::new(&mut self.buffer);
        if let Err(error) = ready!(Pin::new(&mut self.half).poll_read(context, &mut piece)) {
            return Poll::Ready(Some(Err(interrupted(self.operation, &error))));
        }
        let length = piece.filled().len();
        Poll::Ready((length > 0).then(|| Ok(self.buffer.split_to(length).freeze())))
    }
}

/// An error of the connection; one that was an [`Error`] before stays itself.
pub(super) fn interrupted(operation: &'static str, error: &io::Error) -> Error {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(error) => error.clone(),
        None => Error::Interrupted { operation, reason: error.to_string(), source: Some(copy(error).into()) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_lost_below_is_said_in_its_own_words() {
        let error = Error::TooLarge { operation: "exec_start", limit: 7 };
        assert_eq!(interrupted("x", &error.clone().into()).to_string(), error.to_string());
        let error = interrupted("exec_start", &io::ErrorKind::BrokenPipe.into());
        assert_eq!(error.to_string(), "exec_start: the connection was lost: broken pipe");
    }
}
