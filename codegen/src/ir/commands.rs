//! The commands of the docker CLI that the words of an operation name, by which people search its documentation.

use super::Operation;

/// A command ends before these words: `docker inspect of a task`.
const ENDS: [&str; 4] = ["in", "of", "on", "over"];

impl Operation {
    /// The commands of the docker CLI that do the same, `docker ps`.
    pub fn commands(&self) -> Vec<String> {
        commands(&self.summary, &self.tool.search)
    }
}

/// The commands in a summary, where they stand as code, and in words for a search, which begin with them; none twice.
fn commands(summary: &str, search: &str) -> Vec<String> {
    let in_code = summary.split('`').skip(1).step_by(2);
    let at_the_start = search.split(':').next().unwrap_or_default().split(", ");
    let mut commands: Vec<_> = at_the_start.chain(in_code).filter_map(command).collect();
    commands.sort();
    commands.dedup();
    commands
}

/// `docker system df` of `docker system df --verbose`.
fn command(text: &str) -> Option<String> {
    let is_name = |word: &&str| {
        !ENDS.contains(word) && word.starts_with(char::is_alphanumeric) && !word.contains(['"', '\'', '…'])
    };
    let words: Vec<_> = text.strip_prefix("docker ")?.split_whitespace().take_while(is_name).collect();
    (!words.is_empty()).then(|| format!("docker {}", words.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::commands;

    #[test]
    fn are_found_in_code_of_a_summary_and_at_the_start_of_a_search() {
        let found =
            commands("Remove it, as `docker rm -f`; see `all`.", "docker rm, docker container rm: remove, delete");
        assert_eq!(found, ["docker container rm", "docker rm"]);
        assert_eq!(commands("A summary.", "docker service logs of one task"), ["docker service logs"]);
        assert!(commands("No `docker`, nor docker ps.", "is the docker daemon up").is_empty());
    }
}
