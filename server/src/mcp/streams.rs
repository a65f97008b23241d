//! Bounds the streams of subscriptions of a session. rmcp acknowledges a stream before a handler hears of it, so one
//! too many is refused before rmcp's handler. Over HTTP a stream has a connection, and these are bounded.

use std::borrow::Cow;

use rmcp::model as mcp;
use rmcp::service::{NotificationContext, RequestContext, Service};
use rmcp::{ErrorData, RoleServer};
use tokio::sync::Semaphore;

/// The most streams of a session.
const STREAMS: usize = 16;

/// A session with few streams.
pub(super) struct StreamLimit<S> {
    session: S,
    places: Semaphore,
}

impl<S> StreamLimit<S> {
    pub(super) fn new(session: S) -> Self {
        StreamLimit { session, places: Semaphore::new(STREAMS) }
    }
}

impl<S: Service<RoleServer>> Service<RoleServer> for StreamLimit<S> {
    async fn handle_request(
        &self,
        request: mcp::ClientRequest,
        context: RequestContext<RoleServer>,
    ) -> Result<mcp::ServerResult, ErrorData> {
        let is_stream = matches!(request, mcp::ClientRequest::SubscriptionsListenRequest(_));
        let place = is_stream.then(|| self.places.try_acquire());
        if let Some(Err(_)) = place {
            let problem = format!("a session has at most {STREAMS} streams of subscriptions; end one first");
            return Err(ErrorData::invalid_request(problem, None));
        }
        self.session.handle_request(request, context).await
    }

    async fn handle_notification(
        &self,
        notification: mcp::ClientNotification,
        context: NotificationContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.session.handle_notification(notification, context).await
    }

    fn get_info(&self) -> mcp::ServerConfig {
        self.session.get_info()
    }

    fn supported_protocol_versions(&self) -> Cow<'static, [mcp::ProtocolVersion]> {
        self.session.supported_protocol_versions()
    }
}
