//! An open context: its entries are listed without contents, and files are opened one by one, for a builder that asks
//! for those that it needs.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use cap_std::fs::Metadata;

use crate::error::{Error, Result};
use crate::filter::Filter;
use crate::folder::{Folder, not_regular, open_nofollow};
use crate::follow::follow_links;
use crate::ignore::Ignore;
use crate::kind::EntryKind;
use crate::place::{open_folder, relative_path};
use crate::skipped::SkippedFiles;
use crate::walk::{FoundFile, Sink, Walk};
use crate::writer::{CopyError, attributes};

/// The folder of a context, open for a builder that asks for its files:
/// [`Context::tree`](crate::Context::tree). Excluded entries are neither listed nor reachable.
///
/// ```no_run
/// # use dockwright_archive::{Context, Result, TreeSelection};
/// # fn main() -> Result<()> {
/// let tree = Context::new("app").tree()?;
/// let selection = TreeSelection { include: vec!["src".into()], ..TreeSelection::default() };
/// tree.list(&selection, |entry| {
///     println!("{} has {} bytes", entry.path, entry.size);
///     Ok(())
/// })?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct ContextTree {
    folder: Folder,
    ignore: Arc<Ignore>,
    /// Another remedy for a file that is in the way.
    alternative: &'static str,
}

/// The entries of a context that a builder wants; all by default. Patterns are those of ignore files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TreeSelection {
    /// Only entries that one of these patterns matches, and what is below; all if there is none.
    pub include: Vec<String>,
    /// No entries that the last of these patterns to match excludes.
    pub exclude: Vec<String>,
    /// Paths in the place of `include`, or beside it, whose links are followed.
    pub follow: Vec<String>,
}

/// An entry of a context.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TreeEntry {
    /// Its path in the context, with `/`.
    pub path: String,
    /// Its kind: a file, a folder or a symbolic link.
    pub kind: EntryKind,
    /// The bytes of a file; 0 for other kinds.
    pub size: u64,
    /// Its permissions, with setuid, setgid and sticky.
    pub mode: u32,
    /// The time of its last change.
    pub modified: SystemTime,
    /// The target of a link.
    pub target: Option<String>,
}

impl ContextTree {
    pub(crate) fn new(folder: Folder, ignore: Ignore, alternative: &'static str) -> Self {
        ContextTree { folder, ignore: Arc::new(ignore), alternative }
    }

    /// Hands each entry of the selection to a function: sorted by name, folders before the entries in them. An error of
    /// the function ends the list. Returns the sockets, pipes and devices that were left out.
    ///
    /// # Errors
    /// [`Error::File`] for a folder that cannot be read and for a name that is not Unicode; [`Error::Pattern`] for a
    /// malformed pattern of the selection; the error of the function.
    pub fn list(&self, selection: &TreeSelection, each: impl FnMut(TreeEntry) -> Result<()>) -> Result<SkippedFiles> {
        self.list_while(selection, || true, each)
    }

    /// Lists as [`list`](ContextTree::list) does, as long as somebody wants it: `is_wanted` is asked for each path
    /// to follow and each entry that is looked at, those of the selection and others.
    ///
    /// # Errors
    /// [`Error::Stream`] once it is not wanted any more; otherwise fails as [`list`](ContextTree::list) does.
    pub fn list_while(
        &self,
        selection: &TreeSelection,
        is_wanted: impl Fn() -> bool,
        each: impl FnMut(TreeEntry) -> Result<()>,
    ) -> Result<SkippedFiles> {
        let mut filter = Filter::of((*self.ignore).clone()).and(Ignore::of_patterns(&selection.exclude)?);
        if let Some(include) = self.included(selection, &is_wanted) {
            filter = filter.and(Ignore::all_but(&include)?);
        }
        let (root, alternative) = (&self.folder, self.alternative);
        let mut list = List { each, is_wanted: &is_wanted, root, alternative, skipped: SkippedFiles::default() };
        Walk::new(root, &filter, &mut list, alternative).all()?;
        Ok(list.skipped)
    }

