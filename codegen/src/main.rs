//! The command line of the generator: `adopt` adds an upstream description as a version and reports its changes,
//! `import` only writes its facts, `check` checks all committed input, `show` prints the generated code.

mod fetch;

use std::fmt::Display;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use dockwright_codegen::history::History;
use dockwright_codegen::overlay::Overlay;
use dockwright_codegen::problem::{Problem, Problems};
use dockwright_codegen::prose::Prose;
use dockwright_codegen::surface::Changes;
use dockwright_codegen::{Source, adopt, emit, features, generate, import, overlay, parse, prose, spec, surface};
use fetch::Fetched;

/// Generates a typed Rust client from the description of an HTTP API.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// The folder of facts, with its `overlay/`.
    #[arg(long, default_value = "spec", global = true)]
    spec: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Turn upstream Swagger 2.0 files into facts in the folder.
    Import {
        /// The files, YAML or JSON.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Add an upstream file as a version of the API, the newest or one between: write its facts and the new signatures,
    /// and print the changes, for the changelog, and the work that is left.
    Adopt {
        /// The file, YAML or JSON.
        #[arg(required_unless_present = "version", conflicts_with = "version")]
        file: Option<PathBuf>,
        /// Fetch the file of this version, such as 1.56.
        #[arg(long)]
        version: Option<String>,
        /// The address of a version's file.
        #[arg(long, env = "DOCKWRIGHT_UPSTREAM", default_value = fetch::ADDRESS)]
        address: String,
        /// The most seconds that fetching takes.
        #[arg(long, default_value_t = 60)]
        seconds: u64,
        /// The folder that the signatures are written to.
        #[arg(long, default_value = "generated")]
        generated: PathBuf,
    },
    /// Read all descriptions and the overlay, and print every problem.
    Check {
        /// Refuse warnings too.
        #[arg(long)]
        strict: bool,
    },
    /// Print the Rust that is generated from one description.
    Show {
        /// The description; the newest of the folder if it is left out.
        file: Option<PathBuf>,
    },
    /// Write every public signature of the generated Rust, for review.
    Regenerate {
        /// The folder to write to.
        #[arg(long, default_value = "generated")]
        generated: PathBuf,
        /// Also write them as those of a release, for comparison with later ones.
        #[arg(long)]
        released: bool,
    },
    /// Print the changes of signatures since the newest release, as entries for the changelog.
    Changes {
        /// The folder of the signatures.
        #[arg(long, default_value = "generated")]
        generated: PathBuf,
    },
    /// Print the corrected description in its OpenAPI form.
    Corrected {
        /// The description; the newest of the folder if it is left out.
        file: Option<PathBuf>,
    },
    /// Print the fields of JSON that nothing describes.
    Untyped,
    /// Print the items that lack a description in the overlay; after `docs:`, those that lack full sentences there.
    Missing,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problems) => {
            eprint!("{problems}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Problems> {
    match &arguments.command {
        Command::Import { files } => import_all(&arguments.spec, files),
        Command::Adopt { file, version, address, seconds, generated } => {
            let upstream = match (file, version) {
                (Some(file), _) => read_upstream(file)?,
                (None, Some(version)) => fetch::fetch(version, address, Duration::from_secs(*seconds))?,
                (None, None) => unreachable!("clap requires one of the two"),
            };
            adopt(&arguments.spec, &upstream, generated)
        }
        Command::Check { strict } => check(&arguments.spec, *strict),
        Command::Show { file } => show(&arguments.spec, file.as_deref()),
        Command::Regenerate { generated, released } => regenerate(&arguments.spec, generated, *released),
        Command::Changes { generated } => changes(generated),
        Command::Corrected { file } => corrected(&arguments.spec, file.as_deref()),
        Command::Untyped => untyped(&arguments.spec),
        Command::Missing => missing(&arguments.spec),
    }
}

fn import_all(folder: &Path, files: &[PathBuf]) -> Result<(), Problems> {
    let mut problems = Problems::default();
    for file in files {
        match import_file(folder, file) {
            Ok(written) => print(format_args!("{}: {}\n", file.display(), written.display()))?,
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

fn read_upstream(file: &Path) -> Result<Fetched, Problems> {
    let name = file.display().to_string();
    let text = parse::read(file, &name)?;
    Ok(Fetched { name, text })
}

/// Prints the changes to stdout and the work that is left to stderr, as it may quote upstream's text.
fn adopt(folder: &Path, Fetched { name, text }: &Fetched, generated: &Path) -> Result<(), Problems> {
    let mut problems = Problems::default();
    let overlay = overlay::read(&folder.join("overlay"), &mut problems);
    let known = spec::sources(folder, &mut problems);
    if problems.has_errors() {
        return Err(problems);
    }
    let fingerprints = folder.join(prose::FILE);
    let before = fs::read_to_string(&fingerprints).ok().as_deref().and_then(Prose::read);
    let adopted = adopt::adopt(name, text, &known, &overlay, before.as_ref())?;
    let (facts, signatures) = (folder.join(&adopted.file), generated.join(surface::FILE));
    let prose = adopted.prose.as_ref().map(Prose::render);
    let mut files = vec![(facts.clone(), &adopted.facts), (signatures.clone(), &adopted.signatures)];
    files.extend(prose.as_ref().map(|prose| (fingerprints, prose)));
    let manifests = manifests(folder, &adopted.report.todo.tags);
    files.extend(manifests.iter().map(|(manifest, text)| (manifest.clone(), text)));
    write(&files)?;
    print(&adopted.report)?;
    eprint!("{problems}\n{}", adopted.report.todo);
    eprintln!("Written: {} and {}", facts.display(), signatures.display());
    Ok(())
}

/// The manifests beside the folder that choose operations by features, with those of new tags.
fn manifests(folder: &Path, tags: &[String]) -> Vec<(PathBuf, String)> {
    let manifests = ["Cargo.toml", "server/Cargo.toml"].map(|manifest| folder.join("..").join(manifest));
    let with_tags = |manifest: PathBuf| {
        let text = fs::read_to_string(&manifest).ok()?;
        let changed = features::with_tags(&text, tags);
        (changed != text).then_some((manifest, changed))
    };
    manifests.into_iter().filter_map(with_tags).collect()
}

fn import_file(folder: &Path, file: &Path) -> Result<PathBuf, Problems> {
    let name = file.display().to_string();
    let upstream = parse::parse(&name, &parse::read(file, &name)?)?;
    let facts = import::import(&name, &upstream)?;
    let version = import::version(&facts).expect("`import` asked for it").to_owned();
    let written = folder.join(format!("v{version}.json"));
    write(&[(written.clone(), &import::render(&facts))])?;
    Ok(written)
}

/// Checks that every description generates and that the overlay applies.
fn check(folder: &Path, strict: bool) -> Result<(), Problems> {
    let mut problems = Problems::default();
    let overlay = overlay::read(&folder.join("overlay"), &mut problems);
    let sources = spec::sources(folder, &mut problems);
    let history = spec::history(folder, &overlay, &mut problems);
    for source in &sources {
        let (output, found) = generate(source, &overlay, &history);
        let lines = output.map_or(0, |output| output.files().iter().map(|(_, text)| text.lines().count()).sum());
        print(format_args!("{}: {lines} lines of Rust\n", source.name))?;
        problems.extend(found);
    }
    if problems.has_errors() || (strict && !problems.is_empty()) {
        return Err(problems);
    }
    eprint!("{problems}");
    Ok(())
}

fn show(folder: &Path, file: Option<&Path>) -> Result<(), Problems> {
    generated(folder, file)?.files().iter().try_for_each(|(name, text)| print(format_args!("// {name}\n\n{text}\n")))
}

fn regenerate(folder: &Path, written: &Path, is_release: bool) -> Result<(), Problems> {
    let signatures = surface::surface(&generated(folder, None)?);
    if is_release {
        let released = format!("# {}\n{signatures}", env!("CARGO_PKG_VERSION"));
        write(&[(written.join(surface::RELEASED), &released)])?;
    }
    write(&[(written.join(surface::FILE), &signatures)])
}

fn changes(folder: &Path) -> Result<(), Problems> {
    let read = |name: &str| {
        let file = folder.join(name);
        parse::read(&file, &file.display().to_string()).map_err(Problems::from)
    };
    print(Changes::between(&read(surface::RELEASED)?, &read(surface::FILE)?))
}

/// Writes all files or none: each under a temporary name first, then all are renamed.
fn write(files: &[(PathBuf, &String)]) -> Result<(), Problems> {
    let written = files.iter().try_for_each(|(file, text)| write_temporary(file, text));
    let placed = written.and_then(|()| {
        files.iter().try_for_each(|(file, _)| {
            fs::rename(temporary_name(file), file).map_err(|error| cannot_write(file, &error))
        })
    });
    if placed.is_err() {
        files.iter().for_each(|(file, _)| drop(fs::remove_file(temporary_name(file))));
    }
    placed
}

fn write_temporary(file: &Path, text: &str) -> Result<(), Problems> {
    let refuse = |error: io::Error| cannot_write(file, &error);
    // Only the rename would notice, after it replaced other files.
    if file.is_dir() {
        return Err(refuse(io::ErrorKind::IsADirectory.into()));
    }
    fs::create_dir_all(file.parent().unwrap_or(Path::new("."))).map_err(refuse)?;
    fs::write(temporary_name(file), text).map_err(refuse)
}

fn temporary_name(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".new");
    name.into()
}

fn cannot_write(file: &Path, error: &io::Error) -> Problems {
    let name = file.display().to_string();
    Problem::with_file(&name, format!("cannot be written: {error}"), "run from the repository's root").into()
}

fn corrected(folder: &Path, file: Option<&Path>) -> Result<(), Problems> {
    let Inputs { source, overlay, mut problems, .. } = inputs(folder, file)?;
    let corrected = dockwright_codegen::corrected(&source, &overlay, &mut problems);
    eprint!("{problems}");
    let corrected = corrected.ok_or_else(Problems::default)?;
    let text = serde_json::to_string_pretty(&corrected).expect("what was read from JSON is written as JSON");
    print(format_args!("{text}\n"))
}

fn untyped(folder: &Path) -> Result<(), Problems> {
    let Inputs { source, overlay, history, mut problems } = inputs(folder, None)?;
    let api = dockwright_codegen::lowered(&source, &overlay, &history, &mut problems).ok_or(problems)?;
    api.untyped().iter().try_for_each(|field| print(format_args!("{field}\n")))
}

fn missing(folder: &Path) -> Result<(), Problems> {
    let Inputs { source, overlay, history, mut problems } = inputs(folder, None)?;
    let api = dockwright_codegen::lowered(&source, &overlay, &history, &mut problems).ok_or(problems)?;
    dockwright_codegen::missing(&api, &overlay).iter().try_for_each(|unsaid| print(format_args!("{unsaid}\n")))?;
    let sentences = dockwright_codegen::missing_sentences(&api, &overlay);
    sentences.iter().try_for_each(|unsaid| print(format_args!("docs: {unsaid}\n")))
}

/// Prints to stdout. A closed pipe, as of `head`, is no failure.
fn print(text: impl Display) -> Result<(), Problems> {
    match write!(io::stdout(), "{text}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Problem::with_file("standard output", format!("cannot be written: {error}"), "make room for it").into())
        }
        _ => Ok(()),
    }
}

fn generated(folder: &Path, file: Option<&Path>) -> Result<emit::Output, Problems> {
    let Inputs { source, overlay, history, mut problems } = inputs(folder, file)?;
    let (output, found) = generate(&source, &overlay, &history);
    problems.extend(found);
    let Some(output) = output else { return Err(problems) };
    eprint!("{problems}");
    Ok(output)
}

/// The input of the generator, and warnings about it.
struct Inputs {
    source: Source,
    overlay: Overlay,
    history: History,
    problems: Problems,
}

fn inputs(folder: &Path, file: Option<&Path>) -> Result<Inputs, Problems> {
    let mut problems = Problems::default();
    let overlay = overlay::read(&folder.join("overlay"), &mut problems);
    let history = spec::history(folder, &overlay, &mut problems);
    let source = spec::source(folder, file, &mut problems);
    match source {
        Some(source) if !problems.has_errors() => Ok(Inputs { source, overlay, history, problems }),
        _ => Err(problems),
    }
}
