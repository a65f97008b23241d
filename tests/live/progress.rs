//! Work that sends progress while it runs: images are built, pushed and pulled.

use std::path::Path;
use std::time::Duration;

use dockwright::models::{AuthConfig, BuildInfo, CreateImageInfo, PushImageInfo};
use dockwright::options::{
    ContainerListFilters, ContainerListOptions, DistributionInspectOptions, ImageBuildOptions, ImageCreateOptions,
    ImageDeleteOptions, ImageInspectOptions, ImagePushOptions, ImageTagOptions,
};
use dockwright::tar::Context;
use dockwright::{Error, JsonStream, Result};
use libtest_mimic::Trial;
use tempfile::TempDir;

use crate::archive::{archive, image};
use crate::bench::{Bench, IMAGE, Leftover, soon, trials, unique, until, variable};
use crate::image::inspect;
use crate::streams::{value, values};

pub fn trials() -> Vec<Trial> {
    trials![
        a_build_shows_its_steps_and_makes_an_image,
        a_command_that_fails_ends_the_build_with_its_exit_code,
        a_build_that_cannot_begin_is_refused,
        a_build_that_is_dropped_ends_its_command,
        a_pushed_image_is_pulled_again,
        a_private_registry_wants_the_password,
        a_missing_image_is_neither_pulled_nor_pushed,
    ]
}

async fn a_build_shows_its_steps_and_makes_an_image(bench: &'static Bench) {
    let name = unique("build");
    let _leftover = Leftover::new(format!("/images/{name}:latest?force=true"));
    let folder = folder([
        ("Dockerfile", "ARG BASE\nFROM $BASE\nCOPY . /context\nRUN cat /context/greeting; ls /context >&2\n"),
        ("greeting", "hello\n"),
        ("secret", "not for the engine\n"),
        (".dockerignore", "secret\n"),
    ]);
    let options = classic().tags([&name]).buildargs([("BASE", Some(IMAGE.to_owned()))]).labels([("built", "here")]);
    let build = bench.engine.image_build(Some(Context::new(folder.path()).into()), &options).await;
    let steps = values(build.expect("the build begins")).await;
    let output: String = steps.iter().filter_map(|step| step.stream.as_deref()).collect();
    for expected in ["Step 1/5 : ARG BASE\n", "hello\n", "greeting\n", &format!("Successfully tagged {name}:latest\n")]
    {
        assert!(output.contains(expected), "`{expected}` is missing: {output}");
    }
    assert!(!output.contains("secret\n"), "it was to be left out: {output}");
    let built = inspect(bench, &name).await;
    let id = steps.iter().find_map(|step| step.aux.as_ref()?["ID"].as_str());
    assert_eq!(id, Some(&*built.id), "{steps:?}");
    assert_eq!(built.config.labels.expect("it has labels")["built"], "here");
}

async fn a_command_that_fails_ends_the_build_with_its_exit_code(bench: &'static Bench) {
    let error = build(bench, "RUN echo about to fail; exit 7").await.expect("the build begins").last().await;
    let error = error.expect_err("its command fails");
    assert!(matches!(&error, Error::Failed { code: Some(7), message, .. } if message.contains("exit 7")), "{error:?}");
}

async fn a_build_that_cannot_begin_is_refused(bench: &'static Bench) {
    let error = build(bench, "NO SUCH INSTRUCTION").await.expect_err("there is no such instruction");
    assert!(matches!(&error, Error::Api { status, .. } if status.as_u16() == 400), "{error}");
    let context = Context::new(Path::new("/no/such/folder"));
    let error = bench.engine.image_build(Some(context.into()), &classic()).await.expect_err("there is no such folder");
    assert!(matches!(&error, Error::Body { reason, .. } if reason.contains("/no/such/folder")), "{error}");
}

async fn a_build_that_is_dropped_ends_its_command(bench: &'static Bench) {
    let label = unique("label");
    let running = async || {
        let options = ContainerListOptions::default().filters(ContainerListFilters::default().label(&label));
        bench.engine.container_list(&options).await.expect("containers are listed").len()
    };
    let steps = format!("LABEL {label}=1\nRUN echo ready; while :; do sleep 0.1; done");
    let mut build = build(bench, &steps).await.expect("the build begins");
    while value(&mut build).await.stream.as_deref() != Some("ready\n") {}
    until("the engine says that its command runs", async || (running().await == 1).then_some(())).await;
    drop(build);
    let ended = until("its command ends", async || (running().await == 0).then_some(()));
    assert!(tokio::time::timeout(Duration::from_secs(2), ended).await.is_ok(), "two seconds later it still runs");
}

