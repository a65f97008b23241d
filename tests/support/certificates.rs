//! Authorities and the certificates that they sign, made anew for each test, and folders of them as a client has.
#![allow(dead_code, reason = "not every test needs all of it")]

use std::fs;
use std::path::Path;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use tempfile::TempDir;

/// Signs certificates.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A certificate and its key, in PEM.
pub struct Signed {
    pub certificate: String,
    pub key: String,
}

impl Authority {
    /// All authorities have one name, as those have that are made anew by the same script.
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        Authority { issuer }
    }

    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// A certificate of an engine for these names and addresses.
    pub fn server(&self, names: &[&str]) -> Signed {
        self.server_with(names, |_| ())
    }

    /// Signs a server's certificate, changed in some way.
    pub fn server_with(&self, names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Signed {
        self.sign(names, ExtendedKeyUsagePurpose::ServerAuth, change)
    }

    /// A certificate of a client.
    pub fn client(&self) -> Signed {
        self.client_with(|_| ())
    }

    pub fn client_with(&self, change: impl FnOnce(&mut CertificateParams)) -> Signed {
        self.sign(&[], ExtendedKeyUsagePurpose::ClientAuth, change)
    }

    fn sign(
        &self,
        names: &[&str],
        usage: ExtendedKeyUsagePurpose,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Signed {
        let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.extended_key_usages = vec![usage];
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        Signed { certificate: params.signed_by(&key, &self.issuer).unwrap().pem(), key: key.serialize_pem() }
    }
}

/// A folder as `DOCKER_CERT_PATH` names one.
pub fn folder(authority: Option<&Authority>, own: Option<&Signed>) -> TempDir {
    let folder = TempDir::new().unwrap();
    if let Some(authority) = authority {
        fs::write(folder.path().join("ca.pem"), authority.pem()).unwrap();
    }
    if let Some(own) = own {
        own.write(folder.path());
    }
    folder
}

impl Signed {
    pub fn write(&self, folder: &Path) {
        fs::write(folder.join("cert.pem"), &self.certificate).unwrap();
        fs::write(folder.join("key.pem"), &self.key).unwrap();
    }
}
