//! A folder in, the archive of it that a build takes out, without what its ignore file excludes. It does not know how a
//! pattern is read or how a block looks.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::filter::Filter;
use crate::folder::{Folder, not_regular};
use crate::follow::follow_links;
use crate::ignore::Ignore;
use crate::pattern::clean;
use crate::tree::ContextTree;
use crate::walk::Walk;
use crate::writer::{ArchiveWriter, PackSummary};

/// The name in the archive of a Dockerfile that is outside the folder.
const OUTSIDE: &str = ".dockerfile.from-outside";

/// The most bytes of an ignore file. Each of its patterns is tried on each path.
const IGNORE_BYTES: u64 = 1 << 20;

/// Another remedy for a file that is in the way.
const EXCLUDE_IT: &str = " or exclude it with an ignore file";

/// A folder that is sent to a build, as `docker build` sends it.
///
/// Names are sorted, owners are 0, times are whole seconds, so the same folder makes the same archive. Permissions are
/// kept. Symbolic links are stored as links and never followed; hard links are stored as files of their own.
///
/// ```no_run
/// # use dockwright_archive::{Context, Result};
/// # fn main() -> Result<()> {
/// let mut archive = Vec::new();
/// let summary = Context::new("app").dockerfile("docker/release.Dockerfile").write(&mut archive)?;
/// println!("{} files, {} bytes", summary.files, summary.bytes);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Context {
    /// The folder.
    pub folder: PathBuf,
    /// The Dockerfile's path in the folder, with `/`; `Dockerfile` by default. `None` if the archive is not for a
    /// build. It may be an absolute path, and may be outside the folder: it is then sent along, and
    /// [`dockerfile_name`](Context::dockerfile_name) is the name that a build must be told.
    pub dockerfile: Option<String>,
    /// Heeds an ignore file if true, as by default. It is `<dockerfile>.dockerignore` if there is one, as BuildKit has
    /// it, and else `.dockerignore`.
    pub ignore_file: bool,
    /// The one file or folder in the folder that is sent, by its name. `None`, the default, sends all.
    pub only: Option<OsString>,
}

