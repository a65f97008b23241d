//! One run of a helper for all calls that wait for its answer: many engines need one login at once, and a helper may
//! ask its user each time.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::process::Output;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::OnceCell;

use super::failure::HelperFailure;

/// A question to a helper.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Question {
    pub program: String,
    pub search_path: Option<OsString>,
    pub verb: &'static str,
    pub input: String,
}

type Answer = Result<Output, HelperFailure>;

/// The answers that are awaited now.
static AWAITED: Mutex<BTreeMap<Question, Weak<OnceCell<Answer>>>> = Mutex::new(BTreeMap::new());

/// Asks, or waits for the answer to this question if it was asked already. If the one who asked goes away, the next one
/// asks again. An answer that has come is not kept.
pub(super) async fn share(question: Question, ask: impl AsyncFnOnce() -> Answer) -> Answer {
    let cell = join(&question);
    let answer = cell.get_or_init(async || {
        let answer = ask().await;
        awaited(|awaited| awaited.remove(&question));
        answer
    });
    answer.await.clone()
}

fn join(question: &Question) -> Arc<OnceCell<Answer>> {
    awaited(|awaited| {
        // Callers that went away left theirs.
        awaited.retain(|_, cell| cell.strong_count() > 0);
        if let Some(cell) = awaited.get(question).and_then(Weak::upgrade) {
            return cell;
        }
        let cell = Arc::default();
        awaited.insert(question.clone(), Arc::downgrade(&cell));
        cell
    })
}

fn awaited<T>(work: impl FnOnce(&mut BTreeMap<Question, Weak<OnceCell<Answer>>>) -> T) -> T {
    work(&mut AWAITED.lock().unwrap_or_else(PoisonError::into_inner))
}
