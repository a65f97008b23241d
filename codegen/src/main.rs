//! The command line of the generator: `import` takes facts from an upstream description, `check` reads everything that is
//! committed, `show` prints what is generated, `surface` writes what reviewers see of it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use dockwright_codegen::history::History;
use dockwright_codegen::overlay::Overlay;
use dockwright_codegen::problem::{Problem, Problems};
use dockwright_codegen::surface::Changes;
use dockwright_codegen::{Source, emit, generate, import, overlay, parse, spec, surface};

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
    /// Read all descriptions and the overlay, and print every problem.
    Check {
        /// Refuse warnings too.
        #[arg(long)]
        strict: bool,
    },
    /// Print the Rust that one description becomes.
    Show {
        /// The description; the newest of the folder if it is left out.
        file: Option<PathBuf>,
    },
    /// Write every public signature of the generated Rust, for review.
    Regenerate {
        /// The folder to write to.
        #[arg(long, default_value = "generated")]
        generated: PathBuf,
        /// Write them as those of a release too, which later ones are held to.
        #[arg(long)]
        released: bool,
    },
    /// Print what became of the signatures since the newest release, as entries for the changelog.
    Changes {
        /// The folder that they were written to.
        #[arg(long, default_value = "generated")]
        generated: PathBuf,
    },
    /// Print the corrected description in its OpenAPI form.
    Corrected {
        /// The description; the newest of the folder if it is left out.
        file: Option<PathBuf>,
    },
    /// Print the fields that are JSON which nothing describes.
    Untyped,
    /// Print what the overlay has no words for.
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
            Ok(written) => println!("{}: {}", file.display(), written.display()),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

fn import_file(folder: &Path, file: &Path) -> Result<PathBuf, Problem> {
    let name = file.display().to_string();
    let upstream = parse::parse(&name, &parse::read(file, &name)?)?;
    let facts = import::import(&name, &upstream)?;
    let version = import::version(&facts).expect("`import` asked for it").to_owned();
    let written = folder.join(format!("v{version}.json"));
    std::fs::write(&written, import::render(&facts)).map_err(|error| {
        Problem::with_file(&written.display().to_string(), format!("it cannot be written: {error}"), "make the folder")
    })?;
    Ok(written)
}

/// Every description must generate; what the overlay says must apply.
fn check(folder: &Path, strict: bool) -> Result<(), Problems> {
    let mut problems = Problems::default();
    let overlay = overlay::read(&folder.join("overlay"), &mut problems);
    let sources = spec::sources(folder, &mut problems);
    let history = spec::history(folder, &overlay, &mut problems);
    for source in &sources {
        let (output, found) = generate(source, &overlay, &history);
        let lines = output.map_or(0, |output| output.files().iter().map(|(_, text)| text.lines().count()).sum());
        println!("{}: {lines} lines of Rust", source.name);
        problems.extend(found);
    }
    if problems.has_errors() || (strict && !problems.is_empty()) {
        return Err(problems);
    }
    eprint!("{problems}");
    Ok(())
}

fn show(folder: &Path, file: Option<&Path>) -> Result<(), Problems> {
    let output = generated(folder, file)?;
    output.files().iter().for_each(|(name, text)| println!("// {name}\n\n{text}"));
    Ok(())
}

fn regenerate(folder: &Path, written: &Path, is_release: bool) -> Result<(), Problems> {
    let signatures = surface::surface(&generated(folder, None)?);
    if is_release {
        let released = format!("# {}\n{signatures}", env!("CARGO_PKG_VERSION"));
        write(&written.join(surface::RELEASED), &released)?;
    }
    write(&written.join(surface::FILE), &signatures)
}

fn changes(folder: &Path) -> Result<(), Problems> {
    let read = |name: &str| {
        let file = folder.join(name);
        parse::read(&file, &file.display().to_string()).map_err(Problems::from)
    };
    print!("{}", Changes::between(&read(surface::RELEASED)?, &read(surface::FILE)?));
    Ok(())
}

fn write(file: &Path, text: &str) -> Result<(), Problems> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(file, text));
    written.map_err(|error| {
        let name = file.display().to_string();
        Problem::with_file(&name, format!("it cannot be written: {error}"), "run from the repository's root").into()
    })
}

fn corrected(folder: &Path, file: Option<&Path>) -> Result<(), Problems> {
    let Inputs { source, overlay, mut problems, .. } = inputs(folder, file)?;
    let corrected = dockwright_codegen::corrected(&source, &overlay, &mut problems);
    eprint!("{problems}");
    let corrected = corrected.ok_or_else(Problems::default)?;
    println!("{}", serde_json::to_string_pretty(&corrected).expect("what was read from JSON is written as JSON"));
    Ok(())
}

fn untyped(folder: &Path) -> Result<(), Problems> {
    let Inputs { source, overlay, history, mut problems } = inputs(folder, None)?;
    let api = dockwright_codegen::lowered(&source, &overlay, &history, &mut problems).ok_or(problems)?;
    api.untyped().iter().for_each(|field| println!("{field}"));
    Ok(())
}

fn missing(folder: &Path) -> Result<(), Problems> {
    let Inputs { source, overlay, history, mut problems } = inputs(folder, None)?;
    let api = dockwright_codegen::lowered(&source, &overlay, &history, &mut problems).ok_or(problems)?;
    dockwright_codegen::missing(&api, &overlay).iter().for_each(|unsaid| println!("{unsaid}"));
    Ok(())
}

fn generated(folder: &Path, file: Option<&Path>) -> Result<emit::Output, Problems> {
    let Inputs { source, overlay, history, mut problems } = inputs(folder, file)?;
    let (output, found) = generate(&source, &overlay, &history);
    problems.extend(found);
    let Some(output) = output else { return Err(problems) };
    eprint!("{problems}");
    Ok(output)
}

/// All that is generated from, and the warnings about it.
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
