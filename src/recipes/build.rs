//! A build by the builder that the engine has: BuildKit with a session, or the classic builder.

mod choice;
mod context;
mod named;
mod request;
mod since;

use std::collections::BTreeMap;

use crate::build::BuildStream;
use crate::models::{BuildInfo, BuildOutput};
use crate::operations::IMAGE_BUILD;
use crate::options::{ImageBuildOptions, SessionOptions};
use crate::session::{OpenSession, Output, Secret, Session, SshAgent, classic_only};
use crate::{Engine, Error, Result};

pub use choice::Builder;
use choice::ChosenBuilder;
pub use context::BuildContext;
pub use named::NamedContext;

/// A build, by BuildKit where the engine has it.
///
/// ```no_run
/// # use dockwright::{Engine, Result};
/// # use dockwright::options::ImageBuildOptions;
/// # use dockwright::recipes::Build;
/// # use dockwright::session::Secret;
/// # async fn example(engine: &Engine) -> Result<()> {
/// let image = Build::new("frontend")
///     .options(ImageBuildOptions::default().tags(["shop/frontend:1"]))
///     .secret("npm", Secret::file("/home/ada/.npmrc"))
///     .start(engine)
///     .await?
///     .image()
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is built before it is started"]
pub struct Build {
    context: BuildContext,
    options: ImageBuildOptions,
    builder: Builder,
    secrets: Vec<(String, Secret)>,
    agents: Vec<(String, SshAgent)>,
    output: Option<Output>,
    named_contexts: Vec<(String, NamedContext)>,
}

impl Build {
    /// A build of a folder by its path, of a [`Context`](crate::tar::Context), of an archive, or of a remote context.
    pub fn new(context: impl Into<BuildContext>) -> Self {
        let (context, options) = (context.into(), ImageBuildOptions::default());
        let (secrets, agents, named_contexts) = (Vec::new(), Vec::new(), Vec::new());
        Build { context, options, builder: Builder::Auto, secrets, agents, output: None, named_contexts }
    }

    /// Sets the options of the build: its tags, its arguments, its target. `session` is chosen by the build, and
    /// `version` chooses the builder, if [`builder`](Build::builder) does not.
    pub fn options(self, options: ImageBuildOptions) -> Self {
        Build { options, ..self }
    }

    /// Chooses the builder. By default it is BuildKit where the engine has it and an option does not need the other.
    pub fn builder(self, builder: Builder) -> Self {
        Build { builder, ..self }
    }

    /// Gives a secret to steps with `RUN --mount=type=secret,id=…`. It needs BuildKit.
    pub fn secret(mut self, id: impl Into<String>, secret: Secret) -> Self {
        self.secrets.push((id.into(), secret));
        self
    }

    /// Lets steps with `RUN --mount=type=ssh` use an agent of ssh; the id is `default` for a step that names none. It
    /// needs BuildKit.
    pub fn ssh(mut self, id: impl Into<String>, agent: SshAgent) -> Self {
        self.agents.push((id.into(), agent));
        self
    }

    /// Puts the files of the result in a place on this machine, and no image into the engine's store. It needs
    /// BuildKit.
    pub fn output(self, output: Output) -> Self {
        Build { output: Some(output), ..self }
    }

    /// Gives a context a name, by which the Dockerfile copies from it or builds on it: a folder, an image or an
    /// address. A text says which, as `--build-context` does. The context takes the place of a stage or an image of
    /// this name, and the last one with a name counts. It needs BuildKit, of an engine since 23.0.
    ///
    /// ```
    /// # use dockwright::recipes::Build;
    /// let build = Build::new("frontend")
    ///     .named_context("shared", "../shared")
    ///     .named_context("node:22", "docker-image://registry.example/node:22");
    /// ```
    pub fn named_context(mut self, name: impl Into<String>, context: impl Into<NamedContext>) -> Self {
        self.named_contexts.push((name.into(), context.into()));
        self
    }

    /// Begins the build. Dropping the stream ends it, and the commands that it runs.
    ///
    /// Calls `POST /build`, before it `GET /_ping`, and with BuildKit `POST /session`. BuildKit gets the logins of
    /// [`Engine::with_credentials`] one by one, when it asks for that of a registry; the classic builder gets them all.
    /// With named contexts, `POST /grpc` takes the place of `POST /build`, and its errors name the operation `solve`.
    ///
    /// # Errors
    /// [`Error::Argument`] if something is given that the builder would pass over, such as a secret for the classic one
    /// or a limit of memory for BuildKit, that cannot be read, or that cannot be said with named contexts;
    /// [`Error::Unsupported`] if the engine does not know these, or the BuildKit that was chosen an option; otherwise
    /// fails as [`image_build`](Engine::image_build) and [`session`](Engine::session) do. Later failures are items of
    /// the stream.
    pub async fn start(self, engine: &Engine) -> Result<BuildStream> {
        match choice::choose(engine, self.builder, &self.options, self.classic_only()).await? {
            ChosenBuilder::BuildKit => self.start_buildkit(engine).await,
            ChosenBuilder::Classic(why) => self.start_classic(engine, why).await,
        }
    }

