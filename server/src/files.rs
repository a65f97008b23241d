//! Files between the host and the engine. A host path or texts become an archive for the engine; an archive of the
//! engine is saved to a host path. The allowed folders are opened once, and everything in them is reached from there.
//! It knows nothing of tools.
//!
//! The settings allow host folders one by one: without `--allow-path` no host file is read, without `--allow-write`
//! none is written, and under `--read-only` neither.

mod allowed;
mod context;
mod pack;
mod path_error;
mod save;

pub use allowed::AllowedFolders;
pub use context::{Packing, body, tree};
pub use dockwright::tar::ContextTree;
pub use path_error::PathError;
pub use save::{destination, save};

#[cfg(all(test, target_os = "linux"))]
mod races;
