//! The files of a project, as a call gives them: texts by their paths, or a folder of the host that calls may read.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use dockwright::tar::Opened;

use crate::files::{AllowedFolders, PathError};

/// Names of a project's main file, best first.
const MAIN: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
/// Names of a file that changes it.
const OVERRIDE: [&str; 4] =
    ["compose.override.yaml", "compose.override.yml", "docker-compose.override.yml", "docker-compose.override.yaml"];
/// The most bytes of a file that is read here.
const FILE_BYTES: u64 = 1 << 20;

/// The files of a project as a call gives them.
pub(crate) enum ProjectFiles {
    /// Texts by their paths.
    Texts(BTreeMap<String, String>),
    /// A folder of the host.
    Folder {
        /// Its path.
        root: PathBuf,
        /// The folders that may be read.
        allowed: AllowedFolders,
    },
}

impl ProjectFiles {
    /// Reads a file at a path in the folder; `None` if there is none.
    ///
    /// # Errors
    /// Words about a path that leads out of the folders that may be read, or about a file that is no text.
    pub(super) fn read(&self, path: &Path) -> Result<Option<String>, String> {
        let (root, allowed) = match self {
            ProjectFiles::Texts(texts) => return Ok(path.to_str().and_then(|path| texts.get(path)).cloned()),
            ProjectFiles::Folder { root, allowed } => (root, allowed),
        };
        let whole = root.join(path);
        let file = match allowed.to_read(&whole.display().to_string()) {
            Ok(Opened::File(file)) => file,
            Ok(Opened::Folder(_)) => return Ok(None),
            Err(PathError::Unfit { .. }) if !whole.is_symlink() && !whole.exists() => return Ok(None),
            Err(error) => return Err(error.to_string()),
        };
        let mut text = String::new();
        let read = file.take(FILE_BYTES + 1).read_to_string(&mut text);
        match read {
            Ok(bytes) if bytes as u64 <= FILE_BYTES => Ok(Some(text)),
            Ok(_) => Err(format!("{}: more than {FILE_BYTES} bytes", path.display())),
            Err(error) => Err(format!("{}: {error}", path.display())),
        }
    }

    /// Checks that Compose may read a file or a folder of the host.
    pub(super) fn check(&self, path: &Path, root: &Path) -> Result<(), String> {
        let is_above = path.components().any(|part| part == Component::ParentDir);
        match self {
            ProjectFiles::Texts(_) if path.starts_with(root) && !is_above => Ok(()),
            ProjectFiles::Folder { .. } if !is_above => self.open(path).map(drop),
            _ => Err("it is not among the files".to_owned()),
        }
    }

    /// The files of a call that sends them all.
    pub(super) fn texts(&self) -> Option<&BTreeMap<String, String>> {
        match self {
            ProjectFiles::Texts(texts) => Some(texts),
            ProjectFiles::Folder { .. } => None,
        }
    }

    /// Opens a file or a folder of the host, by the handle of an allowed folder.
    pub(super) fn open(&self, path: &Path) -> Result<Opened, String> {
        match self {
            ProjectFiles::Texts(_) => Err("it is not among the files".to_owned()),
            ProjectFiles::Folder { allowed, .. } => {
                allowed.to_read(&path.display().to_string()).map_err(|error| error.to_string())
            }
        }
    }

    pub(super) fn has(&self, name: &str) -> Result<bool, String> {
        self.read(Path::new(name)).map(|text| text.is_some())
    }

    /// The main file, and one that changes it.
    pub(super) fn entries(&self) -> Result<Vec<PathBuf>, String> {
        let first = |names: &[&str]| -> Result<Option<PathBuf>, String> {
            for name in names {
                if self.has(name)? {
                    return Ok(Some(name.into()));
                }
            }
            Ok(None)
        };
        if let Some(main) = first(&MAIN)? {
            return Ok([Some(main), first(&OVERRIDE)?].into_iter().flatten().collect());
        }
        let is_yaml = |name: &&String| name.ends_with(".yaml") || name.ends_with(".yml");
        let yaml: Vec<_> = self.texts().into_iter().flat_map(BTreeMap::keys).filter(is_yaml).collect();
        match yaml.as_slice() {
            [name] => Ok(vec![name.into()]),
            _ => Err("no compose.yaml among the files".to_owned()),
        }
    }
}
