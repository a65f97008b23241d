//! A canned engine for tests: a function from requests to responses takes the place of a daemon.

use std::sync::Arc;

use bytes::Bytes;

use crate::engine::Engine;
use crate::transport::Transport;

/// Tests without an engine.
impl Engine {
    /// An engine whose answers come from a function, for tests without a daemon. Calls work as with a real engine,
    /// except for the connection: arguments are checked, refusals become errors, limits of size apply.
    ///
    /// The function receives the path below the version prefix, so that tests do not depend on a version. A canned
    /// engine speaks the newest API version of this build, and is not asked for `/_ping`.
    ///
    /// ```
    /// # use dockwright::Engine;
    /// # async fn example() -> dockwright::Result<()> {
    /// let engine = Engine::canned(|request| {
    ///     let known = request.uri().path() == "/containers/web/json";
    ///     let (status, body) = if known { (200, r#"{"Id":"0a1b"}"#) } else { (404, r#"{"message":"not found"}"#) };
    ///     http::Response::builder().status(status).body(body.into()).expect("a status and no headers")
    /// });
    ///
    /// let request = |path: &'static str| http::Request::get(path).body(dockwright::Body::default()).expect("a path");
    /// let container: serde_json::Value = engine.raw(request("/containers/web/json")).await?.json().await?;
    /// assert_eq!(container["Id"], "0a1b");
    /// assert!(engine.raw(request("/containers/db/json")).await.is_err_and(|error| error.is_not_found()));
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
    /// ```
    #[must_use]
    pub fn canned(answer: impl Fn(http::Request<Bytes>) -> http::Response<Bytes> + Send + Sync + 'static) -> Self {
        Engine::without_address(Transport::Canned(Arc::new(answer)))
    }
}
