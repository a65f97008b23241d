//! Names of images as an engine reads them, and patterns of such names.

use std::fmt;
use std::str::FromStr;

use dockwright::registry_of;

/// The registry of names without one, and its other name.
const HUB: &str = "docker.io";
const HUB_ALIAS: &str = "index.docker.io";

/// The name of an image, with everything that an engine adds to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageName {
    /// The repository with its registry, `docker.io/library/busybox`.
    pub repository: String,
    /// The tag; `None` where a digest or no tag is named.
    pub tag: Option<String>,
    /// The digest, `sha256:…`.
    pub digest: Option<String>,
}

impl ImageName {
    /// Reads a name. `None` for a text that no engine takes as one.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(digest)),
            None => (text, None),
        };
        let colon = name.rfind(':').filter(|colon| !name[*colon..].contains('/'));
        let (name, tag) = colon.map_or((name, None), |colon| (&name[..colon], Some(&name[colon + 1..])));
        if !digest.is_none_or(is_digest) || !tag.is_none_or(is_tag) {
            return None;
        }
        let repository = repository(name)?;
        // An engine that is given both goes by the digest.
        let tag = tag.filter(|_| digest.is_none()).map(str::to_owned);
        Some(ImageName { repository, tag, digest: digest.map(str::to_owned) })
    }

    /// The name as people write it, without what an engine adds.
    #[must_use]
    pub fn familiar(&self) -> String {
        let short = self.repository.strip_prefix("docker.io/").unwrap_or(&self.repository);
        // A name that would be that of a registry keeps its own.
        let short =
            if short.split_once('/').is_some_and(|(first, _)| is_registry(first)) { &self.repository } else { short };
        let short = short.strip_prefix("library/").filter(|name| !name.contains('/')).unwrap_or(short);
        match (&self.tag, &self.digest) {
            (_, Some(digest)) => format!("{short}@{digest}"),
            (Some(tag), None) => format!("{short}:{tag}"),
            (None, None) => short.to_owned(),
        }
    }

    /// The name with this tag, or with `latest` if it has none and no digest.
    #[must_use]
    pub fn with_default_tag(mut self) -> Self {
        if self.tag.is_none() && self.digest.is_none() {
            self.tag = Some("latest".to_owned());
        }
        self
    }
}

impl fmt::Display for ImageName {
    /// The text that patterns are compared with. All tags are `*`, which only a pattern with `*` matches.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.tag, &self.digest) {
            (_, Some(digest)) => write!(f, "{}:@{digest}", self.repository),
            (Some(tag), None) => write!(f, "{}:{tag}", self.repository),
            (None, None) => write!(f, "{}:*", self.repository),
        }
    }
}

/// Returns true for a text that an engine can take as the id of an image, or as the beginning of one.
#[must_use]
pub fn may_be_id(text: &str) -> bool {
    let digits = text.strip_prefix("sha256:").unwrap_or(text);
    !digits.is_empty() && digits.len() <= 64 && digits.bytes().all(|letter| letter.is_ascii_hexdigit())
}

/// The repository with its registry; names of Docker's own images get `library/`.
fn repository(name: &str) -> Option<String> {
    let registry = registry_of(name)?;
    let first = name.split_once('/').map(|(first, _)| first);
    let has_registry = first.is_some_and(is_registry);
    let path = if has_registry { name.split_once('/')?.1 } else { name };
    let is_plain = |part: &str| {
        let is_allowed =
            |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "._-".contains(letter);
        part.chars().all(is_allowed) && part.starts_with(|letter: char| letter.is_ascii_alphanumeric())
    };
    if !path.split('/').all(is_plain) {
        return None;
    }
    let library = if registry == HUB && !path.contains('/') { "library/" } else { "" };
    Some(format!("{registry}/{library}{path}"))
}

/// Returns true if the first part of a name is a registry.
fn is_registry(first: &str) -> bool {
    first.contains(['.', ':']) || first == "localhost"
}

fn is_tag(tag: &str) -> bool {
    let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    !tag.is_empty() && tag.len() <= 128 && tag.chars().all(is_allowed) && !tag.starts_with(['.', '-'])
}

fn is_digest(digest: &str) -> bool {
    let hex = |digits: &str| digits.len() >= 32 && digits.bytes().all(|letter| letter.is_ascii_hexdigit());
    digest.split_once(':').is_some_and(|(algorithm, digits)| !algorithm.is_empty() && hex(digits))
}

/// A pattern of image names: `busybox:*`, `ghcr.io/acme/*`. `*` stands for anything, slashes too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    parts: Vec<String>,
}

impl Pattern {
    /// Returns true if every image matches, those without a name too.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.parts.iter().all(String::is_empty)
    }

    /// Returns true if a name matches.
    #[must_use]
    pub fn matches(&self, name: &ImageName) -> bool {
        let name = name.to_string();
        let [first, middle @ .., last] = self.parts.as_slice() else { return self.parts.first() == Some(&name) };
        let Some(mut rest) = name.strip_prefix(first.as_str()) else { return false };
        for part in middle {
            let Some(at) = rest.find(part.as_str()) else { return false };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last.as_str())
    }
}

impl FromStr for Pattern {
    type Err = &'static str;

