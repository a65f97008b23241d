//! One story: a sentence, and the two ways to answer it.

use std::collections::BTreeMap;

use regex::Regex;
use serde::Deserialize;
use serde_json::Value;

use super::cost::{Cost, keep};
use super::world::World;

/// A sentence of `stories/*.yaml`. In all texts `{word}` stands for a name that only this world uses; [`World`] knows
/// the few words that stand for more.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    sentence: String,
    /// Lines of the shell that prepare the engine. If one prints `word=value`, `{word}` stands for it from then on.
    #[serde(default)]
    given: Vec<String>,
    /// The calls of a model that knows our tools: each a tool and its arguments.
    calls: Vec<BTreeMap<String, Value>>,
    /// The lines that a person types.
    commands: Vec<String>,
    /// Regular expressions that are in both answers.
    #[serde(default)]
    reads: Vec<String>,
    /// Regular expressions that are in none.
    #[serde(default)]
    lacks: Vec<String>,
    /// Lines of the shell that look at the engine afterwards, each with its output.
    #[serde(default)]
    then: Vec<BTreeMap<String, String>>,
}

impl Story {
    /// The name of its trial.
    pub fn name(&self) -> String {
        let letters = self.sentence.to_lowercase().replace(|letter: char| !letter.is_alphanumeric(), " ");
        letters.split_whitespace().collect::<Vec<_>>().join("_")
    }

    /// Answers the sentence in both ways, judges both, and keeps the cost.
    ///
    /// # Panics
    /// If an answer is wrong, or takes more calls than commands.
    pub fn tell(&self) {
        assert!(!self.reads.is_empty() || !self.then.is_empty(), "nothing judges it");
        let bytes = self.answer(|world| self.call_tools(world));
        let cli_bytes = self.answer(|world| self.type_commands(world));
        let (calls, commands) = (self.calls.len(), self.commands.len());
        assert!(calls <= commands, "{calls} calls instead of {commands} commands");
        keep(Cost { sentence: self.sentence.clone(), calls, bytes, commands, cli_bytes });
    }

    /// Prepares a world, answers in it, and judges the answer and the engine.
    fn answer(&self, way: impl Fn(&World) -> (usize, String)) -> usize {
        let mut world = World::new();
        for line in &self.given {
            world.learn(&world.shell(line));
        }
        let (bytes, answer) = way(&world);
        let found = |pattern: &String| Regex::new(&world.fill(pattern)).expect("it is one").is_match(&answer);
        for pattern in &self.reads {
            assert!(found(pattern), "`{pattern}` is missing: {answer}");
        }
        for pattern in &self.lacks {
            assert!(!found(pattern), "`{pattern}` is there: {answer}");
        }
        for (line, output) in self.then.iter().flatten() {
            assert_eq!(world.shell(line).trim_end(), world.fill(output), "{line}: {answer}");
        }
        bytes
    }

    /// Calls the tools: the bytes of arguments and replies, and the replies.
    fn call_tools(&self, world: &World) -> (usize, String) {
        let session = world.session();
        let (mut bytes, mut answer) = (0, String::new());
        for (tool, arguments) in self.calls.iter().flatten() {
            let arguments = world.fill(&arguments.to_string());
            let reply = session.shown(tool, serde_json::from_str(&arguments).expect("it was JSON before"));
            bytes += arguments.len() + reply.len();
            answer.push_str(&reply);
        }
        (bytes, answer)
    }

    /// Types the lines into one shell: the bytes that they print, and these.
    fn type_commands(&self, world: &World) -> (usize, String) {
        let answer = world.shell(&self.commands.join("\n"));
        (answer.len(), answer)
    }
}
