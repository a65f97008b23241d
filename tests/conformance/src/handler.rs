//! The requests of the protocol: fixtures are answered here, and everything else by the session of the server.

use std::borrow::Cow;
use std::sync::Arc;

use dockwright_server::mcp::Session;
use rmcp::handler::server::ServerHandler;
use rmcp::model as mcp;
use rmcp::model::RequestStateCodec;
use rmcp::service::{NotificationContext, RequestContext, SubscriptionContext};
use rmcp::{ErrorData, RoleServer};
use tokio::sync::watch;

use crate::fixtures::{FIXTURES, Resource};
use crate::rounds::Answers;
use crate::tools;

type Context = RequestContext<RoleServer>;

/// The parts that all sessions share.
pub struct Shared {
    pub codec: RequestStateCodec,
    tools_changed: watch::Sender<()>,
}

impl Shared {
    /// # Errors
    /// If the key is too short.
    pub fn new() -> Result<Self, mcp::RequestStateError> {
        let codec = RequestStateCodec::try_new("a key of a test, which guards nothing at all")?;
        Ok(Shared { codec, tools_changed: watch::Sender::default() })
    }

    /// Reports that the fixtures' tools have changed.
    pub fn change_tools(&self) {
        self.tools_changed.send_replace(());
    }
}

/// One client's session.
pub struct Conformance {
    session: Session,
    shared: Arc<Shared>,
}

impl Conformance {
    pub fn new(session: Session, shared: Arc<Shared>) -> Self {
        Conformance { session, shared }
    }
}

impl ServerHandler for Conformance {
    fn get_info(&self) -> mcp::ServerConfig {
        let mut info = self.session.get_info();
        info.capabilities.completions = Some(mcp::JsonObject::default());
        info.capabilities.logging = Some(mcp::JsonObject::default());
        if let Some(resources) = &mut info.capabilities.resources {
            resources.subscribe = Some(true);
        }
        info
    }

    async fn initialize(
        &self,
        request: mcp::InitializeRequestParams,
        context: Context,
    ) -> Result<mcp::InitializeResult, ErrorData> {
        let mut result = self.session.initialize(request, context).await?;
        result.capabilities = self.get_info().capabilities;
        Ok(result)
    }

    async fn discover(&self, context: Context) -> Result<mcp::DiscoverResult, ErrorData> {
        let mut result = self.session.discover(context).await?;
        result.capabilities = self.get_info().capabilities;
        Ok(result)
    }

