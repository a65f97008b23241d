//! A folder in, the archive of it that a build takes out, without what its ignore file excludes. What a pattern means and
//! how a block looks it does not know.

use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::blocks::{About, Blocks, PIECE};
use super::error::{Error, Result};
use super::ignore::{Ignore, Verdict};
use super::skipped::Skipped;
use super::system::{mode, name, same_file};

/// A folder that is sent to a build, as `docker build` sends it.
///
/// Names are sorted, owners are 0, times are whole seconds: the same folder makes the same archive. Permissions are kept.
/// Symbolic links are stored as links and never followed; hard links are stored as files of their own.
///
/// ```no_run
/// # use dockwright::tar::{Context, Result};
/// # fn main() -> Result<()> {
/// let mut archive = Vec::new();
/// let packed = Context::new("app").dockerfile("docker/release.Dockerfile").write(&mut archive)?;
/// println!("{} files, {} bytes", packed.files, packed.bytes);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Context {
    /// The folder.
    pub folder: PathBuf,
    /// The Dockerfile's path in the folder, with `/`; `Dockerfile` by default. `None` if nothing is built from it.
    pub dockerfile: Option<String>,
    /// Whether an ignore file is heeded, as it is by default. It is `<dockerfile>.dockerignore` if there is one, as BuildKit
    /// has it, and else `.dockerignore`.
    pub ignore_file: bool,
    /// The one file or folder in the folder that is sent, by its name. `None`, the default, is all.
    pub only: Option<OsString>,
}

/// What an archive holds that was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Packed {
    /// How many files.
    pub files: u64,
    /// How many folders.
    pub folders: u64,
    /// How many symbolic links.
    pub links: u64,
    /// How many bytes the files have.
    pub bytes: u64,
    /// Sockets, pipes and devices that are not in it.
    pub skipped: Skipped,
}

impl Context {
    /// The context in this folder.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Context { folder: folder.into(), dockerfile: Some("Dockerfile".into()), ignore_file: true, only: None }
    }

    /// All that is in this folder, for what is no build: there need be no Dockerfile, and no ignore file is heeded.
    #[must_use]
    pub fn all_of(folder: impl Into<PathBuf>) -> Self {
        Context { folder: folder.into(), dockerfile: None, ignore_file: false, only: None }
    }

    /// One file or folder under its own name, as `docker cp` sends it into a folder of a container: all of it, and no ignore
    /// file is heeded. For a path without a name of its own, such as `.`, it is [`all_of`](Context::all_of) that folder.
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

    /// Sets whether an ignore file is heeded.
    #[must_use]
    pub fn ignore_file(self, heeded: bool) -> Self {
        Context { ignore_file: heeded, ..self }
    }

    /// Writes the context as an archive.
    ///
    /// The Dockerfile and the ignore file are always in it, as the engine reads them there. Files are read as they are
    /// written. A folder that is excluded is entered only if an exception may include something in it; where one does, the
    /// folder is sent too, for its permissions.
    ///
    /// # Errors
    /// [`Error::File`] for what cannot be read, for a file that changes while it is read and for a Dockerfile that is not
    /// there; [`Error::Pattern`] for a malformed line of the ignore file; [`Error::Stream`] if `out` fails. The archive then
    /// lacks its end.
    pub fn write(&self, out: impl Write) -> Result<Packed> {
        let dockerfile = self.dockerfile_in_folder()?;
        let ignore = if self.ignore_file { self.read_ignore_file(dockerfile.as_deref())? } else { Ignore::default() };
        let ignore = dockerfile.into_iter().fold(ignore, Ignore::keep);
        let mut walk = Walk {
            root: &self.folder,
            ignore: &ignore,
            blocks: Blocks::new(out),
            unwritten: Vec::new(),
            packed: Packed::default(),
            or_exclude: if self.ignore_file { " or exclude it with an ignore file" } else { "" },
        };
        match &self.only {
            None => walk.folder(Path::new(""), &Verdict::default())?,
            Some(name) => walk.child(Path::new(name), &Verdict::default())?,
        }
        walk.blocks.finish()?;
        Ok(walk.packed)
    }

    /// The Dockerfile's path without `./`, which is the form that the walk meets it in.
    fn dockerfile_in_folder(&self) -> Result<Option<String>> {
        let Some(dockerfile) = &self.dockerfile else { return Ok(None) };
        let unfit = |kind, problem: &str| Error::unfit(&self.folder.join(dockerfile), kind, problem);
        let path = super::pattern::clean(dockerfile);
        if path == "." || path == ".." || path.starts_with("../") || path.starts_with('/') {
            return Err(unfit(io::ErrorKind::InvalidInput, "the Dockerfile must be named by its path in the context"));
        }
        match self.folder.join(&path).symlink_metadata() {
            Ok(_) => Ok(Some(path)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(unfit(error.kind(), "there is no Dockerfile; name the one to build, by its path in the context"))
            }
            Err(error) => Err(Error::file(&self.folder.join(&path), &error)),
        }
    }

    fn read_ignore_file(&self, dockerfile: Option<&str>) -> Result<Ignore> {
        let own = dockerfile.map(|dockerfile| format!("{dockerfile}.dockerignore"));
        for name in own.into_iter().chain([".dockerignore".to_owned()]) {
            let path = self.folder.join(&name);
            match fs::read(&path) {
                Ok(contents) => return Ok(Ignore::parse(&path, &contents)?.keep(name)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(Error::file(&path, &error)),
            }
        }
        Ok(Ignore::default())
    }
}

