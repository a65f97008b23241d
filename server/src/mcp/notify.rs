//! Sends the progress of a call as `notifications/progress`, if the client requests it with a token.

use rmcp::RoleServer;
use rmcp::model as mcp;
use rmcp::service::RequestContext;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::progress::Progress;

/// The most steps that wait for a slow client; further ones are dropped.
const WAITING_STEPS: usize = 16;

/// The progress notifications of one call.
pub(super) struct ProgressNotifications {
    progress: Progress,
    /// The task that sends them, in order.
    task: Option<JoinHandle<()>>,
}

impl ProgressNotifications {
    pub(super) fn new(context: &RequestContext<RoleServer>) -> Self {
        let Some(token) = context.meta.get_progress_token() else {
            return ProgressNotifications { progress: Progress::default(), task: None };
        };
        let (sender, mut steps) = mpsc::channel(WAITING_STEPS);
        let progress = Progress::with_listener(move |step| {
            // A full channel drops the step, because the next one says more.
            let _ = sender.try_send(step);
        });
        let peer = context.peer.clone();
        let task = tokio::spawn(async move {
            while let Some(step) = steps.recv().await {
                let number = u32::try_from(step.number).unwrap_or(u32::MAX);
                let params = mcp::ProgressNotificationParam::new(token.clone(), number.into());
                if peer.notify_progress(params.with_message(step.message.into_inner())).await.is_err() {
                    break;
                }
            }
        });
        ProgressNotifications { progress, task: Some(task) }
    }

    pub(super) fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Waits until all are sent, because none may follow the answer of the call.
    pub(super) async fn finish(self) {
        drop(self.progress);
        if let Some(task) = self.task {
            let _ = task.await;
        }
    }
}
