//! The files that a build may copy: a folder of this machine, an archive, or an address that the engine fetches.

use std::path::PathBuf;

use crate::operations::IMAGE_BUILD;
use crate::options::ImageBuildOptions;
use crate::session::Session;
use crate::tar::{self, Context};
use crate::{Body, Error, Result};

/// The value of `remote` by which an engine asks the session for the files.
pub(super) const OF_SESSION: &str = "client-session";

/// The files of a build.
#[derive(Debug)]
#[non_exhaustive]
pub enum BuildContext {
    /// A folder of this machine. BuildKit asks for the files that it needs and does not have from an earlier build; the
    /// classic builder gets all of them.
    Folder(Context),
    /// An archive, which is sent as it is.
    Archive(Body),
    /// An address that the engine fetches: a repository of git, an archive, or a Dockerfile.
    Remote(String),
}

impl BuildContext {
    /// A name for messages.
    pub(super) fn name(&self) -> String {
        match self {
            BuildContext::Folder(context) => {
                context.folder.file_name().unwrap_or(context.folder.as_os_str()).to_string_lossy().into_owned()
            }
            BuildContext::Archive(_) => "archive".to_owned(),
            BuildContext::Remote(address) => address.clone(),
        }
    }

    /// Gives a folder to the session, from which the engine takes the files that it needs. Everything else is sent as a
    /// body, and so is a folder whose ignore file is not to be heeded, because the engine would heed it.
    pub(super) async fn offer(
        self,
        session: Session,
        options: &mut ImageBuildOptions,
    ) -> Result<(Session, Option<Body>)> {
        let context = match self {
            BuildContext::Folder(context) if context.ignore_file && context.only.is_none() => context,
            other => return Ok((session, other.into_body(options))),
        };
        let context = context_of(context, options);
        options.dockerfile = context.dockerfile_name();
        options.remote = Some(OF_SESSION.to_owned());
        let opened = tokio::task::spawn_blocking(move || Ok((context.tree()?, context.dockerfile_tree()?)));
        let (files, outside) =
            opened.await.map_err(|error| unreadable(&error))?.map_err(|error: tar::Error| unreadable(&error))?;
        let dockerfiles = match outside {
            Some((dockerfiles, name)) => {
                options.dockerfile = Some(name);
                dockerfiles
            }
            None => files.clone(),
        };
        Ok((session.folder("context", files).folder("dockerfile", dockerfiles), None))
    }

    /// The body that sends it, and its place in the options.
    pub(super) fn into_body(self, options: &mut ImageBuildOptions) -> Option<Body> {
        match self {
            BuildContext::Folder(context) => {
                let context = context_of(context, options);
                options.dockerfile = context.dockerfile_name();
                Some(context.into())
            }
            BuildContext::Archive(body) => Some(body),
            BuildContext::Remote(address) => {
                options.remote = Some(address);
                None
            }
        }
    }
}

/// The error of a folder that cannot be used, which is that of its archive.
pub(super) fn unreadable(problem: &dyn std::fmt::Display) -> Error {
    Error::Body { operation: IMAGE_BUILD.name, reason: problem.to_string(), source: None }
}

/// The context with the Dockerfile that the options name.
fn context_of(context: Context, options: &ImageBuildOptions) -> Context {
    match &options.dockerfile {
        Some(dockerfile) => context.dockerfile(dockerfile),
        None => context,
    }
}

impl From<Context> for BuildContext {
    fn from(context: Context) -> Self {
        BuildContext::Folder(context)
    }
}

impl From<&str> for BuildContext {
    /// The folder at a path.
    fn from(folder: &str) -> Self {
        PathBuf::from(folder).into()
    }
}

impl From<PathBuf> for BuildContext {
    /// The folder at a path.
    fn from(folder: PathBuf) -> Self {
        BuildContext::Folder(Context::new(folder))
    }
}

impl From<Body> for BuildContext {
    fn from(archive: Body) -> Self {
        BuildContext::Archive(archive)
    }
}
