//! The docker CLI's contexts: the name of one in, its host and its certificates out.

use std::fs;
use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::certificates::{Certificates, Server};
use crate::docker_cli::{CliJson, CliObject};
use crate::error::{Error, Result};

/// The file names of a context's certificates.
const CERTIFICATES: [&str; 3] = ["ca.pem", "cert.pem", "key.pem"];

/// A context of the docker CLI.
pub(super) struct CliContext {
    /// Its engine's address, unparsed; empty for the CLI's default.
    pub host: String,
    /// The certificates that it stores; `None` if it does not use TLS.
    pub certificates: Option<Certificates>,
}

/// Reads a context below the CLI's directory. The files of others are not read. Errors name the setting that names the
/// context, `origin`.
pub(super) fn read(directory: Option<&Path>, name: &str, origin: &str) -> Result<CliContext> {
    let problem = |problem: String| Error::Address { from: origin.to_owned(), problem };
    let contexts = directory.unwrap_or(Path::new("")).join("contexts");
    let id = folder_name(name);
    let file = contexts.join("meta").join(&id).join("meta.json");
    let text = match fs::read(&file) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Err(problem(format!("no context `{name}` in {}: see docker context ls", contexts.display())));
        }
        Err(error) => return Err(problem(format!("context `{name}`: {}: {error}", file.display()))),
    };
    let endpoint = serde_json::from_str(&text).map_err(|error| error.to_string()).and_then(endpoint);
    let endpoint = endpoint.map_err(|reason| problem(format!("context `{name}`: {}: {reason}", file.display())))?;
    let folder = contexts.join("tls").join(id).join("docker");
    let server = if endpoint.skips_verification { Server::Unverified } else { Server::Verified };
    let wants_tls = endpoint.skips_verification || CERTIFICATES.iter().any(|file| folder.join(file).exists());
    let certificates = wants_tls.then(|| Certificates { origin: origin.to_owned(), folder, server });
    Ok(CliContext { host: endpoint.host, certificates })
}

/// The name of a context's folder.
pub(super) fn folder_name(context: &str) -> String {
    Sha256::digest(context).iter().map(|byte| format!("{byte:02x}")).collect()
}

struct DockerEndpoint {
    host: String,
    skips_verification: bool,
}

/// The docker endpoint of a context's file.
fn endpoint(meta: CliJson) -> Result<DockerEndpoint, String> {
    let meta = meta.object().map_err(|problem| format!("the content {problem}"))?;
    // The names of endpoints are exact, unlike those of fields.
    let endpoints = meta.entries("Endpoints")?;
    let endpoint = endpoints.iter().rev().find(|(name, _)| *name == "docker");
    let read = |object: &CliObject| {
        let host = object.text("Host")?.to_owned();
        Ok(DockerEndpoint { host, skips_verification: object.flag("SkipTLSVerify")? })
    };
    match endpoint {
        Some((_, CliJson::Object(object))) => read(object),
        _ => Err("it names no docker endpoint".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    /// `printf a | sha256sum`.
    const A: &str = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";

    /// A directory of the docker CLI whose context `a` has this file.
    fn directory(meta: &str) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        let folder = directory.path().join("contexts/meta").join(A);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("meta.json"), meta).unwrap();
        directory
    }

    fn host(meta: &str) -> Result<String> {
        read(Some(directory(meta).path()), "a", "DOCKER_CONTEXT").map(|context| context.host)
    }

    #[test]
    fn odd_files_are_read_as_the_cli_reads_them() {
        for (meta, expected) in [
            (r#"{"Name":"a","Metadata":{},"Endpoints":{"docker":{"Host":"x"}}}"#, "x"),
            (r#"{"NAME":"b","endpoints":{"docker":{"HOST":"y","host":"x","Host":null}}}"#, "x"),
            (r#"{"Endpoints":{"docker":{"Host":"x"}},"endpoints":{"kubernetes":{"Host":"y"}}}"#, "x"),
            (r#"{"Endpoints":{"docker":{"Host":"x"},"docker":{"SkipTLSVerify":true}}}"#, ""),
            (r#"{"Endpoints":{"docker":{}}}"#, ""),
        ] {
            assert_eq!(host(meta).unwrap(), expected, "{meta}");
        }
    }

    #[test]
    fn a_context_that_is_missing_or_broken_is_never_passed_over() {
        for (meta, reason) in [
            ("", "EOF"),
            ("\0\0", "expected value"),
            ("{}", "names no docker endpoint"),
            ("null", "names no docker endpoint"),
            (r#"{"Endpoints":null}"#, "names no docker endpoint"),
            (r#"{"Endpoints":{"Docker":{"Host":"x"}}}"#, "names no docker endpoint"),
            (r#"{"Endpoints":{"docker":null}}"#, "names no docker endpoint"),
            (r#"{"Endpoints":{"docker":{"Host":"x"}},"endpoints":null}"#, "names no docker endpoint"),
            (r#"{"Endpoints":{"docker":{"Host":"x","SkipTLSVerify":"no"}}}"#, "`SkipTLSVerify` is not true or false"),
            (r#"{"Endpoints":{"docker":{"Host":"x"}}} more"#, "trailing characters"),
        ] {
            let error = host(meta).unwrap_err().to_string();
            assert!(error.starts_with("DOCKER_CONTEXT: context `a`: ") && error.contains(reason), "{meta}: {error}");
        }
        let error = read(Some(directory("").path()), "gone", "DOCKER_CONTEXT").err().unwrap().to_string();
        assert!(error.starts_with("DOCKER_CONTEXT: no context `gone` in "), "{error}");
    }

    #[test]
    fn the_files_of_other_contexts_do_not_matter() {
        let directory = directory(r#"{"Endpoints":{"docker":{"Host":"x"}}}"#);
        for (other, content) in [("b", ""), ("c", "\0\0"), ("d", "{}"), ("e", r#"{"Endpoints":null}"#)] {
            let folder = directory.path().join("contexts/meta").join(other);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("meta.json"), content).unwrap();
        }
        assert_eq!(read(Some(directory.path()), "a", "").unwrap().host, "x");
    }

    #[test]
    fn a_context_brings_its_certificates_and_may_do_without() {
        let meta = |property: &str| format!(r#"{{"Endpoints":{{"docker":{{"Host":"tcp://a"{property}}}}}}}"#);
        let certificates =
            |directory: &tempfile::TempDir| read(Some(directory.path()), "a", "context").unwrap().certificates;
        let folder =
            |directory: &tempfile::TempDir| -> PathBuf { directory.path().join("contexts/tls").join(A).join("docker") };
        let of = |directory, server| Some(Certificates { origin: "context".into(), folder: folder(directory), server });
        let plain = directory(&meta(r#","SkipTLSVerify":false"#));
        assert_eq!(certificates(&plain), None);
        fs::create_dir_all(folder(&plain)).unwrap();
        assert_eq!(certificates(&plain), None);
        fs::write(folder(&plain).join("ca.pem"), "").unwrap();
        assert_eq!(certificates(&plain), of(&plain, Server::Verified));
        let trusting = directory(&meta(r#","SkipTLSVerify":true"#));
        assert_eq!(certificates(&trusting), of(&trusting, Server::Unverified));
    }
}
