//! The step of a build that failed, as data.

/// The most lines of a failed step that are kept.
pub(crate) const LAST_LINES: usize = 20;

/// A step of a build that failed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailedStep {
    /// The number of the step, as in the events of the build.
    pub number: u32,
    /// Its name: `[build 2/5] RUN make`, or `Step 2/5 : RUN make` with the classic builder.
    pub name: String,
    /// The exit code of its command; `None` if it failed otherwise, such as copying a file that is missing.
    pub exit_code: Option<i64>,
    /// The last lines that it wrote, without their ends: 20 at most, each of 512 bytes at most.
    pub lines: Vec<String>,
}

/// The exit code that ends a message of BuildKit: `… did not complete successfully: exit code: 7`.
pub(crate) fn exit_code(message: &str) -> Option<i64> {
    message.rsplit_once("exit code: ")?.1.trim_end().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_code_at_the_end_is_an_exit_code() {
        for (message, code) in [
            ("process \"/bin/sh -c exit 7\" did not complete successfully: exit code: 7", Some(7)),
            ("executor failed running [/bin/sh -c exit 137]: exit code: 137", Some(137)),
            ("exit code: 7: no", None),
            ("no active sessions", None),
        ] {
            assert_eq!(exit_code(message), code, "{message}");
        }
    }
}