    /// Completes a pattern as an engine completes a name: `busybox:*` means `docker.io/library/busybox:*`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let full = if text.starts_with('*') { Some(text.to_owned()) } else { complete(text) };
        let parts = full.ok_or("not a pattern such as busybox:*, ghcr.io/acme/* or *")?;
        Ok(Pattern { text: text.to_owned(), parts: parts.split('*').map(str::to_owned).collect() })
    }
}

/// A pattern with registry and tag. Digits stand for its stars while it is held to be a name.
fn complete(pattern: &str) -> Option<String> {
    ImageName::of(&pattern.replace('*', "0"))?;
    let (registry, path) = match pattern.split_once('/') {
        Some((HUB | HUB_ALIAS, path)) => (HUB, path),
        Some((first, path)) if is_registry(first) => (first, path),
        _ => (HUB, pattern),
    };
    let library = if registry == HUB && !path.contains('/') { "library/" } else { "" };
    if let Some((name, digest)) = path.split_once('@') {
        // A name with a digest has no tag, which the colon stands for.
        let repository = name.split(':').next().unwrap_or_default();
        return Some(format!("{registry}/{library}{repository}:@{digest}"));
    }
    let tag = if path.contains(['*', ':']) { "" } else { ":latest" };
    Some(format!("{registry}/{library}{path}{tag}"))
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full(text: &str) -> Option<String> {
        ImageName::of(text).map(|name| name.with_default_tag().to_string())
    }

    #[test]
    fn names_are_completed_as_an_engine_does() {
        let digest = format!("sha256:{}", "0".repeat(64));
        for (text, expected) in [
            ("busybox", Some("docker.io/library/busybox:latest".to_owned())),
            ("busybox:test", Some("docker.io/library/busybox:test".to_owned())),
            ("library/busybox:test", Some("docker.io/library/busybox:test".to_owned())),
            ("docker.io/busybox:test", Some("docker.io/library/busybox:test".to_owned())),
            ("index.docker.io/library/busybox:test", Some("docker.io/library/busybox:test".to_owned())),
            ("acme/app", Some("docker.io/acme/app:latest".to_owned())),
            ("ghcr.io/acme/app:1", Some("ghcr.io/acme/app:1".to_owned())),
            ("localhost:5000/app", Some("localhost:5000/app:latest".to_owned())),
            (&format!("busybox:test@{digest}"), Some(format!("docker.io/library/busybox:@{digest}"))),
            ("busybox:x/../../evil", None),
            ("BusyBox", None),
            ("busybox:", None),
            ("busybox@sha256:1", None),
            ("a b", None),
            ("../evil", None),
            ("", None),
        ] {
            assert_eq!(full(text), expected, "{text}");
        }
    }

    #[test]
    fn a_familiar_name_means_the_same_image() {
        let digest = format!("sha256:{}", "0".repeat(64));
        for (text, expected) in [
            ("busybox", "busybox"),
            ("docker.io/library/busybox:test", "busybox:test"),
            ("index.docker.io/acme/app", "acme/app"),
            ("ghcr.io/library/app:1", "ghcr.io/library/app:1"),
            ("docker.io/library/a/b:1", "library/a/b:1"),
            (&format!("busybox:test@{digest}"), &format!("busybox@{digest}")),
        ] {
            let name = ImageName::of(text).unwrap();
            assert_eq!(name.familiar(), expected, "{text}");
            assert_eq!(ImageName::of(expected), Some(name), "{text}");
        }
    }

    #[test]
    fn a_pattern_matches_what_it_is_completed_to() {
        let matches = |pattern: &str, name: &str| {
            let name = ImageName::of(name).unwrap().with_default_tag();
            pattern.parse::<Pattern>().unwrap().matches(&name)
        };
        let digest = format!("sha256:{}", "0".repeat(64));
        let (pinned, tagged) = (format!("busybox@{digest}"), format!("docker.io/busybox:test@{digest}"));
        for (pattern, name) in [
            (pinned.as_str(), tagged.as_str()),
            (tagged.as_str(), pinned.as_str()),
            ("busybox:*", pinned.as_str()),
            ("busybox:*", "docker.io/library/busybox:test"),
            ("busybox:*", "busybox"),
            ("busybox", "busybox:latest"),
            ("docker.io/busybox:*", "busybox:1"),
            ("ghcr.io/acme/*", "ghcr.io/acme/app:1"),
            ("ghcr.io/acme/*", "ghcr.io/acme/team/app"),
            ("acme/*", "acme/app:1"),
            ("*", "quay.io/any/thing:1"),
            ("*/app:1", "quay.io/any/app:1"),
            ("ghcr.io/*/app:*", "ghcr.io/acme/app:1"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            (pinned.as_str(), "busybox:test"),
            ("busybox:test", pinned.as_str()),
            ("busybox:*", "busybox-evil:1"),
            ("busybox:*", "evil/busybox:1"),
            ("busybox:*", "ghcr.io/library/busybox:1"),
            ("busybox", "busybox:test"),
            ("ghcr.io/acme/*", "ghcr.io/acmeevil/app"),
            ("ghcr.io/acme/*", "docker.io/acme/app"),
            ("acme/*", "ghcr.io/acme/app"),
            ("a*b", "a"),
        ] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
        assert!(["", "Busybox", "a b", "busybox:", "busybox@*"].iter().all(|text| text.parse::<Pattern>().is_err()));
    }
}
