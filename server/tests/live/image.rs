//! Images on the engine: found, described, tagged, committed, pruned, deleted; and the search, against a registry that
//! is made for it here.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::bench::{IMAGE, Leftover, and, created, shell, speaks, text, trials, unique, whole};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials![
        an_image_is_listed_and_described,
        history_has_a_row_for_each_layer,
        a_tag_is_another_name_until_it_is_deleted,
        a_commit_makes_an_image_of_a_container,
        pruning_removes_images_without_a_name,
        a_search_asks_the_registry_in_the_name,
        an_engine_without_attestations_says_so,
    ]
}

fn an_image_is_listed_and_described(session: &Session) {
    let image = session.call("image_inspect", json!({ "name": IMAGE }));
    let list = json!({ "filters": { "reference": IMAGE }, "shared-size": true, "allow_newer": true });
    let listed = session.call("image_list", list);
    let [summary] = &listed.as_array().expect("it is a list")[..] else { panic!("one image: {listed}") };
    assert_eq!((&summary["Id"], &summary["Size"]), (&image["Id"], &image["Size"]));
    assert_eq!((&summary["RepoTags"], &image["RepoTags"]), (&json!([IMAGE]), &json!([IMAGE])));
    assert_eq!((&image["Os"], &image["Config"]["Cmd"]), (&json!("linux"), &json!(["sh"])));
    assert_eq!(image["Config"]["Env"], json!(["PATH=/bin"]));
    // Before 1.42 an engine did not know the question and never counted.
    assert_eq!(summary["SharedSize"].as_i64().is_some_and(|bytes| bytes >= 0), speaks(42));
    let all = whole(session, "image_inspect", "name", IMAGE);
    assert_eq!(all["RootFS"]["Layers"].as_array().map(Vec::len), Some(1));
    let missed = session.fail("image_inspect", json!({ "name": "busybox:tset" }));
    assert!(missed.contains("404") && missed.contains(IMAGE), "{missed}");
}

fn history_has_a_row_for_each_layer(session: &Session) {
    let (id, _leftover) = commit(session, json!({ "comment": "second layer" }));
    let history = session.call("image_history", json!({ "name": id, "select": "@" }));
    assert_eq!(history.as_array().map(Vec::len), Some(2));
    assert_eq!((&history[0]["Id"], &history[0]["Comment"]), (&json!(id), &json!("second layer")));
    let shown = session.call("image_history", json!({ "name": id }));
    assert!(shown[1]["Tags"].as_array().is_some_and(|tags| tags.contains(&json!(IMAGE))), "{shown}");
}

fn a_tag_is_another_name_until_it_is_deleted(session: &Session) {
    let repository = format!("127.0.0.1:5000/deep/{}", unique("tag"));
    let name = format!("{repository}:one");
    let _leftover = Leftover::new(format!("/images/{name}"));
    session.done("image_tag", json!({ "name": IMAGE, "repo": repository, "tag": "one" }));
    let id = |name: &str| session.call("image_inspect", json!({ "name": name }))["Id"].clone();
    assert_eq!(id(&name), id(IMAGE));
    assert_eq!(session.call("image_delete", json!({ "name": name })), json!([{ "Untagged": name }]));
    assert!(session.fail("image_inspect", json!({ "name": name })).contains("404"));
    id(IMAGE);
}

fn a_commit_makes_an_image_of_a_container(session: &Session) {
    let repository = unique("commit");
    let author = "Ann <ann@example.org>";
    let named = json!({ "repo": repository, "tag": "two", "author": author, "changes": ["ENV ADDED=1"] });
    let (id, _leftover) = commit(session, named);
    let image = whole(session, "image_inspect", "name", &format!("{repository}:two"));
    assert_eq!((&image["Id"], &image["Author"]), (&json!(id), &json!(author)));
    assert!(image["Config"]["Env"].as_array().is_some_and(|all| all.contains(&json!("ADDED=1"))), "{image}");
    assert_eq!(image["Config"]["Labels"]["committed"], "yes");
    let deleted = session.call("image_delete", json!({ "name": id, "force": true }));
    assert!(deleted.as_array().is_some_and(|all| all.contains(&json!({ "Deleted": id }))), "{deleted}");
}

fn pruning_removes_images_without_a_name(session: &Session) {
    let label = unique("label");
    let (id, _leftover) = commit(session, json!({ "changes": [format!("LABEL {label}=1")] }));
    let (other, _other) = commit(session, json!({}));
    let prune = || session.call("image_prune", json!({ "filters": { "label": [label], "dangling": true } }));
    let deleted = prune()["ImagesDeleted"].to_string();
    assert!(deleted.contains(&id) && !deleted.contains(&other), "{deleted}");
    let pruned = prune();
    assert_eq!((pruned["ImagesDeleted"].as_array(), &pruned["SpaceReclaimed"]), (None, &json!(0)));
}

fn a_search_asks_the_registry_in_the_name(session: &Session) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let registry = listener.local_addr().expect("it has an address");
    std::thread::spawn(move || listener.incoming().flatten().for_each(answer_search));
    let arguments = json!({ "term": format!("{registry}/box"), "limit": 7, "filters": { "stars": 2 } });
    let found = session.call("image_search", arguments);
    let asked = json!({ "name": "found", "description": "box, 7 at most", "star_count": 3, "is_official": true });
    assert_eq!(found, json!([asked]), "one result has stars enough");
}

/// Answers like the first version of Docker's registry, which is the one that could be searched.
fn answer_search(mut stream: TcpStream) {
    let mut lines = BufReader::new(stream.try_clone().expect("it can be read")).lines();
    // The engine tries TLS first; that line is no text, and closing the connection is the answer to it.
    let Some(Ok(line)) = lines.next() else { return };
    // Unread bytes would break the connection when it closes, before the answer is read.
    lines.by_ref().take_while(|line| line.as_ref().is_ok_and(|line| !line.is_empty())).for_each(drop);
    let argument = |name: &str| {
        let value = line.split_once(&format!("{name}="))?.1;
        value.split(['&', ' ']).next().map(str::to_owned)
    };
    let asked = format!("{}, {} at most", argument("q").unwrap_or_default(), argument("n").unwrap_or_default());
    let found = |name, stars| json!({ "name": name, "description": asked, "star_count": stars, "is_official": true });
    let body = match line.contains("/v1/_ping") {
        true => json!({ "version": "0.6.8", "standalone": true }),
        false => json!({ "num_results": 2, "query": "", "results": [found("found", 3), found("unloved", 1)] }),
    };
    let body = body.to_string();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n", body.len());
    let answer = format!("{head}X-Docker-Registry-Standalone: true\r\nConnection: close\r\n\r\n{body}");
    let _ = stream.write_all(answer.as_bytes());
}

fn an_engine_without_attestations_says_so(session: &Session) {
    if !speaks(55) {
        let failed = session.fail("image_attestations", json!({ "name": IMAGE }));
        assert!(failed.contains("the operation needs API 1.55, and 1."), "{failed}");
    }
}

/// An image of a container, with a label.
pub fn commit(session: &Session, options: Value) -> (String, Leftover) {
    let container = created(session, shell("true"));
    let from = json!({ "container": container.id, "body": { "Labels": { "committed": "yes" } } });
    let id = text(&session.call("image_commit", and(from, options))["Id"]);
    (id.clone(), Leftover::new(format!("/images/{id}?force=true")))
}
