//! The part of a call that tells of a project, in; its files out, checked: texts by their paths, or a folder of the
//! host that calls may read.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use dockwright::tar::{Opened, Texts};
use serde_json::{Map, Value};

use super::files::ProjectFiles;
use super::reads::{self, TEXT_BYTES};
use crate::files::AllowedFolders;
use crate::secrets::MARKER;

/// The part of a call that tells of a project.
#[derive(Debug, Default)]
pub(crate) struct ProjectRequest {
    /// Its name.
    pub(crate) name: String,
    /// Its files as texts.
    pub(crate) files: Option<Map<String, Value>>,
    /// A folder of the host, or the main file in one.
    pub(crate) path: Option<String>,
    /// Variables for its files.
    pub(crate) environment: Map<String, Value>,
    /// Its profiles.
    pub(crate) profiles: Vec<String>,
}

impl ProjectRequest {
    /// The files of the project, and the paths of those that Compose is told to read.
    ///
    /// # Errors
    /// Words about the first problem.
    pub(super) fn files(&self, allowed: &AllowedFolders) -> Result<(ProjectFiles, Vec<PathBuf>), String> {
        check_name(&self.name)?;
        match (&self.files, &self.path) {
            (Some(files), None) => {
                let files = ProjectFiles::Texts(texts(files)?);
                let entries = files.entries()?;
                Ok((files, entries))
            }
            (None, Some(path)) => folder(path, allowed),
            _ => Err("give either `files` or `path`".to_owned()),
        }
    }
}

/// Checks that a name is one of a project: Compose would change another.
pub(crate) fn check_name(name: &str) -> Result<(), String> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_name = name.bytes().next().is_some_and(fits) && name.bytes().all(|byte| fits(byte) || b"_-".contains(&byte));
    match is_name && name.len() <= 100 {
        true => Ok(()),
        false => Err("`project` is a name of small letters, digits, `-` and `_`".to_owned()),
    }
}

/// A folder of the host that may be read, and the files that Compose is told to read there: the one that the path
/// names, or those with the usual names.
fn folder(path: &str, allowed: &AllowedFolders) -> Result<(ProjectFiles, Vec<PathBuf>), String> {
    let opened = |path: &str| allowed.to_read(path).map_err(|error| error.to_string());
    let (folder, entry) = match opened(path)? {
        Opened::Folder(folder) => (folder, None),
        Opened::File(_) => {
            let file = Path::new(path);
            let (parent, name) = (file.parent().unwrap_or(file), file.file_name().unwrap_or_default());
            match opened(&parent.display().to_string())? {
                Opened::Folder(folder) => (folder, Some(PathBuf::from(name))),
                Opened::File(_) => return Err(format!("`{path}` is in no folder")),
            }
        }
    };
    let files = ProjectFiles::Folder { root: folder.path().to_owned(), allowed: allowed.clone() };
    let entries = entry.map_or_else(|| files.entries(), |entry| Ok(vec![entry]))?;
    Ok((files, entries))
}

/// The texts of an argument, whose names are paths below a folder.
fn texts(files: &Map<String, Value>) -> Result<BTreeMap<String, String>, String> {
    let mut checked = Texts::default();
    let mut texts = BTreeMap::new();
    for (name, text) in files {
        let text = text.as_str().ok_or_else(|| format!("files: the value of `{name}` must be the text of the file"))?;
        if text.contains(MARKER) {
            return Err(format!("files: `{name}` has `{MARKER}`, which stands for a secret; send its value"));
        }
        let path = reads::check_path(name).map_err(|problem| format!("files: {problem}"))?;
        checked.add(name, text).map_err(|error| format!("files: {error}"))?;
        let path: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
        texts.insert(path.display().to_string(), text.to_owned());
    }
    match checked.bytes() <= TEXT_BYTES {
        true => Ok(texts),
        false => Err(format!("files: more than {TEXT_BYTES} bytes")),
    }
}
