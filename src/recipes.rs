//! Recipes: steps that users of any client write by hand, made of several calls. They use nothing that a program
//! outside could not use, so each is also an example.
//!
//! | to | |
//! |---|---|
//! | run a command in a container and read its output | [`exec_output`], [`run_exec`] |
//! | follow events over lost connections | [`watch_events`] |
//! | wait for a container | [`wait_until_healthy`] |
//! | build an image by the best builder of the engine, with secrets | [`Build`] |
//! | have an image | [`pull_if_missing`], [`pull`], [`push`] |
//! | read or write one file of a container | [`read_file`], [`write_file`] |
//! | read the logs of several containers as one | [`merged_logs`] |
//! | know if the engine is that of Docker Desktop | [`Engine::is_desktop`](crate::Engine::is_desktop) |
//!
//! The feature `recipes` adds this module. A build from another description (`DOCKWRIGHT_SPEC`) does not have it.

#[cfg(feature = "buildkit")]
mod build;
#[cfg(feature = "tar")]
mod copy;
mod desktop;
mod exec;
mod health;
mod image;
mod merged;
mod watch;

#[cfg(feature = "buildkit")]
pub use build::{Build, BuildContext, Builder, NamedContext};
#[cfg(feature = "tar")]
pub use copy::{read_file, write_file};
pub use exec::{Exec, ExecOutput, ExecStatus, exec_output, run_exec};
pub use health::{HealthError, wait_until_healthy};
pub use image::{ImageReference, Pulled, pull, pull_if_missing, push};
pub use merged::{MergedLine, MergedLogs, merged_logs};
pub use watch::{EventGap, EventWatch, Watched, watch_events};
