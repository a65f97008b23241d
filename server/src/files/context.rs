//! Files for the engine: the argument of a call comes in, a path of the host or texts by name, and the body with their
//! archive goes out.

use std::io::{self, Write};
use std::path::PathBuf;

use dockwright::Body;
use dockwright::tar::{ArchiveWriter, Context, ContextTree, Error, Folder, Opened};
use serde_json::Value;

use super::{AllowedFolders, PathError, pack};

/// An archive of at most so many bytes is made before anything is sent, so that files that cannot be packed cost the
/// engine nothing. A larger one is made as the engine takes it.
const AHEAD_BYTES: usize = 16 << 20;

/// The name of a Dockerfile that has no other.
const DOCKERFILE: &str = "Dockerfile";

/// Endings of files that are archives already, in the forms that engines read.
const ARCHIVES: &[&str] = &[".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar.zst"];

/// The use of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing<'a> {
    /// Builds an image: heeds an ignore file in the folder, and needs a Dockerfile there.
    Build {
        /// The Dockerfile's path in the folder, unless it is `Dockerfile`.
        dockerfile: Option<&'a str>,
    },
    /// Sends all files as they are.
    Plain,
}

/// The body that sends `context`: an absolute path of a folder, an archive or another file of the host, or an object of
/// texts by their names in the archive.
///
/// # Errors
/// [`PathError`]. A file beyond the first 16 MiB that cannot be read may show only later, and then ends the call with
/// [`dockwright::Error::Body`].
pub async fn body(context: &Value, allowed: &AllowedFolders, packing: Packing<'_>) -> Result<Body, PathError> {
    match context {
        Value::Object(files) => pack::texts(files).map(Body::from),
        Value::String(path) => of_host(path, allowed, packing).await,
        _ => Err(PathError::Unusable("neither an absolute path of the host nor an object of texts by name".to_owned())),
    }
}

/// Opens the folder of the host at an absolute path, for a builder that asks for the files that it needs. The
/// Dockerfile's path in it comes along. `None` if the path is that of a file.
///
/// # Errors
/// [`PathError`], also for a missing Dockerfile.
pub fn tree(
    path: &str,
    allowed: &AllowedFolders,
    dockerfile: Option<&str>,
) -> Result<Option<(ContextTree, String)>, PathError> {
    let Opened::Folder(folder) = allowed.to_read(path)? else { return Ok(None) };
    let context = Context::new(folder.path()).dockerfile(dockerfile.unwrap_or(DOCKERFILE));
    let name = context.dockerfile_name().unwrap_or_default();
    let tree = context.tree_from(folder).map_err(|error| PathError::Unusable(error.to_string()))?;
    Ok(Some((tree, name)))
}

async fn of_host(path: &str, allowed: &AllowedFolders, packing: Packing<'_>) -> Result<Body, PathError> {
    let file = match allowed.to_read(path)? {
        Opened::Folder(folder) => {
            let context = of_folder(packing);
            return packed(move |out| written(write_context(&context, &folder, out))).await;
        }
        Opened::File(file) => file,
    };
    let path = PathBuf::from(path);
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if ARCHIVES.iter().any(|ending| name.to_ascii_lowercase().ends_with(ending)) {
        let length = file.metadata().map_err(|error| PathError::unfit(&path, error))?.len();
        return Ok(Body::reader(tokio::fs::File::from_std(file)).with_length(length));
    }
    packed(move |out| written(pack::file(&file, &path, &name, out))).await
}

/// The context of an open folder, which needs no path.
fn of_folder(packing: Packing<'_>) -> Context {
    match packing {
        Packing::Plain => Context::all_of(""),
        Packing::Build { dockerfile } => Context::new("").dockerfile(dockerfile.unwrap_or(DOCKERFILE)),
    }
}

fn write_context(context: &Context, folder: &Folder, out: &mut dyn Write) -> dockwright::tar::Result<()> {
    let mut archive = ArchiveWriter::new(out);
    context.add_from(folder, &mut archive)?;
    archive.finish().map(drop)
}

/// The body that `write` writes. It is called again if its archive is too large to be held.
async fn packed(write: impl Fn(&mut dyn Write) -> io::Result<()> + Send + 'static) -> Result<Body, PathError> {
    let ahead = tokio::task::spawn_blocking(move || {
        let mut ahead = Ahead(Vec::new());
        (write(&mut ahead), ahead.0, write)
    });
    let (result, archive, write) = ahead.await.map_err(|error| PathError::Unusable(error.to_string()))?;
    match result {
        Ok(()) => Ok(archive.into()),
        Err(error) if error.kind() == io::ErrorKind::FileTooLarge => Ok(Body::writer(write)),
        Err(error) => Err(PathError::Unusable(error.to_string())),
    }
}

fn written<T>(result: dockwright::tar::Result<T>) -> io::Result<()> {
    match result {
        Ok(_) => Ok(()),
        Err(Error::Stream(error)) => Err(error),
        Err(error) => Err(io::Error::other(error.to_string())),
    }
}

/// The beginning of an archive, up to a limit.
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
