//! Several sets of patterns, all of which must let a path through.

use crate::ignore::{Ignore, Verdict};

/// Sets of patterns: those of an ignore file, and those of a builder.
#[derive(Debug, Default)]
pub(crate) struct Filter(Vec<Ignore>);

/// The verdicts of all sets on a path.
#[derive(Debug, Default)]
pub(crate) struct Verdicts {
    pub(crate) excluded: bool,
    each: Vec<Verdict>,
}

impl Filter {
    /// A filter of one set.
    pub(crate) fn of(ignore: Ignore) -> Self {
        Filter(vec![ignore])
    }

    /// A filter with one more set.
    #[must_use]
    pub(crate) fn and(mut self, ignore: Ignore) -> Self {
        self.0.push(ignore);
        self
    }

    /// Judges a path. `parent` holds the verdicts on the folder it is in; at the top, the default.
    pub(crate) fn verdicts(&self, path: &str, parent: &Verdicts) -> Verdicts {
        let top = Verdict::default();
        let judge = |(index, ignore): (usize, &Ignore)| ignore.verdict(path, parent.each.get(index).unwrap_or(&top));
        let each: Vec<_> = self.0.iter().enumerate().map(judge).collect();
        Verdicts { excluded: each.iter().any(|verdict| verdict.excluded), each }
    }

    /// Returns true if an entry of an excluded folder may be included again by all sets that exclude it.
    pub(crate) fn may_include_below(&self, folder: &str, verdicts: &Verdicts) -> bool {
        let sets = self.0.iter().zip(&verdicts.each);
        sets.filter(|(_, verdict)| verdict.excluded).all(|(ignore, _)| ignore.may_include_below(folder))
    }
}
