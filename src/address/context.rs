//! The docker CLI's contexts: its configuration files in, the host and the certificates of the current context out.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::certificates::{Certificates, Server};
use crate::error::{Error, Result};

/// The context that the docker CLI uses.
pub(super) struct CliContext {
    pub name: String,
    /// The setting that names it, for messages.
    pub origin: String,
    /// Its engine's address, unparsed.
    pub host: String,
    /// The certificates that it stores; `None` if it does not use TLS.
    pub certificates: Option<Certificates>,
}

#[derive(Deserialize)]
struct Configuration {
    #[serde(rename = "currentContext", default)]
    current_context: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Meta {
    name: String,
    #[serde(default)]
    endpoints: Endpoints,
}

#[derive(Deserialize, Default)]
struct Endpoints {
    docker: Option<DockerEndpoint>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DockerEndpoint {
    #[serde(default)]
    host: String,
    #[serde(rename = "SkipTLSVerify", default)]
    skip_tls_verify: bool,
}

/// The context of `DOCKER_CONTEXT`, else of the `config.json` in the CLI's directory; `None` for the default one.
pub(super) fn current(set: &impl Fn(&str) -> Option<String>, directory: Option<&Path>) -> Result<Option<CliContext>> {
    let (origin, name) = match set("DOCKER_CONTEXT") {
        Some(name) => ("DOCKER_CONTEXT".to_owned(), name),
        None => {
            let Some(file) = directory.map(|directory| directory.join("config.json")) else { return Ok(None) };
            let Some(configuration) = read::<Configuration>(&file)? else { return Ok(None) };
            (format!("currentContext of {}", file.display()), configuration.current_context)
        }
    };
    if name.is_empty() || name == "default" {
        return Ok(None);
    }
    let problem = |problem: String| Error::Address { from: origin.clone(), problem };
    let contexts = directory.unwrap_or(Path::new("")).join("contexts");
    let (id, meta) = find(&contexts, &name)?
        .ok_or_else(|| problem(format!("no context `{name}` in {}: see docker context ls", contexts.display())))?;
    let endpoint = meta.endpoints.docker.filter(|endpoint| !endpoint.host.is_empty());
    let endpoint = endpoint.ok_or_else(|| problem(format!("the context `{name}` names no docker host")))?;
    let folder = contexts.join("tls").join(id).join("docker");
    let server = if endpoint.skip_tls_verify { Server::Unverified } else { Server::Verified };
    let wants_tls = endpoint.skip_tls_verify || folder.exists();
    let certificates = wants_tls.then(|| Certificates { origin: origin.clone(), folder, server });
    Ok(Some(CliContext { name, origin, host: endpoint.host, certificates }))
}

/// The directory of the CLI's configuration.
pub(super) fn directory(set: &impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let home = || set(if cfg!(windows) { "USERPROFILE" } else { "HOME" });
    set("DOCKER_CONFIG").map(PathBuf::from).or_else(|| Some(Path::new(&home()?).join(".docker")))
}

/// The context of this name, and the name of its directory, a digest. Reading all is simpler than computing it.
fn find(contexts: &Path, name: &str) -> Result<Option<(std::ffi::OsString, Meta)>> {
    let Ok(entries) = fs::read_dir(contexts.join("meta")) else { return Ok(None) };
    for entry in entries.flatten() {
        match read::<Meta>(&entry.path().join("meta.json"))? {
            Some(meta) if meta.name == name => return Ok(Some((entry.file_name(), meta))),
            _ => {}
        }
    }
    Ok(None)
}

/// Reads a file if it exists. An unreadable file is an error, since it might name another engine.
fn read<T: DeserializeOwned>(file: &Path) -> Result<Option<T>> {
    let problem = |reason: String| Error::Address {
        from: file.display().to_string(),
        problem: format!("{reason} (DOCKER_HOST takes precedence over this file)"),
    };
    match fs::read(file) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| problem(error.to_string())),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(problem(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Address, EngineLocation, find};
    use super::*;

    /// A configuration directory of the docker CLI, removed at the end.
    struct Directory(PathBuf);

    impl Directory {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("dockwright-{}-{name}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Directory(path)
        }

        fn file(self, path: &str, content: &str) -> Self {
            let path = self.0.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
            self
        }

        fn context(self, id: &str, name: &str, host: &str) -> Self {
            let meta = format!(r#"{{"Name":"{name}","Metadata":{{}},"Endpoints":{{"docker":{{"Host":"{host}"}}}}}}"#);
            self.file(&format!("contexts/meta/{id}/meta.json"), &meta)
        }

        /// A context whose endpoint has this property beside its host.
        fn context_with(self, id: &str, name: &str, host: &str, property: &str) -> Self {
            let meta = format!(r#"{{"Name":"{name}","Endpoints":{{"docker":{{"Host":"{host}",{property}}}}}}}"#);
            self.file(&format!("contexts/meta/{id}/meta.json"), &meta)
        }

        fn find(&self, context: Option<&str>) -> Result<Address> {
            self.location(context).map(|location| location.address)
        }

        fn location(&self, context: Option<&str>) -> Result<EngineLocation> {
            find(None, |name| match name {
                "DOCKER_CONFIG" => Some(self.0.display().to_string()),
                "DOCKER_CONTEXT" => context.map(str::to_owned),
                _ => None,
            })
        }
    }

    impl Drop for Directory {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn follows_the_current_context_unless_the_environment_names_another() {
        let directory = Directory::new("current")
            .file("config.json", r#"{"auths":{},"currentContext":"rootless"}"#)
            .context("aa", "rootless", "unix:///run/user/1000/docker.sock")
            .context("bb", "remote", "tcp://10.0.0.1:2375");
        assert_eq!(directory.find(None).unwrap(), Address::Unix("/run/user/1000/docker.sock".into()));
        assert_eq!(directory.find(Some("remote")).unwrap().to_string(), "tcp://10.0.0.1:2375");
        assert_eq!(directory.find(Some("default")).unwrap().to_string(), "unix:///var/run/docker.sock");
    }

    #[test]
    fn a_configuration_without_a_context_means_the_default() {
        let directory = Directory::new("none").file("config.json", r#"{"auths":{}}"#);
        assert_eq!(directory.find(None).unwrap().to_string(), "unix:///var/run/docker.sock");
    }

    #[test]
    fn a_context_brings_its_certificates_and_may_do_without() {
        let directory = Directory::new("certificates")
            .context("aa", "secure", "tcp://10.0.0.1:2376")
            .file("contexts/tls/aa/docker/ca.pem", "")
            .context_with("bb", "trusting", "tcp://10.0.0.1:2376", r#""SkipTLSVerify":true"#)
            .context_with("cc", "plain", "tcp://10.0.0.1:2375", r#""SkipTLSVerify":false"#)
            .context("dd", "socket", "unix:///a.sock")
            .file("contexts/tls/dd/docker/ca.pem", "");
        let certificates = |name| directory.location(Some(name)).unwrap().certificates;
        let folder = |id: &str| directory.0.join("contexts/tls").join(id).join("docker");
        let of = |folder, server| Some(Certificates { origin: "DOCKER_CONTEXT".into(), folder, server });
        assert_eq!(certificates("secure"), of(folder("aa"), Server::Verified));
        assert_eq!(certificates("trusting"), of(folder("bb"), Server::Unverified));
        assert_eq!(certificates("plain"), None);
        assert_eq!(certificates("socket"), None);
    }

    #[test]
    fn a_context_that_is_missing_or_broken_is_never_passed_over() {
        let directory = Directory::new("broken").context("bb", "empty", "");
        let error = |name| directory.find(Some(name)).unwrap_err().to_string();
        assert!(error("gone").starts_with("DOCKER_CONTEXT: no context `gone` in "), "{}", error("gone"));
        assert!(error("empty").contains("names no docker host"), "{}", error("empty"));

        let directory = Directory::new("malformed").file("config.json", "{");
        assert!(directory.find(None).unwrap_err().to_string().contains("config.json: EOF"));
    }
}
