//! Archives, which is how files go to an engine and come from it: a folder becomes one, one becomes a folder, one is listed.
//!
//! Everything but the last step, which hands archives to a call and takes them from one, reads and writes `std::io` streams,
//! piece by piece, and knows no engine and no connection. What comes from a container is not trusted: see [`unpack()`].
//!
//! ```no_run
//! # use dockwright::{Engine, Result};
//! # use dockwright::options::{ImageBuildOptions, PutContainerArchiveOptions};
//! # use dockwright::tar::Context;
//! # async fn example(engine: &Engine) -> Result<()> {
//! let options = ImageBuildOptions::default().t(["shop/frontend:1"]);
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

mod blocks;
mod context;
mod error;
mod ignore;
mod list;
mod pattern;
mod pax;
mod place;
mod read;
mod skipped;
mod system;
mod transfer;
mod unpack;
mod visit;

pub use context::{Context, Packed};
pub use error::{Error, Result};
pub use list::{Listing, list};
pub use read::Kind;
pub use skipped::Skipped;
pub use unpack::{UnpackLimits, Unpacked, unpack};
pub use visit::{Contents, Listed, visit};

#[cfg(test)]
mod crafted;
