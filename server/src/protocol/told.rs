//! How far a call is, as `notifications/progress` to the client that asked for them with a token.

use rmcp::RoleServer;
use rmcp::model as mcp;
use rmcp::service::RequestContext;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::progress::Progress;

/// How many steps may wait for a client that reads slowly; what comes then is not told.
const WAITING: usize = 16;

/// What is told of one call.
pub(super) struct Told {
    progress: Progress,
    /// What sends it, in order.
    sending: Option<JoinHandle<()>>,
}

impl Told {
    pub(super) fn of(context: &RequestContext<RoleServer>) -> Self {
        let Some(token) = context.meta.get_progress_token() else {
            return Told { progress: Progress::default(), sending: None };
        };
        let (sender, mut steps) = mpsc::channel(WAITING);
        let progress = Progress::to(move |step| {
            // A step that finds no room is told by the next one.
            let _ = sender.try_send(step);
        });
        let peer = context.peer.clone();
        let sending = tokio::spawn(async move {
            while let Some(step) = steps.recv().await {
                let number = u32::try_from(step.number).unwrap_or(u32::MAX);
                let params = mcp::ProgressNotificationParam::new(token.clone(), number.into());
                if peer.notify_progress(params.with_message(step.message)).await.is_err() {
                    break;
                }
            }
        });
        Told { progress, sending: Some(sending) }
    }

    pub(super) fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Waits until all is sent: nothing may be told of a call that was answered.
    pub(super) async fn end(self) {
        drop(self.progress);
        if let Some(sending) = self.sending {
            let _ = sending.await;
        }
    }
}
