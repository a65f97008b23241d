//! An open connection to an engine, encrypted or not. It knows no address and no HTTP.

use tokio::io::{AsyncRead, AsyncWrite};

/// A connection that carries requests and their answers.
pub(crate) trait Connection: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Connection for T {}

/// Why the engine ended a connection that was open already.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
#[cfg_attr(not(feature = "tls"), allow(dead_code, reason = "only TLS has such an end"))]
pub(crate) struct Refusal(pub String);
