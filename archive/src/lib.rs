//! Tar archives as a container engine takes and sends them: folders and texts become an archive, an archive becomes a
//! folder, and an archive is listed or read entry by entry.
//!
//! Everything reads and writes `std::io` streams, piece by piece, and knows no engine. An archive of a container is not
//! trusted: see [`unpack()`].
//!
//! ```no_run
//! # use std::path::Path;
//! # use dockwright_archive::{Context, Result, UnpackLimits, unpack};
//! # fn example() -> Result<()> {
//! let mut archive = Vec::new();
//! let summary = Context::new("app").write(&mut archive)?; // without what app/.dockerignore excludes
//! println!("{} files, {} bytes", summary.files, summary.bytes);
//! unpack(archive.as_slice(), Path::new("copy"), UnpackLimits::default())?;
//! # Ok(())
//! # }
//! ```

mod blocks;
mod context;
mod created;
mod error;
mod filter;
mod folder;
mod follow;
mod holes;
mod ignore;
mod kind;
mod limits;
mod list;
mod name;
mod pattern;
mod pax;
mod place;
mod read;
mod replace;
mod save;
mod skipped;
mod system;
mod texts;
mod tree;
mod unpack;
mod visit;
mod walk;
mod writer;

pub use context::Context;
pub use error::{Error, Result};
pub use folder::{Folder, Opened};
pub use kind::EntryKind;
pub use limits::UnpackLimits;
pub use list::{Listing, list};
pub use replace::replace_contents;
pub use save::{SaveSummary, save};
pub use skipped::SkippedFiles;
pub use texts::Texts;
pub use tree::{ContextTree, TreeEntry, TreeSelection};
pub use unpack::{UnpackSummary, unpack, unpack_as, unpack_into};
pub use visit::{Contents, Entry, visit};
pub use writer::{ArchiveWriter, PackSummary};

#[cfg(test)]
mod crafted;

/// The example of the crate's front page compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
