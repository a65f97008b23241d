//! The location of a value in the arguments, as messages name it: `body.HostConfig.PortBindings["80/tcp"][0].HostPort`.

use std::fmt;

/// The path from the arguments of a call to a value in them.
#[derive(Debug, Clone, Copy)]
pub(super) enum Location<'a> {
    /// The arguments themselves.
    Root,
    /// A member of an object.
    Key(&'a Location<'a>, &'a str),
    /// An item of a list.
    Index(&'a Location<'a>, usize),
}

impl<'a> Location<'a> {
    /// The argument that holds the value.
    pub(super) fn argument(&self) -> Option<&'a str> {
        match self {
            Location::Root => None,
            Location::Key(Location::Root, name) => Some(name),
            Location::Key(parent, _) | Location::Index(parent, _) => parent.argument(),
        }
    }

    /// The last name on the path.
    pub(super) fn name(&self) -> &'a str {
        match self {
            Location::Root => "",
            Location::Key(_, name) => name,
            Location::Index(parent, _) => parent.name(),
        }
    }

    /// The object or list that holds the value.
    pub(super) fn parent(&self) -> &Location<'a> {
        match self {
            Location::Root => self,
            Location::Key(parent, _) | Location::Index(parent, _) => parent,
        }
    }

    /// Returns true for an argument itself, false for a part of one.
    pub(super) fn is_argument(&self) -> bool {
        matches!(self, Location::Key(Location::Root, _))
    }
}

impl fmt::Display for Location<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::Root => Ok(()),
            Location::Key(Location::Root, name) => out.write_str(name),
            Location::Key(parent, name) if is_plain(name) => write!(out, "{parent}.{name}"),
            Location::Key(parent, name) => write!(out, "{parent}[{name:?}]"),
            Location::Index(parent, index) => write!(out, "{parent}[{index}]"),
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
    fn a_location_reads_as_people_write_it() {
        let body = Location::Key(&Location::Root, "body");
        let ports = Location::Key(&body, "PortBindings");
        let port = Location::Key(&ports, "80/tcp");
        let first = Location::Index(&port, 0);
        let host = Location::Key(&first, "HostPort");
        assert_eq!(host.to_string(), r#"body.PortBindings["80/tcp"][0].HostPort"#);
        assert_eq!((host.argument(), host.name(), first.name()), (Some("body"), "HostPort", "80/tcp"));
        assert!(body.is_argument() && !host.is_argument());
    }
}
