//! Files of at most 400 lines, functions of at most 60, lines of at most 120 letters.

use crate::files::{self, File};
use crate::text::{closing, is_word};

const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 60;
/// rustfmt holds code to it; comments and strings it leaves alone.
const LINE_LETTERS: usize = 120;

#[test]
fn files_hold_one_idea() {
    let files = files::hand_written();
    let long =
        files.iter().map(|file| (&file.path, file.whole.lines().count())).filter(|(_, lines)| *lines > FILE_LINES);
    let long: Vec<_> = long.collect();
    assert!(long.is_empty(), "files of more than {FILE_LINES} lines: {long:#?}");
}

#[test]
fn functions_fit_on_a_screen() {
    let mut long = Vec::new();
    for file in files::hand_written() {
        let functions = functions(file).into_iter().filter(|function| function.lines > FUNCTION_LINES);
        long.extend(functions.map(|function| format!("{}:{}: {} lines", file.path, function.line, function.lines)));
    }
    assert!(long.is_empty(), "functions of more than {FUNCTION_LINES} lines: {long:#?}");
}

#[test]
fn lines_fit_the_width_of_rustfmt() {
    let files = files::hand_written();
    let long: Vec<_> = files.iter().flat_map(long_lines).collect();
    assert!(long.is_empty(), "lines of more than {LINE_LETTERS} letters: {long:#?}");
}

/// A function with a body, from its `fn` to its closing brace.
#[derive(Debug, PartialEq)]
struct Function {
    line: usize,
    lines: usize,
}

fn functions(file: &File) -> Vec<Function> {
    let words: Vec<char> = file.text.words.chars().collect();
    let lines: Vec<_> = words
        .iter()
        .scan(1, |line, letter| {
            let here = *line;
            *line += usize::from(*letter == '\n');
            Some(here)
        })
        .collect();
    let is_start = |at: &usize| words[*at..].starts_with(&['f', 'n', ' ']) && (*at == 0 || !is_word(words[*at - 1]));
    let functions = (0..words.len()).filter(is_start).filter_map(|start| {
        let last = lines[closing(&words, body(&words, start)?) - 1];
        Some(Function { line: lines[start], lines: last + 1 - lines[start] })
    });
    functions.collect()
}

/// The opening brace of the function that begins at `start`; one that is only declared has none.
fn body(words: &[char], start: usize) -> Option<usize> {
    let mut at = start;
    while at < words.len() {
        match words[at] {
            '{' => return Some(at),
            ';' | ')' | ']' | '}' => return None,
            '(' | '[' => at = closing(words, at),
            _ => at += 1,
        }
    }
    None
}

/// Strings, tables and the hidden lines of examples have no place where a line could end.
fn is_unbreakable(line: &str) -> bool {
    match line.trim_start().split_once("//") {
        Some(("", comment)) => comment.trim_start_matches(['/', '!', ' ']).starts_with(['|', '#']),
        _ => line.contains('"'),
    }
}

fn long_lines(file: &File) -> Vec<String> {
    let lines = file.whole.lines().enumerate();
    let lines = lines.filter(|(_, line)| line.chars().count() > LINE_LETTERS && !is_unbreakable(line));
    lines.map(|(number, _)| format!("{}:{}", file.path, number + 1)).collect()
}

#[test]
fn a_function_is_measured_to_its_closing_brace() {
    let text = "fn a() -> [u8; 2] {\n    let b = \"}\"; // }\n    [1, 2]\n}\ntrait C { fn d(&self); fn e() {} }\n";
    let found = functions(&File::new("a.rs", text));
    assert_eq!(found, [Function { line: 1, lines: 4 }, Function { line: 5, lines: 1 }]);
}

#[test]
fn a_long_line_is_found_by_its_letters() {
    assert_eq!(long_lines(&File::new("a.rs", &format!("\n// {}\n", "a".repeat(118)))), ["a.rs:2"]);
    assert!(long_lines(&File::new("a.rs", &format!("// {}\n", "ü".repeat(117)))).is_empty());
}
