//! Requests of clients and attackers, changed at random places, held to the claims of `meaning.rs`. The numbers are
//! always those of the same run. `DOCKWRIGHT_MUTANTS=1000000` makes more, and `make fuzz TARGETS=decide` makes others.

use serde_json::Value;

use crate::meaning::hold;
use crate::support::wide;

const MUTANTS: u64 = 10_000;

/// Texts that mean something to an engine, put in the place of others.
const WORDS: [&str; 16] = [
    "host",
    "container:other",
    "other",
    "privileged",
    "Privileged",
    "\"Binds\":[\"/:/h\"]",
    "%2f",
    "../",
    "//",
    "true",
    "null",
    "\\u0048",
    "\"",
    "&filters={}",
    "dockwright.owner",
    "v1.41",
];

#[test]
fn no_mutant_passes_in_another_meaning() {
    let policy = wide();
    let seeds = seeds();
    let mut random = 0x2545_f491_4f6c_dd1d;
    let mut passed = 0;
    let mutants = std::env::var("DOCKWRIGHT_MUTANTS").ok().map_or(MUTANTS, |text| text.parse().unwrap());
    for _ in 0..mutants {
        let mut input = seeds[next(&mut random, seeds.len())].clone();
        for _ in 0..=next(&mut random, 3) {
            mutate(&mut input, &mut random);
        }
        passed += u64::from(hold(&policy, &input));
    }
    println!("{passed} of {mutants} mutants pass");
    assert!(passed > mutants / 20, "only {passed} of {mutants} pass, which says little");
}

fn mutate(input: &mut Vec<u8>, random: &mut u64) {
    let at = next(random, input.len().max(1));
    let end = (at + next(random, 12)).min(input.len());
    match next(random, 6) {
        0 => drop(input.drain(at.min(end)..end)),
        1 => input.insert(at.min(input.len()), b' ' + u8::try_from(next(random, 95)).unwrap()),
        2 => {
            let copy = input[at.min(end)..end].to_vec();
            input.splice(end..end, copy);
        }
        3 if at < input.len() => input[at] ^= 0x20,
        _ => {
            let word = WORDS[next(random, WORDS.len())];
            input.splice(at.min(end)..end, word.bytes());
        }
    }
}

/// A number below another, by xorshift.
fn next(random: &mut u64, below: usize) -> usize {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    usize::try_from(*random % below as u64).unwrap()
}

/// The requests of clients, and all rows of attackers.
fn seeds() -> Vec<Vec<u8>> {
    const JSON: &str = "Content-Type: application/json";
    let clients: Vec<Value> = serde_json::from_str(include_str!("clients.json")).unwrap();
    let client = |row: &Value| {
        let text = |key: &str| row[key].as_str().unwrap().to_owned();
        format!("{} {}\n{JSON}\n\n{}", text("method"), text("target"), text("body")).into_bytes()
    };
    let rows = include_str!("attacks.txt").lines().filter(|line| !line.is_empty() && !line.starts_with(['#', '=']));
    let row = |line: &str| {
        let (method, rest) = line.split_once(' ').unwrap().1.trim_start().split_once(' ').unwrap();
        let (target, body) = rest.trim_start().split_once(' ').unwrap_or((rest.trim_start(), ""));
        format!("{method} {target}\n{JSON}\n\n{body}").into_bytes()
    };
    clients.iter().map(client).chain(rows.map(row)).collect()
}
