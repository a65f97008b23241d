//! The command line: commands and settings. Standard output is for the result of a command or the protocol; all other
//! messages go to standard error.

mod call;
mod client;
mod command;
mod completions;
mod doctor;
mod environment;
mod first_contact;
mod install;
mod listen;
mod names;
mod policy;
mod proxy;
mod serve;
mod signals;
mod tools;
mod uninstall;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};
use tokio_util::sync::CancellationToken;

use crate::audit::Audit;
use crate::compose::plugin;
use crate::settings::Settings;
use crate::unfinished;

pub use client::Client;
pub use install::entry_text;

use command::CommandResult;
use signals::Signals;

/// MCP server that gives a model every endpoint of a Docker engine.
///
/// Without a command it serves MCP, on standard input and output. The engine's address is DOCKER_HOST, else that of the
/// docker CLI's context, else unix:///var/run/docker.sock.
#[derive(Parser)]
#[command(name = "dockwright", version)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Subcommand)]
enum Command {
    /// Serve MCP on standard input and output (default), or over HTTP.
    Serve(listen::ListenSettings),
    /// Put a policy in front of the engine: a proxy for the docker CLI and other clients.
    Proxy(proxy::ProxyArguments),
    /// List the tools that a client sees, by tag, with their size.
    Tools(tools::ToolsArguments),
    /// Call one tool and print its reply.
    Call(call::CallArguments),
    /// Check the connection to the engine and the protocol, and suggest a fix for each problem.
    Doctor(doctor::DoctorArguments),
    /// Check a policy, show what it lets pass, learn one, or print one to begin with.
    Policy(policy::PolicyArguments),
    /// Connect an MCP client: add this program, with the server options given here, to its configuration.
    Install(install::InstallArguments),
    /// Take this program out of the configuration of an MCP client.
    Uninstall(uninstall::UninstallArguments),
    /// Print the completion script for a shell.
    Completions(completions::CompletionsArguments),
}

/// Runs the command named by the arguments of the process.
#[must_use]
pub fn main() -> ExitCode {
    let result = environment::refuse_placeholders(&command_line()).and_then(|()| run(parse()));
    result.unwrap_or_else(|problem| {
        eprintln!("dockwright: {problem}");
        ExitCode::FAILURE
    })
}

/// The arguments of the process, parsed.
struct Invocation {
    line: CommandLine,
    matches: ArgMatches,
    names_a_command: bool,
}

/// Parses the arguments of the process. Options without a command are those of `serve`.
fn parse() -> Invocation {
    let parsed = |arguments| environment::ignore_empty(command_line()).try_get_matches_from::<_, OsString>(arguments);
    let arguments: Vec<_> = std::env::args_os().collect();
    let mut with_serve = arguments.clone();
    with_serve.insert(1.min(arguments.len()), "serve".into());
    let first = parsed(arguments);
    let names_a_command = first.as_ref().is_ok_and(|matches| matches.subcommand().is_some());
    let matches = match first {
        Ok(matches) if matches.subcommand().is_some() => Ok(matches),
        Ok(_) => parsed(with_serve),
        Err(error) if error.kind() == ErrorKind::UnknownArgument => match parsed(with_serve) {
            // Neither has the argument, so the first message is about the words that were written.
            Err(other) if matches!(other.kind(), ErrorKind::UnknownArgument | ErrorKind::InvalidSubcommand) => {
                Err(error)
            }
            other => other,
        },
        Err(error) => Err(error),
    };
    let parsed = matches.and_then(|matches| {
        let line = CommandLine::from_arg_matches(&matches)?;
        Ok(Invocation { line, matches, names_a_command })
    });
    parsed.unwrap_or_else(|error| error.exit())
}

