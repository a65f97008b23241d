//! The calls of the fixtures' tools.

use std::time::Duration;

use rmcp::model as mcp;
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::client_requests::ask;
use crate::fixtures::{Tool, filled, typed};
use crate::handler::Shared;
use crate::rounds::Answers;

/// The pause between two messages of a call.
const PAUSE: Duration = Duration::from_millis(50);
const LOGGED: [&str; 3] = ["Tool execution started", "Tool processing data", "Tool execution completed"];

/// Calls a tool.
///
/// # Errors
/// As the fixture has them.
pub async fn call(
    tool: &Tool,
    request: &mcp::CallToolRequestParams,
    context: &RequestContext<RoleServer>,
    shared: &Shared,
) -> Result<mcp::CallToolResponse, ErrorData> {
    match &*tool.name {
        "test_tool_with_progress" => progress(context).await?,
        "test_tool_with_logging" => log(context).await?,
        "test_missing_capability" => need_sampling(context)?,
        "test_trigger_tool_change" => shared.change_tools(),
        _ => {}
    }
    let answers = Answers {
        capabilities: context.client_capabilities(),
        responses: request.input_responses.as_ref(),
        state: request.request_state.as_deref(),
    };
    if let Some(questions) = tool.questions.next(&tool.name, &answers, &shared.codec)? {
        return Ok(questions.into());
    }
    if let Some(asked) = &tool.request {
        let arguments = request.arguments.clone().unwrap_or_default();
        let answer = ask(filled(asked.clone(), &arguments), context).await?;
        return Ok(text(format!("{}: {answer}", tool.says)).into());
    }
    match (&*tool.content, answers.responses) {
        ([], None) => Ok(text("done".to_owned()).into()),
        ([], Some(responses)) => Ok(text(format!("state-ok {}", json!(responses))).into()),
        (content, _) if tool.is_error => Ok(mcp::CallToolResult::error(typed(json!(content))?).into()),
        (content, _) => Ok(mcp::CallToolResult::success(typed(json!(content))?).into()),
    }
}

async fn progress(context: &RequestContext<RoleServer>) -> Result<(), ErrorData> {
    for progress in [0.0, 50.0, 100.0] {
        if let Some(token) = context.meta.get_progress_token() {
            let step = mcp::ProgressNotificationParam::new(token, progress).with_total(100.0);
            context.peer.notify_progress(step).await.map_err(unsent)?;
        }
        sleep(PAUSE).await;
    }
    Ok(())
}

#[expect(deprecated, reason = "2025-11-25 has it")]
async fn log(context: &RequestContext<RoleServer>) -> Result<(), ErrorData> {
    for message in LOGGED {
        let line = mcp::LoggingMessageNotificationParam::new(mcp::LoggingLevel::Info, Value::from(message));
        context.peer.notify_logging_message(line).await.map_err(unsent)?;
        sleep(PAUSE).await;
    }
    Ok(())
}

fn need_sampling(context: &RequestContext<RoleServer>) -> Result<(), ErrorData> {
    match context.client_capabilities().is_some_and(|capabilities| capabilities.sampling.is_some()) {
        true => Ok(()),
        false => Err(ErrorData::missing_required_client_capability(typed(json!({ "sampling": {} }))?)),
    }
}

fn text(text: String) -> mcp::CallToolResult {
    mcp::CallToolResult::success(vec![mcp::ContentBlock::text(text)])
}

fn unsent(error: impl ToString) -> ErrorData {
    ErrorData::internal_error(error.to_string(), None)
}
