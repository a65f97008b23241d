//! The builder of a build: chosen by the program, else by the headers of a ping.

use super::since;
use crate::models::ImageBuildVersion;
use crate::operations::{IMAGE_BUILD, SYSTEM_PING};
use crate::options::ImageBuildOptions;
use crate::session::{newer_with_buildkit, prefers_buildkit};
use crate::{Engine, Error, Result};

/// The version that chooses BuildKit.
const BUILDKIT: &str = "2";

/// A builder of an engine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Builder {
    /// BuildKit where the engine has it and was not told to prefer the other, else the classic builder. It is that one
    /// too for a build with an option that BuildKit does not heed, by [`classic_only`](crate::session::classic_only) or
    /// [`newer_with_buildkit`](crate::session::newer_with_buildkit).
    #[default]
    Auto,
    /// BuildKit.
    BuildKit,
    /// The classic builder, which engines of Windows and Podman have alone. It is deprecated in Docker.
    Classic,
}

/// The builder that was chosen; for the classic one the reason, which completes "which".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ChosenBuilder {
    BuildKit,
    Classic(String),
}

/// Chooses the builder. `classic_only` is an option that no BuildKit would heed. The engine is asked unless that option
/// or the program chose the classic builder.
pub(super) async fn choose(
    engine: &Engine,
    builder: Builder,
    options: &ImageBuildOptions,
    classic_only: Option<&str>,
) -> Result<ChosenBuilder> {
    let classic = |why: &str| Ok(ChosenBuilder::Classic(why.to_owned()));
    let is_chosen = match (builder, options.version.as_ref().map(ImageBuildVersion::as_str)) {
        (Builder::Classic, _) => return classic("was chosen"),
        (Builder::Auto, Some(version)) if version != BUILDKIT => return classic("was chosen"),
        (builder, version) => builder == Builder::BuildKit || version.is_some(),
    };
    match classic_only {
        Some(option) if is_chosen => return Err(unheeded(option)),
        Some(option) => return classic(&format!("alone heeds `{option}`")),
        None => {}
    }
    let answer = engine.call(&SYSTEM_PING).answer().await?;
    let ping = answer.headers();
    match newer_with_buildkit(options, ping) {
        _ if !is_chosen && !prefers_buildkit(ping) => classic("this engine prefers or has alone"),
        Some((option, _)) if !is_chosen => classic(&format!("alone heeds `{option}` on this engine")),
        Some((option, since)) => {
            since::check(ping, &format!("`{option}` with BuildKit"), since).map(|()| ChosenBuilder::BuildKit)
        }
        None => Ok(ChosenBuilder::BuildKit),
    }
}

fn unheeded(option: &str) -> Error {
    Error::Argument {
        operation: IMAGE_BUILD.name,
        argument: option.to_owned(),
        expected: "none with BuildKit, which does not heed it".into(),
        got: "a value".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_builder_heeds_every_option_on_the_engine_that_answers() {
        let shm = || ImageBuildOptions::default().shmsize(1 << 20);
        let buildkit = "BuildKit";
        let unknown = "image_build: `shmsize` with BuildKit needs API 1.42";
        for (newest, builder, options, expected) in [
            ("1.41", Builder::Auto, ImageBuildOptions::default(), buildkit),
            ("1.41", Builder::Auto, shm(), "Classic(\"alone heeds `shmsize` on this engine\")"),
            ("1.41", Builder::BuildKit, shm(), unknown),
            ("1.41", Builder::Auto, shm().version("2"), unknown),
            ("1.41", Builder::Auto, shm().version("1"), "Classic(\"was chosen\")"),
            ("1.42", Builder::Auto, shm(), buildkit),
            ("1.42", Builder::BuildKit, shm(), buildkit),
        ] {
            // The version that is spoken does not tell what the engine knows.
            let engine = Engine::canned(move |_| {
                let ping = http::Response::builder().header("api-version", newest).header("builder-version", "2");
                ping.body("OK".into()).unwrap()
            });
            let engine = engine.with_api_version("1.41".parse().unwrap());
            let shown = match choose(&engine, builder, &options, None).await {
                Ok(chosen) => format!("{chosen:?}"),
                Err(error) => error.to_string(),
            };
            assert!(shown.starts_with(expected), "{newest} {builder:?} {options:?}: {shown}");
        }
    }
}
