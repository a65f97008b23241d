//! The end of a call that its client cancels, and the client's reason.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rmcp::RoleServer;
use rmcp::model as mcp;
use rmcp::service::RequestContext;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::access::Failure;
use crate::progress::Patience;

/// The most reasons that are kept; those of calls that had ended are never read.
const KEPT: usize = 64;
/// The time for a reason to come after its cancellation. rmcp cancels a call just before it hands the reason over.
const SOON: Duration = Duration::from_millis(20);
/// The words of the reason of a client whose own time ran out.
const TIMED_OUT: [&str; 3] = ["timed out", "timeout", "time out"];

/// The reasons for which calls of a session were cancelled.
#[derive(Default)]
pub(super) struct CancellationReasons {
    kept: Mutex<VecDeque<(mcp::RequestId, String)>>,
    came: Notify,
}

impl CancellationReasons {
    pub(super) fn add(&self, cancelled: mcp::CancelledNotificationParam) {
        let Some(call) = cancelled.request_id else { return };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.truncate(KEPT - 1);
        kept.push_front((call, cancelled.reason.unwrap_or_default()));
        drop(kept);
        self.came.notify_waiters();
    }

    /// Runs a call until it is cancelled, by `notifications/cancelled` or by the end of the session; calls are
    /// cancelled nowhere else. Cancelling drops the call and its connection to the engine, and tells its work if the
    /// client's time ran out. rmcp sends no answer to a cancelled request.
    pub(super) async fn until_cancelled<T>(
        &self,
        context: &RequestContext<RoleServer>,
        patience: &Patience,
        call: impl Future<Output = Result<T, Failure>>,
    ) -> Option<Result<T, Failure>> {
        let mut call = std::pin::pin!(call);
        tokio::select! {
            biased;
            () = context.ct.cancelled() => {}
            result = &mut call => return Some(result),
        }
        let reason = timeout(SOON, self.reason(&context.id)).await.unwrap_or_default().to_lowercase();
        if TIMED_OUT.iter().any(|words| reason.contains(words)) {
            patience.run_out();
        }
        None
    }

    async fn reason(&self, call: &mcp::RequestId) -> String {
        loop {
            // Before the look: one that comes in between is heard of.
            let came = self.came.notified();
            if let Some(reason) = self.take(call) {
                return reason;
            }
            came.await;
        }
    }

    fn take(&self, call: &mcp::RequestId) -> Option<String> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let place = kept.iter().position(|(id, _)| id == call)?;
        kept.remove(place).map(|(_, reason)| reason)
    }
}