    fn supported_protocol_versions(&self) -> Cow<'static, [mcp::ProtocolVersion]> {
        ServerHandler::supported_protocol_versions(&self.session)
    }

    async fn list_tools(
        &self,
        page: Option<mcp::PaginatedRequestParams>,
        context: Context,
    ) -> Result<mcp::ListToolsResult, ErrorData> {
        let mut list = self.session.list_tools(page, context).await?;
        list.tools.extend(FIXTURES.tools.iter().map(crate::fixtures::Tool::listed));
        Ok(list)
    }

    fn get_tool(&self, name: &str) -> Option<mcp::Tool> {
        FIXTURES.tool(name).map(crate::fixtures::Tool::listed).or_else(|| self.session.get_tool(name))
    }

    async fn call_tool(
        &self,
        request: mcp::CallToolRequestParams,
        context: Context,
    ) -> Result<mcp::CallToolResponse, ErrorData> {
        match FIXTURES.tool(&request.name) {
            Some(tool) => tools::call(tool, &request, &context, &self.shared).await,
            None => self.session.call_tool(request, context).await,
        }
    }

    async fn list_prompts(
        &self,
        page: Option<mcp::PaginatedRequestParams>,
        context: Context,
    ) -> Result<mcp::ListPromptsResult, ErrorData> {
        let mut list = self.session.list_prompts(page, context).await?;
        list.prompts.extend(FIXTURES.prompts.iter().map(crate::fixtures::Prompt::listed));
        Ok(list)
    }

    async fn get_prompt(
        &self,
        request: mcp::GetPromptRequestParams,
        context: Context,
    ) -> Result<mcp::GetPromptResponse, ErrorData> {
        let Some(prompt) = FIXTURES.prompt(&request.name) else {
            return self.session.get_prompt(request, context).await;
        };
        let answers = Answers {
            capabilities: context.client_capabilities(),
            responses: request.input_responses.as_ref(),
            state: request.request_state.as_deref(),
        };
        match prompt.questions.next(&prompt.name, &answers, &self.shared.codec)? {
            Some(questions) => Ok(questions.into()),
            None => Ok(prompt.result(&request.arguments.unwrap_or_default())?.into()),
        }
    }

    async fn complete(
        &self,
        request: mcp::CompleteRequestParams,
        context: Context,
    ) -> Result<mcp::CompleteResult, ErrorData> {
        match &request.r#ref {
            mcp::Reference::Prompt(prompt) if FIXTURES.prompt(&prompt.name).is_some() => {
                Ok(mcp::CompleteResult::default())
            }
            _ => self.session.complete(request, context).await,
        }
    }

    async fn list_resources(
        &self,
        page: Option<mcp::PaginatedRequestParams>,
        context: Context,
    ) -> Result<mcp::ListResourcesResult, ErrorData> {
        let mut list = self.session.list_resources(page, context).await?;
        list.resources.extend(FIXTURES.resources.iter().filter(|fixture| !fixture.is_template()).map(Resource::listed));
        Ok(list)
    }

    async fn list_resource_templates(
        &self,
        page: Option<mcp::PaginatedRequestParams>,
        context: Context,
    ) -> Result<mcp::ListResourceTemplatesResult, ErrorData> {
        let mut list = self.session.list_resource_templates(page, context).await?;
        let templates = FIXTURES.resources.iter().filter(|fixture| fixture.is_template());
        list.resource_templates.extend(templates.map(Resource::template));
        Ok(list)
    }

    async fn read_resource(
        &self,
        request: mcp::ReadResourceRequestParams,
        context: Context,
    ) -> Result<mcp::ReadResourceResponse, ErrorData> {
        match FIXTURES.read(&request.uri) {
            Some(result) => Ok(result.into()),
            None => self.session.read_resource(request, context).await,
        }
    }

    fn accepted_subscription_filter(&self, requested: &mcp::SubscriptionFilter) -> Option<mcp::SubscriptionFilter> {
        self.session.accepted_subscription_filter(requested)
    }

    /// Adds the changes of the fixtures to those of the session.
    async fn listen(&self, stream: SubscriptionContext) -> Result<(), ErrorData> {
        let (sink, mut changes) = (stream.sink().clone(), self.shared.tools_changed.subscribe());
        let tell = async {
            while changes.changed().await.is_ok() {
                let _ = sink.notify_tool_list_changed().await;
            }
        };
        tokio::select! {
            ended = self.session.listen(stream) => ended,
            () = tell => Ok(()),
        }
    }

    async fn subscribe(&self, _request: mcp::SubscribeRequestParams, _context: Context) -> Result<(), ErrorData> {
        Ok(())
    }

    async fn unsubscribe(&self, _request: mcp::UnsubscribeRequestParams, _context: Context) -> Result<(), ErrorData> {
        Ok(())
    }

    #[expect(deprecated, reason = "2025-11-25 has it")]
    async fn set_level(&self, _request: mcp::SetLevelRequestParams, _context: Context) -> Result<(), ErrorData> {
        Ok(())
    }

    async fn on_custom_request(
        &self,
        request: mcp::CustomRequest,
        context: Context,
    ) -> Result<mcp::CustomResult, ErrorData> {
        self.session.on_custom_request(request, context).await
    }

    async fn on_cancelled(&self, cancelled: mcp::CancelledNotificationParam, context: NotificationContext<RoleServer>) {
        self.session.on_cancelled(cancelled, context).await;
    }
}
