//! Builds: the two builders, their contexts, what they report, and builds that fail or are stopped.
//!
//! # Two builders
//!
//! An engine has two, and [`version`](crate::options::ImageBuildOptions::version) chooses:
//!
//! | | the classic builder, `1`, the default | BuildKit, `2` |
//! |---|---|---|
//! | Dockerfile | without `RUN --mount`, heredocs and `COPY --link` | all of it |
//! | stages | one after the other, all of them | side by side, only those that are needed |
//! | private base images | with the stored logins | if they were pulled before |
//! | `memory`, `cpusetmems`, `cgroupparent` | heeded | ignored |
//!
//! BuildKit asks its client for secrets, ssh and logins in a [session](crate::Engine::session). Without one, a step
//! that needs them fails with `no active sessions`.
//!
//! # Events
//!
//! The engine's messages are [`BuildInfo`](crate::models::BuildInfo), and differ between the builders.
//! [`into_build`](crate::JsonStream::into_build) turns them into [`BuildEvent`](crate::build::BuildEvent)s, which do
//! not: steps that begin and end, their output, warnings, layers that are fetched, and the image. Steps of BuildKit run
//! side by side, so their output mixes; the number of the step tells it apart. This example runs on a [canned
//! engine](super::testing):
//!
//! ```
//! # use dockwright::{Engine, Result};
//! # use dockwright::build::{BuildEvent, StepState};
//! # #[tokio::main]
//! # async fn main() -> Result<()> {
//! # let engine = Engine::canned(|_| http::Response::new(
//! #     "{\"stream\":\"Step 1/2 : FROM a\"}{\"stream\":\"\\n\"}{\"stream\":\"Step 2/2 : RUN make\"}{\"stream\":\"\\n\"}\
//! #      {\"stream\":\" ---> Using cache\\n\"}{\"aux\":{\"ID\":\"sha256:c0ffee\"}}".into()));
//! let mut build = engine.image_build(None, &Default::default()).await?.into_build();
//! let (mut cached, mut image) = (Vec::new(), None);
//! while let Some(event) = build.next().await {
//!     match event? {
//!         BuildEvent::Step(step) if step.state == StepState::Cached => cached.push(step.name),
//!         BuildEvent::Image { id } => image = Some(id),
//!         _ => {}
//!     }
//! }
//! assert_eq!(cached, ["Step 2/2 : RUN make"]);
//! assert_eq!(image.as_deref(), Some("sha256:c0ffee"));
//! # Ok(())
//! # }
//! ```
//!
//! If only the image matters, [`BuildStream::image`](crate::build::BuildStream::image) reads to the end.
//!
//! # Failures
//!
//! A step that fails ends the stream with [`Error::Step`](crate::Error::Step): its name, the exit code of its command,
//! and the last lines that it wrote. A Dockerfile that cannot be read fails before any step, with
//! [`Error::Failed`](crate::Error::Failed), or [`Error::Api`](crate::Error::Api) with the classic builder.
//!
//! Dropping the stream ends the build and the commands that it runs. Steps that were done stay in the cache, so the
//! next build goes on from there.
