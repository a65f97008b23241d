//! The command line: which command, with which settings. Standard output belongs to the answer of a command, or to the
//! protocol; everything else is said on standard error.

mod call;
mod completions;
mod doctor;
mod serve;
mod tools;

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::audit::Audit;
use crate::dispatch::Dispatcher;
use crate::settings::Settings;

/// An MCP server through which a model can use every endpoint of a Docker engine.
///
/// Without a command it serves MCP on standard input and output. The engine is the one of DOCKER_HOST, else of the docker
/// CLI's context, else unix:///var/run/docker.sock.
#[derive(Parser)]
#[command(name = "dockwright", version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Subcommand)]
enum Command {
    /// Serve MCP on standard input and output, as without a command.
    Serve,
    /// List the tools that a client is shown, by tag and with their cost.
    Tools(tools::Arguments),
    /// Call one tool and print its reply.
    Call(call::Arguments),
    /// Check the way to the engine and through the protocol, and say what to do about what does not work.
    Doctor,
    /// Print the completions for a shell.
    Completions(completions::Arguments),
}

/// Runs the command of the process's arguments.
#[must_use]
pub fn main() -> ExitCode {
    let Arguments { command, settings } = match parsed() {
        Ok(arguments) => arguments,
        Err(error) => error.exit(),
    };
    let result = match command {
        None | Some(Command::Serve) => within_runtime(serve::run(settings)),
        Some(Command::Tools(arguments)) => tools::run(&arguments, &settings),
        Some(Command::Call(arguments)) => within_runtime(call::run(arguments, settings)),
        Some(Command::Doctor) => within_runtime(doctor::run(settings)),
        Some(Command::Completions(arguments)) => completions::run(&arguments, command_line()),
    };
    result.unwrap_or_else(|problem| {
        eprintln!("dockwright: {problem}");
        ExitCode::FAILURE
    })
}

/// Settings may stand before or after the command.
fn command_line() -> clap::Command {
    Arguments::command().mut_args(|argument| argument.global(true))
}

fn parsed() -> Result<Arguments, clap::Error> {
    Arguments::from_arg_matches(&command_line().try_get_matches()?)
}

/// The end of a command; a problem is a text for people.
type Ended = Result<ExitCode, String>;

/// Runs a command; what it left running does not keep the process.
fn within_runtime(command: impl Future<Output = Ended>) -> Ended {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(WORKERS).enable_all().build().map_err(|error| error.to_string())?;
    let ended = runtime.block_on(command);
    runtime.shutdown_timeout(Duration::ZERO);
    ended
}

/// Calls wait for the engine nearly all their time; a few threads keep one that shapes a large reply from stopping others.
const WORKERS: usize = 4;

fn dispatcher(settings: Settings) -> Result<Dispatcher, String> {
    let audit = match &settings.audit {
        None => Audit::to_stderr(),
        Some(file) => Audit::to_file(file).map_err(|error| format!("--audit {}: {error}", file.display()))?,
    };
    Dispatcher::new(settings, audit)
}

fn printed(result: io::Result<()>) -> Ended {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(format!("standard output: {error}")),
        _ => Ok(ExitCode::SUCCESS),
    }
}
