//! Files on their way into containers and out of them, and images on their way through an archive, whatever their size.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

use dockwright::options::{
    ContainerListOptions, ImageCommitOptions, ImageCreateOptions, ImageDeleteOptions, ImageGetAllOptions,
    ImageGetOptions, ImageInspectOptions, ImageLoadOptions, PutContainerArchiveOptions,
};
use dockwright::tar::UnpackLimits;
use dockwright::{Body, Error, Value};
use libtest_mimic::Trial;

use crate::bench::{Bench, Container, IMAGE, Leftover, shell, soon, trials, unique};
use crate::image::inspect;
use crate::streams::{bytes, values};

pub fn trials() -> Vec<Trial> {
    trials![
        files_put_into_a_container_come_out_of_it_again,
        a_folder_of_a_container_is_unpacked_here,
        much_is_sent_and_received_without_being_held,
        a_body_that_fails_ends_the_call,
        an_export_holds_what_was_written_and_becomes_an_image,
        an_image_that_was_saved_is_loaded_with_its_id,
        several_images_are_saved_as_one_archive,
        missing_paths_and_containers_are_refused,
    ]
}

async fn files_put_into_a_container_come_out_of_it_again(bench: &'static Bench) {
    let container = bench.container("true").await;
    let content: Vec<u8> = (0..100_000_u32).map(|index| (index % 256) as u8).collect();
    put(bench, &container, archive([("folder/file", &content)])).await;
    let got = bench.engine.container_archive(&container.id, "/folder").await.expect("the folder is there");
    let stat = got.headers.x_docker_container_path_stat.expect("it comes with the archive");
    assert_eq!(stat.name, "folder");
    assert!(content_of(&bytes(got.tar).await, "folder/file") == content, "other bytes came than were sent");
    // A folder cannot take the place of a file.
    let options = PutContainerArchiveOptions::default().no_overwrite_dir_non_dir(true);
    let body = archive([("folder/file/deeper", "")]);
    bench.engine.put_container_archive(&container.id, "/", body, &options).await.expect_err("there is a file");
}

async fn a_folder_of_a_container_is_unpacked_here(bench: &'static Bench) {
    let container = bench.container("true").await;
    put(bench, &container, archive([("home/one", "1"), ("home/deep/two", "22")])).await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let got = bench.engine.container_archive(&container.id, "/home").await.expect("the folder is there");
    let unpacked = got.tar.unpack(folder.path(), UnpackLimits::default()).await.expect("it is safe");
    assert_eq!((unpacked.files, unpacked.bytes), (2, 3));
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("it is here");
    assert_eq!((&*read("home/one"), &*read("home/deep/two")), ("1", "22"));
}

async fn much_is_sent_and_received_without_being_held(bench: &'static Bench) {
    let container = bench.container("true").await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let sent = folder.path().join("sent.tar");
    much("from-file", &mut File::create(&sent).expect("a temporary file")).expect("the disk has room");
    let before = peak_memory_bytes();
    put(bench, &container, Body::file(&sent).await.expect("it is there")).await;
    put(bench, &container, Body::writer(|out| much("from-writer", out))).await;
    for name in ["from-file", "from-writer"] {
        let got = bench.engine.container_archive(&container.id, &format!("/{name}")).await.expect("it is there");
        got.tar.unpack(folder.path(), UnpackLimits::default()).await.expect("the archive is whole");
        assert!(is_much(&folder.path().join(name)), "{name}: other bytes came than were sent");
    }
    let grown = peak_memory_bytes() - before;
    assert!(grown < MUCH as u64 / 2, "{grown} bytes more were in use than before");
}

async fn a_body_that_fails_ends_the_call(bench: &'static Bench) {
    let container = bench.container("true").await;
    let body = Body::writer(|out| {
        out.write_all(&archive([("half", &[0; 100_000])])[..50_000])?;
        Err(io::Error::other("the disk is gone"))
    });
    let options = PutContainerArchiveOptions::default();
    let sending = bench.engine.put_container_archive(&container.id, "/root", body, &options);
    let error = soon("the call ends", sending).await.expect_err("the body failed");
    assert!(matches!(&error, Error::Body { reason, .. } if reason == "the disk is gone"), "{error}");
    bench.engine.container_list(&ContainerListOptions::default()).await.expect("the next call has a connection");
}

async fn an_export_holds_what_was_written_and_becomes_an_image(bench: &'static Bench) {
    let container = bench.running("echo hello > /greeting").await;
    assert_eq!(container.exit_code().await, 0);
    let export = bench.engine.container_export(&container.id).await.expect("it is exported");
    assert_eq!(content_of(&bytes(export).await, "greeting"), b"hello\n");

    let name = unique("import");
    let _leftover = Leftover::new(format!("/images/{name}:one?force=true"));
    let export = bench.engine.container_export(&container.id).await.expect("it is exported again");
    let options = ImageCreateOptions::default().from_src("-").repo(&name).tag("one").changes(["ENV ADDED=1"]);
    // The engine's own export goes back to it as it comes.
    let import = bench.engine.image_create(Some(Body::reader(export)), &options).await.expect("it is imported");
    let progress = values(import).await;
    let image = inspect(bench, &format!("{name}:one")).await;
    assert!(progress.iter().any(|step| step.status.as_ref() == Some(&image.id)), "{progress:?}");
    let environment = image.config.env.expect("it has an environment");
    assert_eq!(environment, ["ADDED=1"]);
    let mut body = shell("").image(format!("{name}:one"));
    body.cmd = Some(["/bin/grep", "hello", "/greeting"].map(Into::into).into());
    let container = bench.container_of(body).await.started().await;
    assert_eq!(container.exit_code().await, 0);
}

