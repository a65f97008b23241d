//! rmcp's own HTTP service with one tool, whose reply is always the same, from memory or after the engine was asked.
//! Nothing is checked, nothing is bounded, and the engine's answer is not read as JSON.

use std::sync::Arc;

use dockwright::{Body, Engine, http};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rmcp::handler::server::ServerHandler;
use rmcp::model as mcp;
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{ErrorData, RoleServer};
use tokio::net::TcpSocket;

#[derive(Clone)]
struct Bare {
    reply: Arc<str>,
    engine: Option<Engine>,
}

impl ServerHandler for Bare {
    fn get_info(&self) -> mcp::ServerConfig {
        mcp::ServerConfig::new(mcp::ServerCapabilities::builder().enable_tools().build())
    }

    async fn call_tool(
        &self,
        _request: mcp::CallToolRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<mcp::CallToolResponse, ErrorData> {
        if let Some(engine) = &self.engine {
            let request = http::Request::get("/containers/json").body(Body::default()).unwrap();
            let mut answer = engine.raw(request).await.unwrap();
            while answer.chunk().await.unwrap().is_some() {}
        }
        Ok(mcp::CallToolResult::success(vec![mcp::ContentBlock::text(self.reply.to_string())]).into())
    }
}

/// Serves until it is killed.
pub async fn serve(reply: &str, engine: Option<&str>) {
    let bare = Bare { reply: reply.into(), engine: engine.map(|address| Engine::at(address).unwrap()) };
    let config = StreamableHttpServerConfig::default().with_legacy_session_mode(false);
    let service =
        StreamableHttpService::new(move || Ok(bare.clone()), Arc::new(LocalSessionManager::default()), config);
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1024).unwrap();
    eprintln!("http://{}/mcp", listener.local_addr().unwrap());
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        let service = service.clone();
        let answer = service_fn(move |request| {
            let service = service.clone();
            async move { Ok::<_, std::convert::Infallible>(service.handle(request).await) }
        });
        tokio::spawn(async move { http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await });
    }
}
