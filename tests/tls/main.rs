//! Engines over TLS: clients and servers that are trusted, refusals and their words. All that a plain connection
//! carries, an encrypted one carries too.
#![cfg(all(feature = "tls", unix))]

#[path = "../support/certificates.rs"]
mod certificates;
#[path = "../support/peer.rs"]
mod peer;

mod client;
mod connection;
mod files;
mod server;

use std::sync::Arc;
use std::time::Duration;

use dockwright::{Engine, Error, Tls};
use tempfile::TempDir;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{ALL_VERSIONS, RootCertStore, ServerConfig, SupportedProtocolVersion};

use certificates::{Authority, Signed};
use peer::{Caller, Peer, answer, get};

/// Settings of an engine with this certificate; it asks for certificates of `clients`.
fn config(
    server: &Signed,
    clients: Option<&Authority>,
    versions: &[&'static SupportedProtocolVersion],
) -> ServerConfig {
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone()).with_protocol_versions(versions).unwrap();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(clients) => {
            let mut roots = RootCertStore::empty();
            roots.add(CertificateDer::from_pem_slice(clients.pem().as_bytes()).unwrap()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider).build().unwrap();
            builder.with_client_cert_verifier(verifier)
        }
    };
    let certificate = CertificateDer::from_pem_slice(server.certificate.as_bytes()).unwrap();
    builder.with_single_cert(vec![certificate], PrivateKeyDer::from_pem_slice(server.key.as_bytes()).unwrap()).unwrap()
}

/// A peer with this certificate that says `OK` to all.
async fn answering(server: &Signed) -> Peer {
    serving(config(server, None, ALL_VERSIONS)).await
}

async fn serving(config: ServerConfig) -> Peer {
    Peer::tls(config, async |mut caller: Caller| {
        while caller.request().await.is_some() {
            caller.send(answer("200 OK", "OK")).await;
        }
    })
    .await
}

/// Asks an engine something, over TLS with the certificates of a folder.
async fn ask(address: &str, folder: &TempDir) -> Result<String, Error> {
    call(peer::engine(address).with_tls(Tls::from_folder(folder.path()).unwrap())).await
}

async fn call(engine: Engine) -> Result<String, Error> {
    let call = async { engine.raw(get("/a")).await?.text().await };
    soon(call).await
}

async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), future).await.expect("it comes")
}

/// Returns the reason why an engine is unreachable.
fn reason(outcome: Result<String, Error>) -> String {
    match outcome {
        Err(Error::Unreachable { reason, .. }) => reason,
        other => panic!("it should be unreachable: {other:?}"),
    }
}
