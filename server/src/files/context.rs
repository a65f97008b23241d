//! Files for the engine: the argument of a call comes in, a path of the host or texts by name, and the body with their
//! archive goes out.

use std::io::{self, Write};
use std::path::Path;

use dockwright::Body;
use dockwright::tar::{Context, Error};
use serde_json::Value;

use super::{Allowed, Refused, pack};

/// An archive of at most so many bytes is made before anything is sent: what cannot be packed is told then, and costs
/// the engine nothing. A larger one is made as the engine takes it.
const AHEAD_BYTES: usize = 16 << 20;

/// Endings of files that are archives already, in the forms that engines read.
const ARCHIVES: &[&str] = &[".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar.zst"];

/// The use of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing<'a> {
    /// An image is built from them: an ignore file in the folder is heeded, and a Dockerfile must be there.
    Build {
        /// The Dockerfile's path in the folder, unless it is `Dockerfile`.
        dockerfile: Option<&'a str>,
    },
    /// All of them are wanted as they are.
    Plain,
}

/// The body that sends `context`: an absolute path of a folder, an archive or another file of the host, or an object of
/// texts by their names in the archive.
///
/// # Errors
/// [`Refused`]. A file beyond the first 16 MiB that cannot be read may show only later, and then ends the call with
/// [`dockwright::Error::Body`].
pub async fn body(context: &Value, allowed: &Allowed, packing: Packing<'_>) -> Result<Body, Refused> {
    match context {
        Value::Object(files) => pack::texts(files).map(Body::from),
        Value::String(path) => of_host(path, allowed, packing).await,
        _ => Err(Refused::Unusable("neither an absolute path of the host nor an object of texts by name".to_owned())),
    }
}

async fn of_host(path: &str, allowed: &Allowed, packing: Packing<'_>) -> Result<Body, Refused> {
    let place = allowed.to_read(path)?;
    let metadata = place.metadata().map_err(|error| Refused::unfit(path, error))?;
    if metadata.is_dir() {
        let context = of_folder(&place, allowed, packing)?;
        return packed(move |out| written(context.write(out))).await;
    }
    // To open a pipe would be to wait for its other end.
    if !metadata.is_file() {
        return Err(Refused::unfit(path, "neither a folder nor a file"));
    }
    let name = Path::new(path).file_name().unwrap_or_default().to_string_lossy().into_owned();
    if ARCHIVES.iter().any(|ending| name.to_ascii_lowercase().ends_with(ending)) {
        return Body::file(place).await.map_err(|error| Refused::unfit(path, error));
    }
    packed(move |out| written(pack::file(&place, &name, out))).await
}

fn of_folder(folder: &Path, allowed: &Allowed, packing: Packing<'_>) -> Result<Context, Refused> {
    let Packing::Build { dockerfile } = packing else { return Ok(Context::all_of(folder)) };
    let dockerfile = dockerfile.unwrap_or("Dockerfile");
    // Ignore files are the only ones that are read through links.
    for name in [&format!("{dockerfile}.dockerignore"), ".dockerignore"] {
        let ignore_file = folder.join(name);
        if ignore_file.symlink_metadata().is_ok() {
            allowed.to_read(&ignore_file.to_string_lossy())?;
        }
    }
    Ok(Context::new(folder).dockerfile(dockerfile))
}

/// The body with what `write` writes, which is asked again if that is too much to be held.
async fn packed(write: impl Fn(&mut dyn Write) -> io::Result<()> + Send + 'static) -> Result<Body, Refused> {
    let ahead = tokio::task::spawn_blocking(move || {
        let mut ahead = Ahead(Vec::new());
        (write(&mut ahead), ahead.0, write)
    });
    let (result, archive, write) = ahead.await.map_err(|error| Refused::Unusable(error.to_string()))?;
    match result {
        Ok(()) => Ok(archive.into()),
        Err(error) if error.kind() == io::ErrorKind::FileTooLarge => Ok(Body::writer(write)),
        Err(error) => Err(Refused::Unusable(error.to_string())),
    }
}

fn written<T>(result: dockwright::tar::Result<T>) -> io::Result<()> {
    match result {
        Ok(_) => Ok(()),
        Err(Error::Stream(error)) => Err(error),
        Err(error) => Err(io::Error::other(error.to_string())),
    }
}

/// Pieces made ahead, as long as they are few.
struct Ahead(Vec<u8>);

impl Write for Ahead {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > AHEAD_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(all(test, unix))]
mod tests;
