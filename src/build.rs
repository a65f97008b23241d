//! Builds as they run: steps with their names, times and output, warnings and layers, for both builders alike.
//!
//! An engine has two builders, and each reports in a form of its own: the classic one in text, BuildKit in a trace for
//! its own client. A [`BuildStream`] reads both:
//!
//! ```no_run
//! # use dockwright::{Engine, Error, Result};
//! # use dockwright::build::{BuildEvent, StepState};
//! # use dockwright::options::ImageBuildOptions;
//! # use dockwright::tar::Context;
//! # async fn example(engine: &Engine) -> Result<()> {
//! let options = ImageBuildOptions::default().version("2").tags(["shop/frontend:1"]); // BuildKit
//! let mut build = engine.image_build(Some(Context::new("frontend").into()), &options).await?.into_build();
//! while let Some(event) = build.next().await {
//!     match event {
//!         Ok(BuildEvent::Step(step)) if step.state == StepState::Cached => println!("#{} cached", step.number),
//!         Ok(BuildEvent::Step(step)) => println!("#{} {}: {:?}", step.number, step.name, step.state),
//!         Ok(BuildEvent::Output(output)) => print!("{}", String::from_utf8_lossy(&output.bytes)),
//!         Ok(BuildEvent::Warning(warning)) => println!("warning: {}", warning.message),
//!         Ok(_) => {}
//!         Err(Error::Step { step, .. }) => {
//!             println!("{} failed with {:?}:\n{}", step.name, step.exit_code, step.lines.join("\n"));
//!             break;
//!         }
//!         Err(error) => return Err(error),
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! `recipes::Build`, of the feature `buildkit`, starts a build with the secrets, logins and files that BuildKit asks
//! its client for; see [builds](crate::guide::builds).
//!
//! A [`Trace`] decodes the trace alone, for programs that read the engine's messages themselves.

mod classic;
mod event;
mod last_lines;
mod messages;
mod parts;
mod stream;
mod trace;

pub use event::{BuildEvent, BuildWarning, Step, StepOutput, StepProgress, StepState};
#[cfg(feature = "session")]
pub(crate) use parts::BuildPart;
pub use stream::BuildStream;
pub use trace::{TRACE_ID, Trace, TraceError};
