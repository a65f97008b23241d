//! Contexts with names, which stand for stages and images of the Dockerfile: folders, images and addresses.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::context::unreadable;
use super::since;
use crate::operations::{IMAGE_BUILD, SYSTEM_PING};
use crate::session::Session;
use crate::solve::Solve;
use crate::tar::{self, Context};
use crate::{Engine, Error, Result, Version};

/// The first API version whose engines have a frontend that knows named contexts: that of BuildKit 0.10, in 23.0. Older
/// ones ignore them, and would build something else.
const SINCE: Version = Version { major: 1, minor: 42 };

/// The capability that a frontend must have; one that a Dockerfile names (`# syntax=`) is asked in its turn.
const CAPABILITY: &str = "moby.buildkit.frontend.contexts+forward";

/// The begin of an image's address.
const IMAGE: &str = "docker-image://";

/// A context with a name. In a Dockerfile it takes the place of the stage or the image of its name, in `FROM`, in
/// `COPY --from` and in `RUN --mount=from`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NamedContext {
    /// A folder of this machine, of which the engine asks for the files that it needs. Its `.dockerignore` is heeded.
    Folder(Context),
    /// An image by its reference, of the engine's store or a registry.
    Image(String),
    /// An address that the engine fetches: a repository of git, or a file.
    Remote(String),
}

impl From<&str> for NamedContext {
    /// Reads a text as `--build-context` does: `docker-image://` and a reference is an image, an address of http, https
    /// or git is remote, and all else is the path of a folder.
    fn from(text: &str) -> Self {
        let remote = ["http://", "https://", "git://", "git@"];
        match text.strip_prefix(IMAGE) {
            Some(reference) => NamedContext::Image(reference.to_owned()),
            None if remote.iter().any(|begin| text.starts_with(begin)) => NamedContext::Remote(text.to_owned()),
            None => PathBuf::from(text).into(),
        }
    }
}

impl From<PathBuf> for NamedContext {
    /// The folder at a path.
    fn from(folder: PathBuf) -> Self {
        Context::new(folder).into()
    }
}

impl From<Context> for NamedContext {
    fn from(context: Context) -> Self {
        NamedContext::Folder(context)
    }
}

/// Checks that the engine's frontend knows named contexts.
pub(super) async fn check_engine(engine: &Engine) -> Result<()> {
    since::check(engine.call(&SYSTEM_PING).answer().await?.headers(), "named contexts", SINCE)
}

/// Gives the folders to the session, and all contexts to the build.
pub(super) async fn offer(
    contexts: BTreeMap<String, NamedContext>,
    mut session: Session,
    mut solve: Solve,
) -> Result<(Session, Solve)> {
    for (name, context) in contexts {
        let value = match context {
            NamedContext::Folder(context) => {
                // The names of the main context's folders are taken; no other name has this letter.
                let folder = if matches!(&*name, "context" | "dockerfile") { format!("~{name}") } else { name.clone() };
                session = session.folder(&folder, open(&name, context).await?);
                format!("local:{folder}")
            }
            NamedContext::Image(reference) => format!("{IMAGE}{reference}"),
            NamedContext::Remote(address) => address,
        };
        solve = solve.attribute(format!("context:{name}"), value);
    }
    Ok((session, solve.attribute("frontend.caps", CAPABILITY)))
}

/// Opens a folder. The engine heeds the ignore file in any case, and has no use for a Dockerfile.
async fn open(name: &str, mut context: Context) -> Result<tar::ContextTree> {
    let is_all = context.ignore_file && context.only.is_none();
    let with_dockerfile = context.dockerfile.as_deref().is_some_and(|dockerfile| dockerfile != "Dockerfile");
    if !is_all || with_dockerfile {
        let expected = "a folder without a Dockerfile of its own, all of it but for its .dockerignore";
        return Err(refused(name, expected, format!("{context:?}")));
    }
    context.dockerfile = None;
    let opened = tokio::task::spawn_blocking(move || context.tree()).await;
    opened.map_err(|error| unreadable(&error))?.map_err(|error| unreadable(&error))
}

