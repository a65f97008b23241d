//! The files of the engine's host, as far as the proxy sees them.

use std::path::Path;

use dockwright::Engine;

use crate::judge::HostFiles;

/// Files that container engines put into containers.
const OF_CONTAINERS: [&str; 2] = ["/.dockerenv", "/run/.containerenv"];

/// The files of the host: in the folder that is given, or those of this machine for an engine at a unix socket. In a
/// container, the files of the proxy are not those of the host.
pub(super) fn files(engine: &Engine, root: Option<&Path>) -> HostFiles {
    let is_contained = || OF_CONTAINERS.iter().any(|file| Path::new(file).exists());
    match root {
        Some(root) => HostFiles::at(root.to_owned()),
        None if engine.address().starts_with("unix://") && !is_contained() => HostFiles::at("/".into()),
        None => HostFiles::elsewhere(),
    }
}
