//! Tests with whole archives, from the engine's bytes to the reply.

use dockwright::operations;
use tar::{Builder, EntryType};

use super::samples::{add, files, sent};
use super::*;

async fn listed(archive: Builder<Vec<u8>>, options: &ReplyOptions) -> (Value, Vec<String>) {
    let archive = sent(archive.into_inner().unwrap()).await;
    let reply = list_archive(archive, &operations::CONTAINER_ARCHIVE, options).await.unwrap();
    let room = if options.max_reply < options.room() { options.max_reply } else { options.room() };
    let text = reply.to_string();
    let (data, notes) = text.split_once('\n').unwrap_or((&text, ""));
    assert!(data.len() <= room && reply.to_string().len() <= options.max_reply, "{} > {room}", data.len());
    let notes = notes.lines().map(|line| line.strip_prefix("dockwright: ").unwrap().to_owned()).collect();
    (reply.clone().into_structured().unwrap(), notes)
}

#[tokio::test]
async fn a_small_archive_is_shown_whole() {
    let mut archive = files(&[("etc/hosts", b"127.0.0.1\tlocalhost\n"), ("etc/empty", b"")]);
    add(&mut archive, EntryType::Directory, "bin/", "", b"");
    add(&mut archive, EntryType::Symlink, "etc/mtab", "/proc/mounts", b"");
    add(&mut archive, EntryType::Link, "etc/h", "etc/hosts", b"");
    add(&mut archive, EntryType::Char, "dev/null", "", b"");
    let archive = sent(archive.into_inner().unwrap()).await;
    let reply = list_archive(archive, &operations::CONTAINER_ARCHIVE, &ReplyOptions::default()).await.unwrap();
    let expected = concat!(
        r#"{"entries":[{"name":"etc/hosts","size":20,"text":"127.0.0.1\tlocalhost\n"},"#,
        r#"{"name":"etc/empty","size":0,"text":""},{"name":"bin/","kind":"folder"},"#,
        r#"{"name":"etc/mtab","kind":"symlink","target":"/proc/mounts"},"#,
        r#"{"name":"etc/h","kind":"hard link","target":"etc/hosts"},{"name":"dev/null","kind":"device"}],"#,
        r#""count":6,"bytes":20}"#,
    );
    assert_eq!(reply.to_string(), expected);
}

#[tokio::test]
async fn binary_and_large_files_are_named_and_never_shown() {
    let large = vec![b'x'; TEXT_BYTES + 1];
    let archive = files(&[("zero", b"a\0b"), ("latin", b"\xe9t\xe9"), ("large", &large), ("text", b"t")]);
    let (data, notes) = listed(archive, &ReplyOptions::default()).await;
    let shown: Vec<_> = data["entries"].as_array().unwrap().iter().map(|entry| entry.get("text")).collect();
    assert_eq!(shown, [None, None, None, Some(&json!("t"))]);
    let expected = "3 files without contents (binary, or more than 16384 bytes); `to` saves all in a folder of the \
                    host, if the server was started with --allow-write";
    assert_eq!(notes, [expected]);
}

#[tokio::test]
async fn names_come_before_texts_if_not_all_fit() {
    let text = "x".repeat(1000);
    let names: Vec<_> = (0..50).map(|number| format!("file{number}")).collect();
    let archive = files(&names.iter().map(|name| (name.as_str(), text.as_bytes())).collect::<Vec<_>>());
    let (data, notes) = listed(archive, &ReplyOptions { limit_bytes: Some(5000), ..ReplyOptions::default() }).await;
    let entries = data["entries"].as_array().unwrap();
    let texts = entries.iter().filter(|entry| entry.get("text").is_some()).count();
    assert_eq!((entries.len(), texts, entries[2].get("text").is_some()), (50, 3, true));
    assert_eq!(
        notes,
        ["no room for the text of 47 files (limit_bytes 5000); use a narrower `path`, grep or limit_items"]
    );
}