impl Context {
    /// The context in this folder.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Context { folder: folder.into(), dockerfile: Some("Dockerfile".into()), ignore_file: true, only: None }
    }

    /// Everything in this folder, for an archive that is not for a build: no Dockerfile is needed, and no ignore file
    /// is heeded.
    #[must_use]
    pub fn all_of(folder: impl Into<PathBuf>) -> Self {
        Context { folder: folder.into(), dockerfile: None, ignore_file: false, only: None }
    }

    /// One file or folder under its own name, as `docker cp` sends it into a folder of a container: all of it, and no
    /// ignore file is heeded. A path without a name of its own, such as `.`, is sent as by [`all_of`](Context::all_of).
    #[must_use]
    pub fn only(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        match (path.parent(), path.file_name()) {
            (Some(folder), Some(name)) => Context { only: Some(name.to_owned()), ..Context::all_of(folder) },
            _ => Context::all_of(path),
        }
    }

    /// Names another Dockerfile.
    #[must_use]
    pub fn dockerfile(self, dockerfile: impl Into<String>) -> Self {
        Context { dockerfile: Some(dockerfile.into()), ..self }
    }

    /// The Dockerfile's name in the archive, for the option `dockerfile` of a build: its path in the folder, or a name
    /// of its own if it is outside. `None` if the archive is not for a build.
    ///
    /// ```
    /// # use dockwright_archive::Context;
    /// let inside = Context::new("app").dockerfile("./docker/web");
    /// assert_eq!(inside.dockerfile_name().as_deref(), Some("docker/web"));
    /// let outside = Context::new("app").dockerfile("../web");
    /// assert_eq!(outside.dockerfile_name().as_deref(), Some(".dockerfile.from-outside"));
    /// ```
    #[must_use]
    pub fn dockerfile_name(&self) -> Option<String> {
        let dockerfile = self.dockerfile.as_deref()?;
        Some(path_in(&self.folder, dockerfile).unwrap_or_else(|| OUTSIDE.to_owned()))
    }

    /// Sets whether an ignore file is heeded.
    #[must_use]
    pub fn ignore_file(self, heeded: bool) -> Self {
        Context { ignore_file: heeded, ..self }
    }

    /// Writes the context as an archive of its own.
    ///
    /// The Dockerfile and the ignore file are always in it, as the engine reads them there. Files are read as they are
    /// written. An excluded folder is entered only if an exception may include something in it; the folder is then sent
    /// too, for its permissions.
    ///
    /// # Errors
    /// [`Error::File`] for a file that cannot be read or changes while it is read, and for a missing Dockerfile;
    /// [`Error::Pattern`] for a malformed line of the ignore file; [`Error::Stream`] if `out` fails. The archive then
    /// lacks its end.
    pub fn write(&self, out: impl Write) -> Result<PackSummary> {
        let mut archive = ArchiveWriter::new(out);
        self.add_to(&mut archive)?;
        archive.finish()
    }

    /// Adds the context to an archive, as [`write`](Context::write) does.
    ///
    /// # Errors
    /// Fails as [`write`](Context::write) does.
    pub fn add_to(&self, archive: &mut ArchiveWriter<impl Write>) -> Result<()> {
        let folder = Folder::open(&self.folder)?;
        match self.dockerfile.as_deref().filter(|dockerfile| path_in(&self.folder, dockerfile).is_none()) {
            None => self.add_from(&folder, archive),
            // The docker CLI sends it along under a name of its own too.
            Some(outside) => {
                Context { dockerfile: None, ..self.clone() }.add_from(&folder, archive)?;
                archive.add_file(OUTSIDE, &self.folder.join(outside))
            }
        }
    }

    /// Adds the context to an archive, as [`write`](Context::write) does, from a folder that is open already. Its path
    /// is not looked up, not even the one in [`folder`](Context::folder), and a Dockerfile outside is refused.
    ///
    /// # Errors
    /// Fails as [`write`](Context::write) does.
    pub fn add_from(&self, folder: &Folder, archive: &mut ArchiveWriter<impl Write>) -> Result<()> {
        let filter = Filter::of(self.ignore_in(folder)?);
        let alternative = if self.ignore_file { EXCLUDE_IT } else { "" };
        let mut walk = Walk::new(folder, &filter, archive, alternative);
        match &self.only {
            None => walk.all(),
            Some(name) => walk.only(name),
        }
    }

    /// Opens the folder for a builder that asks for the files that it needs, in place of an archive.
    ///
    /// The ignore file is heeded, whatever the builder asks for. For a Dockerfile outside, it may also stand beside
    /// that, as `<dockerfile>.dockerignore`. [`only`](Context::only) is for archives, and not heeded.
    ///
    /// # Errors
    /// [`Error::File`] for a folder that cannot be opened and for a missing Dockerfile; [`Error::Pattern`] for a
    /// malformed line of the ignore file.
    pub fn tree(&self) -> Result<ContextTree> {
        let folder = Folder::open(&self.folder)?;
        let ignore = match self.outside()? {
            Some((folder, name)) if self.ignore_file => read_first(&folder, &[format!("{name}.dockerignore")])?,
            _ => None,
        };
        match ignore {
            Some(ignore) => Ok(ContextTree::new(folder, ignore, EXCLUDE_IT)),
            None => Context { dockerfile: self.inside(), ..self.clone() }.tree_from(folder),
        }
    }

    /// Opens a folder that is open already for such a builder. Its path is not looked up, not even the one in
    /// [`folder`](Context::folder), and a Dockerfile outside is refused.
    ///
    /// # Errors
    /// Fails as [`tree`](Context::tree) does.
    pub fn tree_from(&self, folder: Folder) -> Result<ContextTree> {
        let (ignore, alternative) = (self.ignore_in(&folder)?, if self.ignore_file { EXCLUDE_IT } else { "" });
        Ok(ContextTree::new(folder, ignore, alternative))
    }

    /// Opens the folder of a Dockerfile that is outside the context, of which a builder can see that file and its
    /// ignore file only. `None` if the Dockerfile is in the context.
    ///
    /// # Errors
    /// [`Error::File`] if it is missing.
    pub fn dockerfile_tree(&self) -> Result<Option<(ContextTree, String)>> {
        let Some((folder, name)) = self.outside()? else { return Ok(None) };
        folder.file(Path::new(&name))?;
        let ignore = keep_dockerfile(Ignore::all_but(&[])?, &folder, &name).keep(format!("{name}.dockerignore"));
        Ok(Some((ContextTree::new(folder, ignore, ""), name)))
    }

    /// The Dockerfile if it is in the folder.
    fn inside(&self) -> Option<String> {
        self.dockerfile.clone().filter(|dockerfile| path_in(&self.folder, dockerfile).is_some())
    }

    /// The open folder and the name of a Dockerfile that is outside; `None` if it is inside.
    fn outside(&self) -> Result<Option<(Folder, String)>> {
        let Some(dockerfile) = &self.dockerfile else { return Ok(None) };
        if self.inside().is_some() {
            return Ok(None);
        }
        let path = self.folder.join(dockerfile);
        let (Some(parent), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else {
            return Err(not_regular(&path));
        };
        Ok(Some((Folder::open(parent)?, name.to_owned())))
    }

    /// The patterns of the ignore file, which never exclude the Dockerfile.
    fn ignore_in(&self, folder: &Folder) -> Result<Ignore> {
        let dockerfile = self.dockerfile_in(folder)?;
        let ignore = match self.ignore_file {
            true => read_ignore_file(folder, dockerfile.as_deref())?,
            false => Ignore::default(),
        };
        Ok(match dockerfile {
            Some(dockerfile) => keep_dockerfile(ignore, folder, &dockerfile),
            None => ignore,
        })
    }

    /// The Dockerfile's path without `./`, in the form that the walk meets it in.
    fn dockerfile_in(&self, folder: &Folder) -> Result<Option<String>> {
        let Some(dockerfile) = &self.dockerfile else { return Ok(None) };
        let unfit = |kind, problem: &str| Error::unfit(&folder.path().join(dockerfile), kind, problem);
        let Some(path) = path_in(folder.path(), dockerfile) else {
            return Err(unfit(io::ErrorKind::InvalidInput, "the Dockerfile must be named by its path in the context"));
        };
        match folder.dir.symlink_metadata(&path) {
            Ok(_) => Ok(Some(path)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(unfit(error.kind(), "there is no Dockerfile; name the one to build, by its path in the context"))
            }
            Err(error) => Err(folder.error(Path::new(&path), &error)),
        }
    }
}

