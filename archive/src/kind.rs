//! The kinds of entries, of archives and of folders.

/// The kind of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Symlink,
    /// Another name of an earlier file in the archive.
    HardLink,
    /// A device, a pipe or a socket.
    Device,
}
