//! Takes the elements of a list one by one: each is made safe, projected, searched and kept, until the reply is full;
//! further ones are only checked and counted. Only the elements that are shown are held.

use serde::de::IgnoredAny;
use serde_json::Value;

use super::projection::{Projection, is_empty};
use super::{ReplyOptions, limits, safe};
use crate::secrets::Safe;

/// The part of a list that has come so far.
#[derive(Debug)]
pub struct List<'a> {
    options: &'a ReplyOptions,
    tag: &'static str,
    projection: Projection,
    /// The most bytes of the elements that are shown.
    room: usize,
    shown: Vec<Value>,
    /// The bytes of the elements that are shown, as JSON joined by commas.
    pub bytes: usize,
    /// The number of elements that contain the text of `grep`; without `grep`, of all.
    pub matched: usize,
    /// The number of elements that match only in a member that is not shown, and the first such member.
    pub matched_hidden: Option<(usize, String)>,
    /// The number of elements that came.
    pub total: usize,
    /// The limit after which no more elements are shown.
    pub reached: Option<ListLimit>,
    /// The members that the projection left out.
    pub left_out: Vec<String>,
    /// The parts cut out of a first element that alone is too large.
    pub cuts: limits::Cuts,
}

/// A limit of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListLimit {
    /// The number of elements that the caller chose.
    Items,
    /// The room in the reply.
    Bytes,
}

impl<'a> List<'a> {
    /// An empty list that shows its elements by this projection, in at most `room` bytes.
    #[must_use]
    pub fn new(options: &'a ReplyOptions, tag: &'static str, projection: Projection, room: usize) -> Self {
        List {
            options,
            tag,
            projection,
            room,
            shown: Vec::new(),
            bytes: 0,
            matched: 0,
            matched_hidden: None,
            total: 0,
            reached: None,
            left_out: Vec::new(),
            cuts: limits::Cuts::default(),
        }
    }

    /// Takes the next element as the engine wrote it.
    ///
    /// # Errors
    /// The element is not JSON.
    pub fn add(&mut self, element: &[u8]) -> serde_json::Result<()> {
        if self.reached.is_some() && self.options.grep.is_none() {
            serde_json::from_slice::<IgnoredAny>(element)?;
            self.total += 1;
            self.matched += 1;
            return Ok(());
        }
        let element = safe(serde_json::from_slice(element)?, self.tag, self.options);
        self.add_safe(element);
        Ok(())
    }

    /// Takes the next element.
    pub fn add_safe(&mut self, element: Safe<Value>) {
        self.total += 1;
        self.projection.left_out(&element, &mut self.left_out);
        // Searching the whole element first is right for most: they match in neither.
        let grep = self.options.grep.as_ref();
        let hidden = grep.and_then(|grep| self.projection.first_omission(&element, |part| grep.is_match(part)));
        let element = self.projection.apply(element.into_inner());
        if grep.is_some_and(|grep| !grep.is_match(&element.to_string())) {
            if let Some(member) = hidden {
                self.matched_hidden.get_or_insert((0, member)).0 += 1;
            }
            return;
        }
        self.matched += 1;
        if self.reached.is_none() {
            self.show(element);
        }
    }

    /// The number of elements that are shown.
    #[must_use]
    pub fn shown(&self) -> usize {
        self.shown.len()
    }

    /// Takes the elements that are shown.
    #[must_use]
    pub fn take(&mut self) -> Safe<Value> {
        Safe::trusted(std::mem::take(&mut self.shown).into())
    }

    fn show(&mut self, element: Value) {
        if self.options.limit_items.is_some_and(|limit| self.shown.len() >= limit) {
            self.reached = Some(ListLimit::Items);
            return;
        }
        let remaining = self.room.saturating_sub(self.bytes + "[,]".len());
        if limits::size(&element) <= remaining {
            self.keep(element);
            return;
        }
        self.reached = Some(ListLimit::Bytes);
        // A part of the first element is better than nothing.
        if self.shown.is_empty() {
            let (part, cuts) = limits::cut(element, remaining);
            if !is_empty(&part) {
                self.cuts = cuts;
                self.keep(part);
            }
        }
    }

    fn keep(&mut self, element: Value) {
        self.bytes += limits::size(&element) + usize::from(!self.shown.is_empty());
        self.shown.push(element);
    }
}
