//! Sockets at which other products than dockerd listen: the user's folders in, the socket that is there out. A
//! connection that is closed at once tells whether somebody listens.

use std::path::PathBuf;

use crate::docker_cli::home;

/// A socket that exists and belongs to this user.
pub(super) struct KnownSocket {
    /// The product that listens there.
    pub product: &'static str,
    pub path: PathBuf,
}

/// The first known socket of this user that takes connections, or else the first: its product may be stopped. Sockets
/// of other users are passed over, as they could answer anything.
#[cfg(unix)]
pub(super) fn find(set: &impl Fn(&str) -> Option<String>) -> Option<KnownSocket> {
    use std::os::unix::fs::{FileTypeExt, MetadataExt};

    let user = rustix::process::geteuid().as_raw();
    let is_own = |socket: &KnownSocket| {
        std::fs::metadata(&socket.path).is_ok_and(|file| file.file_type().is_socket() && file.uid() == user)
    };
    let mut sockets: Vec<_> = known(set).into_iter().filter(is_own).collect();
    let listening = sockets.iter().position(|socket| has_listener(&socket.path)).unwrap_or_default();
    (!sockets.is_empty()).then(|| sockets.swap_remove(listening))
}

/// Returns true if a socket takes connections, or would if it were less busy. It waits for nothing.
#[cfg(unix)]
fn has_listener(path: &std::path::Path) -> bool {
    use socket2::{Domain, SockAddr, Socket, Type};

    let connect = || {
        let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        socket.set_nonblocking(true)?;
        socket.connect(&SockAddr::unix(path)?)
    };
    connect().map_or_else(|error: std::io::Error| error.kind() == std::io::ErrorKind::WouldBlock, |()| true)
}

#[cfg(not(unix))]
pub(super) fn find(_set: &impl Fn(&str) -> Option<String>) -> Option<KnownSocket> {
    None
}

/// All known sockets, those of products that the user starts first.
#[cfg_attr(not(unix), allow(dead_code, reason = "only Unix has sockets"))]
fn known(set: &impl Fn(&str) -> Option<String>) -> Vec<KnownSocket> {
    const IN_HOME: [(&str, &str); 7] = [
        ("Docker Desktop", ".docker/run/docker.sock"),
        ("Docker Desktop", ".docker/desktop/docker.sock"),
        ("OrbStack", ".orbstack/run/docker.sock"),
        ("Colima", ".colima/default/docker.sock"),
        ("Colima", ".config/colima/default/docker.sock"),
        ("Rancher Desktop", ".rd/docker.sock"),
        ("Podman", ".local/share/containers/podman/machine/podman.sock"),
    ];
    const IN_RUNTIME_FOLDER: [(&str, &str); 2] =
        [("rootless Docker", "docker.sock"), ("rootless Podman", "podman/podman.sock")];
    let below = |folder: Option<PathBuf>, sockets: &[(&'static str, &str)]| -> Vec<KnownSocket> {
        let socket =
            |folder: &PathBuf, (product, path): &(&'static str, &str)| KnownSocket { product, path: folder.join(path) };
        folder.iter().flat_map(|folder| sockets.iter().map(|found| socket(folder, found))).collect()
    };
    let mut known = below(home(set), &IN_HOME);
    known.extend(below(set("XDG_RUNTIME_DIR").map(PathBuf::from), &IN_RUNTIME_FOLDER));
    known
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn the_first_socket_that_is_there_is_found_and_a_file_is_none() {
        let home = tempfile::tempdir().unwrap();
        let set = |name: &str| {
            let folder = home.path().join(if name == "HOME" { "home" } else { "run" });
            matches!(name, "HOME" | "XDG_RUNTIME_DIR").then(|| folder.display().to_string())
        };
        let at = |path: &str| {
            let path = home.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            path
        };
        assert!(find(&set).is_none());
        std::fs::write(at("home/.colima/default/docker.sock"), "").unwrap();
        assert!(find(&set).is_none());
        let _podman = UnixListener::bind(at("run/podman/podman.sock")).unwrap();
        assert_eq!(find(&set).unwrap().product, "rootless Podman");
        let _rancher = UnixListener::bind(at("home/.rd/docker.sock")).unwrap();
        let found = find(&set).unwrap();
        assert_eq!((found.product, found.path), ("Rancher Desktop", at("home/.rd/docker.sock")));
    }

    #[test]
    fn a_socket_that_a_stopped_product_left_behind_does_not_hide_another() {
        let home = tempfile::tempdir().unwrap();
        let bind = |path: &str| {
            let path = home.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            UnixListener::bind(path).unwrap()
        };
        let set = |name: &str| (name == "HOME").then(|| home.path().display().to_string());
        drop(bind(".docker/run/docker.sock"));
        assert_eq!(find(&set).unwrap().product, "Docker Desktop");
        let colima = bind(".colima/default/docker.sock");
        assert_eq!(find(&set).unwrap().product, "Colima");
        // Connections that it has not taken make it busy, and not dead.
        (0..5000).for_each(|_| assert!(has_listener(&home.path().join(".colima/default/docker.sock"))));
        drop(colima);
        assert_eq!(find(&set).unwrap().product, "Docker Desktop");
    }

    #[test]
    fn a_socket_of_another_user_is_passed_over() {
        let home = tempfile::tempdir().unwrap();
        let socket = home.path().join(".rd/docker.sock");
        std::fs::create_dir(home.path().join(".rd")).unwrap();
        let _listener = UnixListener::bind(&socket).unwrap();
        let set = |name: &str| (name == "HOME").then(|| home.path().display().to_string());
        assert!(find(&set).is_some());
        // Only root can give a file away.
        if std::os::unix::fs::chown(&socket, Some(65534), None).is_ok() {
            assert!(find(&set).is_none());
        }
    }
}
