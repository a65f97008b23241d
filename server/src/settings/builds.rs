//! Secrets and agents of ssh that builds may use, as the command line names them.

use std::path::{self, Path, PathBuf};
use std::str::FromStr;

use dockwright::session::{Secret, SshAgent};

/// A secret for builds: `id=npm,file=/home/ada/.npmrc` or `id=npm,env=NPM_TOKEN`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildSecret {
    /// The id by which calls and Dockerfiles name it.
    pub id: String,
    source: Source,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Source {
    File(PathBuf),
    Variable(String),
}

/// An agent of ssh for builds: `default`, that of the environment, `default=/run/agent.sock`, or keys in files,
/// `default=/home/ada/.ssh/id_ed25519`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildSsh {
    /// The id by which calls and Dockerfiles name it.
    pub id: String,
    /// The agent.
    pub agent: SshAgent,
}

/// Checks that no id is given twice: one of the two would be passed over.
///
/// # Errors
/// A text that names the id.
pub fn check_ids(secrets: &[BuildSecret], agents: &[BuildSsh]) -> Result<(), String> {
    let secrets: Vec<_> = secrets.iter().map(|secret| &secret.id).collect();
    let agents: Vec<_> = agents.iter().map(|ssh| &ssh.id).collect();
    for (flag, ids) in [("--build-secret", secrets), ("--build-ssh", agents)] {
        let twice = ids.iter().enumerate().find(|(place, id)| ids[..*place].contains(id));
        if let Some((_, id)) = twice {
            return Err(format!("{flag}: the id `{id}` is given twice"));
        }
    }
    Ok(())
}

impl BuildSecret {
    /// The secret, which is read when a build asks for it.
    #[must_use]
    pub fn secret(&self) -> Secret {
        match &self.source {
            Source::File(path) => Secret::file(path),
            Source::Variable(name) => Secret::env(name),
        }
    }
}

/// The text of a secret with an absolute path, for a process that starts in another folder.
///
/// # Errors
/// A text, if that path cannot be written in such a text.
pub fn absolute_secret(text: &str) -> Result<String, String> {
    let parts = text.split(',').map(|part| match part.split_once('=') {
        Some((key @ ("file" | "src" | "source"), path)) => Ok(format!("{key}={}", absolute_part(path)?)),
        _ => Ok(part.to_owned()),
    });
    Ok(parts.collect::<Result<Vec<_>, String>>()?.join(","))
}

/// The text of an agent of ssh with absolute paths, for a process that starts in another folder.
///
/// # Errors
/// A text, if one of the paths cannot be written in such a text.
pub fn absolute_ssh(text: &str) -> Result<String, String> {
    let Some((id, paths)) = text.split_once('=') else { return Ok(text.to_owned()) };
    let paths = match are_keys(paths) {
        true => paths.split(',').map(absolute_part).collect::<Result<Vec<_>, String>>()?.join(","),
        false => absolute(paths)?,
    };
    Ok(format!("{id}={paths}"))
}

fn absolute_part(path: &str) -> Result<String, String> {
    let path = absolute(path)?;
    if path.contains(',') { Err(format!("{path} has a comma")) } else { Ok(path) }
}

fn absolute(path: &str) -> Result<String, String> {
    let path = path::absolute(path).map_err(|error| format!("{path}: {error}"))?;
    Ok(path.to_str().ok_or_else(|| format!("{} is not Unicode", path.display()))?.to_owned())
}

impl FromStr for BuildSecret {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (mut id, mut source) = (None, None);
        for part in text.split(',') {
            match part.split_once('=') {
                Some(("id", value)) if !value.is_empty() => id = Some(value.to_owned()),
                Some(("file" | "src" | "source", value)) if !value.is_empty() => {
                    source = Some(Source::File(value.into()))
                }
                Some(("env", value)) if !value.is_empty() => source = Some(Source::Variable(value.to_owned())),
                _ => return Err("write id=ID,file=PATH or id=ID,env=VARIABLE".to_owned()),
            }
        }
        let id = id.ok_or("the id is missing: write id=ID,file=PATH or id=ID,env=VARIABLE")?;
        // As docker does it, a variable of this name is meant.
        let source = source.unwrap_or_else(|| Source::Variable(id.clone()));
        Ok(BuildSecret { id, source })
    }
}

