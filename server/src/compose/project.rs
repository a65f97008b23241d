//! A project as Compose sees it: copies of its files in a private folder, and the arguments that name them. The files
//! are read and checked once: whoever changes them meanwhile changes nothing of this call.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::dotenv;
use super::files::ProjectFiles;
use super::plugin::Workspace;
use super::reads::{self, VARIABLES};
use super::request::ProjectRequest;
use crate::files::AllowedFolders;

/// The name of the folder with the files, in the private folder. The path of a host folder below it stands for that
/// folder, so that paths of Compose which lead above the project stand for paths of the host too.
const FILES: &str = "files";

/// A project that Compose may be run on.
pub(crate) struct Project {
    /// Its name.
    pub(crate) name: String,
    /// Its files.
    pub(crate) files: ProjectFiles,
    /// The texts that Compose reads, by their paths.
    texts: BTreeMap<String, String>,
    /// The folder that its paths start from.
    pub(crate) root: PathBuf,
    /// The private folder that stands for `root` while files are resolved.
    copy: PathBuf,
    /// The private folder of the call.
    pub(crate) workspace: Arc<Workspace>,
    entries: Vec<PathBuf>,
    variables: Vec<PathBuf>,
    profiles: Vec<String>,
}

impl Project {
    /// Checks the files of a project, and copies them to the private folder.
    ///
    /// # Errors
    /// Words about the first problem.
    pub(crate) fn prepare(
        request: ProjectRequest,
        allowed: &AllowedFolders,
        workspace: Workspace,
    ) -> Result<Self, String> {
        let (files, entries) = request.files(allowed)?;
        let private = workspace.path(FILES);
        let (root, copy) = match &files {
            ProjectFiles::Texts(_) => (private.clone(), private),
            ProjectFiles::Folder { root, .. } => (root.clone(), below(private, root)),
        };
        let read = reads::read(&files, &entries)?;
        let texts = files.texts().cloned().unwrap_or(read);
        write_all(&copy, &texts).map_err(|error| error.to_string())?;
        let given = workspace.path("variables");
        fs::write(&given, dotenv::text(&request.environment)?).map_err(|error| error.to_string())?;
        let own = own_variables(&texts, &copy)?;
        Ok(Project {
            name: request.name,
            files,
            texts,
            entries: entries.iter().map(|entry| copy.join(entry)).collect(),
            root,
            copy,
            workspace: Arc::new(workspace),
            variables: own.into_iter().chain([given]).collect(),
            profiles: request.profiles,
        })
    }

    /// The arguments that resolve the project's own files.
    pub(crate) fn arguments(&self) -> Vec<OsString> {
        self.arguments_with(&self.copy, &self.entries)
    }

    /// The path for which one in the private folder stands, if it stands for one.
    pub(super) fn origin(&self, path: &str) -> Option<String> {
        let at = Path::new(path).strip_prefix(self.workspace.path(FILES)).ok()?;
        (self.copy != self.root).then(|| Path::new("/").join(at).display().to_string())
    }

    /// Keeps the resolved model, and returns the arguments that read nothing else: files that change meanwhile are not
    /// read again.
    ///
    /// # Errors
    /// If the model cannot be written.
    pub(crate) fn pin(&self, model: &str) -> Result<Vec<OsString>, String> {
        let path = self.workspace.path("model.json");
        fs::write(&path, model).map_err(|error| error.to_string())?;
        Ok(self.arguments_with(&self.root, &[path]))
    }

    fn arguments_with(&self, root: &Path, files: &[PathBuf]) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = vec!["--project-name".into(), self.name.clone().into()];
        arguments.extend(["--project-directory".into(), root.into()]);
        let mut option = |name: &str, value: OsString| arguments.extend([name.into(), value]);
        files.iter().for_each(|file| option("--file", file.into()));
        self.variables.iter().for_each(|file| option("--env-file", file.into()));
        self.profiles.iter().for_each(|profile| option("--profile", profile.into()));
        arguments
    }

    /// The texts that Compose reads, by their paths.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// A message of Compose without the path of the folder.
    pub(crate) fn words(&self, message: &str) -> String {
        let without = |message: String, folder: &Path| message.replace(&format!("{}/", folder.display()), "");
        without(without(message.to_owned(), &self.copy), &self.root)
    }
}

/// The path of a folder of the host below another one.
fn below(folder: PathBuf, path: &Path) -> PathBuf {
    path.components().filter(|part| matches!(part, Component::Normal(_))).fold(folder, |below, part| below.join(part))
}

/// The file with the project's variables, if there is one.
fn own_variables(texts: &BTreeMap<String, String>, copy: &Path) -> Result<Option<PathBuf>, String> {
    let Some(text) = texts.get(VARIABLES) else { return Ok(None) };
    let sets_files =
        |line: &str| line.trim_start().trim_start_matches("export ").trim_start().starts_with("COMPOSE_FILE");
    if text.lines().any(sets_files) {
        return Err(format!("`{VARIABLES}` sets COMPOSE_FILE, which is not followed: give those files as one project"));
    }
    Ok(Some(copy.join(VARIABLES)))
}

fn write_all(root: &Path, texts: &BTreeMap<String, String>) -> std::io::Result<()> {
    fs::create_dir_all(root)?;
    for (name, text) in texts {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap_or(root))?;
        fs::write(path, text)?;
    }
    Ok(())
}
