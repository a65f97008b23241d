//! Engines that are trusted, and those that are not.

use dockwright::{Limits, Tls};
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, date_time_ymd};

use crate::certificates::{Authority, Signed, folder};
use crate::peer::{self, Peer, SHORT, answer};
use crate::{answering, ask, call, reason};

#[tokio::test]
async fn an_engine_is_known_by_its_name_or_address_and_its_authority() {
    let authority = Authority::new();
    let folder = folder(Some(&authority), None);
    let mut both = answering(&authority.server(&["localhost", "127.0.0.1"])).await;
    let by_name = both.address.replace("127.0.0.1", "localhost");
    for address in [&both.address.clone(), &by_name] {
        assert_eq!(ask(address, &folder).await.unwrap(), "OK", "{address}");
    }
    assert!(both.seen()[1].contains(&format!("host: {}\r\n", by_name.strip_prefix("tcp://").unwrap())));
}

#[tokio::test]
async fn a_wrong_certificate_of_an_engine_is_explained() {
    let authority = Authority::new();
    let folder = folder(Some(&authority), None);
    let here = ["127.0.0.1"];
    let file = folder.path().join("ca.pem");
    let stranger = format!("its certificate is not signed by the authority of {}", file.display());
    for (server, expected) in [
        (Authority::new().server(&here), stranger.as_str()),
        (authority.server(&["db", "10.0.0.1"]), "its certificate is not for 127.0.0.1, but for db, 10.0.0.1"),
        (authority.server(&[]), "its certificate names no host as subjectAltName, so it is not for 127.0.0.1"),
        (
            authority.server_with(&here, |params| params.not_after = date_time_ymd(2020, 1, 1)),
            "its certificate expired ",
        ),
        (
            authority.server_with(&here, |params| params.not_before = date_time_ymd(3000, 1, 1)),
            "its certificate is not valid yet",
        ),
    ] {
        let mut peer = answering(&server).await;
        let said = reason(ask(&peer.address, &folder).await);
        assert!(said.starts_with(expected), "{said}");
        assert!(peer.seen().is_empty(), "{expected}");
        let trusting = Tls::from_folder_unverified(folder.path()).unwrap();
        assert_eq!(call(peer::engine(&peer.address).with_tls(trusting)).await.unwrap(), "OK", "{expected}");
    }
}

#[tokio::test]
async fn an_authority_may_be_one_of_several() {
    let authority = Authority::new();
    let peer = answering(&authority.server(&["127.0.0.1"])).await;
    let folder = folder(None, None);
    std::fs::write(folder.path().join("ca.pem"), Authority::new().pem() + &authority.pem()).unwrap();
    assert_eq!(ask(&peer.address, &folder).await.unwrap(), "OK");
}

/// `openssl req -x509` makes such a certificate, and the docker CLI takes it.
#[tokio::test]
async fn an_engine_may_be_its_own_authority_within_its_time_and_for_its_name() {
    let signed = |names: &[&str], change: fn(&mut CertificateParams)| {
        let mut params = CertificateParams::new(names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        Signed { certificate: params.self_signed(&key).unwrap().pem(), key: key.serialize_pem() }
    };
    let good = signed(&["127.0.0.1"], |_| ());
    let expired = signed(&["127.0.0.1"], |params| params.not_after = date_time_ymd(2020, 1, 1));
    let elsewhere = signed(&["10.0.0.1"], |_| ());
    for (server, trusted, expected) in [
        (&good, &good, None),
        (&signed(&["127.0.0.1"], |_| ()), &good, Some("its certificate ")),
        (&expired, &expired, Some("its certificate expired ")),
        (&elsewhere, &elsewhere, Some("its certificate is not for 127.0.0.1, but for 10.0.0.1")),
    ] {
        let folder = folder(None, None);
        std::fs::write(folder.path().join("ca.pem"), &trusted.certificate).unwrap();
        let outcome = ask(&answering(server).await.address, &folder).await;
        match expected {
            None => assert_eq!(outcome.unwrap(), "OK"),
            Some(expected) => assert!(reason(outcome).starts_with(expected), "{expected}"),
        }
    }
}

#[tokio::test]
async fn a_peer_without_tls_is_told_from_one_that_is_not_there() {
    let folder = folder(Some(&Authority::new()), None);
    let plain = Peer::tcp(async |mut caller| caller.send(answer("400 Bad Request", "")).await).await;
    let said = reason(ask(&plain.address, &folder).await);
    assert!(said.starts_with("it does not speak TLS"), "{said}");
    let error = ask(&plain.address, &folder).await.unwrap_err();
    assert!(error.is_unreachable() && !error.is_retryable(), "{error:?}");
    let closing = Peer::tcp(async |_| ()).await;
    let said = reason(ask(&closing.address, &folder).await);
    assert!(said.contains("closed the connection in the TLS handshake") || said.contains("reset"), "{said}");
}

#[tokio::test]
async fn the_handshake_counts_as_connecting() {
    let folder = folder(Some(&Authority::new()), None);
    let silent = Peer::tcp(async |caller| caller.stay().await).await;
    let tls = Tls::from_folder(folder.path()).unwrap();
    let engine = peer::engine(&silent.address).with_tls(tls).with_limits(Limits::default().connect(SHORT));
    assert_eq!(reason(call(engine).await), "no TLS connection within 150ms");
}

#[tokio::test]
async fn a_plain_request_to_an_engine_with_tls_is_told_how_to_ask() {
    let peer = Peer::tcp(async |mut caller| {
        caller.request().await;
        // As engines do.
        caller.send("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n").await;
    })
    .await;
    let error = peer.negotiating().api_version().await.unwrap_err().to_string();
    assert!(error.contains("HTTPS server") && error.contains("DOCKER_TLS_VERIFY=1"), "{error}");
}
