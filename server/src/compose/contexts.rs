//! Contexts of builds on this host: a model comes in, and one that names copies in the private folder goes out. Files
//! are read by the handles of allowed folders, so that Compose, which follows paths, never meets a link that somebody
//! put there meanwhile. Files that an ignore file leaves out are not copied.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;

use dockwright::tar::{ArchiveWriter, Context, Error, Folder, Opened, UnpackLimits, unpack_into};
use serde_json::{Map, Value};

use super::model::{Model, plain};
use super::project::Project;

/// The name of a Dockerfile that has none.
const DOCKERFILE: &str = "Dockerfile";

/// Copies all contexts of a model that are folders of this host.
///
/// # Errors
/// Words about the first one that cannot be read or written.
pub(crate) fn copied(model: &Model, project: &Project) -> Result<Model, String> {
    let mut model = model.clone();
    let mut copies = Copies { project, count: 0 };
    // Texts of a call lie in the private folder already.
    if project.files.texts().is_none() {
        model.builds().try_for_each(|build| copies.build(build).map_err(|problem| format!("build: {problem}")))?;
    }
    Ok(model)
}

/// The folders and files that are copied.
struct Copies<'a> {
    project: &'a Project,
    count: usize,
}

impl Copies<'_> {
    fn build(&mut self, build: &mut Map<String, Value>) -> Result<(), String> {
        let others = build.get_mut("additional_contexts").and_then(Value::as_object_mut).into_iter().flatten();
        for (_, other) in others {
            if let Some(path) = folder_of_host(other) {
                *other = self.folder(&path, &Context::all_of(""))?;
            }
        }
        let Some(context) = build.get("context").and_then(folder_of_host) else { return Ok(()) };
        let named = build.get("dockerfile").and_then(Value::as_str).unwrap_or(DOCKERFILE);
        let dockerfile = plain(&context.join(named));
        let all = Context::all_of("");
        let how = match dockerfile.strip_prefix(&context) {
            _ if build.contains_key("dockerfile_inline") => all.ignore_file(true),
            Ok(inside) => all.ignore_file(true).dockerfile(inside.display().to_string()),
            Err(_) => {
                let (copy, has_ignore_file) = self.dockerfile(&dockerfile)?;
                build.insert("dockerfile".to_owned(), copy);
                all.ignore_file(!has_ignore_file)
            }
        };
        build.insert("context".to_owned(), self.folder(&context, &how)?);
        Ok(())
    }

    /// Copies a folder.
    fn folder(&mut self, path: &Path, how: &Context) -> Result<Value, String> {
        let Opened::Folder(folder) = self.project.files.open(path)? else {
            return Err(format!("`{}` is not a folder", path.display()));
        };
        let to = self.place()?;
        let into = Folder::open(&to).map_err(|error| error.to_string())?;
        copy(&folder, how, &into)?;
        Ok(to.display().to_string().into())
    }

    /// Copies a Dockerfile that lies outside its context, and the ignore file that belongs to it. Tells if there is
    /// one.
    fn dockerfile(&mut self, path: &Path) -> Result<(Value, bool), String> {
        let to = self.place()?.join(DOCKERFILE);
        let Opened::File(file) = self.project.files.open(path)? else {
            return Err(format!("`{}` is not a file", path.display()));
        };
        write(file, &to)?;
        let beside = |path: &Path| PathBuf::from(format!("{}.dockerignore", path.display()));
        // One that cannot be opened is as if it were missing, so that more is copied.
        let ignore_file = match self.project.files.open(&beside(path)) {
            Ok(Opened::File(file)) => Some(file),
            Ok(Opened::Folder(_)) | Err(_) => None,
        };
        let has_ignore_file = ignore_file.is_some();
        ignore_file.map_or(Ok(()), |file| write(file, &beside(&to)))?;
        Ok((to.display().to_string().into(), has_ignore_file))
    }

    /// A new private folder.
    fn place(&mut self) -> Result<PathBuf, String> {
        let place = self.project.workspace.path("contexts").join(self.count.to_string());
        self.count += 1;
        fs::create_dir_all(&place).map_err(|error| error.to_string())?;
        Ok(place)
    }
}