#[tokio::test]
async fn entries_are_limited_and_all_are_counted() {
    let names: Vec<_> = (0..250).map(|number| format!("file{number}")).collect();
    let archive = || files(&names.iter().map(|name| (name.as_str(), &b"12"[..])).collect::<Vec<_>>());
    let (data, notes) = listed(archive(), &ReplyOptions::default()).await;
    assert_eq!(
        (data["entries"].as_array().unwrap().len(), &data["count"], &data["bytes"]),
        (200, &json!(250), &json!(500))
    );
    assert_eq!(
        notes,
        ["200 of 250 entries shown (limit_items 200); for the others use a narrower `path`, grep or limit_items"]
    );
    let (data, _) = listed(archive(), &ReplyOptions { limit_items: Some(3), ..ReplyOptions::default() }).await;
    assert_eq!(data["entries"].as_array().unwrap().len(), 3);
    for bytes in [0, 50, 100, 300, 2000] {
        let options = ReplyOptions { limit_bytes: Some(bytes), ..ReplyOptions::default() };
        let archive = sent(archive().into_inner().unwrap()).await;
        let reply = list_archive(archive, &operations::CONTAINER_ARCHIVE, &options).await.unwrap();
        let data = reply.to_string().lines().next().unwrap().len();
        assert!(data <= bytes.max(FRAME_BYTES), "{data} > {bytes}");
    }
}

#[tokio::test]
async fn grep_finds_names_targets_and_texts_behind_any_limit() {
    let names: Vec<_> = (0..250).map(|number| format!("file{number}")).collect();
    let mut archive = files(&names.iter().map(|name| (name.as_str(), &b"12"[..])).collect::<Vec<_>>());
    add(&mut archive, EntryType::Regular, "conf", "", b"Listen 80");
    add(&mut archive, EntryType::Symlink, "link", "Listener", b"");
    let (data, notes) = listed(archive, &ReplyOptions { grep: Some("listen".into()), ..ReplyOptions::default() }).await;
    let names: Vec<_> =
        data["entries"].as_array().unwrap().iter().map(|entry| entry["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["conf", "link"]);
    assert_eq!(notes, ["grep: 2 of 252 entries match"]);
}

#[tokio::test]
async fn texts_are_made_visible_and_secrets_are_hidden_even_from_grep() {
    let archive = || files(&[("a\u{1b}[31m", b"\x1b[1mbold"), (".env", b"DB_PASSWORD=hunter2")]);
    let (data, notes) = listed(archive(), &ReplyOptions::default()).await;
    assert_eq!(data["entries"][0], json!({"name": "a", "size": 8, "text": "bold"}));
    assert_eq!(data["entries"][1]["text"], format!("DB_PASSWORD={}", crate::secrets::MARKER));
    assert_eq!(notes.len(), 1);
    let grep = ReplyOptions { grep: Some("hunter2".into()), ..ReplyOptions::default() };
    assert_eq!(listed(archive(), &grep).await.0["entries"], json!([]));
    let shown = ReplyOptions { show_secrets: true, ..grep };
    assert_eq!(listed(archive(), &shown).await.0["entries"][0]["text"], "DB_PASSWORD=hunter2");
}

#[tokio::test]
async fn json_hides_the_secrets_that_answers_hide() {
    let plain = b"{\n  \"Env\": [\"PATH=/bin\"]\n}";
    let archive = files(&[("blob", br#"{ "Env": ["DB_PASSWORD=two words"] }"#), ("plain", plain)]);
    let (data, _) = listed(archive, &ReplyOptions::default()).await;
    let hidden = format!(r#"{{"Env":["DB_PASSWORD={}"]}}"#, crate::secrets::MARKER);
    assert_eq!(data["entries"][0]["text"], hidden);
    assert_eq!(data["entries"][1]["text"], str::from_utf8(plain).unwrap());
}

#[tokio::test]
async fn files_below_run_secrets_are_hidden_however_the_path_is_written() {
    for (path, name, hidden) in [
        ("/run/secrets/db", "db", true),
        ("/run/secrets/", "secrets/db", true),
        ("/run/secrets/.", "./db", true),
        ("/var/run/secrets/a", "a/db", true),
        ("/", "run/secrets/db", true),
        ("/etc/db", "db", false),
    ] {
        let options = ReplyOptions { archived: Some(path.to_owned()), ..ReplyOptions::default() };
        let (data, _) = listed(files(&[(name, b"plain words")]), &options).await;
        let text = if hidden { crate::secrets::MARKER } else { "plain words" };
        assert_eq!(data["entries"][0]["text"], text, "{path}");
    }
}

#[tokio::test]
async fn an_archive_that_is_cut_short_is_an_error() {
    let mut bytes = files(&[("a", b"text")]).into_inner().unwrap();
    bytes.truncate(600);
    let error =
        list_archive(sent(bytes).await, &operations::CONTAINER_ARCHIVE, &ReplyOptions::default()).await.unwrap_err();
    assert!(error.to_string().contains("the transfer was cut short"), "{error}");
}
