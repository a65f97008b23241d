//! Tells clients that the list of tools has changed: in sessions that began with `initialize`, and in streams that
//! clients of later revisions open with `subscriptions/listen`. No other client is told anything that it did not ask
//! for.

use std::sync::{MutexGuard, PoisonError};

use rmcp::RoleServer;
use rmcp::model as mcp;
use rmcp::service::{Peer, SubscriptionContext};

use super::Session;
use super::listing::Changes;

/// The notifications that a stream may carry.
pub(super) fn offered() -> mcp::SubscriptionFilter {
    mcp::SubscriptionFilter::builder().tools_list_changed().build()
}

impl Session {
    /// Notes that the client is about to be shown the list as it is now.
    pub(super) fn show_list(&self) {
        self.unseen().mark_unchanged();
    }

    /// Tells a client of each change that it has not seen, until the session ends.
    pub(super) fn tell_changes(&self, client: Peer<RoleServer>) {
        let mut changes = self.unseen().clone();
        let mut notices = self.notices.lock().unwrap_or_else(PoisonError::into_inner);
        // A client may send `initialize` again.
        notices.abort_all();
        notices.spawn(async move {
            while changes.changed().await.is_ok() && client.notify_tool_list_changed().await.is_ok() {}
        });
    }

    /// Serves one stream until the client or the session ends it. A change that came after the client saw the list, and
    /// before its stream was open, is told too.
    pub(super) async fn serve_stream(&self, stream: &SubscriptionContext) {
        let mut changes = self.unseen().clone();
        let accepts_tools = stream.accepted().tools_list_changed == Some(true);
        loop {
            tokio::select! {
                () = stream.cancelled() => return,
                Ok(()) = changes.changed(), if accepts_tools => {
                    if stream.sink().notify_tool_list_changed().await.is_err() {
                        return;
                    }
                }
            }
        }
    }

    fn unseen(&self) -> MutexGuard<'_, Changes> {
        self.unseen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
