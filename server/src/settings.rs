//! Options of the server, from the command line or the environment: the tools to expose, the form of replies, the
//! engine to use. Plain data; nothing here acts on it.

pub(crate) mod builds;

use std::path::PathBuf;

use clap::builder::{
    BoolishValueParser, NonEmptyStringValueParser, OsStringValueParser, RangedU64ValueParser, TypedValueParser,
};
use clap::{ArgAction, Args, ValueEnum};

pub use builds::{BuildSecret, BuildSsh};

/// Default of `--max-reply`, in characters: a little below the limit of clients for a model.
pub const MAX_REPLY: usize = 40_000;

/// Separates the folders of a list, as in `PATH`.
const PATH_SEPARATOR: char = if cfg!(windows) { ';' } else { ':' };

/// Options shared by all commands of `dockwright`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(next_help_heading = "Server options")]
pub struct Settings {
    /// Expose the tools of these tags, such as Container,Image, and those of --tools [default: all]
    #[arg(long, env = "DOCKWRIGHT_TAGS", value_name = "TAG,…", value_delimiter = ',')]
    pub tags: Vec<String>,

    /// Never expose the tools of these tags
    #[arg(long, env = "DOCKWRIGHT_EXCLUDE_TAGS", value_name = "TAG,…", value_delimiter = ',')]
    pub exclude_tags: Vec<String>,

    /// Expose these tools, such as container_list, and those of --tags [default: all]
    #[arg(long, env = "DOCKWRIGHT_TOOLS", value_name = "TOOL,…", value_delimiter = ',')]
    pub tools: Vec<String>,

    /// Never expose these tools
    #[arg(long, env = "DOCKWRIGHT_EXCLUDE_TOOLS", value_name = "TOOL,…", value_delimiter = ',')]
    pub exclude_tools: Vec<String>,

    /// Expose only tools that change nothing, whatever the other options say
    #[arg(long, env = "DOCKWRIGHT_READ_ONLY", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    pub read_only: bool,

