//! Archives, in which files travel to an engine and back: the crate `dockwright-archive`, and its way through calls.
//!
//! A folder becomes an archive, an archive becomes a folder, an archive is listed or read entry by entry. An archive of
//! a container is not trusted: see [`unpack()`].
//!
//! ```no_run
//! # use dockwright::{Engine, Result};
//! # use dockwright::options::{ImageBuildOptions, PutContainerArchiveOptions};
//! # use dockwright::tar::Context;
//! # async fn example(engine: &Engine) -> Result<()> {
//! let options = ImageBuildOptions::default().tags(["shop/frontend:1"]);
//! let mut progress = engine.image_build(Some(Context::new("frontend").into()), &options).await?;
//! while let Some(step) = progress.next().await {
//!     print!("{}", step?.stream.unwrap_or_default());
//! }
//! let site = Context::only("site.conf");
//! engine.put_container_archive("web", "/etc/nginx", site, &PutContainerArchiveOptions::default()).await?;
//! let etc = engine.container_archive("web", "/etc").await?;
//! # Ok(())
//! # }
//! ```

mod transfer;

pub use dockwright_archive::{
    ArchiveWriter, Contents, Context, ContextTree, Entry, EntryKind, Error, Folder, Listing, Opened, PackSummary,
    Result, SaveSummary, SkippedFiles, Texts, TreeEntry, TreeSelection, UnpackLimits, UnpackSummary, list,
    replace_contents, save, unpack, unpack_as, unpack_into, visit,
};
#[cfg(feature = "session")]
pub(crate) use transfer::PieceReader;
