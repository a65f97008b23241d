//! The files that a folder of certificates must hold. Nothing of a key is ever shown.

use std::fs;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dockwright::{Engine, Tls};
use rcgen::date_time_ymd;
use tempfile::TempDir;

use crate::certificates::{Authority, Signed, folder};

#[test]
fn a_folder_with_an_authority_is_enough() {
    let folder = folder(Some(&Authority::new()), None);
    let tls = Tls::from_folder(folder.path()).unwrap();
    assert_eq!((tls.is_verified(), tls.has_certificate(), tls.expires()), (true, false, None));
    assert_eq!(tls.folder(), folder.path());
}

#[test]
fn an_empty_folder_is_enough_without_verification() {
    let tls = Tls::from_folder_unverified("/nowhere").unwrap();
    assert_eq!((tls.is_verified(), tls.has_certificate()), (false, false));
}

#[test]
fn it_is_known_when_the_certificate_expires() {
    let authority = Authority::new();
    let own = authority.client_with(|params| params.not_after = date_time_ymd(2040, 1, 1));
    let tls = Tls::from_folder(folder(Some(&authority), Some(&own)).path()).unwrap();
    assert_eq!(tls.expires(), Some(SystemTime::UNIX_EPOCH + Duration::from_secs(2_208_988_800)));
}

#[test]
fn missing_and_broken_files_are_named() {
    let authority = Authority::new();
    let own = authority.client();
    let both = || folder(Some(&authority), Some(&own));
    let remove = |folder: TempDir, name: &str| {
        fs::remove_file(folder.path().join(name)).unwrap();
        folder
    };
    let write = |folder: TempDir, name: &str, content: &str| {
        fs::write(folder.path().join(name), content).unwrap();
        folder
    };
    let encrypted = own.key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    for (folder, file, problem) in [
        (
            remove(both(), "ca.pem"),
            "ca.pem",
            "No such file or directory (os error 2): the file must hold the authority",
        ),
        (write(both(), "ca.pem", "no PEM"), "ca.pem", "the file holds no certificate of an authority"),
        (write(both(), "ca.pem", "-----BEGIN CERTIFICATE-----\n?"), "ca.pem", "not PEM: "),
        (remove(both(), "cert.pem"), "cert.pem", "missing, but key.pem exists"),
        (remove(both(), "key.pem"), "key.pem", "missing, but cert.pem exists"),
        (write(both(), "cert.pem", ""), "cert.pem", "the file holds no certificate"),
        (write(both(), "key.pem", &encrypted), "key.pem", "the file holds no supported private key"),
        (write(both(), "key.pem", &authority.client().key), "key.pem", "not the key of cert.pem"),
    ] {
        let error = Tls::from_folder(folder.path()).unwrap_err().to_string();
        let expected = format!("{}: {problem}", folder.path().join(file).display());
        assert!(error.starts_with(&expected), "{error}");
    }
}

#[test]
fn a_key_may_be_of_the_older_kind() {
    let authority = Authority::new();
    let own = authority.client();
    let pkcs8: String = own.key.lines().filter(|line| !line.starts_with('-')).collect();
    let pkcs8 = STANDARD.decode(pkcs8).unwrap();
    // PKCS #8 holds the older kind as the first string of octets behind two names (RFC 5915, RFC 5958).
    let begin = pkcs8.windows(2).position(|pair| pair[0] == 0x04 && usize::from(pair[1]) > 100).unwrap();
    let length = usize::from(pkcs8[begin + 1]);
    let sec1 = STANDARD.encode(&pkcs8[begin + 2..begin + 2 + length]);
    let key = format!("-----BEGIN EC PRIVATE KEY-----\n{sec1}\n-----END EC PRIVATE KEY-----\n");
    let own = Signed { key, ..own };
    assert!(Tls::from_folder(folder(Some(&authority), Some(&own)).path()).unwrap().has_certificate());
}

#[test]
fn nothing_of_a_key_is_shown() {
    let authority = Authority::new();
    let own = authority.client();
    let body = own.key.lines().nth(1).unwrap().to_owned();
    let good = folder(Some(&authority), Some(&own));
    let tls = Tls::from_folder(good.path()).unwrap();
    let engine = Engine::at("tcp://localhost:2376").unwrap().with_tls(tls.clone());
    let broken = Signed { key: own.key.replace("-----END", "----END"), ..own };
    let error = Tls::from_folder(folder(Some(&authority), Some(&broken)).path()).unwrap_err();
    for shown in [format!("{tls:#?}"), format!("{engine:#?}"), format!("{error} {error:?}")] {
        assert!(!shown.contains(&body) && shown.contains("folder") | shown.contains("key.pem"), "{shown}");
    }
}

#[test]
fn a_socket_is_reached_without() {
    let tls = Tls::from_folder_unverified("/nowhere").unwrap();
    assert!(Engine::at("unix:///a.sock").unwrap().with_tls(tls.clone()).tls().is_none());
    assert!(Engine::at("tcp://a").unwrap().with_tls(tls).tls().is_some_and(|tls| !tls.is_verified()));
}
