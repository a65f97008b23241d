//! Images on the engine: found, described, tagged, committed, pruned, deleted; and the search, against a registry that
//! is made for it here.

use dockwright::models::{ContainerConfig, ImageInspect};
use dockwright::options::{
    BuildPruneOptions, ImageBuildOptions, ImageCommitOptions, ImageDeleteOptions, ImageHistoryOptions,
    ImageInspectOptions, ImageListFilters, ImageListOptions, ImagePruneFilters, ImagePruneOptions, ImageSearchFilters,
    ImageSearchOptions, ImageTagOptions,
};
use libtest_mimic::Trial;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::archive::archive;
use crate::bench::{Bench, IMAGE, Leftover, trial_alone, trials, unique, until};
use crate::streams::values;

pub fn trials() -> Vec<Trial> {
    let mut trials = trials![
        an_image_is_listed_and_described,
        history_has_a_row_for_each_layer,
        a_tag_is_another_name_until_it_is_deleted,
        a_commit_makes_an_image_of_a_container,
        pruning_removes_images_without_a_name,
        a_search_asks_the_registry_in_the_name,
    ];
    // Builds of other trials would lose what they are reading.
    trials.push(trial_alone!(pruning_removes_the_build_cache));
    trials
}

async fn an_image_is_listed_and_described(bench: &'static Bench) {
    let image = inspect(bench, IMAGE).await;
    let filters = ImageListFilters::default().reference(IMAGE);
    let options = ImageListOptions::default().filters(filters).shared_size(true);
    let engine = bench.engine.clone().allow_newer(true);
    let [summary] = &engine.image_list(&options).await.expect("images are listed")[..] else { panic!("one image") };
    assert_eq!(summary.id, image.id);
    assert_eq!(summary.repo_tags, [IMAGE]);
    assert_eq!(image.repo_tags, summary.repo_tags);
    assert_eq!((&*image.os, image.size), ("linux", summary.size));
    let config = image.config;
    assert_eq!(config.cmd.as_deref(), Some(&["sh".to_owned()][..]));
    assert_eq!(config.env.as_deref(), Some(&["PATH=/bin".into()][..]));
    assert_eq!(image.root_fs.layers.map(|layers| layers.len()), Some(1));
    // Before 1.42 an engine did not know the question and never counted.
    assert_eq!(summary.shared_size >= 0, bench.speaks(42));
}

async fn history_has_a_row_for_each_layer(bench: &'static Bench) {
    let (id, _leftover) = commit(bench, ImageCommitOptions::default().comment("second layer")).await;
    let history = bench.engine.image_history(&id, &ImageHistoryOptions::default()).await.expect("it has a history");
    assert_eq!(history.len(), 2);
    assert_eq!(history[0].id, id);
    assert_eq!(history[0].comment, "second layer");
    assert!(history[1].tags.iter().any(|tag| tag == IMAGE), "{:?}", history[1]);
}

async fn a_tag_is_another_name_until_it_is_deleted(bench: &'static Bench) {
    let repository = format!("127.0.0.1:5000/deep/{}", unique("tag"));
    let _leftover = Leftover::new(format!("/images/{repository}:one"));
    let options = ImageTagOptions::default().repo(&repository).tag("one");
    bench.engine.image_tag(IMAGE, &options).await.expect("it is tagged");
    let name = format!("{repository}:one");
    assert_eq!(inspect(bench, &name).await.id, inspect(bench, IMAGE).await.id);
    let deleted = bench.engine.image_delete(&name, &ImageDeleteOptions::default()).await.expect("it is untagged");
    assert_eq!(deleted[0].untagged, Some(name.clone()));
    assert!(deleted.iter().all(|item| item.deleted.is_none()), "{deleted:?}");
    let gone = bench.engine.image_inspect(&name, &ImageInspectOptions::default()).await;
    assert!(gone.is_err_and(|error| error.is_not_found()));
    inspect(bench, IMAGE).await;
}

async fn a_commit_makes_an_image_of_a_container(bench: &'static Bench) {
    let name = unique("commit");
    let options = ImageCommitOptions::default().repo(&name).tag("two").author("Ann <ann@example.org>");
    let (id, _leftover) = commit(bench, options.changes(["ENV ADDED=1"])).await;
    let image = inspect(bench, &format!("{name}:two")).await;
    assert_eq!(image.id, id);
    assert_eq!(image.author.as_deref(), Some("Ann <ann@example.org>"));
    let config = image.config;
    assert!(config.env.expect("it has an environment").contains(&"ADDED=1".into()));
    assert_eq!(config.labels.expect("it has labels")["committed"], name);
    let deleted =
        bench.engine.image_delete(&id, &ImageDeleteOptions::default().force(true)).await.expect("it is deleted");
    assert!(deleted.iter().any(|item| item.deleted.as_deref() == Some(&*id)), "{deleted:?}");
}

