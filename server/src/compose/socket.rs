//! A private socket of the engine for the plugin: the filtering proxy, with the restrictions of the server. The engine
//! may be reached in any way, and what the plugin asks for is judged like a call of a tool.

use std::path::Path;
use std::sync::Arc;

use dockwright::Engine;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::audit::Audit;
use crate::http::{Bounds, ListenAddress, Listener, serve};
use crate::judge::HostFiles;
use crate::proxy::{Principal, ProxiedEngine, ProxyService};
use crate::restrictions::{Restriction, open};

/// The most connections of the plugin at a time.
const MAX_CONNECTIONS: usize = 256;

/// The engine as the plugin may use it.
pub(crate) struct JudgedEngine {
    /// The engine.
    pub(crate) engine: Engine,
    /// Its name, for the audit trail.
    pub(crate) name: Option<Arc<str>>,
    /// The restrictions that hold for every request.
    pub(crate) restrictions: Vec<Arc<Restriction>>,
    /// Hides the values of environment variables.
    pub(crate) hides_environment: bool,
    /// The trail to which each request is written.
    pub(crate) audit: Audit,
    /// The tool that is called, by which the trail names the plugin.
    pub(crate) tool: &'static str,
}

/// The socket, until it is dropped.
pub(super) struct Socket {
    serving: JoinHandle<()>,
}

impl Socket {
    /// Listens at a path in a private folder.
    pub(super) fn open(path: &Path, judged: JudgedEngine) -> Result<Self, String> {
        let address = ListenAddress::Unix(path.to_owned());
        let listener = Listener::bind(&address).map_err(|error| format!("{}: {error}", path.display()))?;
        let mut policy = open();
        policy.hides_environment = judged.hides_environment;
        let (_, policy) = watch::channel(Arc::new(policy));
        let files = HostFiles::of(&judged.engine);
        let engine = ProxiedEngine::new(judged.engine, judged.name, files).bounded_by(judged.restrictions);
        let principal = Principal::new(judged.tool.to_owned(), policy, None, engine, judged.audit);
        let bounds = Bounds { connections: MAX_CONNECTIONS, stall: None };
        let drain = CancellationToken::new();
        let service = ProxyService::new(principal, drain.clone());
        Ok(Socket { serving: tokio::spawn(serve(listener, bounds, service, drain)) })
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // Connections that the plugin left open end with the task that holds them.
        self.serving.abort();
    }
}