/// The path of a context that is a folder of this host.
fn folder_of_host(context: &Value) -> Option<PathBuf> {
    context.as_str().map(PathBuf::from).filter(|path| path.is_absolute())
}

fn write(mut from: File, to: &Path) -> Result<(), String> {
    let written = File::create(to).and_then(|mut to| io::copy(&mut from, &mut to));
    written.map(drop).map_err(|error| error.to_string())
}

/// Copies what a context holds, through an archive: its reader and its writer trust nobody.
fn copy(folder: &Folder, how: &Context, into: &Folder) -> Result<(), String> {
    let (reader, writer) = io::pipe().map_err(|error| error.to_string())?;
    thread::scope(|scope| {
        let packing = scope.spawn(|| {
            let mut archive = ArchiveWriter::new(writer);
            how.add_from(folder, &mut archive).and_then(|()| archive.finish())
        });
        let unpacked = unpack_into(reader, into, UnpackLimits::default());
        let packed = packing.join().map_err(|_| "the context could not be read".to_owned())?;
        // If packing fails, what was unpacked is damaged; if unpacking fails, the pipe is broken.
        match (unpacked, packed) {
            (Ok(_), Ok(_)) => Ok(()),
            (Err(Error::Damaged { .. }), Err(error)) | (Ok(_), Err(error)) => Err(error.to_string()),
            (Err(error), _) => Err(error.to_string()),
        }
    })
}

#[cfg(all(test, unix))]
mod tests {
    use serde_json::json;

    use super::super::plugin::Workspace;
    use super::super::request::ProjectRequest;
    use super::*;
    use crate::files::AllowedFolders;
    use crate::settings::Settings;

    #[test]
    fn contexts_of_the_host_are_copied_and_others_stay() {
        let host = tempfile::tempdir().unwrap();
        let root = host.path().canonicalize().unwrap();
        for (name, text) in [
            ("compose.yaml", "services: {}"),
            ("app/.dockerignore", "*.log"),
            ("app/x.log", "x"),
            ("app/y", "y"),
            ("docker/web", "FROM x"),
            ("docker/web.dockerignore", "y"),
        ] {
            fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
            fs::write(root.join(name), text).unwrap();
        }
        let settings = Settings { allow_path: vec![root.clone()], ..Settings::default() };
        let path = Some(root.display().to_string());
        let request = ProjectRequest { name: "x".to_owned(), path, ..ProjectRequest::default() };
        let allowed = AllowedFolders::new(&settings).unwrap();
        let project = Project::prepare(request, &allowed, Workspace::new().unwrap()).unwrap();
        let app = root.join("app");
        let model = json!({ "services": {
            "a": { "build": { "context": app, "dockerfile_inline": "FROM x" } },
            "b": { "build": { "context": app, "dockerfile": "../docker/web", "additional_contexts": {
                "other": app, "image": "docker-image://x", "service": "service:a" } } },
            "c": { "build": { "context": "https://x/y.git" } },
        } });
        let copied = copied(&Model::parse(model.to_string().as_bytes()).unwrap(), &project).unwrap();
        let build = |service: &str| copied.value()["services"][service]["build"].clone();
        let has = |context: &Value, name: &str| {
            let context = Path::new(context.as_str().unwrap());
            assert!(!context.starts_with(&root), "{context:?}");
            context.join(name).exists()
        };
        let inline = build("a")["context"].clone();
        assert!(has(&inline, "y") && has(&inline, ".dockerignore") && !has(&inline, "x.log"));
        // The ignore file of a Dockerfile counts in place of the context's, and Compose heeds it beside the copy.
        let outside = build("b");
        assert!(has(&outside["context"], "x.log") && has(&outside["context"], "y"));
        assert_eq!(fs::read_to_string(outside["dockerfile"].as_str().unwrap()).unwrap(), "FROM x");
        assert!(Path::new(&format!("{}.dockerignore", outside["dockerfile"].as_str().unwrap())).exists());
        let others = &outside["additional_contexts"];
        assert!(has(&others["other"], "x.log"));
        assert_eq!((&others["image"], &others["service"]), (&json!("docker-image://x"), &json!("service:a")));
        assert_eq!(build("c")["context"], "https://x/y.git");
    }
}
