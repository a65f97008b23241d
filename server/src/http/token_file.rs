//! The file of the tokens: made if it is missing, kept from other users, and read again when it changes.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::reloaded::{OnError, Reloaded};
use super::tokens::Tokens;

/// The random bytes of a token that is made.
const RANDOM_BYTES: usize = 32;
/// The name of that token.
const FIRST_NAME: &str = "first";
/// The most bytes of the file.
const MAX_BYTES: u64 = 1 << 20;

/// The file of the tokens.
pub struct TokenFile(Reloaded<Tokens>);

impl TokenFile {
    /// Opens the file, or makes one with a random token. Returns true if it was made.
    ///
    /// # Errors
    /// A text, if the file cannot be made or read, if other users can read it, or if it holds no tokens.
    pub fn open(path: &Path) -> Result<(Self, bool), String> {
        let name = path.display().to_string();
        let is_missing = matches!(fs::metadata(path), Err(error) if error.kind() == io::ErrorKind::NotFound);
        if is_missing {
            make(path).map_err(|error| format!("{name}: {error}"))?;
        }
        let path: PathBuf = path.to_owned();
        let tokens = Reloaded::new(name, move || read(&path), Tokens::parse, OnError::Drop)?;
        Ok((TokenFile(tokens), is_missing))
    }

    /// The tokens, which all servers with this file have in common; `None` if the file holds none now.
    #[must_use]
    pub fn secret(&self) -> Option<Vec<u8>> {
        self.0.get().map(|tokens| tokens.all())
    }

    /// The name of a token that the file holds now.
    pub(super) fn name_of(&self, secret: &str) -> Option<Arc<str>> {
        self.0.get()?.name_of(secret)
    }
}

fn make(path: &Path) -> io::Result<()> {
    let mut random = [0; RANDOM_BYTES];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| match error.kind() {
        // The file is missing, and its name is taken.
        io::ErrorKind::AlreadyExists => io::Error::new(error.kind(), "a link to a file that is missing"),
        _ => error,
    })?;
    file.write_all(format!("{FIRST_NAME} {}\n", BASE64_URL_SAFE_NO_PAD.encode(random)).as_bytes())
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    let text = |error: io::Error| error.to_string();
    // Before it is opened, because opening a pipe waits for its writer.
    if !fs::metadata(path).map_err(text)?.is_file() {
        return Err("not a file".to_owned());
    }
    let file = File::open(path).map_err(text)?;
    check(path, &file.metadata().map_err(text)?)?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(text)?;
    if bytes.len() as u64 > MAX_BYTES { Err(format!("has more than {MAX_BYTES} bytes")) } else { Ok(bytes) }
}

/// Refuses a file that others can read or change.
#[cfg(unix)]
fn check(path: &Path, file: &Metadata) -> Result<(), String> {
    use std::os::unix::fs::MetadataExt;
    if file.mode() & 0o077 != 0 {
        return Err(format!("other users have access to the tokens; run: chmod 600 '{}'", path.display()));
    }
    let user = rustix::process::geteuid().as_raw();
    if file.uid() != user && file.uid() != 0 {
        return Err(format!(
            "belongs to the user {}, who could change it; run: chown {user} '{}'",
            file.uid(),
            path.display()
        ));
    }
    Ok(())
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the other systems have modes to check")]
fn check(_path: &Path, _file: &Metadata) -> Result<(), String> {
    Ok(())
}
