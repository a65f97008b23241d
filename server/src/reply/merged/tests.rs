//! Merging: order, sources, bounds, secrets, and memory.

use super::*;

const OTHER: usize = 1;

fn merged(options: ReplyOptions) -> MergedOutput {
    let names = ["web", "db"].map(|name| Safe::trusted(name.to_owned()));
    MergedOutput::new(names.into(), false, options)
}

fn stamp(time: usize) -> String {
    format!("2026-01-01T00:{:02}:{:02}.{:09}Z", time / 60_000 % 60, time / 1_000 % 60, time % 1_000 * 1_000_000)
}

fn push(merged: &mut MergedOutput, stream: usize, source: Source, text: &str) {
    merged.push(stream, source, text.as_bytes(), &Progress::default());
}

/// The lines in the frame, and the notes below it.
fn parts(text: &str) -> (Vec<&str>, Vec<&str>) {
    let (framed, notes): (Vec<_>, Vec<_>) = text.lines().partition(|line| !line.starts_with("dockwright: "));
    (framed[1..framed.len() - 1].to_vec(), notes)
}

fn reply(mut merged: MergedOutput) -> String {
    (0..merged.streams.len()).for_each(|stream| merged.end(stream));
    merged.into_reply(vec![], "since").to_string()
}

#[test]
fn lines_are_merged_by_their_times_whatever_order_the_streams_come_in() {
    let mut merged = merged(ReplyOptions::default());
    push(&mut merged, OTHER, Source::Stdout, &format!("{} two\n{} fo", stamp(2), stamp(4)));
    push(&mut merged, 0, Source::Stderr, &format!("{} three\n", stamp(3)));
    push(&mut merged, 0, Source::Stdout, &format!("{} one\nno time\n{} five\nlast", stamp(1), stamp(5)));
    push(&mut merged, OTHER, Source::Stdout, "ur\r\n");
    let text = reply(merged);
    let lines = ["web| one", "web| no time", "db| two", "web err| three", "db| four", "web| five", "web| last"];
    assert_eq!(parts(&text), (lines.to_vec(), vec!["dockwright: err| is stderr"]));
}

#[test]
fn the_last_lines_of_all_streams_are_shown_without_gaps() {
    let options = ReplyOptions { limit_items: Some(3), ..ReplyOptions::default() };
    for order in [[0, OTHER], [OTHER, 0]] {
        let mut merged = merged(options.clone());
        for stream in order {
            for n in 0..500 {
                push(&mut merged, stream, Source::Stdout, &format!("{} {}\n", stamp(n * 2 + stream), n * 2 + stream));
            }
        }
        let text = reply(merged);
        assert_eq!(parts(&text).0, ["db| 997", "web| 998", "db| 999"]);
        assert!(text.contains("the last 3 of 1,000 lines (limit_items 3; "), "{text}");
    }
    // A long line that does not fit hides all before it, though these would fit.
    let options = ReplyOptions { limit_bytes: Some(200), ..ReplyOptions::default() };
    let mut merged = merged(options);
    push(&mut merged, 0, Source::Stdout, &format!("{} {}\n{} new\n", stamp(5), "x".repeat(120), stamp(7)));
    push(&mut merged, OTHER, Source::Stdout, &format!("{} old\n{} newer {}\n", stamp(1), stamp(8), "y".repeat(90)));
    push(&mut merged, 0, Source::Stdout, &format!("{} small\n", stamp(4)));
    let text = reply(merged);
    assert_eq!(parts(&text).0, ["web| new".to_owned(), format!("db| newer {}", "y".repeat(90))]);
}

#[test]
fn a_line_that_comes_late_replaces_no_newer_one() {
    let options = ReplyOptions { limit_items: Some(2), ..ReplyOptions::default() };
    let mut merged = merged(options);
    push(&mut merged, 0, Source::Stdout, &format!("{} third\n{} fourth\n", stamp(3), stamp(4)));
    push(&mut merged, OTHER, Source::Stdout, &format!("{} first\n{} second\n", stamp(1), stamp(2)));
    assert_eq!(parts(&reply(merged)).0, ["web| third", "web| fourth"]);
}

#[test]
fn times_are_shown_if_that_is_wanted_and_searched_only_then() {
    for (timestamps, grep, lines) in [
        (true, "00:00:07", vec![format!("db| {} 100%", stamp(7_000))]),
        (false, "00:00:07", vec![]),
        (false, "100", vec!["db| 100%".to_owned()]),
    ] {
        let options = ReplyOptions { grep: Some(grep.into()), ..ReplyOptions::default() };
        let mut merged = MergedOutput { timestamps, ..merged(options) };
        push(&mut merged, OTHER, Source::Terminal, &format!("{} 10%\r50%\r100%\r\n", stamp(7_000)));
        let text = reply(merged);
        match lines.is_empty() {
            true => assert!(text.starts_with("no line matches"), "{text}"),
            false => assert_eq!(parts(&text).0, lines),
        }
    }
}

#[test]
fn a_private_key_is_hidden_though_another_stream_writes_between_its_lines() {
    const BODY: &str = "MIIEowIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF8PbnGy0AHB7MhgHcTz6sE2I2yPB";
    let mut merged = merged(ReplyOptions::default());
    push(&mut merged, 0, Source::Stdout, &format!("{} -----BEGIN PRIVATE KEY-----\n", stamp(1)));
    push(&mut merged, OTHER, Source::Stdout, &format!("{} -----END PRIVATE KEY-----\n", stamp(2)));
    push(&mut merged, 0, Source::Stdout, &format!("{} {BODY}\n{} PASSWORD=hunter2\n", stamp(3), stamp(5)));
    push(&mut merged, OTHER, Source::Stdout, &format!("{} {BODY}\n{} c2hvcnQ=\n", stamp(3), stamp(4)));
    push(&mut merged, OTHER, Source::Stdout, &format!("{} -----END PRIVATE KEY-----\n", stamp(6)));
    let text = reply(merged);
    assert!(!text.contains(BODY) && !text.contains("hunter2") && !text.contains("c2hv"), "{text}");
}

#[test]
fn silent_streams_are_named_and_unknown_totals_are_not_made_up() {
    let mut silent = merged(ReplyOptions::default());
    push(&mut silent, 0, Source::Stdout, &format!("{} a\n", stamp(1)));
    assert_eq!(parts(&reply(silent)).1, ["dockwright: no lines: db"]);
    let options = ReplyOptions { limit_items: Some(2), tail: Some(3), ..ReplyOptions::default() };
    let mut cut = merged(options);
    (0..3).for_each(|n| push(&mut cut, 0, Source::Stdout, &format!("{} a\n", stamp(n))));
    assert!(reply(cut).contains("dockwright: the last 2 lines (limit_items 2; "));
}

#[test]
fn memory_does_not_grow_with_the_streams() {
    let mut merged = merged(ReplyOptions { limit_items: Some(usize::MAX), ..ReplyOptions::default() });
    for n in 0..20_000 {
        let text = if n % 100 == 0 { "y".repeat(9_000) } else { "x".to_owned() };
        push(&mut merged, n % 2, Source::Stdout, &format!("{} {text}\n", stamp(n)));
        push(&mut merged, (n + 1) % 2, Source::Stderr, "unending");
    }
    assert!(merged.tail.memory_bytes() < 300_000, "{}", merged.tail.memory_bytes());
}