async fn a_pushed_image_is_pulled_again(bench: &'static Bench) {
    let (name, id, _leftover) = in_registry(bench, &variable("REGISTRY")).await;
    let progress = push(bench, &name, None).await.expect("the push begins");
    let progress = values(progress).await;
    let layer = |step: &PushImageInfo| {
        step.id.is_some() && step.progress_detail.as_ref().is_some_and(|detail| detail.current > Some(0))
    };
    assert!(progress.iter().any(layer), "{progress:?}");
    let pushed = progress.iter().find_map(|step| step.aux.as_ref()).expect("it says what was pushed");
    let digest = pushed["Digest"].as_str().expect("it has a digest");
    assert_eq!(pushed["Tag"], "one");
    let options = DistributionInspectOptions::default();
    let found = bench.engine.distribution_inspect(&name, &options).await.expect("the registry has it");
    assert_eq!(found.descriptor.digest, digest);

    forget(bench, &id).await;
    let progress = values(pull(bench, &name, None).await.expect("the pull begins")).await;
    let said = |text: &str| progress.iter().any(|step| step.status.as_deref() == Some(text));
    assert!(said(&format!("Digest: {digest}")), "{progress:?}");
    assert!(said(&format!("Status: Downloaded newer image for {name}")), "{progress:?}");
    assert_eq!(inspect(bench, &name).await.id, id);
    let again = values(pull(bench, &name, None).await.expect("the pull begins")).await;
    let status = format!("Status: Image is up to date for {name}");
    assert!(again.iter().any(|step| step.status.as_ref() == Some(&status)), "{again:?}");
}

async fn a_private_registry_wants_the_password(bench: &'static Bench) {
    let (name, id, _leftover) = in_registry(bench, &variable("PRIVATE_REGISTRY")).await;
    for password in [None, Some("wrong")] {
        // The engine answers before it asks the registry, so the refusal is in the stream.
        let error = push(bench, &name, password).await.expect("the push begins").last().await;
        let error = error.expect_err("this is no login");
        assert!(matches!(&error, Error::Failed { message, .. } if message.contains("auth")), "{error}");
    }
    push(bench, &name, Some("wright")).await.expect("the push begins").last().await.expect("the password is right");
    forget(bench, &id).await;
    for password in [None, Some("wrong")] {
        // Here the registry is asked first: the engine refuses, mostly with 500.
        let error = pull(bench, &name, password).await.expect_err("this is no login");
        assert!(matches!(&error, Error::Api { message, .. } if message.contains("auth")), "{error}");
    }
    pull(bench, &name, Some("wright")).await.expect("the pull begins").last().await.expect("the password is right");
    assert_eq!(inspect(bench, &name).await.id, id);
}

async fn a_missing_image_is_neither_pulled_nor_pushed(bench: &'static Bench) {
    let registry = variable("REGISTRY");
    for name in [format!("{registry}/busybox:no-such"), format!("{registry}/no-such:one")] {
        let error = pull(bench, &name, None).await.expect_err("the registry lacks it");
        assert!(error.is_not_found() && error.to_string().contains("manifest unknown"), "{error}");
    }
    // An image that the engine lacks is missed only after the answer has begun.
    let error = push(bench, &format!("{registry}/no-such:one"), None).await.expect("the push begins").last().await;
    let error = error.expect_err("there is nothing to push");
    assert!(matches!(&error, Error::Failed { message, .. } if message.contains("does not exist locally")), "{error}");
}

/// A folder of files.
pub fn folder<const N: usize>(files: [(&str, &str); N]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).expect("a temporary file");
    }
    folder
}

/// Options of the classic builder, which needs no session beside it.
fn classic() -> ImageBuildOptions {
    ImageBuildOptions::default().networkmode("none").nocache(true).forcerm(true)
}

/// Builds on [`IMAGE`] with the classic builder.
async fn build(bench: &Bench, steps: &str) -> Result<JsonStream<BuildInfo>> {
    let context = archive([("Dockerfile", format!("FROM {IMAGE}\n{steps}\n"))]);
    soon("the engine answers", bench.engine.image_build(Some(context.into()), &classic())).await
}

/// An image with a layer like no other, named for a registry: its name, its id.
pub async fn in_registry(bench: &'static Bench, registry: &str) -> (String, String, [Leftover; 2]) {
    let (local, id, leftover) = image(bench).await;
    let repository = format!("{registry}/deep/{}", local.strip_suffix(":one").expect("it has a tag"));
    let options = ImageTagOptions::default().repo(&repository).tag("one");
    bench.engine.image_tag(&local, &options).await.expect("it is tagged");
    let name = format!("{repository}:one");
    let named = Leftover::new(format!("/images/{name}?force=true"));
    (name, id, [leftover, named])
}

/// Deletes an image with all its names.
pub async fn forget(bench: &Bench, id: &str) {
    let options = ImageDeleteOptions::default().force(true);
    bench.engine.image_delete(id, &options).await.expect("it is deleted");
    let gone = bench.engine.image_inspect(id, &ImageInspectOptions::default()).await;
    assert!(gone.is_err_and(|error| error.is_not_found()));
}

pub async fn push(bench: &Bench, name: &str, password: Option<&str>) -> Result<JsonStream<PushImageInfo>> {
    let (repository, tag) = name.rsplit_once(':').expect("it has a tag");
    let mut options = ImagePushOptions::default().tag(tag);
    options.x_registry_auth = password.map(login);
    soon("the engine answers", bench.engine.image_push(repository, &options)).await
}

async fn pull(bench: &Bench, name: &str, password: Option<&str>) -> Result<JsonStream<CreateImageInfo>> {
    let (repository, tag) = name.rsplit_once(':').expect("it has a tag");
    let mut options = ImageCreateOptions::default().from_image(repository).tag(tag);
    options.x_registry_auth = password.map(login);
    soon("the engine answers", bench.engine.image_create(None, &options)).await
}

fn login(password: &str) -> AuthConfig {
    AuthConfig::default().username("dock").password(password).serveraddress(variable("PRIVATE_REGISTRY"))
}
