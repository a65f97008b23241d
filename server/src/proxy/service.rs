//! The service behind a listener, for hyper: every request becomes one exchange.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;

use http::Request;
use hyper::body::Incoming;
use hyper::service::Service;
use tokio_util::sync::CancellationToken;

use super::answer::ProxyAnswer;
use super::exchange;
use super::failure::Failure;
use super::principal::Principal;

/// The service behind a listener. Clones are of one listener.
#[derive(Clone)]
pub struct ProxyService {
    principal: Arc<Principal>,
    /// Cancelled when the proxy is drained.
    drain: CancellationToken,
}

impl ProxyService {
    /// Serves the clients of one listener, until `drain` is cancelled.
    #[must_use]
    pub fn new(principal: Principal, drain: CancellationToken) -> Self {
        ProxyService { principal: Arc::new(principal), drain }
    }
}

impl Service<Request<Incoming>> for ProxyService {
    type Response = ProxyAnswer;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<ProxyAnswer, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let principal = Arc::clone(&self.principal);
        let is_drained = self.drain.is_cancelled();
        Box::pin(async move {
            match is_drained {
                true => Ok(Failure::Drained.answer()),
                false => Ok(exchange::answer(&principal, request).await),
            }
        })
    }
}