async fn an_image_that_was_saved_is_loaded_with_its_id(bench: &'static Bench) {
    let (name, id, _leftover) = image(bench).await;
    let saved = bench.engine.image_get(&name, &ImageGetOptions::default()).await.expect("it is saved");
    let saved = bytes(saved).await;
    let delete = ImageDeleteOptions::default();
    bench.engine.image_delete(&name, &delete).await.expect("it is deleted");
    let options = ImageInspectOptions::default();
    let gone = bench.engine.image_inspect(&id, &options).await.expect_err("it is gone");
    assert!(gone.is_not_found(), "{gone}");

    let progress = bench.engine.image_load(saved, &ImageLoadOptions::default()).await.expect("it is loaded");
    let progress = values(progress).await;
    let loaded = format!("Loaded image: {name}\n");
    assert!(progress.iter().any(|step| step.stream.as_ref() == Some(&loaded)), "{progress:?}");
    assert_eq!(inspect(bench, &name).await.id, id);
}

async fn several_images_are_saved_as_one_archive(bench: &'static Bench) {
    let (name, _, _leftover) = image(bench).await;
    let options = ImageGetAllOptions::default().names([&name, IMAGE]);
    let saved = bytes(bench.engine.image_get_all(&options).await.expect("they are saved")).await;
    let manifest: Value = serde_json::from_slice(&content_of(&saved, "manifest.json")).expect("it is JSON");
    let images = manifest.as_array().into_iter().flatten();
    let tags: Vec<_> = images.filter_map(|image| image["RepoTags"][0].as_str()).collect();
    assert!(tags.len() == 2 && tags.contains(&&*name) && tags.contains(&IMAGE), "{manifest}");
}

async fn missing_paths_and_containers_are_refused(bench: &'static Bench) {
    let container = bench.container("true").await;
    let error = bench.engine.container_archive(&container.id, "/no/such").await.expect_err("there is no such file");
    assert!(error.is_not_found() && error.to_string().starts_with("container_archive: 404: "), "{error}");
    let options = PutContainerArchiveOptions::default();
    let body = archive([("file", "")]);
    let putting = bench.engine.put_container_archive(&container.id, "/no/such", body, &options);
    let error = putting.await.expect_err("there is no such folder");
    assert!(error.is_not_found(), "{error}");
    let error = bench.engine.container_export("no-such").await.expect_err("there is no such container");
    assert!(error.is_not_found(), "{error}");
    let error = bench.engine.image_get("no-such", &ImageGetOptions::default()).await.expect_err("there is no image");
    assert!(error.is_not_found(), "{error}");
}

/// Packs files.
pub fn archive<const N: usize>(files: [(&str, impl AsRef<[u8]>); N]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let content = content.as_ref();
        archive.append_data(&mut header(content.len()), name, content).expect("memory takes it");
    }
    archive.into_inner().expect("memory takes it")
}

fn header(size: usize) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    header.set_size(size as u64);
    header.set_mode(0o644);
    header
}

/// The content of a file in an archive.
fn content_of(archive: &[u8], name: &str) -> Vec<u8> {
    let mut archive = tar::Archive::new(archive);
    let mut entries = archive.entries().expect("it is an archive").map(|entry| entry.expect("it is an archive"));
    let mut entry = entries.find(|entry| &*entry.path_bytes() == name.as_bytes()).expect("the file is in it");
    let mut content = Vec::new();
    entry.read_to_end(&mut content).expect("it is whole");
    content
}

async fn put(bench: &Bench, container: &Container, archive: impl Into<Body>) {
    let options = PutContainerArchiveOptions::default();
    let putting = bench.engine.put_container_archive(&container.id, "/", archive, &options);
    soon("the engine has it", putting).await.expect("it is put there");
}

/// An image with a layer like no other: its name, its id.
pub async fn image(bench: &'static Bench) -> (String, String, Leftover) {
    let name = unique("image");
    let container = bench.container("true").await;
    put(bench, &container, archive([("name", &name)])).await;
    let options = ImageCommitOptions::default().container(&container.id).repo(&name).tag("one");
    let committed = bench.engine.image_commit(None, &options).await.expect("it is committed");
    let name = format!("{name}:one");
    let leftover = Leftover::new(format!("/images/{name}?force=true"));
    (name, committed.id, leftover)
}

/// A large number of bytes.
const MUCH: usize = 64 << 20;
const PIECE: usize = 64 << 10;

/// No two pieces are the same, so that none can be lost or come twice unseen.
fn piece(index: usize) -> Vec<u8> {
    let mut piece = b"0123456789abcdef".repeat(PIECE / 16);
    piece[..size_of::<usize>()].copy_from_slice(&index.to_le_bytes());
    piece
}

/// Writes an archive of one file.
fn much(name: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut header = header(MUCH);
    header.set_path(name)?;
    header.set_cksum();
    out.write_all(header.as_bytes())?;
    (0..MUCH / PIECE).try_for_each(|index| out.write_all(&piece(index)))?;
    out.write_all(&[0; 1024])
}

fn is_much(path: &Path) -> bool {
    let mut file = BufReader::new(File::open(path).expect("it was unpacked"));
    let mut read = vec![0; PIECE];
    let whole = (0..MUCH / PIECE).all(|index| file.read_exact(&mut read).is_ok() && read == piece(index));
    whole && file.read(&mut read).is_ok_and(|length| length == 0)
}

/// The most memory that this process has ever had in use.
fn peak_memory_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the engine runs on Linux, and so does this");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux counts it");
    line.trim().strip_suffix(" kB").and_then(|number| number.parse::<u64>().ok()).expect("it is a number") * 1024
}
