//! The error below an error, shared by its copies.

use std::error::Error;
use std::ops::Deref;
use std::sync::Arc;

/// The error below an [`Error`](crate::Error), as [`source`](Error::source) returns it: an
/// [`io::Error`](std::io::Error), or the error of a stream that a program gave as a body. The message of the
/// [`Error`](crate::Error) has its words already.
#[derive(Debug, Clone)]
pub struct Cause(Arc<dyn Error + Send + Sync>);

impl Cause {
    /// A cause that is shared already, or in a box.
    pub(crate) fn shared(error: impl Into<Arc<dyn Error + Send + Sync>>) -> Self {
        Cause(error.into())
    }
}

impl Deref for Cause {
    type Target = dyn Error + Send + Sync;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for Cause {
    fn from(error: E) -> Self {
        Cause(Arc::new(error))
    }
}
