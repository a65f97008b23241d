//! The body of an answer from the network. Its connection is idle once it has ended.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::StatusCode;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;

use crate::budget::{BUDGET, Exchanges};

/// The body of an answer, until it is dropped.
pub(crate) struct ReceivedBody {
    body: Incoming,
    /// The exchanges on its connection. `None` if the connection is given up to what it is upgraded to.
    exchanges: Option<Arc<Exchanges>>,
}

impl ReceivedBody {
    /// The answer with this body.
    pub(super) fn of(response: http::Response<Incoming>) -> http::Response<Self> {
        let is_upgraded = response.status() == StatusCode::SWITCHING_PROTOCOLS;
        let exchanges = response.extensions().get::<Arc<Exchanges>>().filter(|_| !is_upgraded).cloned();
        response.map(|body| ReceivedBody { body, exchanges })
    }
}

impl Body for ReceivedBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<hyper::Result<Frame<Bytes>>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for ReceivedBody {
    fn drop(&mut self) {
        if let Some(exchanges) = &self.exchanges
            && let Some(request) = exchanges.end()
        {
            BUDGET.add_idle(exchanges, request);
        }
    }
}
