//! The options of the server, from the command line or the environment: what is exposed, how replies are shaped and which
//! engine is asked. Plain data; nothing here acts on it.

use std::path::PathBuf;

use clap::builder::{BoolishValueParser, RangedU64ValueParser};
use clap::{ArgAction, Args, ValueEnum};

/// The characters of a reply unless `--max-reply` says otherwise: a little below what clients pass on to a model.
pub const MAX_REPLY: usize = 40_000;

/// What stands between folders in a list of them, as in `PATH`.
const PATH_SEPARATOR: char = if cfg!(windows) { ';' } else { ':' };

/// The options that the commands of `dockwright` share.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
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

    /// Expose only what changes nothing, whatever else is asked for
    #[arg(long, env = "DOCKWRIGHT_READ_ONLY", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    pub read_only: bool,

    /// Expose nothing that may destroy data, state or work
    #[arg(long, env = "DOCKWRIGHT_NO_DESTRUCTIVE", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    pub no_destructive: bool,

    /// What is a tool
    #[arg(long, env = "DOCKWRIGHT_SURFACE", value_enum, default_value_t = Surface::Operations)]
    pub surface: Surface,

    /// The longest reply, in characters
    #[arg(
        long,
        env = "DOCKWRIGHT_MAX_REPLY",
        value_name = "CHARACTERS",
        default_value_t = MAX_REPLY,
        value_parser = RangedU64ValueParser::<usize>::new().range(1_000..=1_000_000)
    )]
    pub max_reply: usize,

    /// Send replies as structured content as well, for clients that read it
    #[arg(long, env = "DOCKWRIGHT_STRUCTURED", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    pub structured: bool,

    /// Send also what the engine's API version does not know, and would ignore
    #[arg(long, env = "DOCKWRIGHT_ALLOW_NEWER", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    pub allow_newer: bool,

    /// Show secrets in replies: environment values, credentials, join tokens, private keys
    #[arg(long, env = "DOCKWRIGHT_SHOW_SECRETS", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    pub show_secrets: bool,

    /// Let calls read what is in this folder of the host, for what is sent to the engine [default: none]
    #[arg(long, env = "DOCKWRIGHT_ALLOW_PATH", value_name = "DIR", value_delimiter = PATH_SEPARATOR)]
    pub allow_path: Vec<PathBuf>,

    /// Let calls write into this folder of the host what the engine sends [default: none]
    #[arg(long, env = "DOCKWRIGHT_ALLOW_WRITE", value_name = "DIR", value_delimiter = PATH_SEPARATOR)]
    pub allow_write: Vec<PathBuf>,

    /// Add the audit lines, one for each call, to this file [default: standard error]
    #[arg(long, env = "DOCKWRIGHT_AUDIT", value_name = "FILE")]
    pub audit: Option<PathBuf>,

    /// The engine's address, such as unix:///run/docker.sock [default: DOCKER_HOST, else the local socket]
    #[arg(long, env = "DOCKWRIGHT_HOST", value_name = "ADDRESS")]
    pub host: Option<String>,
}

/// What stands for one tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Surface {
    /// One tool for each operation
    #[default]
    Operations,
    /// One tool for each tag, for clients that hold only a few tools
    Tags,
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
            surface: Surface::Operations,
            max_reply: MAX_REPLY,
            structured: false,
            allow_newer: false,
            show_secrets: false,
            allow_path: Vec::new(),
            allow_write: Vec::new(),
            audit: None,
            host: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, FromArgMatches, Parser};

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
    fn nothing_said_means_the_defaults() {
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
    fn flags_take_no_value_and_replies_have_a_sensible_length() {
        let settings = parsed(&["--read-only", "--surface", "tags", "--max-reply", "5000"]).unwrap();
        assert!(settings.read_only && settings.surface == Surface::Tags && settings.max_reply == 5000);
        assert!(parsed(&["--max-reply", "10"]).is_err());
    }

    #[test]
    fn every_option_has_a_twin_in_the_environment_and_words() {
        for argument in Program::command().get_arguments().filter(|argument| argument.get_id() != "help") {
            let twin = format!("DOCKWRIGHT_{}", argument.get_id().as_str().to_uppercase());
            assert_eq!(argument.get_env().unwrap().to_str().unwrap(), twin);
            assert!(argument.get_help().is_some(), "{twin}");
        }
    }

    #[test]
    fn a_flag_in_the_environment_says_yes_or_no_and_nothing_else() {
        // The variable `CARGO_MANIFEST_DIR` stands for a value that is neither; the parser is the same for all flags.
        let flag = |variable: &'static str| {
            let command = Program::command().mut_arg("read_only", |argument| argument.env(variable));
            let matches = command.try_get_matches_from(["dockwright"])?;
            Settings::from_arg_matches(&matches)
        };
        assert!(flag("CARGO_MANIFEST_DIR").is_err());
        assert!(!flag("DOCKWRIGHT_A_VARIABLE_THAT_IS_NOT_SET").unwrap().read_only);
        assert!(!flag("CARGO_PKG_VERSION_MAJOR").unwrap().read_only, "the major version is 0");
        assert!(flag("CARGO_PKG_VERSION_MINOR").unwrap().read_only, "the minor version is 1");
    }
}