    /// The option that BuildKit would not heed.
    fn classic_only(&self) -> Option<&'static str> {
        // Its own API, the way of a build with named contexts, takes this one.
        let is_taken = |option: &str| !self.named_contexts.is_empty() && option == "cgroupparent";
        classic_only(&self.options).filter(|option| !is_taken(option))
    }

    async fn start_buildkit(self, engine: &Engine) -> Result<BuildStream> {
        let Build { context, mut options, secrets, agents, output, named_contexts, .. } = self;
        let mut session = Session::new(context.name()).credentials(engine.credentials().clone());
        for (id, secret) in secrets {
            session = session.secret(id, secret);
        }
        for (id, agent) in agents {
            session = session.ssh(id, agent);
        }
        if let Some(output) = output {
            session = session.output(output);
            options.outputs = Some(vec![BuildOutput::default().type_("tar")]);
        }
        session.check().await.map_err(of_build)?;
        if !named_contexts.is_empty() {
            return solve(engine, context, options, session, named_contexts).await;
        }
        let (session, content) = context.offer(session, &mut options).await?;
        let options = options.version("2");
        let open = open(engine, session).await?;
        let call = engine.call(&IMAGE_BUILD).options(&options).content(content).session(&open);
        Ok(call.json_stream::<BuildInfo>().await?.into_build().keeping(open))
    }

    async fn start_classic(self, engine: &Engine, why: String) -> Result<BuildStream> {
        let Build { context, mut options, secrets, agents, output, named_contexts, .. } = self;
        let given = secrets.into_iter().next().map(|(id, _)| ("secrets", id));
        let given = given.or_else(|| agents.into_iter().next().map(|(id, _)| ("ssh", id)));
        let given = given.or_else(|| output.map(|output| ("outputs", format!("{output:?}"))));
        let given = given.or_else(|| named_contexts.into_iter().next().map(|(name, _)| ("context", name)));
        if let Some((argument, got)) = given {
            let expected = format!("none with the classic builder, which {why}").into();
            return Err(Error::Argument { operation: IMAGE_BUILD.name, argument: argument.to_owned(), expected, got });
        }
        let content = context.into_body(&mut options);
        let options = options.version("1");
        let call = engine.call(&IMAGE_BUILD).options(&options).content(content);
        Ok(call.json_stream::<BuildInfo>().await?.into_build())
    }
}

/// Builds by BuildKit's own API, which alone knows named contexts.
async fn solve(
    engine: &Engine,
    context: BuildContext,
    mut options: ImageBuildOptions,
    session: Session,
    named_contexts: Vec<(String, NamedContext)>,
) -> Result<BuildStream> {
    named::check_engine(engine).await?;
    let names = named_contexts.into_iter().map(|(name, context)| Ok((named::lookup_name(&name)?, context)));
    let named_contexts: BTreeMap<_, _> = names.collect::<Result<_>>()?;
    let (mut session, archive) = context.offer(session, &mut options).await?;
    if let Some(archive) = archive {
        options.remote = Some(session.archive(archive));
    }
    let (session, solve) = named::offer(named_contexts, session, request::solve(options)?).await?;
    let solve = solve.session(session.id());
    let open = open(engine, session).await?;
    Ok(solve.start(engine).await?.keeping(open))
}

/// Opens the session.
async fn open(engine: &Engine, session: Session) -> Result<OpenSession> {
    let answers = SessionOptions::default()
        .x_docker_expose_session_uuid(session.id())
        .x_docker_expose_session_name(session.name())
        .x_docker_expose_session_sharedkey(session.shared_key())
        .x_docker_expose_session_grpc_method(session.methods());
    Ok(session.start(engine.session(&answers).await?))
}

/// An error of the session as one of the build.
fn of_build(error: Error) -> Error {
    match error {
        Error::Argument { argument, expected, got, .. } => {
            Error::Argument { operation: IMAGE_BUILD.name, argument, expected, got }
        }
        error => error,
    }
}
