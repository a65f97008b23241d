//! The builder of a build: chosen by the program, else by the headers of a ping.

use crate::models::ImageBuildVersion;
use crate::operations::SYSTEM_PING;
use crate::session::prefers_buildkit;
use crate::{Engine, Result};

/// A builder of an engine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Builder {
    /// BuildKit where the engine has it and was not told to prefer the other, else the classic builder.
    #[default]
    Auto,
    /// BuildKit.
    BuildKit,
    /// The classic builder, which engines of Windows and Podman have alone. It is deprecated in Docker.
    Classic,
}

/// The builder that was chosen; for the classic one the reason, which completes "which".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChosenBuilder {
    BuildKit,
    Classic(&'static str),
}

/// Chooses the builder. Nothing is asked if the program chose it.
pub(super) async fn choose(
    engine: &Engine,
    builder: Builder,
    version: Option<&ImageBuildVersion>,
) -> Result<ChosenBuilder> {
    match (builder, version.map(ImageBuildVersion::as_str)) {
        (Builder::BuildKit, _) | (Builder::Auto, Some("2")) => Ok(ChosenBuilder::BuildKit),
        (Builder::Classic, _) | (Builder::Auto, Some(_)) => Ok(ChosenBuilder::Classic("was chosen")),
        (Builder::Auto, None) => Ok(match prefers_buildkit(engine.call(&SYSTEM_PING).answer().await?.headers()) {
            true => ChosenBuilder::BuildKit,
            false => ChosenBuilder::Classic("this engine prefers or has alone"),
        }),
    }
}
