//! Engines that ask for client certificates.

use rcgen::date_time_ymd;
use tokio_rustls::rustls::version::{TLS12, TLS13};

use crate::certificates::{Authority, folder};
use crate::{ask, config, reason, serving};

#[tokio::test]
async fn a_certificate_is_shown_to_an_engine_that_asks_for_it() {
    let authority = Authority::new();
    for version in [&TLS12, &TLS13] {
        let peer = serving(config(&authority.server(&["127.0.0.1"]), Some(&authority), &[version])).await;
        let folder = folder(Some(&authority), Some(&authority.client()));
        assert_eq!(ask(&peer.address, &folder).await.unwrap(), "OK", "{version:?}");
    }
}

#[tokio::test]
async fn a_missing_or_refused_certificate_is_reported_in_any_tls_version() {
    let authority = Authority::new();
    let stranger = Authority::new().client();
    let expired = authority.client_with(|params| params.not_after = date_time_ymd(2020, 1, 1));
    for version in [&TLS12, &TLS13] {
        let mut peer = serving(config(&authority.server(&["127.0.0.1"]), Some(&authority), &[version])).await;
        for (own, expected) in [
            (None, "it asks for a client certificate, and "),
            (Some(&stranger), "it refused the client certificate "),
            (Some(&expired), "it refused the client certificate "),
        ] {
            let folder = folder(Some(&authority), own);
            let said = reason(ask(&peer.address, &folder).await);
            let file = folder.path().join("cert.pem");
            assert!(said.starts_with(&format!("{expected}{}", file.display())), "{version:?}: {said}");
            assert_eq!(said.ends_with("has expired"), std::ptr::eq(own.unwrap_or(&stranger), &expired), "{said}");
        }
        assert!(peer.seen().is_empty());
    }
}

/// The engine refuses when it has read the last of the handshake, and the request may not be on its way by then.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_refusal_may_come_before_the_request() {
    let authority = Authority::new();
    let peer = serving(config(&authority.server(&["127.0.0.1"]), Some(&authority), &[&TLS13])).await;
    let folder = folder(Some(&authority), None);
    for _ in 0..300 {
        let said = reason(ask(&peer.address, &folder).await);
        assert!(said.starts_with("it asks for a client certificate"), "{said}");
    }
}
