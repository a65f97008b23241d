//! Files that are secret as a whole, by their path: those below `/run/secrets`, private keys, files of passwords.

use super::names;
use super::rules::{SECRET_FILES, SECRET_FOLDERS};

/// The most bytes of a file that a telling name alone makes secret.
const SHORT_BYTES: usize = 4_096;

/// Tells whether the contents of a file are secret: it is in a folder of secrets, has the name of a file of secrets, or
/// is a single line under the name of a secret, such as `db_password.txt`. `contents` are those of a text.
#[must_use]
pub fn is_secret_file(path: &str, contents: &str) -> bool {
    let parts: Vec<_> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let Some((name, folders)) = parts.split_last() else { return false };
    let name = name.to_ascii_lowercase();
    let is_public = [".pub", ".crt", ".cer"].iter().any(|ending| name.ends_with(ending))
        || ["known_hosts", "authorized_keys", "config", "ca.crt", "namespace"].contains(&name.as_str());
    let in_folder = folders.iter().enumerate().any(|(index, folder)| {
        let around = index.checked_sub(1).map_or("/", |around| folders[around]);
        SECRET_FOLDERS.iter().any(|(parent, secret)| folder == secret && (parent.is_empty() || *parent == around))
    });
    let is_line = contents.len() <= SHORT_BYTES && !contents.trim_end().contains('\n');
    let stem =
        ["txt", "key", "secret", "env", "conf"].iter().find_map(|ending| name.strip_suffix(ending)?.strip_suffix('.'));
    let by_name = names::is_secret(stem.unwrap_or(&name), contents.trim());
    !contents.trim().is_empty() && (in_folder && !is_public || SECRET_FILES.contain(&name) || is_line && by_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_secret_by_their_path() {
        for (path, contents, secret) in [
            ("/run/secrets/db", "plain\n", true),
            ("run/secrets/nested/db", "plain", true),
            ("/root/.pgpass", "h:5432:d:u:p", true),
            ("/root/.ssh/id_ed25519", "x", true),
            ("/root/.ssh/id_ed25519.pub", "ssh-ed25519 AAAA", false),
            ("/etc/app/db_password.txt", "hunter\n", true),
            ("/src/password.rs", "fn a() {}\nfn b() {}\n", false),
            ("/etc/hostname", "web", false),
            ("/run/secrets/empty", "", false),
            ("/src/secrets/mod.rs", "fn a() {}\n", false),
            ("/var/run/secrets/kubernetes.io/token", "a", true),
        ] {
            assert_eq!(is_secret_file(path, contents), secret, "{path}");
        }
    }
}
