//! The files of the engine's host, as far as this process sees them: the end of a path whose links are followed.

use std::io;
use std::path::{Component, Path, PathBuf};

use dockwright::Engine;
use dockwright_policy::Answer;

/// The folder in which this process sees the root of the engine's host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HostFiles(Option<PathBuf>);

impl HostFiles {
    /// The host's root is at this folder: `/` where the engine runs beside this process.
    #[must_use]
    pub fn at(root: PathBuf) -> Self {
        HostFiles(Some(root))
    }

    /// The files of an engine's host, if this process runs on it as far as can be told.
    #[must_use]
    pub fn of(engine: &Engine) -> Self {
        match engine.address().starts_with("unix://") {
            true => HostFiles::at("/".into()),
            false => HostFiles::elsewhere(),
        }
    }

    /// The engine's host is elsewhere.
    #[must_use]
    pub const fn elsewhere() -> Self {
        HostFiles(None)
    }

    /// Follows the links of a path on the host. Parts that do not exist yet are none.
    pub async fn resolve(&self, path: &str) -> Answer {
        let Some(root) = self.0.clone() else { return Answer::Elsewhere };
        let path = path.to_owned();
        let resolved = tokio::task::spawn_blocking(move || resolve(&root, &path)).await;
        // A path that cannot be followed is in no allowed folder.
        resolved.ok().and_then(Result::ok).map_or(Answer::Absent, Answer::Path)
    }
}

/// The most links of one path, as on Linux.
const MOST_LINKS: usize = 40;

/// Follows links step by step, because an absolute one starts from the host's root, which may be elsewhere here.
fn resolve(root: &Path, path: &str) -> io::Result<String> {
    let too_many = || io::Error::new(io::ErrorKind::InvalidInput, "too many links");
    let mut left = steps(Path::new(path));
    let mut resolved = PathBuf::new();
    let mut links = 0;
    while let Some(step) = left.pop() {
        if step.as_os_str() == ".." {
            resolved.pop();
            continue;
        }
        let here = resolved.join(&step);
        match std::fs::symlink_metadata(root.join(&here)) {
            Ok(found) if found.is_symlink() => {
                links += 1;
                if links > MOST_LINKS {
                    return Err(too_many());
                }
                let target = std::fs::read_link(root.join(&here))?;
                if target.is_absolute() {
                    resolved.clear();
                }
                left.extend(steps(&target));
            }
            Ok(_) => resolved = here,
            Err(error) if error.kind() == io::ErrorKind::NotFound => resolved = here,
            Err(error) => return Err(error),
        }
    }
    let text = resolved.to_str().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))?;
    Ok(format!("/{text}"))
}

/// The steps of a path, the last one first.
fn steps(path: &Path) -> Vec<PathBuf> {
    let kept = path.components().filter(|step| matches!(step, Component::Normal(_) | Component::ParentDir));
    let mut steps: Vec<PathBuf> = kept.map(|step| PathBuf::from(step.as_os_str())).collect();
    steps.reverse();
    steps
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[tokio::test]
    async fn links_are_followed_within_the_hosts_root() {
        let root = tempfile::tempdir().unwrap();
        let at = |path: &str| root.path().join(path);
        std::fs::create_dir_all(at("srv/proj/deep")).unwrap();
        std::fs::create_dir_all(at("etc")).unwrap();
        for (target, link) in
            [("/etc", "srv/proj/l"), ("deep", "srv/proj/m"), ("../../..", "srv/proj/up"), ("loop", "srv/proj/loop")]
        {
            symlink(target, at(link)).unwrap();
        }
        std::fs::write(at("srv/proj/file"), "").unwrap();
        let files = HostFiles::at(root.path().to_owned());
        for (path, expected) in [
            ("/srv/proj", Some("/srv/proj")),
            ("/srv/proj/l/shadow", Some("/etc/shadow")),
            ("/srv/proj/m/new/folder", Some("/srv/proj/deep/new/folder")),
            ("/srv/proj/up/etc", Some("/etc")),
            ("/", Some("/")),
            ("/srv/proj/loop", None),
            ("/srv/proj/file/below", None),
        ] {
            let expected = expected.map_or(Answer::Absent, |path| Answer::Path(path.to_owned()));
            assert_eq!(files.resolve(path).await, expected, "{path}");
        }
        assert_eq!(HostFiles::elsewhere().resolve("/srv").await, Answer::Elsewhere);
    }
}
