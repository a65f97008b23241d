//! A folder of certificates that was read, without the key in it.

use std::path::PathBuf;
use std::time::SystemTime;

use crate::address::Server;

/// A folder of certificates, without the key in it.
#[derive(Debug)]
pub(super) struct CertificateFolder {
    pub folder: PathBuf,
    pub server: Server,
    /// True if it holds a client certificate.
    pub has_certificate: bool,
    /// The expiry of that certificate; `None` also if it is unknown.
    pub expires: Option<SystemTime>,
}

impl CertificateFolder {
    /// The path of one of its files, for messages.
    pub(super) fn file(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }
}
