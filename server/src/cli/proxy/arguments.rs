//! The arguments of `dockwright proxy`, and those that `policy learn` shares with it.

use std::path::PathBuf;

use crate::http::ListenAddress;

/// Arguments of `dockwright proxy`.
#[derive(clap::Args)]
#[command(
    next_help_heading = "Proxy options",
    after_help = "Clients reach the proxy as they reach an engine: docker -H unix:///run/agent.sock ps. \
                  Each listener has the policy at its place, or all have the only one. SIGHUP reads the policies anew, \
                  all or none, and ends what the new ones deny."
)]
pub(in crate::cli) struct ProxyArguments {
    #[command(flatten)]
    pub(in crate::cli) listeners: ListenerArguments,

    /// File with the policy (TOML) of the listener at the same place, or of all
    #[arg(long, env = "DOCKWRIGHT_POLICY", value_name = "FILE,…", value_delimiter = ',')]
    pub(in crate::cli) policy: Vec<PathBuf>,
}

/// Arguments about the listeners, and about the host that is behind them.
#[derive(clap::Args)]
pub(in crate::cli) struct ListenerArguments {
    /// Listen at this address: unix:///PATH or 127.0.0.1:2375; one for each of those who call
    #[arg(long, env = "DOCKWRIGHT_LISTEN", value_name = "ADDRESS,…", value_delimiter = ',')]
    pub(in crate::cli) listen: Vec<ListenAddress>,

    /// Speak TLS with this chain of certificates (PEM), which is read again when it changes
    #[arg(long, env = "DOCKWRIGHT_TLS_CERT", value_name = "FILE")]
    pub(in crate::cli) tls_cert: Option<PathBuf>,

    /// The private key of the certificate (PEM)
    #[arg(long, env = "DOCKWRIGHT_TLS_KEY", value_name = "FILE")]
    pub(in crate::cli) tls_key: Option<PathBuf>,

    /// Let in over TLS only those with a certificate of these authorities (PEM)
    #[arg(long, env = "DOCKWRIGHT_TLS_CLIENT_CA", value_name = "FILE")]
    pub(in crate::cli) tls_client_ca: Option<PathBuf>,

    /// Folder in which the proxy sees the files of the engine's host, to follow links [default: / for a unix socket]
    #[arg(long, env = "DOCKWRIGHT_HOST_ROOT", value_name = "DIR")]
    pub(in crate::cli) host_root: Option<PathBuf>,
}