fn run(Invocation { line: CommandLine { command, settings }, matches, names_a_command }: Invocation) -> CommandResult {
    let mut settings = settings.without_empty_items();
    if !matches!(&command, Command::Tools(tools) if tools.is_for_review()) {
        settings.no_compose |= plugin::find().is_none();
    }
    let silent = Audit::to_writer(io::sink());
    match command {
        Command::Serve(listen) if !names_a_command && listen.listen.is_none() && io::stdin().is_terminal() => {
            run_async(&silent, None, true, first_contact::run(settings))
        }
        Command::Serve(listen) => {
            listen.check()?;
            let audit = command::audit(&settings, Some(Audit::to_stderr()))?;
            let drain = CancellationToken::new();
            let drained = listen.listen.is_some().then(|| drain.clone());
            run_async(&audit, drained, true, serve::run(listen, settings, audit.clone(), drain))
        }
        Command::Proxy(arguments) => {
            proxy::check(&arguments, &settings)?;
            let audit = command::audit(&settings, Some(Audit::to_stderr()))?;
            let drain = CancellationToken::new();
            run_async(&audit, Some(drain.clone()), false, proxy::run(arguments, settings, audit.clone(), drain))
        }
        Command::Tools(arguments) => tools::run(&arguments, &settings),
        Command::Call(arguments) => {
            let audit = command::audit(&settings, None)?;
            run_async(&audit, None, true, call::run(arguments, settings, audit.clone()))
        }
        // The doctor's call is not a client's, so it leaves no line in the audit trail.
        Command::Doctor(arguments) => run_async(&silent, None, true, doctor::run(arguments, settings)),
        Command::Policy(arguments) => {
            let audit = if arguments.serves() { command::audit(&settings, None)? } else { silent };
            let drain = CancellationToken::new();
            let drained = arguments.serves().then(|| drain.clone());
            run_async(&audit, drained, true, policy::run(arguments, settings, audit.clone(), drain))
        }
        Command::Install(arguments) => {
            let options = install::options(&command_line(), &matches)?;
            run_async(&silent, None, true, install::run(arguments, settings, options))
        }
        Command::Uninstall(arguments) => uninstall::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments, command_line()),
    }
}

/// Accepts settings before and after the command, and completes names.
fn command_line() -> clap::Command {
    CommandLine::command()
        .subcommand_required(false)
        .arg_required_else_help(false)
        .mut_args(|argument| names::complete(argument.global(true)))
        .mut_subcommands(names::complete_all)
}

/// Runs a command until it ends or a signal ends it. Tasks that it leaves running do not keep the process alive, except
/// for work that must be undone. All calls have their lines in the audit trail then. The first signal drains a command
/// that can be drained.
fn run_async(
    audit: &Audit,
    drain: Option<CancellationToken>,
    ends_by_hangup: bool,
    command: impl Future<Output = CommandResult>,
) -> CommandResult {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(WORKERS).enable_all().build().map_err(|error| error.to_string())?;
    let result = runtime.block_on(async {
        let mut signals = Signals::new(ends_by_hangup).map_err(|error| error.to_string())?;
        let mut command = Box::pin(command);
        let mut result = until_signal(&mut command, &mut signals, audit).await;
        if let (Err(_), Some(drain)) = (&result, drain) {
            drain.cancel();
            result = until_signal(&mut command, &mut signals, audit).await;
        }
        let result = result.unwrap_or_else(Ok);
        drop(command);
        settle(&mut signals).await;
        audit.close().await;
        result
    });
    runtime.shutdown_timeout(Duration::ZERO);
    result
}

/// Runs a command until it ends. The exit code of a signal that comes first is the error.
async fn until_signal(
    command: &mut (impl Future<Output = CommandResult> + Unpin),
    signals: &mut Signals,
    audit: &Audit,
) -> Result<CommandResult, ExitCode> {
    tokio::select! {
        result = command => Ok(result),
        signal = signals.next() => {
            audit.cut_by(signal.name);
            Err(signal.exit_code())
        }
    }
}

/// Waits for work that must be undone before the process ends. A second signal ends the wait.
async fn settle(signals: &mut Signals) {
    let names = unfinished::names();
    if names.is_empty() {
        return;
    }
    let seconds = SETTLING.as_secs();
    say(&format!("waiting until this is done or undone, {seconds} s at most: {}", names.join(", ")));
    let left = tokio::select! {
        left = unfinished::settle(SETTLING) => left,
        _ = signals.next() => unfinished::names(),
    };
    if !left.is_empty() {
        say(&format!("left half-done, look at the containers: {}", left.join(", ")));
    }
}

/// Prints a message for people, unless standard error is closed.
fn say(message: &str) {
    let _ = writeln!(io::stderr(), "dockwright: {message}");
}

/// The longest time that the end of the process waits for work.
const SETTLING: Duration = Duration::from_secs(30);

/// Number of threads. Calls mostly wait for the engine; a few threads suffice so that a large reply does not block
/// others.
const WORKERS: usize = 4;