    /// Expose no tool that may destroy data, state or work, and refuse requests that can reach the engine's host
    #[arg(
        long,
        env = "DOCKWRIGHT_NO_DESTRUCTIVE",
        action = ArgAction::SetTrue,
        value_parser = BoolishValueParser::new()
    )]
    pub no_destructive: bool,

    /// Let only requests pass that this policy allows (docs/policy.md)
    #[arg(long, env = "DOCKWRIGHT_POLICY", value_name = "FILE.toml")]
    pub policy: Option<PathBuf>,

    /// Choose the tools that a client sees
    #[arg(long, env = "DOCKWRIGHT_SURFACE", value_enum, default_value_t = Surface::Operations)]
    pub surface: Surface,

    /// Maximum length of a reply, in characters
    #[arg(
        long,
        env = "DOCKWRIGHT_MAX_REPLY",
        value_name = "CHARACTERS",
        default_value_t = MAX_REPLY,
        value_parser = RangedU64ValueParser::<usize>::new().range(1_000..=1_000_000)
    )]
    pub max_reply: usize,

    /// Also send replies as structured content, for clients that read it
    #[arg(long, env = "DOCKWRIGHT_STRUCTURED", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    pub structured: bool,

    /// Also send arguments that the engine's API version does not know and would ignore
    #[arg(long, env = "DOCKWRIGHT_ALLOW_NEWER", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    pub allow_newer: bool,

    /// Show secrets in replies: passwords, tokens, credentials, private keys
    #[arg(long, env = "DOCKWRIGHT_SHOW_SECRETS", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    pub show_secrets: bool,

    /// Let calls read files of this host folder, to send them to the engine [default: none]
    #[arg(
        long,
        env = "DOCKWRIGHT_ALLOW_PATH",
        value_name = "DIR",
        value_delimiter = PATH_SEPARATOR,
        value_parser = OsStringValueParser::new().map(PathBuf::from)
    )]
    pub allow_path: Vec<PathBuf>,

    /// Let calls save files from the engine into this host folder [default: none]
    #[arg(
        long,
        env = "DOCKWRIGHT_ALLOW_WRITE",
        value_name = "DIR",
        value_delimiter = PATH_SEPARATOR,
        value_parser = OsStringValueParser::new().map(PathBuf::from)
    )]
    pub allow_write: Vec<PathBuf>,

    /// With --read-only, let tools make the engine ask this registry, such as docker.io [default: none]
    #[arg(long, env = "DOCKWRIGHT_ALLOW_REGISTRY", value_name = "REGISTRY,…", value_delimiter = ',')]
    pub allow_registry: Vec<String>,

    /// Send no stored logins, so that calls reach only what needs none or names its own
    #[arg(
        long,
        env = "DOCKWRIGHT_NO_CREDENTIALS",
        action = ArgAction::SetTrue,
        value_parser = BoolishValueParser::new()
    )]
    pub no_credentials: bool,

    /// Let builds use this secret, which no model sees: id=ID,file=PATH or id=ID,env=VARIABLE [default: none]
    #[arg(long, env = "DOCKWRIGHT_BUILD_SECRET", value_name = "id=ID,file=PATH")]
    pub build_secret: Vec<BuildSecret>,

    /// Let builds use this ssh agent: ID, such as default, for that of SSH_AUTH_SOCK, ID=SOCKET, or ID=KEY,… for one
    /// with these private keys [default: none]
    #[arg(long, env = "DOCKWRIGHT_BUILD_SSH", value_name = "ID[=SOCKET|KEY,…]")]
    pub build_ssh: Vec<BuildSsh>,

    /// Do not run Docker Compose's plugin, and hide the tools that need it [default: run it if it is installed]
    #[arg(long, env = "DOCKWRIGHT_NO_COMPOSE", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    pub no_compose: bool,

    /// Ask a person before these calls, through clients that can ask [default: never; destructive with --listen]
    #[arg(long, env = "DOCKWRIGHT_CONFIRM", value_enum)]
    pub confirm: Option<Confirm>,

    /// Append two audit lines for each call to this file [default: standard error; none for `call`]
    #[arg(long, env = "DOCKWRIGHT_AUDIT", value_name = "FILE")]
    pub audit: Option<PathBuf>,

    /// Refuse calls whose audit line cannot be written
    #[arg(
        long,
        env = "DOCKWRIGHT_AUDIT_REQUIRED",
        action = ArgAction::SetTrue,
        value_parser = BoolishValueParser::new()
    )]
    pub audit_required: bool,

    /// The engine's address, such as unix:///run/docker.sock [default: DOCKER_HOST, else the local socket]
    #[arg(short = 'H', long, env = "DOCKWRIGHT_HOST", value_name = "ADDRESS", value_parser = NonEmptyStringValueParser::new())]
    pub host: Option<String>,

    /// The docker CLI's context whose engine is used [default: DOCKER_CONTEXT, else the CLI's current one]
    #[arg(short = 'c', long, env = "DOCKWRIGHT_CONTEXT", value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub context: Option<String>,

    /// Serve several engines: this one, by the name that calls give as `engine`
    #[arg(long, env = "DOCKWRIGHT_ENGINE", value_name = "NAME=ADDRESS,…", value_delimiter = ',')]
    pub engine: Vec<String>,

    /// Serve the engine of each context of the docker CLI, by the context's name
    #[arg(long, env = "DOCKWRIGHT_CONTEXTS", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    pub contexts: bool,

    /// Serve the engines of this file, or narrow what is exposed of the others
    #[arg(long, env = "DOCKWRIGHT_ENGINES", value_name = "FILE.toml")]
    pub engines: Option<PathBuf>,
}