async fn pruning_removes_images_without_a_name(bench: &'static Bench) {
    let label = unique("label");
    let (id, _leftover) = commit(bench, ImageCommitOptions::default().changes([format!("LABEL {label}=1")])).await;
    let (other, _other) = commit(bench, ImageCommitOptions::default()).await;
    let options = ImagePruneOptions::default().filters(ImagePruneFilters::default().label(&label).dangling(true));
    let pruned = bench.engine.image_prune(&options).await.expect("pruning works");
    let deleted: Vec<_> = pruned.images_deleted.into_iter().filter_map(|item| item.deleted).collect();
    assert!(deleted.contains(&id) && !deleted.contains(&other), "{deleted:?}");
    let pruned = bench.engine.image_prune(&options).await.expect("pruning nothing works");
    assert_eq!((pruned.images_deleted, pruned.space_reclaimed), (vec![], 0));
}

async fn pruning_removes_the_build_cache(bench: &'static Bench) {
    let name = unique("build");
    let _leftover = Leftover::new(format!("/images/{name}:latest"));
    let context = archive([("Dockerfile", "FROM scratch\nCOPY Dockerfile /copied\n")]);
    let options = ImageBuildOptions::default().version("2").tags([&name]);
    let output =
        values(bench.engine.image_build(Some(context.into()), &options).await.expect("the build begins")).await;
    inspect(bench, &name).await;
    let prune = async || {
        // Builds that have ended, or were stopped, let go of theirs a little later.
        until("no build uses the cache", async || {
            let usage = bench.engine.system_data_usage(&Default::default()).await.expect("the engine counts");
            usage.build_cache.iter().flatten().all(|cache| !cache.in_use).then_some(())
        })
        .await;
        bench.engine.build_prune(&BuildPruneOptions::default().all(true)).await.expect("pruning works")
    };
    assert!(!prune().await.caches_deleted.is_empty(), "nothing was pruned after the build: {output:?}");
    let pruned = prune().await;
    assert_eq!((pruned.caches_deleted, pruned.space_reclaimed), (vec![], 0));
}

async fn a_search_asks_the_registry_in_the_name(bench: &'static Bench) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let registry = listener.local_addr().expect("it has an address");
    let serving = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(search_registry(stream));
        }
    });
    let options = ImageSearchOptions::default().limit(7).filters(ImageSearchFilters::default().stars(2));
    let found = bench.engine.image_search(&format!("{registry}/busy box"), &options).await.expect("the search works");
    serving.abort();
    let [found] = &found[..] else { panic!("one result has stars enough: {found:?}") };
    assert_eq!(found.name, "found");
    assert_eq!(found.description, "asked for busy box, 7 at most");
    assert_eq!((found.star_count, found.is_official), (3, true));
}

/// Answers like the first version of Docker's registry, which is the one that could be searched.
async fn search_registry(stream: TcpStream) {
    let mut stream = BufReader::new(stream);
    let mut line = Vec::new();
    // The engine tries TLS first; that line is no text, and closing the connection is the answer to it.
    let _ = stream.read_until(b'\n', &mut line).await;
    let Ok(line) = String::from_utf8(line) else { return };
    // Unread bytes would break the connection when it closes, before the answer is read.
    let mut header = String::new();
    while stream.read_line(&mut header).await.is_ok_and(|length| length > 2) {
        header.clear();
    }
    let target = line.split(' ').nth(1).unwrap_or_default();
    let argument = |name: &str| {
        let pairs = target.split_once('?')?.1.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
        Some(pairs.replace('+', " ").replace("%20", " "))
    };
    let asked =
        format!("asked for {}, {} at most", argument("q").unwrap_or_default(), argument("n").unwrap_or_default());
    let found = |name, stars| json!({ "name": name, "description": asked, "star_count": stars, "is_official": true });
    let body = match target.split('?').next() {
        Some("/v1/_ping") => json!({ "version": "0.6.8", "standalone": true }),
        _ => json!({ "num_results": 2, "query": "", "results": [found("found", 3), found("unloved", 1)] }),
    };
    let body = body.to_string();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n", body.len());
    let answer = format!("{head}X-Docker-Registry-Standalone: true\r\nConnection: close\r\n\r\n{body}");
    let _ = stream.write_all(answer.as_bytes()).await;
}

pub async fn inspect(bench: &Bench, name: &str) -> ImageInspect {
    bench.engine.image_inspect(name, &ImageInspectOptions::default()).await.expect("the image is there")
}

/// An image of a container that was never started, labelled with the image's own name.
pub async fn commit(bench: &'static Bench, options: ImageCommitOptions) -> (String, Leftover) {
    let container = bench.container("true").await;
    let label = options.repo.clone().unwrap_or_else(|| unique("commit"));
    let config = ContainerConfig::default().labels([("committed", label)]);
    let options = options.container(&container.id);
    let id = bench.engine.image_commit(Some(&config), &options).await.expect("it is committed").id;
    (id.clone(), Leftover::new(format!("/images/{id}?force=true")))
}
