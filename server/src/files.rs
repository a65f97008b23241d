//! Files between the host and the engine. A path or texts of a call come in and go out as an archive; an archive of the
//! engine comes in and goes out as a listing or to a path. It knows which folders of the host the settings allow, and
//! nothing of tools.
//!
//! Host paths are for whoever started the server to allow, folder by folder: without `--allow-path` nothing of the host is
//! read, without `--allow-write` nothing is written, and under `--read-only` neither.

mod allowed;
mod context;
mod pack;
mod refused;
mod save;

pub use allowed::Allowed;
pub use context::{Packing, body};
pub use refused::Refused;
pub use save::{destination, save};
