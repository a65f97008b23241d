//! The cost of the stories: calls and bytes of the tools, beside commands and bytes of the docker CLI.

use std::sync::Mutex;

/// The cost of one story.
pub struct Cost {
    pub sentence: String,
    pub calls: usize,
    /// Arguments that are written, and text that is read.
    pub bytes: usize,
    pub commands: usize,
    /// Text that is read; commands are typed for nothing.
    pub cli_bytes: usize,
}

/// The stories that were told well.
static COSTS: Mutex<Vec<Cost>> = Mutex::new(Vec::new());

pub fn keep(cost: Cost) {
    COSTS.lock().expect("nobody panics here").push(cost);
}

/// Prints the cost of all stories, and judges it.
///
/// # Panics
/// If a story is missing, or all cost more than half of what the CLI prints.
pub fn judge_all(count: usize) {
    let mut costs = COSTS.lock().expect("nobody panics here");
    costs.sort_by(|one, other| one.sentence.cmp(&other.sentence));
    print(&costs);
    assert_eq!(costs.len(), count, "a story failed or was left out: run all, `--test live -- stories`");
    let sum = |part: fn(&Cost) -> usize| costs.iter().map(part).sum::<usize>();
    let (bytes, cli_bytes) = (sum(|cost| cost.bytes), sum(|cost| cost.cli_bytes));
    assert!(bytes * 2 <= cli_bytes, "{bytes} bytes are more than half of {cli_bytes}");
}

fn print(costs: &[Cost]) {
    let mut table = String::from("| sentence | calls | bytes | commands | CLI bytes |\n|---|--:|--:|--:|--:|\n");
    let mut total = Cost { sentence: "all".into(), calls: 0, bytes: 0, commands: 0, cli_bytes: 0 };
    for cost in costs {
        table.push_str(&row(cost));
        total.calls += cost.calls;
        total.bytes += cost.bytes;
        total.commands += cost.commands;
        total.cli_bytes += cost.cli_bytes;
    }
    println!("\n{table}{}", row(&total));
}

fn row(Cost { sentence, calls, bytes, commands, cli_bytes }: &Cost) -> String {
    format!("| {sentence} | {calls} | {bytes} | {commands} | {cli_bytes} |\n")
}
