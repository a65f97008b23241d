//! The files of the engine's host, as far as the proxy sees them.

use std::path::Path;

use dockwright::Engine;

use crate::judge::HostFiles;

/// The files of the host: in the folder that is given, or those that this process sees for an engine at a unix socket.
/// In a container these are not the host's, so links on the host are not seen there without a folder.
pub(super) fn files(engine: &Engine, root: Option<&Path>) -> HostFiles {
    match root {
        Some(root) => HostFiles::at(root.to_owned()),
        None if engine.address().starts_with("unix://") => HostFiles::at("/".into()),
        None => HostFiles::elsewhere(),
    }
}
