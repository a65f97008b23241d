//! The difference between two texts, as the lines of a patch.

use similar::TextDiff;

use crate::reply::ReplyOptions;
use crate::reply::frame::BAR;
use crate::secrets::Safe;

/// The unchanged lines around a change.
const CONTEXT: usize = 2;
/// The most lines of a difference that are shown.
const LINES: usize = 60;

/// The lines that differ, without secrets, and a note if not all are shown.
pub(super) fn difference(before: &str, after: &str, options: &ReplyOptions) -> (Safe<String>, Option<String>) {
    let difference = TextDiff::from_lines(before, after);
    let patch = difference.unified_diff().context_radius(CONTEXT).to_string();
    // Secrets are looked for in whole lines, before these are cut.
    let patch = Safe::text(&patch, options.show_secrets);
    let total = patch.lines().count();
    let mut left = options.room().saturating_sub(200);
    let mut shown = 0;
    let patch = patch.map(|patch| {
        let lines = patch.lines().take(LINES).take_while(|line| {
            let needed = BAR.len() + line.len() + 1;
            let fits = needed <= left;
            left = left.saturating_sub(needed);
            fits
        });
        let lines: Vec<_> = lines.collect();
        shown = lines.len();
        lines.join("\n")
    });
    let note = (shown < total).then(|| format!("the first {shown} of {total} lines of the difference"));
    (patch, note)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_short_and_holds_no_secrets() {
        let before = (0..100).map(|line| format!("line {line}\n")).collect::<String>();
        let after = before.replace("line 50\n", "PASSWORD=hunter2\n");
        let (patch, note) = difference(&before, &after, &ReplyOptions::default());
        assert_eq!(note, None);
        assert!(patch.contains("-line 50\n+PASSWORD=[redacted by dockwright]\n line 51"), "{}", *patch);
        assert_eq!(patch.lines().count(), 7, "{}", *patch);
        let (patch, note) = difference(&before, "", &ReplyOptions::default());
        assert_eq!((patch.lines().count(), note.as_deref()), (60, Some("the first 60 of 101 lines of the difference")));
    }
}
