//! The tools that the server exposes with each combination of its flags, asked of the server's own catalogue: the page
//! has no rules of its own.

use std::cmp::Reverse;
use std::sync::Arc;

use dockwright_policy::Preset;
use dockwright_server::catalogue::exposure::Exposure;
use dockwright_server::catalogue::{Entry, tags};
use dockwright_server::settings::Settings;
use serde_json::{Value, json};

/// The exposures of a server with each combination of flags, and those of one with each tag alone.
pub struct Exposed {
    tags: Vec<&'static str>,
    /// Combination `4 * policy + 2 * read-only + no-destructive`, where policy 0 is none and 1 the first preset. In
    /// each, the exposure of every tag alone.
    combinations: Vec<Vec<Exposure>>,
}

impl Exposed {
    /// Makes every exposure.
    ///
    /// # Errors
    /// If a tool needs several tags at once, which the page cannot tell.
    pub fn find() -> Result<Self, String> {
        let mut tags = tags(Entry::all());
        tags.sort_by_key(|tag| Reverse(Entry::all().filter(|entry| entry.tag() == *tag).count()));
        let mut combinations = Vec::new();
        for preset in [None].into_iter().chain(Preset::ALL.map(Some)) {
            let file = preset.map(policy_file).transpose().map_err(|error| error.to_string())?;
            for (read_only, no_destructive) in [(false, false), (false, true), (true, false), (true, true)] {
                let policy = file.as_ref().map(|file| file.path().to_owned());
                let settings = Settings { read_only, no_destructive, policy, ..Settings::default() };
                let all = Arc::new(Exposure::new(&settings)?);
                let alone = tags.iter().map(|tag| Ok(chosen(&[tag])?.bounded_by(&all)));
                combinations.push(alone.collect::<Result<_, String>>()?);
            }
        }
        let exposed = Exposed { tags, combinations };
        exposed.check()?;
        Ok(exposed)
    }

    /// Checks that two tags expose the tools of each, and no other.
    fn check(&self) -> Result<(), String> {
        let alone: Vec<_> = self.tags.iter().zip(&self.combinations[0]).collect();
        for (place, (one, exposure)) in alone.iter().enumerate() {
            for (other, other_exposure) in &alone[place + 1..] {
                let both = chosen(&[one, other])?;
                let by_either = |tool: &Entry| tool.check(exposure).is_ok() || tool.check(other_exposure).is_ok();
                if let Some(tool) = Entry::all().find(|tool| tool.check(&both).is_ok() != by_either(tool)) {
                    return Err(format!("{} needs {one} and {other} at once", tool.name()));
                }
            }
        }
        Ok(())
    }

    /// The tags, that of the most tools first.
    pub fn tags(&self) -> &[&'static str] {
        &self.tags
    }

    /// The tags that expose a tool, as bits, for each combination.
    pub fn of(&self, tool: Entry) -> Vec<u32> {
        let bits = |exposures: &Vec<Exposure>| {
            let exposing = exposures.iter().enumerate().filter(|(_, exposure)| tool.check(exposure).is_ok());
            exposing.fold(0, |bits, (place, _)| bits | 1 << place)
        };
        self.combinations.iter().map(bits).collect()
    }

    /// Every tag in each combination, for a tool that is always exposed.
    pub fn always(&self) -> Vec<u32> {
        vec![(1 << self.tags.len()) - 1; self.combinations.len()]
    }
}

fn chosen(tags: &[&str]) -> Result<Exposure, String> {
    Exposure::new(&Settings { tags: tags.iter().map(ToString::to_string).collect(), ..Settings::default() })
}

/// The policy that `dockwright policy preset` prints, as a file.
fn policy_file(preset: Preset) -> std::io::Result<tempfile::NamedTempFile> {
    let file = tempfile::NamedTempFile::new()?;
    std::fs::write(file.path(), preset.beginning())?;
    Ok(file)
}

/// The presets: name, and the sentences that their files begin with.
pub fn presets() -> Vec<Value> {
    let words = |preset: Preset| {
        let lines = preset.text().lines().map_while(|line| line.strip_prefix("# "));
        lines.collect::<Vec<_>>().join(" ")
    };
    Preset::ALL.map(|preset| json!({ "name": preset.name(), "words": words(preset) })).to_vec()
}
