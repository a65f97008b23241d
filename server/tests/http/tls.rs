//! TLS towards clients.

use std::path::Path;
use std::sync::Arc;

use dockwright_server::http::{Certificates, ListenAddress, Listener};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};

use crate::certificates::Authority;
use crate::raw::{exchange, list, post, send};
use crate::served::Served;

fn write(folder: &Path, authority: &Authority) {
    let signed = authority.server(&["localhost"]);
    std::fs::write(folder.join("cert.pem"), signed.certificate).unwrap();
    std::fs::write(folder.join("key.pem"), signed.key).unwrap();
}

fn certificates(folder: &TempDir) -> Result<Certificates, String> {
    Certificates::open(&folder.path().join("cert.pem"), &folder.path().join("key.pem"), None)
}

async fn start(folder: &TempDir) -> Served {
    let listener = Listener::bind(&ListenAddress::Tcp("127.0.0.1:0".parse().unwrap())).unwrap();
    let listener = listener.with_tls(certificates(folder).unwrap());
    Served::with(|options| options.listener = Some(listener)).await
}

/// Connects as a client that trusts only this authority.
async fn connect(address: &str, authority: &Authority) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.pem().as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap();
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, TcpStream::connect(address).await?).await
}

#[tokio::test]
async fn a_new_certificate_is_used_without_a_restart_and_a_broken_one_is_not() {
    let (folder, old, new) = (tempfile::tempdir().unwrap(), Authority::new(), Authority::new());
    write(folder.path(), &old);
    let server = start(&folder).await;
    let stream = connect(&server.address, &old).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    assert_eq!(exchange(stream, post(&list())).await.message()["result"]["isError"], false);

    // A key of another certificate, half a file, no file: the old certificate stays.
    write(folder.path(), &new);
    let certificate = std::fs::read_to_string(folder.path().join("cert.pem")).unwrap();
    for broken in [old.server(&["localhost"]).certificate, certificate[..200].to_owned(), String::new()] {
        std::fs::write(folder.path().join("cert.pem"), broken).unwrap();
        server.look_again().await;
        connect(&server.address, &old).await.unwrap();
    }
    std::fs::remove_file(folder.path().join("cert.pem")).unwrap();
    server.look_again().await;
    connect(&server.address, &old).await.unwrap();

    std::fs::write(folder.path().join("cert.pem"), certificate).unwrap();
    server.look_again().await;
    assert!(connect(&server.address, &old).await.is_err());
    let stream = connect(&server.address, &new).await.unwrap();
    assert_eq!(exchange(stream, post(&list())).await.status, 200);
}

#[tokio::test]
async fn plain_text_is_not_served_where_tls_is() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new());
    write(folder.path(), &authority);
    let server = start(&folder).await;
    let reply = send(&server.address, post(&list())).await;
    assert!(reply.status == 0 && !reply.body.contains("result"), "{reply:?}");
    assert!(connect(&server.address, &authority).await.is_ok());
}

#[test]
fn files_that_are_no_certificate_and_key_are_refused_without_a_word_of_the_key() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new());
    assert!(certificates(&folder).err().unwrap().contains("No such file"));
    write(folder.path(), &authority);
    certificates(&folder).unwrap();
    for (file, text, says) in [("cert.pem", "", "no certificate"), ("key.pem", "", "no private key")] {
        write(folder.path(), &authority);
        std::fs::write(folder.path().join(file), text).unwrap();
        let problem = certificates(&folder).err().unwrap();
        assert!(problem.contains(says) && problem.contains("cert.pem"), "{problem}");
    }
    write(folder.path(), &authority);
    std::fs::write(folder.path().join("key.pem"), authority.server(&["localhost"]).key).unwrap();
    assert!(certificates(&folder).is_err(), "a key of another certificate");
}
