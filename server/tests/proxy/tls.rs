//! A proxy on tcp, which lets in only those with a certificate of its authority.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use dockwright_server::audit::Audit;
use dockwright_server::http::{Bounds, Certificates, ListenAddress, Listener, serve};
use dockwright_server::judge::HostFiles;
use dockwright_server::proxy::{PolicyFile, Principal, ProxiedEngine, ProxyService};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};
use tokio_util::sync::CancellationToken;

use crate::certificates::{Authority, Signed};
use crate::engine::{Engine, json};
use crate::proxied::{OBSERVE, status};

#[tokio::test]
async fn only_those_with_a_certificate_of_the_authority_are_let_in() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new());
    let path = |name: &str| folder.path().join(name);
    authority.server(&["localhost"]).write(folder.path());
    std::fs::write(path("clients.pem"), authority.pem()).unwrap();
    std::fs::write(path("policy.toml"), OBSERVE).unwrap();
    let engine = Engine::start(folder.path(), |_| json(200, "[]"));
    let client = dockwright::Engine::at(&format!("unix://{}", engine.socket.display())).unwrap();
    let proxied = ProxiedEngine::new(client, None, HostFiles::elsewhere());
    let file = PolicyFile::open(&path("policy.toml")).unwrap();
    let audit = Audit::to_writer(io::sink());
    let principal = Principal::new("agent".to_owned(), file.policy(), None, proxied, audit);
    let certificates = Certificates::open(&path("cert.pem"), &path("key.pem"), Some(&path("clients.pem"))).unwrap();
    let listener = Listener::bind(&ListenAddress::Tcp("127.0.0.1:0".parse().unwrap())).unwrap();
    let listener = listener.with_tls(certificates);
    let address = listener.tcp_address().unwrap();
    let drain = CancellationToken::new();
    tokio::spawn(serve(listener, Bounds::default(), ProxyService::new(principal, drain.clone()), drain));

    let answer = ask(address, &authority, Some(authority.client())).await.unwrap();
    assert_eq!(status(&answer), 200, "{answer}");
    for stranger in [None, Some(Authority::new().client()), Some(authority.server(&["localhost"]))] {
        assert!(ask(address, &authority, stranger).await.is_err());
    }
    assert_eq!(engine.seen().len(), 1);
}

async fn ask(address: SocketAddr, authority: &Authority, own: Option<Signed>) -> io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.pem().as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_root_certificates(roots);
    let config = match own {
        None => config.with_no_client_auth(),
        Some(Signed { certificate, key }) => {
            let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
            config.with_client_auth_cert(chain, PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap()).unwrap()
        }
    };
    let name = ServerName::try_from("localhost").unwrap();
    let stream = TcpStream::connect(address).await?;
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    stream.write_all(b"GET /containers/json HTTP/1.1\r\nHost: anything\r\nConnection: close\r\n\r\n").await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}
