//! The elements of a list as they come, one by one: each is made safe, projected, searched and written, until the reply is
//! full; from then on they are only checked and counted. It holds what is shown and nothing else.

use serde::de::IgnoredAny;
use serde_json::Value;

use super::projection::{Projection, is_empty};
use super::{Wanted, limits, safe};

/// What has come of a list so far.
#[derive(Debug)]
pub struct List<'a> {
    wanted: &'a Wanted,
    tag: &'static str,
    projection: Projection,
    grep: Option<String>,
    bytes: usize,
    /// The elements that are shown, joined by commas.
    pub json: String,
    /// How many elements are shown.
    pub shown: usize,
    /// How many elements contain the text of `grep`; all if there is none.
    pub matched: usize,
    /// How many elements came.
    pub total: usize,
    /// What made the list end early.
    pub full: Option<Full>,
    /// The members that the projection left out.
    pub left_out: Vec<String>,
    /// What had to be cut out of a first element that alone is too large.
    pub cuts: limits::Cuts,
}

/// Why no more elements are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// There are as many as were asked for.
    Items,
    /// There is no room for more.
    Bytes,
}

impl<'a> List<'a> {
    /// An empty list, whose elements are shown by this projection in so many bytes.
    #[must_use]
    pub fn new(wanted: &'a Wanted, tag: &'static str, projection: Projection, bytes: usize) -> Self {
        List {
            wanted,
            tag,
            projection,
            grep: wanted.grep.as_ref().map(|text| text.to_lowercase()),
            bytes,
            json: String::new(),
            shown: 0,
            matched: 0,
            total: 0,
            full: None,
            left_out: Vec::new(),
            cuts: limits::Cuts::default(),
        }
    }

    /// Takes the next element as the engine wrote it.
    ///
    /// # Errors
    /// It is not JSON.
    pub fn add(&mut self, element: &[u8]) -> serde_json::Result<()> {
        if self.full.is_some() && self.grep.is_none() {
            serde_json::from_slice::<IgnoredAny>(element)?;
            self.total += 1;
            self.matched += 1;
            return Ok(());
        }
        let mut element = serde_json::from_slice(element)?;
        safe(&mut element, self.tag, self.wanted);
        self.add_safe(element);
        Ok(())
    }

    /// Takes the next element, which has been made safe.
    pub fn add_safe(&mut self, element: Value) {
        self.total += 1;
        self.projection.left_out(&element, &mut self.left_out);
        let element = self.projection.of(element);
        let json = element.to_string();
        if self.grep.as_ref().is_some_and(|text| !json.to_lowercase().contains(text)) {
            return;
        }
        self.matched += 1;
        if self.full.is_none() {
            self.show(element, &json);
        }
    }

    fn show(&mut self, element: Value, json: &str) {
        if self.wanted.limit_items.is_some_and(|limit| self.shown >= limit) {
            self.full = Some(Full::Items);
            return;
        }
        let left = self.bytes.saturating_sub(self.json.len() + "[,]".len());
        if json.len() <= left {
            self.write(json);
            return;
        }
        self.full = Some(Full::Bytes);
        // Better a part of the first than nothing.
        if self.shown == 0 {
            let (part, cuts) = limits::cut(element, left);
            if !is_empty(&part) {
                self.cuts = cuts;
                self.write(&part.to_string());
            }
        }
    }

    fn write(&mut self, json: &str) {
        if self.shown > 0 {
            self.json.push(',');
        }
        self.json.push_str(json);
        self.shown += 1;
    }
}
