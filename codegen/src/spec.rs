//! The folder of facts: a file for each API version. The newest is built unless another is named.

use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;

use crate::Source;
use crate::history::History;
use crate::ir::Api;
use crate::overlay::{Overlay, parse_version};
use crate::parse;
use crate::problem::{Problem, Problems};

/// All descriptions of the folder, the oldest first.
pub fn sources(folder: &Path, problems: &mut Problems) -> Vec<Source> {
    let files = files(folder, problems);
    files.iter().filter_map(|file| read(file, &files, problems)).collect()
}

/// The description to build: `file`, or the newest of the folder.
pub fn source(folder: &Path, file: Option<&Path>, problems: &mut Problems) -> Option<Source> {
    let files = files(folder, problems);
    read(file.or(files.last().map(PathBuf::as_path))?, &files, problems)
}

/// The history of all descriptions of the folder. An invalid one is left out; its own build or check reports it.
pub fn history(folder: &Path, overlay: &Overlay, problems: &mut Problems) -> History {
    let apis = apis(&sources(folder, problems), overlay);
    History::from_apis(apis.iter().flatten())
}

/// The API of each description. They are read in parallel, because an unoptimised build waits for all of them.
pub fn apis(sources: &[Source], overlay: &Overlay) -> Vec<Option<Api>> {
    let read = |source| {
        move || {
            let mut problems = Problems::default();
            crate::unmarked(source, overlay, &mut problems).filter(|_| !problems.has_errors())
        }
    };
    thread::scope(|scope| {
        let threads: Vec<_> = sources.iter().map(|source| scope.spawn(read(source))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    })
}

fn read(file: &Path, files: &[PathBuf], problems: &mut Problems) -> Option<Source> {
    let name = file.display().to_string();
    match parse::read(file, &name) {
        Ok(text) => {
            let newest = files.last().is_none_or(|newest| file == newest);
            let oldest = files.first().and_then(|oldest| version_in(oldest)).unwrap_or_default();
            Some(Source { name, text, oldest, newest, tags: None })
        }
        Err(problem) => {
            problems.push(problem);
            None
        }
    }
}

/// `v1.41.json` and its kind, the oldest first.
fn files(folder: &Path, problems: &mut Problems) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut files: Vec<_> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .filter_map(|path| Some((parse_version(&version_in(&path)?)?, path)))
        .collect();
    files.sort();
    if files.is_empty() {
        let remedy = "run from the repository's root, or `import` a description";
        problems.push(Problem::with_file(&folder.display().to_string(), "no files such as `v1.55.json`", remedy));
    }
    files.into_iter().map(|(_, path)| path).collect()
}

fn version_in(path: &Path) -> Option<String> {
    path.file_stem()?.to_str()?.strip_prefix('v').map(str::to_owned)
}
