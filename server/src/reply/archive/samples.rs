//! Archives as an engine sends them, for tests.

use dockwright::{Body, ByteStream, Engine, http};
use tar::{Builder, EntryType, Header};

/// Makes an archive of files, which may be binary.
pub(crate) fn files(files: &[(&str, &[u8])]) -> Builder<Vec<u8>> {
    let mut archive = Builder::new(Vec::new());
    for (name, contents) in files {
        add(&mut archive, EntryType::Regular, name, "", contents);
    }
    archive
}

/// Adds any entry.
pub(crate) fn add(archive: &mut Builder<Vec<u8>>, kind: EntryType, name: &str, target: &str, contents: &[u8]) {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(contents.len() as u64);
    header.set_mode(0o644);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    match target {
        "" => archive.append_data(&mut header, name, contents).unwrap(),
        target => archive.append_link(&mut header, name, target).unwrap(),
    }
}

/// The answer of an engine that sends these bytes.
pub(crate) async fn sent(bytes: Vec<u8>) -> ByteStream {
    let engine = Engine::canned(move |_| http::Response::new(bytes.clone().into()));
    engine.raw(http::Request::new(Body::default())).await.unwrap().into_byte_stream()
}
