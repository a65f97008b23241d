//! The file of the tokens while the server runs.

use dockwright_server::http::TokenFile;

use crate::raw::{list, post, send};
use crate::served::{OTHER, Served, TOKEN};

const THIRD: &str = "abcdefghijklmnopqrstuvwxyz012345";

#[tokio::test]
async fn tokens_are_revoked_and_added_without_a_restart() {
    let server = Served::start().await;
    let (old, other) = (post(&list()), post(&list()).replace(TOKEN, OTHER));
    assert_eq!(send(&server.address, &old).await.status, 200);
    server.replace_tokens(&format!("bob {OTHER}\ncarol {THIRD}\n")).await;
    assert_eq!(send(&server.address, &old).await.status, 401);
    assert_eq!(send(&server.address, &other).await.status, 200);
    assert_eq!(send(&server.address, old.replace(TOKEN, THIRD)).await.status, 200);
}

#[tokio::test]
async fn a_file_with_an_error_lets_nobody_in_until_it_is_mended() {
    let server = Served::start().await;
    let request = post(&list());
    for broken in ["", "alice short\n", &format!("alice {TOKEN}\nbob {TOKEN}\n")] {
        server.replace_tokens(broken).await;
        assert_eq!(send(&server.address, &request).await.status, 401, "{broken}");
    }
    server.replace_tokens(&format!("alice {TOKEN}\n")).await;
    assert_eq!(send(&server.address, &request).await.status, 200);
    std::fs::remove_file(server.folder.path().join("tokens")).unwrap();
    server.look_again().await;
    assert_eq!(send(&server.address, &request).await.status, 401);
}

#[test]
fn a_file_is_made_with_a_random_token_for_its_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tokens");
    assert!(TokenFile::open(&file).unwrap().1, "it is new");
    let first = std::fs::read_to_string(&file).unwrap();
    assert!(!TokenFile::open(&file).unwrap().1, "it is there");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), first);
    let token = first.trim().strip_prefix("first ").unwrap();
    assert_eq!(token.len(), 43, "32 bytes: {token}");
    std::fs::remove_file(&file).unwrap();
    TokenFile::open(&file).unwrap();
    assert_ne!(std::fs::read_to_string(&file).unwrap(), first);
    assert!(TokenFile::open(&folder.path().join("missing/tokens")).is_err());
    assert!(TokenFile::open(folder.path()).is_err());
}

#[test]
#[cfg(unix)]
fn a_file_that_others_can_read_is_refused_with_the_command_that_mends_it() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tokens");
    TokenFile::open(&file).unwrap();
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    for mode in [0o644, 0o640, 0o604, 0o620, 0o601] {
        set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        let problem = TokenFile::open(&file).err().unwrap();
        assert!(problem.contains(&format!("chmod 600 '{}'", file.display())), "{problem}");
    }
    set_permissions(&file, Permissions::from_mode(0o400)).unwrap();
    let link = folder.path().join("link");
    symlink(&file, &link).unwrap();
    assert!(!TokenFile::open(&link).unwrap().1);
    let to_nothing = folder.path().join("to-nothing");
    symlink(folder.path().join("missing"), &to_nothing).unwrap();
    assert!(TokenFile::open(&to_nothing).err().unwrap().ends_with("a link to a file that is missing"));
    // A pipe would be waited for.
    let pipe = folder.path().join("pipe");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
    assert!(TokenFile::open(&pipe).err().unwrap().contains("not a file"));
}
