//! The end of exchanges that a new policy would not allow: each is judged again when its policy changes.

use std::pin::Pin;
use std::sync::Arc;

use dockwright_policy::{Call, Policy};
use tokio::sync::watch;

use super::principal::Principal;

/// Ends when the exchange must end.
pub(super) type Revocation = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Watches over an exchange: ends once a new policy denies the client's call, cannot be decided, or would send it in
/// another form than it was sent, such as a list that is narrowed to another owner.
pub(super) fn revocation(
    principal: Arc<Principal>,
    mut policies: watch::Receiver<Arc<Policy>>,
    call: Call,
    sent: Call,
) -> Revocation {
    Box::pin(async move {
        loop {
            if policies.changed().await.is_err() {
                // Nobody changes it any more.
                return std::future::pending().await;
            }
            let policy = Arc::clone(&policies.borrow_and_update());
            let judged = principal.engine.judge(&policy, &call).await;
            if judged.is_ok_and(|anew| anew == sent) {
                continue;
            }
            return;
        }
    })
}
