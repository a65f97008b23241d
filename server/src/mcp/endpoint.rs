//! The endpoint of MCP over HTTP: rmcp's service around one server. Hosts, origins and tokens have been checked before.

use std::borrow::Cow;
use std::sync::Arc;

use dockwright::bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use rmcp::RoleServer;
use rmcp::handler::server::ServerHandler;
use rmcp::model as mcp;
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde::Deserialize;
use serde_json::error::Category;
use tokio_util::sync::CancellationToken;

use super::http_sessions::{HttpSessions, SSE_RETRY};
use super::{Server, Session};
use crate::http::{Answer, TokenName, busy, text};

/// The path of the endpoint.
pub const HTTP_PATH: &str = "/mcp";

/// The header that names a session.
const SESSION: &str = "mcp-session-id";
/// The method that begins a session.
const INITIALIZE: &str = "initialize";
/// The method that calls a tool.
const CALL: &str = "tools/call";
/// The method whose answer goes on until its client goes.
const LISTEN: &str = "subscriptions/listen";
const JSON: &str = "application/json";

type Service<H> = StreamableHttpService<H, LocalSessionManager>;

/// The endpoint of one server, and the handler of each of its sessions.
pub struct HttpEndpoint<H = Session> {
    server: Arc<Server>,
    service: Service<H>,
    /// The service for streams that would never end by themselves.
    streams: Service<H>,
    /// Without them, each request is a session of its own, and any replica may answer it.
    sessions: Option<HttpSessions>,
}

/// The part of a message that decides about the way that it takes.
#[derive(Default, Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    method: Option<Cow<'a, str>>,
}

impl HttpEndpoint {
    /// Answers for a server. `drain` ends the streams that are open.
    #[must_use]
    pub fn new(server: Arc<Server>, with_sessions: bool, drain: CancellationToken) -> Self {
        HttpEndpoint::with_handler(server, Session::new, with_sessions, drain)
    }
}

impl<H: ServerHandler> HttpEndpoint<H> {
    /// Answers with other handlers than the server's own sessions.
    #[must_use]
    pub fn with_handler(
        server: Arc<Server>,
        handler: impl Fn(Arc<Server>) -> H + Send + Sync + 'static,
        with_sessions: bool,
        drain: CancellationToken,
    ) -> Self {
        let sessions = HttpSessions::new();
        let config = StreamableHttpServerConfig::default()
            .disable_allowed_hosts()
            .disable_allowed_origins()
            .with_sse_retry(SSE_RETRY)
            .with_legacy_session_mode(with_sessions);
        let session = {
            let server = Arc::clone(&server);
            move || Ok(handler(Arc::clone(&server)))
        };
        let service = Service::new(session, sessions.manager(), config);
        let mut streams = service.clone();
        streams.config.cancellation_token = drain;
        HttpEndpoint { server, service, streams, sessions: with_sessions.then_some(sessions) }
    }

    /// Answers a request.
    pub async fn answer(&self, request: Request<Bytes>) -> Answer {
        let body = request.body().clone();
        let method = serde_json::from_slice::<Envelope>(&body).unwrap_or_default().method.unwrap_or_default();
        if method == CALL && !self.server.dispatcher.has_turn().await {
            return busy("too many calls are under way");
        }
        let is_stream = request.method() == Method::GET || method == LISTEN;
        let service = if is_stream { &self.streams } else { &self.service };
        let Some(sessions) = &self.sessions else { return pass(service, request).await };
        let id = request.headers().get(SESSION).map(|id| id.to_str().unwrap_or_default().to_owned());
        let Some(token) = request.extensions().get::<TokenName>().cloned() else {
            return text(StatusCode::UNAUTHORIZED, "no token");
        };
        match id {
            Some(id) if !sessions.is_usable(&id, &token).await => text(StatusCode::NOT_FOUND, "no such session"),
            Some(id) => {
                if request.method() == Method::DELETE {
                    sessions.end(&id.into()).await;
                }
                pass(service, request).await
            }
            None if method == INITIALIZE => begin_session(sessions, token, service, request).await,
            None => pass(service, request).await,
        }
    }
}

async fn begin_session<H: ServerHandler>(
    sessions: &HttpSessions,
    token: TokenName,
    service: &Service<H>,
    request: Request<Bytes>,
) -> Answer {
    let Some(place) = sessions.make_room().await else { return busy("too many sessions are open") };
    let answer = pass(service, request).await;
    if let Some(id) = answer.headers().get(SESSION).and_then(|id| id.to_str().ok()) {
        sessions.add(id.into(), token, place);
    }
    answer
}

/// Hands a request to rmcp. Its answer to a body that is no message is a text; the protocol wants an error.
async fn pass<H: ServerHandler>(service: &Service<H>, request: Request<Bytes>) -> Answer {
    let body = request.body().clone();
    let is_json = request.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(JSON.as_bytes()));
    let answer = service.handle(request.map(Full::new)).await;
    if is_json && answer.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE {
        return problem(&body).map_or(answer, |problem| json(StatusCode::BAD_REQUEST, &problem));
    }
    answer
}

/// The error of a body that holds no message. Its id cannot be known.
fn problem(body: &[u8]) -> Option<TxJsonRpcMessage<RoleServer>> {
    let error = serde_json::from_slice::<RxJsonRpcMessage<RoleServer>>(body).err()?;
    let problem = match error.classify() {
        Category::Data => mcp::ErrorData::invalid_request("Invalid request", None),
        _ => mcp::ErrorData::parse_error(format!("the body is not JSON: {error}"), None),
    };
    Some(TxJsonRpcMessage::<RoleServer>::error(problem, None))
}

fn json(status: StatusCode, message: &TxJsonRpcMessage<RoleServer>) -> Answer {
    let text = serde_json::to_vec(message).expect("a message is JSON");
    let mut answer = Response::new(Full::new(Bytes::from(text)).boxed());
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
    answer
}