struct Walk<'a, W: Write> {
    root: &'a Path,
    ignore: &'a Ignore,
    blocks: Blocks<W>,
    /// The excluded folders that the walk is in, outermost first, which are written with the first thing in them.
    unwritten: Vec<(PathBuf, Metadata)>,
    packed: Packed,
    /// What else can be done about a file that is in the way.
    or_exclude: &'static str,
}

impl<W: Write> Walk<'_, W> {
    /// Writes what is in a folder; `relative` is empty for the context itself.
    fn folder(&mut self, relative: &Path, verdict: &Verdict) -> Result<()> {
        let path = self.root.join(relative);
        let names: io::Result<Vec<_>> =
            fs::read_dir(&path).and_then(|entries| entries.map(|entry| Ok(entry?.file_name())).collect());
        let mut names = names.map_err(|error| self.unreadable(&path, &error))?;
        names.sort_unstable();
        for name in names {
            self.child(&relative.join(name), verdict)?;
        }
        Ok(())
    }

    fn child(&mut self, relative: &Path, parent: &Verdict) -> Result<()> {
        let path = self.root.join(relative);
        let metadata = path.symlink_metadata().map_err(|error| Error::file(&path, &error))?;
        let text = text(relative);
        let verdict = self.ignore.verdict(&text, parent);
        if metadata.is_dir() {
            if verdict.excluded && !self.ignore.may_include_below(&text) {
                return Ok(());
            }
            let depth = self.unwritten.len();
            self.unwritten.push((relative.to_owned(), metadata));
            if !verdict.excluded {
                self.write_folders()?;
            }
            self.folder(relative, &verdict)?;
            self.unwritten.truncate(depth);
            return Ok(());
        }
        if verdict.excluded {
            return Ok(());
        }
        if metadata.is_symlink() {
            self.write_folders()?;
            self.symlink(relative, &path, &metadata)
        } else if metadata.is_file() {
            self.write_folders()?;
            self.file(relative, &path, &metadata)
        } else {
            self.packed.skipped.add(&text);
            Ok(())
        }
    }

    /// Writes the folders that the walk is in and that are not written yet.
    fn write_folders(&mut self) -> Result<()> {
        for (relative, metadata) in std::mem::take(&mut self.unwritten) {
            let mut name = self.stored(&relative, &self.root.join(&relative))?;
            name.push(b'/');
            self.blocks.folder(&name, about(&metadata))?;
            self.packed.folders += 1;
        }
        Ok(())
    }

    fn symlink(&mut self, relative: &Path, path: &Path, metadata: &Metadata) -> Result<()> {
        let target = fs::read_link(path).map_err(|error| self.unreadable(path, &error))?;
        let (name, target) = (self.stored(relative, path)?, self.stored(&target, path)?);
        self.blocks.symlink(&name, &target, about(metadata))?;
        self.packed.links += 1;
        Ok(())
    }

    /// Writes a file: just as many bytes as were announced, or an error.
    fn file(&mut self, relative: &Path, path: &Path, found: &Metadata) -> Result<()> {
        let or_exclude = self.or_exclude;
        let changed = |problem: &str| {
            let advice = format!("try again when nothing writes to it{or_exclude}");
            Error::unfit(path, io::ErrorKind::InvalidData, format!("the file {problem} while it was read; {advice}"))
        };
        let mut file = File::open(path).map_err(|error| self.unreadable(path, &error))?;
        let metadata = file.metadata().map_err(|error| self.unreadable(path, &error))?;
        if !same_file(found, &metadata) {
            return Err(changed("was replaced"));
        }
        let size = metadata.len();
        self.blocks.file(&self.stored(relative, path)?, size, about(&metadata))?;
        // One byte more than a small file has, so that its growth is seen.
        let mut piece = vec![0; usize::try_from(size).map_or(PIECE, |size| PIECE.min(size.saturating_add(1)))];
        let mut left = size;
        loop {
            let read = read(&mut file, &mut piece).map_err(|error| self.unreadable(path, &error))?;
            if read == 0 {
                break;
            }
            left = left.checked_sub(read as u64).ok_or_else(|| changed("grew"))?;
            self.blocks.contents(&piece[..read])?;
        }
        if left > 0 {
            return Err(changed("shrank"));
        }
        self.blocks.pad()?;
        self.packed.files += 1;
        self.packed.bytes += size;
        Ok(())
    }

    /// A name for the archive; `path` is whom an error names.
    fn stored(&self, relative: &Path, path: &Path) -> Result<Vec<u8>> {
        let problem = || format!("its name is not Unicode; rename it{}", self.or_exclude);
        name(relative).ok_or_else(|| Error::unfit(path, io::ErrorKind::InvalidData, problem()))
    }

    fn unreadable(&self, path: &Path, error: &io::Error) -> Error {
        Error::unfit(path, error.kind(), format!("{error}; make it readable{}", self.or_exclude))
    }
}

fn read(file: &mut File, piece: &mut [u8]) -> io::Result<usize> {
    loop {
        match file.read(piece) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// A path in the context as patterns see it. What is not Unicode becomes a character that no pattern means.
fn text(relative: &Path) -> String {
    let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

fn about(metadata: &Metadata) -> About {
    About { mode: mode(metadata), modified: metadata.modified().unwrap_or(UNIX_EPOCH) }
}

#[cfg(all(test, unix))]
mod tests;