/// The name of a context as the frontend looks it up: without the registry and the tag that an image has by default.
///
/// # Errors
/// [`Error::Argument`] if nothing in a Dockerfile can have the name.
pub(super) fn lookup_name(name: &str) -> Result<String> {
    let short = ["docker.io/library/", "index.docker.io/library/", "docker.io/", "index.docker.io/"]
        .into_iter()
        .find_map(|registry| name.strip_prefix(registry));
    let short = short.unwrap_or(name);
    let short = short.strip_suffix(":latest").unwrap_or(short);
    let repository = match short.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => repository,
        _ => short,
    };
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._-/:@".contains(letter);
    if repository.is_empty() || repository.chars().any(|letter| letter.is_ascii_uppercase() || !is_plain(letter)) {
        return Err(refused(name, "the name of a stage or an image, in small letters", name.to_owned()));
    }
    Ok(short.to_owned())
}

fn refused(name: &str, expected: &'static str, got: String) -> Error {
    let argument = format!("context:{name}");
    Error::Argument { operation: IMAGE_BUILD.name, argument, expected: expected.into(), got }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::{Build, Builder};

    #[test]
    fn a_text_is_read_as_the_docker_cli_reads_it() {
        let folder = |path: &str| NamedContext::Folder(Context::new(path));
        let remote = |address: &str| NamedContext::Remote(address.to_owned());
        for (text, context) in [
            ("docker-image://alpine:3.20", NamedContext::Image("alpine:3.20".to_owned())),
            ("https://example.com/a.git#main", remote("https://example.com/a.git#main")),
            ("git@example.com:a/b.git", remote("git@example.com:a/b.git")),
            ("../shared", folder("../shared")),
            ("docker-image", folder("docker-image")),
        ] {
            assert_eq!(NamedContext::from(text), context, "{text}");
        }
    }

    #[test]
    fn names_are_those_by_which_the_frontend_looks() {
        for (name, found) in [
            ("base", "base"),
            ("alpine:latest", "alpine"),
            ("docker.io/library/alpine:3.20", "alpine:3.20"),
            ("docker.io/acme/app", "acme/app"),
            ("localhost:5000/app", "localhost:5000/app"),
            ("app:V1", "app:V1"),
        ] {
            assert_eq!(lookup_name(name).unwrap(), found);
        }
        for name in ["", "Base", "a b", ":latest", "ä", "a=b"] {
            let error = lookup_name(name).unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("image_build: argument `context:{name}`: expected the name")),
                "{error}"
            );
        }
    }

    #[tokio::test]
    async fn an_engine_or_a_builder_that_ignores_named_contexts_is_refused_before_anything_is_sent() {
        let engine = Engine::canned(|request| {
            assert_eq!(request.uri().path(), "/_ping");
            http::Response::builder().header("api-version", "1.41").body("OK".into()).unwrap()
        });
        let build = |builder| Build::new("/no/such").builder(builder).named_context("a", "b").start(&engine);
        let error = build(Builder::BuildKit).await.unwrap_err().to_string();
        assert!(error.starts_with("image_build: named contexts ") && error.contains("1.42"), "{error}");
        let error = build(Builder::Classic).await.unwrap_err().to_string();
        assert!(error.contains("argument `context`: expected none with the classic builder"), "{error}");
    }

    #[tokio::test]
    async fn a_folder_that_would_lose_something_of_its_description_is_refused() {
        for context in [Context::all_of("a"), Context::only("a/b"), Context::new("a").dockerfile("web")] {
            let error = open("a", context).await.unwrap_err().to_string();
            assert!(error.contains("`context:a`: expected a folder without a Dockerfile of its own"), "{error}");
        }
    }
}
