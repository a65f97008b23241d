//! The builder of a build: chosen by the program, else by the headers of a ping.

use http::HeaderMap;

use crate::models::ImageBuildVersion;
use crate::operations::SYSTEM_PING;
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
        (Builder::Auto, None) => Ok(preferred(engine.call(&SYSTEM_PING).answer().await?.headers())),
    }
}

/// The builder that an engine has, by the headers of its ping.
fn preferred(headers: &HeaderMap) -> ChosenBuilder {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_windows = header("ostype").eq_ignore_ascii_case("windows");
    match header("builder-version") {
        "2" => ChosenBuilder::BuildKit,
        "1" => ChosenBuilder::Classic("this engine prefers"),
        // Docker before 23.0 has BuildKit and prefers neither. Podman has none, and names itself.
        _ if header("server").starts_with("Docker/") && !is_windows => ChosenBuilder::BuildKit,
        _ => ChosenBuilder::Classic("this engine has alone"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_has_buildkit_if_it_says_so_or_is_an_old_docker_of_linux() {
        for (headers, expected) in [
            (&[("builder-version", "2"), ("server", "Docker/28.5.2 (linux)")][..], true),
            (&[("builder-version", "1"), ("server", "Docker/28.5.2 (linux)")], false),
            (&[("server", "Docker/20.10.24 (linux)"), ("ostype", "linux")], true),
            (&[("builder-version", ""), ("server", "Docker/20.10.24 (linux)")], true),
            (&[("server", "Docker/20.10.24 (windows)"), ("ostype", "windows")], false),
            (&[("server", "Libpod/5.4.0 (linux)")], false),
            (&[], false),
        ] {
            let map = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
            assert_eq!(preferred(&map) == ChosenBuilder::BuildKit, expected, "{headers:?}");
        }
    }
}