/// Never excludes the Dockerfile; if it is a link, neither what it leads to in the folder.
fn keep_dockerfile(ignore: Ignore, folder: &Folder, dockerfile: &str) -> Ignore {
    let behind = follow_links(folder, &[dockerfile.to_owned()], &|| true).unwrap_or_default();
    behind.into_iter().fold(ignore.keep(dockerfile), Ignore::keep)
}

/// The path of a Dockerfile in the folder, without `./`; `None` if it is outside. No file is looked at, so an absolute
/// path must begin as that of the folder does.
fn path_in(folder: &Path, dockerfile: &str) -> Option<String> {
    let below = match Path::new(dockerfile).strip_prefix(folder) {
        Ok(below) if Path::new(dockerfile).is_absolute() => below.to_str()?,
        _ => dockerfile,
    };
    let path = clean(below);
    let is_inside = path != "." && path != ".." && !path.starts_with("../") && !path.starts_with('/');
    (is_inside && !Path::new(&path).is_absolute()).then_some(path)
}

fn read_ignore_file(folder: &Folder, dockerfile: Option<&str>) -> Result<Ignore> {
    let of_dockerfile = dockerfile.map(|dockerfile| format!("{dockerfile}.dockerignore"));
    let names: Vec<_> = of_dockerfile.into_iter().chain([".dockerignore".to_owned()]).collect();
    Ok(read_first(folder, &names)?.unwrap_or_default())
}

/// Reads the first of these ignore files that exists.
fn read_first(folder: &Folder, names: &[String]) -> Result<Option<Ignore>> {
    for name in names {
        let path = folder.path().join(name);
        let file = match folder.file(Path::new(name)) {
            Ok(file) => file,
            Err(Error::File { kind: io::ErrorKind::NotFound, .. }) => continue,
            Err(error) => return Err(error),
        };
        let mut contents = Vec::new();
        let read = file.take(IGNORE_BYTES + 1).read_to_end(&mut contents);
        read.map_err(|error| Error::file(&path, &error))?;
        if contents.len() as u64 > IGNORE_BYTES {
            let problem = format!("an ignore file has at most {IGNORE_BYTES} bytes");
            return Err(Error::unfit(&path, io::ErrorKind::FileTooLarge, problem));
        }
        return Ok(Some(Ignore::parse(&path, &contents)?.keep(name)));
    }
    Ok(None)
}

#[cfg(all(test, unix))]
mod tests;
