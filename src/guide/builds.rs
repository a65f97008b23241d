//! Builds: the two builders, their contexts, secrets, what they report, and builds that fail or are stopped.
//!
//! # Two builders
//!
//! An engine has two, and [`version`](crate::options::ImageBuildOptions::version) chooses:
//!
//! | | the classic builder, `1`, the default | BuildKit, `2` |
//! |---|---|---|
//! | Dockerfile | without `RUN --mount`, heredocs and `COPY --link` | all of it |
//! | stages | one after the other, all of them | side by side, only those that are needed |
//! | private base images | with the stored logins | with a session, or if they were pulled before |
//! | limits of memory and processors, `cgroupparent`, `squash` | heeded | ignored |
//! | a network by its name | heeded | refused |
//! | `ulimits`, `shmsize` | heeded | ignored before 23.0 |
//!
//! BuildKit asks its client for secrets, ssh and logins in a [session](crate::Engine::session). Without one, a step
//! that needs them fails with `no active sessions`.
//!
//! # One builder type for both
//!
//! `recipes::Build`, of the feature `buildkit`, takes BuildKit where the engine has it, opens the session, and answers
//! in it. A build with an option that only the classic builder of its engine heeds is that one's:
//!
//! ```no_run
//! # #[cfg(feature = "buildkit")]
//! # mod example {
//! # use dockwright::{Credentials, Engine, Result};
//! use dockwright::options::ImageBuildOptions;
//! use dockwright::recipes::Build;
//! use dockwright::session::{Secret, SshAgent};
//!
//! # async fn example() -> Result<()> {
//! let engine = Engine::from_env()?.with_credentials(Credentials::from_docker_config());
//! let options = ImageBuildOptions::default().tags(["shop/frontend:1"]);
//! let image = Build::new("frontend")
//!     .options(options)
//!     .secret("npm", Secret::file("/home/ada/.npmrc"))
//!     .ssh("default", SshAgent::from_env())
//!     .start(&engine)
//!     .await?
//!     .image()
//!     .await?;
//! # Ok(())
//! # }
//! # }
//! ```
//!
//! | it gives | to | the engine gets |
//! |---|---|---|
//! | a secret: bytes, a file, a variable | `RUN --mount=type=secret,id=npm` | its value, when a step asks for it |
//! | an agent of ssh | `RUN --mount=type=ssh` | the list of its keys and signatures, nothing else |
//! | logins of [`with_credentials`](super::credentials) | `FROM`, `COPY --from` | that of one registry, when it asks |
//! | a folder | `COPY`, `ADD`, bind mounts | files that the build reads and that changed since the last |
//!
//! A secret that cannot be read and an agent that does not listen are errors before anything is built. No engine learns
//! of a file that the ignore file excludes, even if the frontend of a Dockerfile (`# syntax=`) asks for it. Files are
//! sent as they are read, so a context of any size takes little memory. A folder is compared with that of the last
//! build by names, sizes and times; a file that is changed and gets its old time back is not sent.
//!
//! With `Output` the result comes back as files in place of an image: a folder or an archive. Secrets, agents and
//! outputs need BuildKit; with the classic builder, whatever chose it, they are errors before anything is sent. A build
//! with a [`Body`](crate::Body) or an address as context gets all else in the same way.
//!
//! # Named contexts
//!
//! `Build::named_context` gives a folder, an image or an address a name, as `docker buildx build --build-context` does.
//! In the Dockerfile it takes the place of the stage or the image of this name, in `FROM`, `COPY --from` and
//! `RUN --mount=from`:
//!
//! ```no_run
//! # #[cfg(feature = "buildkit")]
//! # mod example {
//! # use dockwright::{Engine, Result};
//! use dockwright::options::ImageBuildOptions;
//! use dockwright::recipes::Build;
//!
//! # async fn example(engine: &Engine) -> Result<()> {
//! let options = ImageBuildOptions::default().tags(["shop/frontend:1"]);
//! let build = Build::new("frontend")
//!     .options(options)
//!     .named_context("shared", "../shared") // COPY --from=shared . /shared
//!     .named_context("node:22", "docker-image://registry.example/node:22"); // FROM node:22
//! let image = build.start(engine).await?.image().await?;
//! # Ok(())
//! # }
//! # }
//! ```
//!
//! Of a folder, only files that the build reads and that changed are sent, and its `.dockerignore` is heeded. An image
//! is one of the engine's store or of a registry, with the login for it. `POST /build` cannot say any of this, so such
//! a build goes by BuildKit's own API, `dockwright::solve`, with the same events. An option that cannot be said there
//! (`memory`, `squash`, `host-gateway` in `extrahosts`, the logins of `X-Registry-Config`) is an error before anything
//! is sent; `cgroupparent` is heeded. Engines before 23.0 would ignore the contexts, so they are refused with
//! [`Error::Unsupported`](crate::Error::Unsupported).
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