impl Settings {
    /// Drops empty items of lists, as in `Container,,Image`. A list of empty items alone is kept, and refused where it
    /// is used: dropped, `--tags ''` would expose every tool.
    #[must_use]
    pub fn without_empty_items(mut self) -> Self {
        let names = [&mut self.tags, &mut self.exclude_tags, &mut self.tools, &mut self.exclude_tools];
        for list in names.into_iter().chain([&mut self.allow_registry, &mut self.engine]) {
            drop_empty(list, |name| name.trim().is_empty());
        }
        for list in [&mut self.allow_path, &mut self.allow_write] {
            drop_empty(list, |folder| folder.as_os_str().is_empty());
        }
        self
    }
}

fn drop_empty<T>(list: &mut Vec<T>, is_empty: impl Fn(&T) -> bool) {
    if !list.iter().all(&is_empty) {
        list.retain(|item| !is_empty(item));
    }
}

/// The tools that a client sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Surface {
    /// One tool for each operation
    #[default]
    Operations,
    /// One tool for each tag, for clients that hold only a few tools
    Tags,
}

/// The calls before which a person is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Confirm {
    /// Calls that may destroy data, state or work
    Destructive,
    /// All calls that change something
    Writes,
    /// No calls
    Never,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            tags: Vec::new(),
            exclude_tags: Vec::new(),
            tools: Vec::new(),
            exclude_tools: Vec::new(),
            read_only: false,
            no_destructive: false,
            policy: None,
            surface: Surface::Operations,
            max_reply: MAX_REPLY,
            structured: false,
            allow_newer: false,
            show_secrets: false,
            allow_path: Vec::new(),
            allow_write: Vec::new(),
            allow_registry: Vec::new(),
            no_credentials: false,
            build_secret: Vec::new(),
            build_ssh: Vec::new(),
            no_compose: false,
            confirm: None,
            audit: None,
            audit_required: false,
            host: None,
            context: None,
            engine: Vec::new(),
            contexts: false,
            engines: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        settings: Settings,
    }

    fn parsed(arguments: &[&str]) -> Result<Settings, clap::Error> {
        Program::try_parse_from([&["dockwright"], arguments].concat()).map(|program| program.settings)
    }

    #[test]
    fn no_options_mean_the_defaults() {
        assert_eq!(parsed(&[]).unwrap(), Settings::default());
    }

    #[test]
    fn lists_are_separated_by_commas_or_repeated() {
        let settings = parsed(&["--tags", "Container,Image", "--tags", "Volume", "--exclude-tools=a,b"]).unwrap();
        assert_eq!(settings.tags, ["Container", "Image", "Volume"]);
        assert_eq!(settings.exclude_tools, ["a", "b"]);
    }

    #[test]
    #[cfg(unix)]
    fn folders_are_separated_as_in_path_or_repeated() {
        let settings = parsed(&["--allow-path", "/a:/b c", "--allow-path=/d", "--allow-write", "/e"]).unwrap();
        assert_eq!(settings.allow_path, ["/a", "/b c", "/d"].map(PathBuf::from));
        assert_eq!(settings.allow_write, [PathBuf::from("/e")]);
    }

    #[test]
    fn flags_take_no_value_and_the_length_of_a_reply_has_bounds() {
        let settings = parsed(&["--read-only", "--surface", "tags", "--max-reply", "5000"]).unwrap();
        assert!(settings.read_only && settings.surface == Surface::Tags && settings.max_reply == 5000);
        assert!(parsed(&["--max-reply", "10"]).is_err());
    }

    #[test]
    fn every_option_has_an_environment_variable_and_help() {
        for argument in Program::command().get_arguments().filter(|argument| argument.get_id() != "help") {
            let variable = format!("DOCKWRIGHT_{}", argument.get_id().as_str().to_uppercase());
            assert_eq!(argument.get_env().unwrap().to_str().unwrap(), variable);
            assert!(argument.get_help().is_some(), "{variable}");
        }
    }
}
