//! The files of one project: texts by their paths, which are written to a private folder, or a folder of the host that
//! calls may read. They are checked before Compose sees any of them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dockwright::tar::{Opened, Texts};
use serde_json::{Map, Value};

use super::files::ProjectFiles;
use super::plugin::Workspace;
use super::{dotenv, reads};
use crate::files::AllowedFolders;
use crate::secrets::MARKER;

/// The file with variables.
const VARIABLES: &str = ".env";
/// The most bytes of all texts together.
const TEXT_BYTES: usize = 16 << 20;

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

/// A project that Compose may be run on.
pub(crate) struct Project {
    /// Its name.
    pub(crate) name: String,
    /// Its files.
    pub(crate) files: ProjectFiles,
    /// The folder that its paths start from.
    pub(crate) root: PathBuf,
    /// The private folder of the call.
    pub(crate) workspace: Arc<Workspace>,
    entries: Vec<PathBuf>,
    variables: Vec<PathBuf>,
    profiles: Vec<String>,
}

impl Project {
    /// Checks the files of a project, and writes texts to the private folder.
    ///
    /// # Errors
    /// Words about the first problem.
    pub(crate) fn prepare(
        request: ProjectRequest,
        allowed: &AllowedFolders,
        workspace: Workspace,
    ) -> Result<Self, String> {
        check_name(&request.name)?;
        let (files, root, named) = match (request.files, request.path) {
            (Some(files), None) => {
                let texts = texts(&files)?;
                let root = workspace.path("files");
                write_all(&root, &texts).map_err(|error| error.to_string())?;
                (ProjectFiles::Texts(texts), root, None)
            }
            (None, Some(path)) => folder(&path, allowed)?,
            _ => return Err("give either `files` or `path`".to_owned()),
        };
        let entries = named.map_or_else(|| files.entries(), |entry| Ok(vec![entry]))?;
        reads::check(&files, &entries)?;
        let given = workspace.path("variables");
        fs::write(&given, dotenv::text(&request.environment)?).map_err(|error| error.to_string())?;
        let own = own_variables(&files, &workspace)?;
        Ok(Project {
            name: request.name,
            files,
            entries: entries.iter().map(|entry| root.join(entry)).collect(),
            root,
            workspace: Arc::new(workspace),
            variables: own.into_iter().chain([given]).collect(),
            profiles: request.profiles,
        })
    }

    /// The arguments that resolve the project's own files.
    pub(crate) fn arguments(&self) -> Vec<OsString> {
        self.arguments_with(&self.entries)
    }

    /// Keeps the resolved model, and returns the arguments that read nothing else: files that change meanwhile are not
    /// read again.
    ///
    /// # Errors
    /// If the model cannot be written.
    pub(crate) fn pin(&self, model: &str) -> Result<Vec<OsString>, String> {
        let path = self.workspace.path("model.json");
        fs::write(&path, model).map_err(|error| error.to_string())?;
        Ok(self.arguments_with(&[path]))
    }

    fn arguments_with(&self, files: &[PathBuf]) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = vec!["--project-name".into(), self.name.clone().into()];
        arguments.extend(["--project-directory".into(), self.root.clone().into()]);
        let mut option = |name: &str, value: OsString| arguments.extend([name.into(), value]);
        files.iter().for_each(|file| option("--file", file.into()));
        self.variables.iter().for_each(|file| option("--env-file", file.into()));
        self.profiles.iter().for_each(|profile| option("--profile", profile.into()));
        arguments
    }

    /// A message of Compose without the path of the private folder.
    pub(crate) fn words(&self, message: &str) -> String {
        message.replace(&format!("{}/", self.root.display()), "")
    }
}

/// Copies the file with the project's variables to the private folder, so that one text of it is read.
fn own_variables(files: &ProjectFiles, workspace: &Workspace) -> Result<Option<PathBuf>, String> {
    let Some(text) = files.read(Path::new(VARIABLES))? else { return Ok(None) };
    let sets_files =
        |line: &str| line.trim_start().trim_start_matches("export ").trim_start().starts_with("COMPOSE_FILE");
    if text.lines().any(sets_files) {
        return Err(format!("`{VARIABLES}` sets COMPOSE_FILE, which is not followed: give those files as one project"));
    }
    let copy = workspace.path("own");
    fs::write(&copy, text).map_err(|error| error.to_string())?;
    Ok(Some(copy))
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

/// A folder of the host that may be read, and the main file if the path names it.
fn folder(path: &str, allowed: &AllowedFolders) -> Result<(ProjectFiles, PathBuf, Option<PathBuf>), String> {
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
    let root = folder.path().to_owned();
    Ok((ProjectFiles::Folder { root: root.clone(), allowed: allowed.clone() }, root, entry))
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
        let path: PathBuf = path.components().filter(|part| *part != std::path::Component::CurDir).collect();
        texts.insert(path.display().to_string(), text.to_owned());
    }
    match checked.bytes() <= TEXT_BYTES {
        true => Ok(texts),
        false => Err(format!("files: more than {TEXT_BYTES} bytes")),
    }
}

fn write_all(root: &Path, texts: &BTreeMap<String, String>) -> std::io::Result<()> {
    fs::create_dir(root)?;
    for (name, text) in texts {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap_or(root))?;
        fs::write(path, text)?;
    }
    Ok(())
}
