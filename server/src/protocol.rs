//! The Model Context Protocol: what rmcp asks of a server, answered from the list of tools and by the door. Every failure
//! of a call is a result that a model can read; only a request that makes no sense is a protocol error.

mod contained;
mod serve;
mod told;
mod ways;

use std::sync::{Mutex, PoisonError};

use dockwright::Version;
use dockwright::tools;
use rmcp::handler::server::ServerHandler;
use rmcp::model as mcp;
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};

use crate::door::{Door, Failure};
use crate::prompts;
use crate::protocol::contained::contained;
use crate::protocol::told::Told;
use crate::reply::Shaped;
use crate::resources;
use crate::surface;

pub use serve::serve;

/// The server's side of one session.
pub struct Protocol {
    door: Door,
    /// The API version that the client's list of tools is for; `None` while it holds all.
    listed_for: Mutex<Option<Version>>,
}

impl Protocol {
    /// A server of what the door lets pass.
    #[must_use]
    pub fn new(door: Door) -> Self {
        Protocol { door, listed_for: Mutex::default() }
    }

    fn tools(&self) -> Vec<mcp::Tool> {
        surface::listed(self.door.exposure(), self.door.settings().surface, self.door.spoken())
    }

    /// Takes note of the API version that is spoken now, and tells whether the list of tools is another one for that.
    fn is_news(&self) -> bool {
        let lacks = |spoken: Option<Version>| {
            tools::ALL.iter().filter(move |tool| spoken.is_some_and(|spoken| !tool.operation.lifetime.contains(spoken)))
        };
        let spoken = self.door.spoken();
        let before = std::mem::replace(&mut *self.listed_for.lock().unwrap_or_else(PoisonError::into_inner), spoken);
        let names = |spoken| lacks(spoken).map(|tool| tool.operation.name);
        !names(before).eq(names(spoken))
    }
}

impl ServerHandler for Protocol {
    fn get_info(&self) -> mcp::ServerConfig {
        let capabilities = mcp::ServerCapabilities::builder()
            .enable_tools()
            .enable_tool_list_changed()
            .enable_resources()
            .enable_prompts()
            .build();
        let server = mcp::Implementation::new("dockwright", env!("CARGO_PKG_VERSION"))
            .with_title("Dockwright")
            .with_description(env!("CARGO_PKG_DESCRIPTION"));
        mcp::ServerConfig::new(capabilities)
            .with_protocol_version(mcp::ProtocolVersion::LATEST_WITH_INITIALIZE)
            .with_server_info(server)
            .with_instructions(surface::instructions(self.door.exposure(), self.door.settings().surface))
    }

    async fn list_tools(
        &self,
        _page: Option<mcp::PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<mcp::ListToolsResult, ErrorData> {
        self.is_news();
        Ok(mcp::ListToolsResult::with_all_items(self.tools()))
    }

    async fn call_tool(
        &self,
        request: mcp::CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<mcp::CallToolResponse, ErrorData> {
        let told = Told::of(&context);
        let call = self.call(&request.name, request.arguments.unwrap_or_default(), told.progress());
        let result = contained(until_cancelled(&context, call)).await;
        told.end().await;
        if self.is_news() {
            // Beside the answer: after the end of the input nothing is sent any more, and the answer must not wait for it.
            let peer = context.peer.clone();
            tokio::spawn(async move { _ = peer.notify_tool_list_changed().await });
        }
        Ok(match result {
            Some(Some(Ok(shaped))) => self.success(shaped).into(),
            Some(Some(Err(failure))) => error(failure.to_string()).into(),
            Some(None) => error("cancelled".to_owned()).into(),
            None => {
                error(format!("{}: a bug in dockwright, which its log on stderr tells more of", request.name)).into()
            }
        })
    }

    async fn list_prompts(
        &self,
        _page: Option<mcp::PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<mcp::ListPromptsResult, ErrorData> {
        Ok(mcp::ListPromptsResult::with_all_items(prompts::listed(self.door.exposure())))
    }

    async fn get_prompt(
        &self,
        request: mcp::GetPromptRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<mcp::GetPromptResponse, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        match prompts::get(self.door.exposure(), &request.name, &arguments) {
            Ok(prompt) => Ok(prompt.into()),
            Err(problem) => Err(ErrorData::invalid_params(problem, None)),
        }
    }

    async fn list_resource_templates(
        &self,
        _page: Option<mcp::PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<mcp::ListResourceTemplatesResult, ErrorData> {
        Ok(mcp::ListResourceTemplatesResult::with_all_items(resources::templates(self.door.exposure())))
    }

    async fn read_resource(
        &self,
        request: mcp::ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<mcp::ReadResourceResponse, ErrorData> {
        match until_cancelled(&context, resources::read(&self.door, &request.uri)).await {
            Some(Ok(shaped)) => {
                let contents =
                    mcp::ResourceContents::text(shaped.text, request.uri).with_mime_type(resources::MIME_TYPE);
                Ok(mcp::ReadResourceResult::new(vec![contents]).into())
            }
            Some(Err(failure)) if failure.is_not_found() => {
                Err(ErrorData::resource_not_found(failure.to_string(), None))
            }
            Some(Err(failure)) => Err(ErrorData::internal_error(failure.to_string(), None)),
            None => Err(ErrorData::internal_error("cancelled", None)),
        }
    }
}

impl Protocol {
    fn success(&self, shaped: Shaped) -> mcp::CallToolResult {
        let mut result = mcp::CallToolResult::success(vec![mcp::ContentBlock::text(shaped.text)]);
        if self.door.settings().structured {
            result.structured_content = shaped.value;
        }
        result
    }
}

fn error(text: String) -> mcp::CallToolResult {
    mcp::CallToolResult::error(vec![mcp::ContentBlock::text(text)])
}

/// The one place in which calls are cancelled: by `notifications/cancelled`, and by the end of the session. What was
/// running is dropped, and with it its connection to the engine. rmcp sends no answer to a request that was cancelled.
async fn until_cancelled<T>(
    context: &RequestContext<RoleServer>,
    call: impl Future<Output = Result<T, Failure>>,
) -> Option<Result<T, Failure>> {
    tokio::select! {
        biased;
        () = context.ct.cancelled() => None,
        result = call => Some(result),
    }
}
