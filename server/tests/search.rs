//! Clients such as Codex show a model only the tools that BM25 finds by name and description. Everyday questions must
//! find the right tool among the first three.

use std::collections::{HashMap, HashSet};

use dockwright_server::catalogue::Offer;
use dockwright_server::catalogue::exposure::Exposure;
use dockwright_server::mcp::tools::listed;
use dockwright_server::settings::{Settings, Surface};

/// Questions, and the tools of which one must be found, separated by spaces.
const QUESTIONS: [(&str, &str); 40] = [
    ("list running containers", "container_list"),
    ("docker ps", "container_list"),
    ("show container logs", "container_logs project_logs"),
    ("last 50 lines of a container's output", "container_logs project_logs"),
    ("run a command inside a container", "exec_run"),
    ("docker exec", "exec_run"),
    ("docker disk usage", "system_data_usage"),
    ("how much disk space does docker use", "system_data_usage"),
    ("remove unused images", "image_prune"),
    ("build an image from a Dockerfile", "image_build"),
    ("pull an image", "image_create"),
    ("docker pull from registry", "image_create"),
    ("restart container", "container_restart"),
    ("stop a container gracefully", "container_stop"),
    ("kill a container with a signal", "container_kill"),
    ("copy a file into a container", "put_container_archive"),
    ("read a file out of a container", "container_archive"),
    ("start a container from an image", "container_run"),
    ("docker run nginx in the background", "container_run"),
    ("what ports does a container publish", "container_inspect container_list"),
    ("why did my container exit", "container_inspect"),
    ("environment variables and mounts of a container", "container_inspect"),
    ("cpu and memory usage of containers", "container_stats container_table"),
    ("docker stats", "container_stats container_table"),
    ("create network", "network_create"),
    ("connect a container to a network", "network_connect"),
    ("delete volume", "volume_delete"),
    ("docker volume ls", "volume_list"),
    ("docker engine version info", "system_version"),
    ("scale a service", "service_update"),
    ("update a service to a new image", "service_update"),
    ("push image to registry", "image_push"),
    ("ps", "container_list container_top"),
    ("processes in a container", "container_top"),
    ("change the memory limit of a running container", "container_update"),
    ("delete a stopped container", "container_delete"),
    ("tag an image", "image_tag"),
    ("local images and their sizes", "image_list"),
    ("watch docker events", "system_events"),
    ("save an image to a tar file", "image_get"),
];

/// The questions that must find their tool.
const WANTED: usize = 36;

#[test]
fn everyday_questions_find_the_right_tool_among_the_first_three() {
    let offer = Offer::of_one(Exposure::new(&Settings::default()).unwrap().into(), None);
    let tools = listed(&offer, Surface::Operations);
    let texts = tools.iter().map(|tool| {
        let description = tool.description.as_deref().unwrap_or_default();
        (tool.name.as_ref(), tokens(&format!("{} {description}", tool.name)))
    });
    let texts: Vec<_> = texts.collect();
    let missed: Vec<_> = QUESTIONS
        .iter()
        .filter_map(|(question, right)| {
            let found = ranked(&texts, question);
            let is_right = |name: &&str| right.split(' ').any(|right| right == *name);
            let rank = found.iter().position(is_right).map_or(0, |rank| rank + 1);
            (!(1..=3).contains(&rank)).then(|| format!("{question}: {right} is number {rank} after {:?}", &found[..3]))
        })
        .collect();
    println!("{} of {}", QUESTIONS.len() - missed.len(), QUESTIONS.len());
    assert!(
        QUESTIONS.len() - missed.len() >= WANTED,
        "put words of the questions into `summary` in spec/overlay/:\n{}",
        missed.join("\n"),
    );
}

/// The names of tools, the best first, by Okapi BM25 with the usual constants.
fn ranked<'a>(texts: &[(&'a str, Vec<String>)], question: &str) -> Vec<&'a str> {
    const FREQUENCY: f64 = 1.2;
    const LENGTH: f64 = 0.75;
    let count = texts.len() as f64;
    let average = texts.iter().map(|(_, words)| words.len()).sum::<usize>() as f64 / count;
    let mut containing: HashMap<&str, f64> = HashMap::new();
    for (_, words) in texts {
        for word in words.iter().map(String::as_str).collect::<HashSet<_>>() {
            *containing.entry(word).or_default() += 1.0;
        }
    }
    let asked: HashSet<_> = tokens(question).into_iter().collect();
    let score = |words: &[String]| -> f64 {
        let length = 1.0 - LENGTH + LENGTH * words.len() as f64 / average;
        let scores = asked.iter().map(|word| {
            let times = words.iter().filter(|other| *other == word).count() as f64;
            let tools = containing.get(word.as_str()).copied().unwrap_or_default();
            let rarity = (1.0 + (count - tools + 0.5) / (tools + 0.5)).ln();
            rarity * times * (FREQUENCY + 1.0) / (times + FREQUENCY * length)
        });
        scores.sum()
    };
    let mut scored: Vec<_> = texts.iter().map(|(name, words)| (score(words), *name)).collect();
    scored.sort_by(|(one, a), (other, b)| other.total_cmp(one).then(a.cmp(b)));
    scored.into_iter().map(|(_, name)| name).collect()
}

/// Words in lower case, split at all that is no letter and no digit; there is no stemming.
fn tokens(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}