impl FromStr for BuildSsh {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (id, agent) = match text.split_once('=') {
            Some((id, paths)) => (id, agent_at(paths)),
            None => (text, SshAgent::from_env()),
        };
        if id.is_empty() || text.ends_with('=') {
            return Err("write ID, such as default, ID=SOCKET or ID=KEY,…".to_owned());
        }
        Ok(BuildSsh { id: id.to_owned(), agent })
    }
}

/// The agent at a socket, or one with the keys of files.
fn agent_at(paths: &str) -> SshAgent {
    #[cfg(unix)]
    if are_keys(paths) {
        return SshAgent::keys(paths.split(','));
    }
    SshAgent::socket(paths)
}

/// Returns true for the paths of keys, and false for that of a socket or a pipe. A path at which nothing is yet will be
/// a socket.
fn are_keys(paths: &str) -> bool {
    cfg!(unix) && paths.split(',').all(|path| Path::new(path).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_given_once() {
        let check = |texts: &[&str]| {
            let secrets: Vec<_> = texts.iter().map(|text| text.parse().unwrap()).collect();
            check_ids(&secrets, &[])
        };
        assert_eq!(check(&["id=a,env=A", "id=b,env=A"]), Ok(()));
        let twice = check(&["id=a,env=A", "id=b,env=A", "id=a,file=/a"]);
        assert_eq!(twice.unwrap_err(), "--build-secret: the id `a` is given twice");
    }

    #[cfg(unix)]
    #[test]
    fn paths_become_absolute_and_a_socket_may_have_a_comma() {
        for (text, expected) in [
            ("default", "default"),
            ("git=/run/a,b.sock", "git=/run/a,b.sock"),
            ("git=/run/../etc/passwd,/etc/group", "git=/run/../etc/passwd,/etc/group"),
        ] {
            assert_eq!(absolute_ssh(text).unwrap(), expected);
        }
        let here = std::env::current_dir().unwrap();
        assert_eq!(absolute_ssh("git=a,b").unwrap(), format!("git={}/a,b", here.display()));
    }

    #[test]
    fn secrets_and_agents_are_read_as_docker_writes_them() {
        for (text, shown) in [
            ("id=npm,file=/a,b=c", None),
            ("id=npm,file=/a b", Some("Secret(file /a b)")),
            ("env=TOKEN,id=npm", Some("Secret(variable TOKEN)")),
            ("id=npm,src=/a", Some("Secret(file /a)")),
            ("id=TOKEN", Some("Secret(variable TOKEN)")),
            ("file=/a", None),
            ("id=,env=A", None),
            ("npm", None),
            ("", None),
        ] {
            let secret = text.parse::<BuildSecret>().ok().map(|secret| format!("{:?}", secret.secret()));
            assert_eq!(secret.as_deref(), shown, "{text}");
        }
        for (text, shown) in [
            ("default", Some("default SshAgent(SSH_AUTH_SOCK)")),
            ("git=/run/a.sock", Some("git SshAgent(/run/a.sock)")),
            #[cfg(unix)]
            ("git=/etc/passwd,/etc/group", Some(r#"git SshAgent(keys ["/etc/passwd", "/etc/group"])"#)),
            ("=/run/a.sock", None),
            ("git=", None),
            ("", None),
        ] {
            let ssh = text.parse::<BuildSsh>().ok().map(|ssh| format!("{} {:?}", ssh.id, ssh.agent));
            assert_eq!(ssh.as_deref(), shown, "{text}");
        }
    }
}
