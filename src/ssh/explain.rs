//! The end of an ssh process in, the fault out. It reads the exit code and the words of ssh, of sshd's shell and of the
//! docker CLI.

use super::process::Ending;
use crate::error::{SshError, SshFault};

/// The most characters of words that are quoted.
const QUOTED: usize = 400;
/// The most lines of words that are quoted.
const QUOTED_LINES: usize = 3;

/// A shell's exit codes for a command that is not found or may not be run.
const NO_COMMAND: [i32; 2] = [126, 127];

/// Words of ssh, in small letters, each with its fault. The first that is found holds.
const SSH_WORDS: [(&str, SshFault); 20] = [
    ("remote host identification has changed", SshFault::ChangedHostKey),
    ("revoked host key", SshFault::ChangedHostKey),
    ("host key verification failed", SshFault::UnknownHostKey),
    ("no matching host key", SshFault::Other),
    ("permission denied (", SshFault::Denied),
    ("too many authentication failures", SshFault::Denied),
    ("could not resolve hostname", SshFault::UnknownHost),
    ("name or service not known", SshFault::UnknownHost),
    ("not responding", SshFault::Lost),
    ("timed out", SshFault::Silent),
    ("connection refused", SshFault::Refused),
    ("no route to host", SshFault::Refused),
    ("network is unreachable", SshFault::Refused),
    ("kex_exchange_identification", SshFault::Dropped),
    ("ssh_exchange_identification", SshFault::Dropped),
    ("banner exchange", SshFault::Dropped),
    ("connection reset by", SshFault::Dropped),
    ("connection closed by", SshFault::Dropped),
    ("closed by remote host", SshFault::Lost),
    ("broken pipe", SshFault::Lost),
];

/// The fault of a process that ended before the engine was reached.
pub(super) fn explain(ending: &Ending) -> SshError {
    let lower = ending.words.to_lowercase();
    let fault = match ending.code {
        None => SshFault::Lost,
        Some(_) if ending.is_of_ssh() => {
            let known = SSH_WORDS.into_iter().find(|(words, _)| lower.contains(words));
            known.map_or(SshFault::Other, |(_, fault)| fault)
        }
        Some(code) if NO_COMMAND.contains(&code) => SshFault::NoDocker,
        Some(_) if is_about_the_socket(&lower) && lower.contains("permission denied") => SshFault::SocketDenied,
        Some(_) if is_about_the_socket(&lower) => SshFault::NoSocket,
        Some(_) => SshFault::Other,
    };
    SshError { fault, said: quote(&ending.words) }
}

/// Tells whether the docker CLI did not reach its engine, so that the engine has read nothing.
fn is_about_the_socket(lower: &str) -> bool {
    ["failed to open the raw stream connection", "cannot connect to the docker daemon", "docker daemon socket"]
        .into_iter()
        .any(|words| lower.contains(words))
}

/// The last lines, or those about a changed key: they name the file and the command that mends it.
pub(super) fn quote(words: &str) -> String {
    let lines: Vec<_> = words.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let about_keys: Vec<_> =
        lines.iter().copied().filter(|line| line.contains("Offending") || line.contains("ssh-keygen")).collect();
    let chosen = if about_keys.is_empty() { &lines[lines.len().saturating_sub(QUOTED_LINES)..] } else { &about_keys };
    let plain = |letter: char| if letter.is_control() { ' ' } else { letter };
    chosen.join("; ").chars().map(plain).take(QUOTED).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_end_has_a_fault_of_its_own() {
        for (code, words, fault) in [
            (
                255,
                "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.",
                "ChangedHostKey",
            ),
            (255, "Host key verification failed.\r\n", "UnknownHostKey"),
            (255, "root@nas: Permission denied (publickey,password).", "Denied"),
            (255, "Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures", "Denied"),
            (255, "ssh: Could not resolve hostname nas: Name or service not known", "UnknownHost"),
            (255, "ssh: connect to host nas port 22: Connection refused", "Refused"),
            (255, "ssh: connect to host nas port 22: No route to host", "Refused"),
            (255, "ssh: connect to host nas port 22: Connection timed out", "Silent"),
            (255, "Connection timed out during banner exchange\nConnection to UNKNOWN port 65535 timed out", "Silent"),
            (255, "kex_exchange_identification: read: Connection reset by peer", "Dropped"),
            (255, "Connection closed by 10.0.0.1 port 22", "Dropped"),
            (255, "Timeout, server nas not responding.", "Lost"),
            (255, "Connection to nas closed by remote host.", "Lost"),
            (255, "Bad owner or permissions on /root/.ssh/config", "Other"),
            (127, "bash: line 1: docker: command not found", "NoDocker"),
            (127, "", "NoDocker"),
            (1, "failed to open the raw stream connection: dial unix /d.sock: connect: no such file", "NoSocket"),
            (
                1,
                "failed to open the raw stream connection: dial unix /d.sock: connect: permission denied",
                "SocketDenied",
            ),
            (
                1,
                "permission denied while trying to connect to the Docker daemon socket at unix:///d.sock",
                "SocketDenied",
            ),
            (1, "Cannot connect to the Docker daemon at unix:///d.sock", "NoSocket"),
            (1, "docker: 'dial-stdio' is not a docker command", "Other"),
        ] {
            let error = explain(&Ending { code: Some(code), words: words.to_owned() });
            assert_eq!(format!("{:?}", error.fault), fault, "{words}");
        }
        assert_eq!(explain(&Ending::default()).fault, SshFault::Lost);
    }

    #[test]
    fn words_are_quoted_on_one_line_and_within_bounds() {
        let changed = "@@@@\nIT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!\nOffending ED25519 key in /k:3\n  \
                       remove with:\n  ssh-keygen -f \"/k\" -R \"nas\"\nHost key verification failed.\n";
        assert_eq!(quote(changed), "Offending ED25519 key in /k:3; ssh-keygen -f \"/k\" -R \"nas\"");
        assert_eq!(quote("banner\na\nb\r\n\nc\n"), "a; b; c");
        let long = quote(&"\u{1b}[31mlong ".repeat(1000));
        assert!(long.len() == QUOTED && !long.contains(char::is_control), "{long}");
        assert_eq!(quote(""), "");
    }
}
