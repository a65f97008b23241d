//! The docker CLI's configuration file in, the name of its context and its headers out. A file that cannot be read
//! counts as empty, with a warning, as for the CLI.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use http::header::USER_AGENT;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::docker_cli::{CliJson, CliObject};
use crate::error::{Error, Result};
use crate::warning::Warning;

/// The settings of `config.json` that concern connections.
#[derive(Default)]
pub(super) struct Configuration {
    /// The file; `None` without a directory.
    file: Option<PathBuf>,
    /// The context of `currentContext`; empty for none.
    pub current_context: String,
    /// The headers of `HttpHeaders`, unchecked.
    headers: Vec<(String, String)>,
    /// The problems for which the CLI warns.
    pub warnings: Vec<Warning>,
}

impl Configuration {
    /// Reads `config.json` in the CLI's directory.
    pub(super) fn read(directory: Option<&Path>) -> Self {
        let Some(file) = directory.map(|directory| directory.join("config.json")) else { return Self::default() };
        let mut configuration = Configuration { file: Some(file.clone()), ..Self::default() };
        match content(&file) {
            Err(problem) => configuration.warn(&format!("{problem}: the file is ignored, as by the docker CLI")),
            Ok(content) => {
                match content.text("currentContext") {
                    Ok(name) => name.clone_into(&mut configuration.current_context),
                    Err(problem) => configuration.warn(&problem),
                }
                configuration.take_headers(&content);
            }
        }
        configuration
    }

    /// The setting that names the context, for messages.
    pub(super) fn origin(&self) -> String {
        format!("currentContext of {}", self.path())
    }

    /// The headers for every request. Their values are hidden in debug output, since they may be secret.
    ///
    /// # Errors
    /// [`Error::Address`] if a name or a value cannot be a header's, as for the CLI.
    pub(super) fn headers(&self) -> Result<HeaderMap> {
        let refuse = |problem: String| Error::Address { from: format!("HttpHeaders of {}", self.path()), problem };
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let parsed = HeaderName::from_bytes(name.as_bytes());
            let parsed = parsed.map_err(|_| refuse(format!("`{name}` cannot be the name of a header")))?;
            let value = HeaderValue::from_bytes(value.as_bytes());
            let mut value = value.map_err(|_| refuse(format!("the value of `{name}` cannot be that of a header")))?;
            value.set_sensitive(true);
            // The CLI sends its own, whatever is configured.
            if parsed != USER_AGENT {
                headers.insert(parsed, value);
            }
        }
        Ok(headers)
    }

    fn take_headers(&mut self, content: &CliObject) {
        let entries = content.entries("HttpHeaders").unwrap_or_else(|problem| {
            self.warn(&problem);
            Vec::new()
        });
        for (name, value) in entries {
            let value = match value {
                CliJson::Text(value) => value.clone(),
                CliJson::Null => String::new(),
                _ => {
                    self.warn(&format!("the value of `{name}` in `HttpHeaders` is not a text"));
                    String::new()
                }
            };
            self.headers.push((name.to_owned(), value));
        }
    }

    fn path(&self) -> std::path::Display<'_> {
        self.file.as_deref().unwrap_or(Path::new("config.json")).display()
    }

    fn warn(&mut self, problem: &str) {
        let warning = format!("{}: {problem}", self.path());
        self.warnings.push(Warning::Configuration(warning));
    }
}

/// The object at the start of a file; an empty one if the file is missing or empty.
fn content(file: &Path) -> Result<CliObject, String> {
    let bytes = match fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Vec::new(),
        Err(error) => return Err(error.to_string()),
    };
    let value = CliJson::first(&bytes).map_err(|error| error.to_string())?;
    value.object().map_err(|problem| format!("the content {problem}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The configuration of a file with this content.
    fn read(content: &[u8]) -> Configuration {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("config.json"), content).unwrap();
        Configuration::read(Some(directory.path()))
    }

    #[test]
    fn odd_files_are_read_as_the_cli_reads_them() {
        for (content, context, warns) in [
            (&b""[..], "", false),
            (b"\n ", "", false),
            (b"null", "", false),
            (br#"{"auths":5,"currentContext":"a"}"#, "a", false),
            (br#"{"CURRENTcontext":"a","currentContext":null}"#, "a", false),
            (br#"{"currentContext":"a","currentContext":"b"}"#, "b", false),
            (br#"{"currentContext":"a"} trailing"#, "a", false),
            (b"{\"x\":\"\xff\",\"currentContext\":\"a\"}", "a", false),
            (br#"{"currentContext":5}"#, "", true),
            (b"\xef\xbb\xbf{\"currentContext\":\"a\"}", "", true),
            (br#"{"currentContext":"a" /* comment */}"#, "", true),
            (br#"{"currentContext":"a",}"#, "", true),
            (b"\0\0\0\0", "", true),
            (b"[]", "", true),
            (b"{", "", true),
        ] {
            let configuration = read(content);
            let name = String::from_utf8_lossy(content);
            assert_eq!(configuration.current_context, context, "{name}");
            assert_eq!(configuration.warnings.len(), usize::from(warns), "{name}: {:?}", configuration.warnings);
        }
    }

    #[test]
    fn a_folder_in_place_of_the_file_is_warned_of_and_a_missing_file_is_not() {
        let directory = tempfile::tempdir().unwrap();
        assert!(Configuration::read(Some(directory.path())).warnings.is_empty());
        fs::create_dir(directory.path().join("config.json")).unwrap();
        let warnings = Configuration::read(Some(directory.path())).warnings;
        assert!(
            matches!(&warnings[..], [Warning::Configuration(text)] if text.contains("config.json") && text.contains("ignored")),
            "{warnings:?}"
        );
    }

    #[test]
    fn headers_are_merged_and_what_cannot_be_one_is_refused_without_its_value() {
        let configuration =
            read(br#"{"httpheaders":{"X-A":"1","X-N":null},"HttpHeaders":{"X-B":"2","x-a":"3","User-Agent":"x"}}"#);
        let headers = configuration.headers().unwrap();
        assert_eq!(
            (&headers["x-a"], &headers["x-b"], &headers["x-n"]),
            (&"3".parse().unwrap(), &"2".parse().unwrap(), &"".parse().unwrap())
        );
        assert!(headers.len() == 3 && !format!("{headers:?}").contains('3'), "{headers:?}");
        for (content, name) in [
            (&br#"{"HttpHeaders":{"X Bad":"secret"}}"#[..], "`X Bad`"),
            (br#"{"HttpHeaders":{"X-L":"secret\n"}}"#, "`X-L`"),
        ] {
            let error = read(content).headers().unwrap_err().to_string();
            assert!(
                error.starts_with("HttpHeaders of ") && error.contains(name) && !error.contains("secret"),
                "{error}"
            );
        }
        assert_eq!(read(br#"{"HttpHeaders":{"X-A":5}}"#).warnings.len(), 1);
    }
}