    /// Opens a file that was listed. Links are not followed, not even those on the way.
    ///
    /// # Errors
    /// [`Error::File`] if it is not a regular file any more, or cannot be read; [`Error::Refused`] if a link is on the
    /// way, or the path leads elsewhere.
    pub fn file(&self, path: &str) -> Result<File> {
        let relative = relative_path(path.as_bytes())?;
        let whole = self.folder.path().join(&relative);
        let fail = |error: io::Error| CopyError::Unreadable(error).explain(&whole, self.alternative);
        let Some(name) = relative.file_name() else { return Err(not_regular(&whole)) };
        let parent = relative.parent().unwrap_or(Path::new(""));
        let dir = open_folder(&self.folder, parent, path.as_bytes(), |_, _| Err(fail(io::ErrorKind::NotFound.into())))?;
        // Opening a pipe would wait for its other end.
        if !dir.symlink_metadata(name).map_err(fail)?.is_file() {
            return Err(not_regular(&whole));
        }
        let file = open_nofollow(&dir, name).map_err(fail)?;
        if file.metadata().map_err(fail)?.is_file() { Ok(file) } else { Err(not_regular(&whole)) }
    }

    /// The path of the folder, as it was opened.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The attributes of the open folder, whatever is at its path by now.
    ///
    /// # Errors
    /// [`Error::File`] if they cannot be read.
    pub fn metadata(&self) -> Result<std::fs::Metadata> {
        let metadata = self.folder.dir.try_clone().and_then(|dir| dir.into_std_file().metadata());
        metadata.map_err(|error| Error::file(self.path(), &error))
    }

    /// The error for a file that changed between its listing and its reading.
    #[must_use]
    pub fn changed(&self, path: &str, is_longer: bool) -> Error {
        let change = if is_longer { CopyError::Grew } else { CopyError::Shrank };
        change.explain(&self.folder.path().join(path), self.alternative)
    }

    /// The patterns of everything that is wanted; `None` for all.
    fn included(&self, selection: &TreeSelection, is_wanted: &dyn Fn() -> bool) -> Option<Vec<String>> {
        let is_all = |pattern: &String| matches!(pattern.as_str(), "." | "/" | "");
        let mut include = selection.include.clone();
        if !selection.follow.is_empty() {
            include.extend(follow_links(&self.folder, &selection.follow, is_wanted)?);
        }
        (!include.is_empty() && !include.iter().any(is_all)).then_some(include)
    }
}

/// A sink that makes entries of what the walk finds, and opens nothing.
struct List<'a, F> {
    each: F,
    is_wanted: &'a dyn Fn() -> bool,
    root: &'a Folder,
    alternative: &'static str,
    skipped: SkippedFiles,
}

impl<F: FnMut(TreeEntry) -> Result<()>> List<'_, F> {
    fn entry(&mut self, name: Vec<u8>, kind: EntryKind, metadata: &Metadata, target: Option<String>) -> Result<()> {
        let path = self.text(name)?;
        let attributes = attributes(metadata);
        let size = if kind == EntryKind::File { metadata.len() } else { 0 };
        let (mode, modified) = (attributes.mode, attributes.modified);
        (self.each)(TreeEntry { path, kind, size, mode, modified, target })
    }

    fn text(&self, name: Vec<u8>) -> Result<String> {
        String::from_utf8(name).map_err(|error| {
            let path = self.root.path().join(String::from_utf8_lossy(error.as_bytes()).as_ref());
            let problem = format!("its name is not Unicode; rename it{}", self.alternative);
            Error::unfit(&path, io::ErrorKind::InvalidData, problem)
        })
    }
}

impl<F: FnMut(TreeEntry) -> Result<()>> Sink for List<'_, F> {
    fn visit(&mut self) -> Result<()> {
        let unwanted = || Error::Stream(io::Error::new(io::ErrorKind::BrokenPipe, "nobody wants the list any more"));
        if (self.is_wanted)() { Ok(()) } else { Err(unwanted()) }
    }

    fn folder(&mut self, name: Vec<u8>, metadata: &Metadata) -> Result<()> {
        self.entry(name, EntryKind::Folder, metadata, None)
    }

    fn symlink(&mut self, name: Vec<u8>, target: Vec<u8>, metadata: &Metadata) -> Result<()> {
        let target = self.text(target)?;
        self.entry(name, EntryKind::Symlink, metadata, Some(target))
    }

    fn file(&mut self, name: Vec<u8>, file: FoundFile<'_>) -> Result<(), CopyError> {
        self.entry(name, EntryKind::File, file.metadata, None).map_err(CopyError::Archive)
    }

    fn skip(&mut self, name: &str) {
        self.skipped.add(name);
    }
}

#[cfg(all(test, unix))]
mod tests;
