//! The connection of a session: HTTP/2 of which the engine is the client.

use std::convert::Infallible;
use std::sync::Arc;

use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

use super::reply::response;
use super::services::Services;
use crate::grpc::{Task, Tasks};

/// The most calls at once. An engine makes a few for each step that runs.
const CALLS: u32 = 256;

/// The most bytes of the headers of a call. Patterns of an ignore file are among them.
const HEADER_BYTES: u32 = 1024 * 1024;

/// A session that answers. Dropping it closes the connection, and ends all that it sends and receives.
#[derive(Debug)]
#[must_use = "dropping it ends the session"]
pub struct OpenSession(#[expect(dead_code, reason = "it is held until it is dropped")] Task<()>);

/// Answers the calls on a connection.
pub(super) fn serve(
    connection: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    services: Services,
) -> OpenSession {
    let services = Arc::new(services);
    OpenSession(Task::spawn(async move {
        let answer = service_fn(move |request| {
            let services = Arc::clone(&services);
            async move { Ok::<_, Infallible>(response(services.answer(request).await)) }
        });
        let served = http2::Builder::new(Tasks::default())
            .max_concurrent_streams(CALLS)
            .max_header_list_size(HEADER_BYTES)
            .serve_connection(TokioIo::new(connection), answer)
            .await;
        if let Err(error) = served {
            tracing::debug!(target: "dockwright::session", %error, "the connection ended");
        }
    }))
}
