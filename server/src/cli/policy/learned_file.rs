//! The file of a learned policy: replaced as a whole, readable by its owner alone, and never in the place of a file
//! that was not learned.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use dockwright_policy::learn::FIRST_WORDS;

/// A file that may be written.
#[derive(Debug)]
pub(super) struct LearnedFile(PathBuf);

impl LearnedFile {
    /// The file at a path.
    ///
    /// # Errors
    /// If something else stands there, unless `force` is true.
    pub(super) fn at(path: &Path, force: bool) -> Result<Self, String> {
        if !force && !is_free(path).map_err(|error| format!("{}: {error}", path.display()))? {
            return Err(format!("{}: this file was not learned; --force replaces it", path.display()));
        }
        Ok(LearnedFile(path.to_owned()))
    }

    /// Replaces the file.
    pub(super) fn write(&self, text: &str) -> Result<(), String> {
        let problem = |error: io::Error| format!("{}: {error}", self.0.display());
        let mut name = self.0.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}", std::process::id()));
        let beside = self.0.with_file_name(name);
        let written = create(&beside).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&beside, &self.0)
        });
        if written.is_err() {
            let _ = std::fs::remove_file(&beside);
        }
        written.map_err(problem)
    }
}

/// Returns true if no file is there, or one that was learned.
fn is_free(path: &Path) -> io::Result<bool> {
    let mut beginning = Vec::new();
    match File::open(path) {
        Ok(file) => {
            file.take(FIRST_WORDS.len() as u64).read_to_end(&mut beginning)?;
            Ok(beginning == FIRST_WORDS.as_bytes())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

/// Creates a file that only its owner reads.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true).create_new(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_that_was_learned_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("agent.toml");
        let text = format!("{FIRST_WORDS} from nothing\n");
        LearnedFile::at(&path, false).unwrap().write(&text).unwrap();
        LearnedFile::at(&path, false).unwrap().write(&text).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        std::fs::write(&path, "preset = \"open\"").unwrap();
        assert!(LearnedFile::at(&path, false).unwrap_err().contains("--force"));
        LearnedFile::at(&path, true).unwrap().write(&text).unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }
}
