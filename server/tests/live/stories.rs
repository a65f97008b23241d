//! Requests of people to a model, one everyday sentence at a time. A story is the tool calls that answer it, beside the
//! lines that a person with the docker CLI types for it. Both really run, on a world of their own each, and are judged
//! alike; `stories/*.yaml` holds them. The last trial prints the cost of all and holds it.

mod cost;
mod story;
pub mod world;

use std::fs;
use std::path::Path;

use libtest_mimic::Trial;

use crate::bench::{alone, beside_others};
use story::Story;

pub fn trials() -> Vec<Trial> {
    let stories = stories();
    let count = stories.len();
    let trials = stories.into_iter().map(|story| beside_others("stories", &story.name(), move |_| story.tell()));
    let together = alone("stories", "together_they_cost_half_of_the_cli", move |_| cost::judge_all(count));
    trials.chain([together]).collect()
}

/// Reads the stories, in the order of their files.
fn stories() -> Vec<Story> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/live/stories");
    let paths = fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("it is readable").path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some_and(|end| end == "yaml")).collect();
    paths.sort();
    paths.iter().flat_map(|path| read(path)).collect()
}

fn read(path: &Path) -> Vec<Story> {
    let text = fs::read_to_string(path).expect("it is text");
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
