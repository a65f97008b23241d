//! The builder of a build: chosen by the program, else by the headers of a ping.

use crate::models::ImageBuildVersion;
use crate::operations::{IMAGE_BUILD, SYSTEM_PING};
use crate::session::prefers_buildkit;
use crate::{Engine, Error, Result};

/// A builder of an engine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Builder {
    /// BuildKit where the engine has it and was not told to prefer the other, else the classic builder. It is that one
    /// too for a build with an option that BuildKit does not heed, by [`classic_only`](crate::session::classic_only).
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

/// Chooses the builder. `classic_only` is an option that BuildKit would not heed. Nothing is asked if the program or an
/// option chose it.
pub(super) async fn choose(
    engine: &Engine,
    builder: Builder,
    version: Option<&ImageBuildVersion>,
    classic_only: Option<&str>,
) -> Result<ChosenBuilder> {
    let classic = |why: &str| Ok(ChosenBuilder::Classic(why.to_owned()));
    match (builder, version.map(ImageBuildVersion::as_str), classic_only) {
        (Builder::BuildKit, _, Some(option)) | (Builder::Auto, Some("2"), Some(option)) => Err(Error::Argument {
            operation: IMAGE_BUILD.name,
            argument: option.to_owned(),
            expected: "none with BuildKit, which does not heed it".into(),
            got: "a value".to_owned(),
        }),
        (Builder::BuildKit, ..) | (Builder::Auto, Some("2"), _) => Ok(ChosenBuilder::BuildKit),
        (Builder::Classic, ..) | (Builder::Auto, Some(_), _) => classic("was chosen"),
        (Builder::Auto, None, Some(option)) => Ok(ChosenBuilder::Classic(format!("alone heeds `{option}`"))),
        (Builder::Auto, None, None) => match prefers_buildkit(engine.call(&SYSTEM_PING).answer().await?.headers()) {
            true => Ok(ChosenBuilder::BuildKit),
            false => classic("this engine prefers or has alone"),
        },
    }
}
