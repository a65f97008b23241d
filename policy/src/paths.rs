//! Paths of the engine's host, as texts. Nothing here looks at a file system.

/// A path without what changes nothing: `/a//b/./` is `/a/b`. `None` for one that is relative, that goes up with `..`,
/// or that has characters which a terminal or an engine could take in another meaning.
#[must_use]
pub fn plain(path: &str) -> Option<String> {
    if !path.starts_with('/') || path.chars().any(|letter| letter.is_control() || matches!(letter, '\\' | ':')) {
        return None;
    }
    let mut plain = String::with_capacity(path.len());
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => return None,
            part => {
                plain.push('/');
                plain.push_str(part);
            }
        }
    }
    Some(if plain.is_empty() { "/".to_owned() } else { plain })
}

/// Returns true if a plain path is a folder or lies in it.
#[must_use]
pub fn is_within(path: &str, folder: &str) -> bool {
    let below = path.strip_prefix(folder.trim_end_matches('/'));
    below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_absolute_paths_without_a_way_up_are_plain() {
        for (path, expected) in [
            ("/srv/proj", Some("/srv/proj")),
            ("//srv/./proj/", Some("/srv/proj")),
            ("/", Some("/")),
            ("/srv/proj/..", None),
            ("/srv/..proj", Some("/srv/..proj")),
            ("srv", None),
            ("./srv", None),
            ("~/srv", None),
            ("/a\0b", None),
            ("/a\nb", None),
            ("C:\\srv", None),
            ("/a:b", None),
            ("", None),
        ] {
            assert_eq!(plain(path).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn a_neighbour_with_the_same_beginning_is_not_within() {
        assert!(is_within("/srv/proj", "/srv/proj") && is_within("/srv/proj/a", "/srv/proj") && is_within("/a", "/"));
        assert!(!is_within("/srv/projevil", "/srv/proj") && !is_within("/srv", "/srv/proj"));
    }
}
