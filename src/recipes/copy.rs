//! One file of a container, from and to memory.

use crate::operations::{CONTAINER_ARCHIVE, PUT_CONTAINER_ARCHIVE};
use crate::tar::{ArchiveWriter, EntryKind, visit};
use crate::{Body, Engine, Error, Result};

/// The most symbolic links that are followed to a file, as by Linux.
const LINKS: usize = 40;

/// The contents of a file of a container, running or not. Symbolic links are followed, within the container.
///
/// Calls `GET /containers/{id}/archive`, once for each link.
///
/// ```no_run
/// # use dockwright::{Engine, Result, recipes};
/// # async fn example(engine: &Engine) -> Result<()> {
/// let hosts = recipes::read_file(engine, "web", "/etc/hosts", 1024 * 1024).await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`Error::Api`] with 404 if there is no such container or file, [`Error::TooLarge`] if it has more than `limit`
/// bytes, [`Error::Archive`] if it is a folder or a device; otherwise fails as every call does.
pub async fn read_file(engine: &Engine, container: &str, path: &str, limit: usize) -> Result<Vec<u8>> {
    let operation = CONTAINER_ARCHIVE.name;
    let mut path = path.to_owned();
    for _ in 0..=LINKS {
        let call = engine.call(&CONTAINER_ARCHIVE).argument("id", container).argument("path", &path);
        match call.byte_stream().await?.read_with(move |tar| read_first(tar, limit)).await? {
            Found::File(Some(contents)) => return Ok(contents),
            Found::File(None) => return Err(Error::TooLarge { operation, limit: limit as u64 }),
            Found::Link(target) => path = beside(&path, &target),
            Found::Other(kind) => {
                return Err(Error::Archive { operation, reason: format!("{path}: expected a file, got {kind}") });
            }
        }
    }
    Err(Error::Archive { operation, reason: format!("{path}: too many symbolic links") })
}

/// Writes a file of a container, running or not, in place of one of that name. Its folder must exist; it belongs to
/// root. `mode` has its permissions, `0o644`.
///
/// Calls `PUT /containers/{id}/archive`.
///
/// ```no_run
/// # use dockwright::{Engine, Result, recipes};
/// # async fn example(engine: &Engine) -> Result<()> {
/// recipes::write_file(engine, "web", "/etc/motd", "welcome\n", 0o644).await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`Error::Api`] with 404 if there is no such container or folder, and with 403 if it is read-only; [`Error::Archive`]
/// for a path that no file can have; otherwise fails as every call does.
pub async fn write_file(
    engine: &Engine,
    container: &str,
    path: &str,
    contents: impl AsRef<[u8]>,
    mode: u32,
) -> Result<()> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let folder = if folder.is_empty() { "/" } else { folder };
    let mut archive = Vec::new();
    let mut writer = ArchiveWriter::new(&mut archive);
    let added = writer.add_bytes(name, contents.as_ref(), mode).and_then(|()| writer.finish());
    let operation = PUT_CONTAINER_ARCHIVE.name;
    added.map_err(|error| Error::Archive { operation, reason: error.to_string() })?;
    let call = engine.call(&PUT_CONTAINER_ARCHIVE).argument("id", container).argument("path", folder);
    call.content(Body::from(archive)).empty().await
}

/// The first entry of an archive, which is the one that was asked for.
enum Found {
    /// The contents; `None` if they are too large.
    File(Option<Vec<u8>>),
    /// A symbolic link to this path.
    Link(String),
    Other(&'static str),
}

fn read_first(tar: &mut dyn std::io::Read, limit: usize) -> crate::tar::Result<Found> {
    let mut first = None;
    let visited = visit(tar, |entry, contents| {
        first = Some(match (entry.kind, entry.target) {
            (EntryKind::File, _) => Found::File(contents.whole(limit)?),
            (EntryKind::Symlink, Some(target)) => Found::Link(target),
            (EntryKind::Folder, _) => Found::Other("a folder"),
            _ => Found::Other("a device or a pipe"),
        });
        // Ends the visit: what follows may be a whole tree, or the rest of a file that is too large.
        Err(crate::tar::Error::Stream(std::io::Error::other("the first entry is enough")))
    });
    match first {
        Some(found) => Ok(found),
        None => visited.map(|()| Found::Other("nothing")),
    }
}

/// The path that a link at `path` leads to.
fn beside(path: &str, target: &str) -> String {
    match path.rsplit_once('/') {
        Some((folder, _)) if !target.starts_with('/') => format!("{folder}/{target}"),
        _ => target.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_a_path_beside_it_or_from_the_root() {
        assert_eq!(beside("/etc/a", "../b"), "/etc/../b");
        assert_eq!(beside("/etc/a", "/b"), "/b");
        assert_eq!(beside("a", "b"), "b");
    }

    #[tokio::test]
    async fn a_file_is_written_to_its_folder_and_read_within_its_limit() {
        let engine = Engine::canned(|request| {
            let query = request.uri().query().unwrap_or_default();
            if *request.method() == http::Method::PUT {
                assert_eq!(query, "path=%2Fetc");
                assert!(request.body().starts_with(b"motd\0") && request.body().len() == 2048);
                return http::Response::new("".into());
            }
            let mut archive = Vec::new();
            let mut writer = ArchiveWriter::new(&mut archive);
            writer.add_bytes("motd", b"hello", 0o644).unwrap();
            writer.finish().unwrap();
            http::Response::new(archive.into())
        });
        write_file(&engine, "web", "/etc/motd", "hello", 0o644).await.unwrap();
        assert_eq!(read_file(&engine, "web", "/etc/motd", 5).await.unwrap(), b"hello");
        let error = read_file(&engine, "web", "/etc/motd", 4).await.unwrap_err();
        assert!(matches!(error, Error::TooLarge { limit: 4, .. }), "{error}");
        assert!(write_file(&engine, "web", "/etc/", "", 0o644).await.is_err());
    }

    #[tokio::test]
    async fn only_the_first_entry_is_read() {
        let engine = Engine::canned(|_| {
            let mut archive = Vec::new();
            let mut writer = ArchiveWriter::new(&mut archive);
            writer.add_bytes("motd", b"hello", 0o644).unwrap();
            writer.finish().unwrap();
            // A header that is none takes the place of the end.
            archive[1024..].fill(b'x');
            http::Response::new(archive.into())
        });
        assert_eq!(read_file(&engine, "web", "/etc/motd", 5).await.unwrap(), b"hello");
        let error = read_file(&engine, "web", "/etc/motd", 4).await.unwrap_err();
        assert!(matches!(error, Error::TooLarge { limit: 4, .. }), "{error}");
    }
}
