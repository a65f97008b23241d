//! The connection of a session: HTTP/2 of which the engine is the client.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

use super::reply::response;
use super::services::Services;
use crate::call::Call;
use crate::grpc::{Task, Tasks};
use crate::sent_login::LoginAccount;

/// The most calls at once. An engine makes a few for each step that runs.
const CALLS: u32 = 256;

/// The most bytes of the headers of a call. Patterns of an ignore file are among them.
const HEADER_BYTES: u32 = 1024 * 1024;

/// A session that answers. Dropping it closes the connection, and ends all that it sends and receives.
#[must_use = "dropping it ends the session"]
pub struct OpenSession {
    id: String,
    /// The words on the logins that the engine asked for; `None` if the session gives none.
    logins: Option<LoginAccount>,
    _task: Task<()>,
}

impl OpenSession {
    /// The id that a build names in `session`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl Call<'_> {
    /// Names the session that the engine asks during a build. It gives the stored logins, each when the engine asks for
    /// that of a registry, so none is sent with the call; a refusal for want of one tells where it was looked for.
    pub fn session(self, session: &OpenSession) -> Self {
        self.argument("session", session.id()).with_session_logins(session.logins.clone())
    }
}

impl fmt::Debug for OpenSession {
    /// The id is a secret: whoever knows it can ask for the others.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenSession").finish_non_exhaustive()
    }
}

/// Answers the calls on a connection of the session with this id.
pub(super) fn serve(
    id: String,
    connection: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    services: Services,
) -> OpenSession {
    let logins = services.credentials.is_some().then(|| services.login_account.clone());
    let services = Arc::new(services);
    let task = Task::spawn(async move {
        let answer = service_fn(move |request| {
            let services = Arc::clone(&services);
            async move { Ok::<_, Infallible>(response(services.answer(request).await)) }
        });
        let calls = Tasks::default();
        let served = http2::Builder::new(calls.executor())
            .max_concurrent_streams(CALLS)
            .max_header_list_size(HEADER_BYTES)
            .serve_connection(TokioIo::new(connection), answer)
            .await;
        if let Err(error) = served {
            tracing::debug!(target: "dockwright::session", %error, "the connection ended");
        }
    });
    OpenSession { id, logins, _task: task }
}
