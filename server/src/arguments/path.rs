//! Where in the arguments something is, as a message names it: `body.HostConfig.PortBindings["80/tcp"][0].HostPort`.

use std::fmt;

/// A way down from the arguments of a call.
#[derive(Debug, Clone, Copy)]
pub(super) enum Path<'a> {
    /// The arguments themselves.
    Root,
    /// A member of the object there.
    Key(&'a Path<'a>, &'a str),
    /// An item of the list there.
    Index(&'a Path<'a>, usize),
}

impl<'a> Path<'a> {
    /// The argument that it leads through.
    pub(super) fn argument(&self) -> Option<&'a str> {
        match self {
            Path::Root => None,
            Path::Key(Path::Root, name) => Some(name),
            Path::Key(parent, _) | Path::Index(parent, _) => parent.argument(),
        }
    }

    /// The last name on the way.
    pub(super) fn name(&self) -> &'a str {
        match self {
            Path::Root => "",
            Path::Key(_, name) => name,
            Path::Index(parent, _) => parent.name(),
        }
    }

    /// Whether it leads to an argument itself, not to a part of one.
    pub(super) fn is_argument(&self) -> bool {
        matches!(self, Path::Key(Path::Root, _))
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root => Ok(()),
            Path::Key(Path::Root, name) => out.write_str(name),
            Path::Key(parent, name) if is_plain(name) => write!(out, "{parent}.{name}"),
            Path::Key(parent, name) => write!(out, "{parent}[{name:?}]"),
            Path::Index(parent, index) => write!(out, "{parent}[{index}]"),
        }
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|character| character.is_ascii_alphanumeric() || "_-!".contains(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_as_people_write_it() {
        let body = Path::Key(&Path::Root, "body");
        let ports = Path::Key(&body, "PortBindings");
        let port = Path::Key(&ports, "80/tcp");
        let first = Path::Index(&port, 0);
        let host = Path::Key(&first, "HostPort");
        assert_eq!(host.to_string(), r#"body.PortBindings["80/tcp"][0].HostPort"#);
        assert_eq!((host.argument(), host.name(), first.name()), (Some("body"), "HostPort", "80/tcp"));
        assert!(body.is_argument() && !host.is_argument());
    }
}
