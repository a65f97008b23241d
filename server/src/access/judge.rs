//! Judges a request before it is sent, by each restriction of the settings. Nothing else decides.

use std::borrow::Cow;

use dockwright::operation::Operation;
use dockwright::{Engine, Error, Value};
use dockwright_policy::{Change, Refusal, Request, UnfitChange};
use serde_json::Map;

use crate::facets::SeenFacets;
use crate::judge::{Denied, HostFiles, Inquiry};
use crate::restrictions::Restriction;

/// A request that is to be sent.
#[derive(Debug, Clone)]
pub(super) struct Draft<'a> {
    pub(super) operation: &'static Operation,
    pub(super) arguments: Map<String, Value>,
    pub(super) body: Option<Cow<'a, Value>>,
}

/// The reason why a request is not sent.
#[derive(Debug)]
pub(super) enum Denial {
    /// A restriction refuses it: the rule, and words about it.
    Refused(&'static str, String),
    /// It is about an object that the caller must not know: the rule, and the engine's words for one that it has not.
    Absent(&'static str, String),
    /// The engine cannot be asked about it.
    Undecided(Error),
}

impl Draft<'_> {
    fn request(&self) -> Request<'_> {
        Request { operation: self.operation, arguments: &self.arguments, body: self.body.as_deref() }
    }

    /// Judges it by each restriction, which sees the changes of those before it, and notes its facets.
    pub(super) async fn judge<'r>(
        &mut self,
        restrictions: impl Iterator<Item = &'r Restriction>,
        engine: &Engine,
        seen: &SeenFacets,
    ) -> Result<(), Denial> {
        let files = HostFiles::of(engine);
        let mut inquiry = Inquiry::new(engine, &files);
        seen.add(inquiry.facets(self.request()).await);
        for restriction in restrictions {
            let judged = inquiry.judge(&restriction.policy, self.request()).await;
            let changes = judged.map_err(|denied| denial(restriction, denied))?;
            if !changes.is_empty() {
                *self = self.changed(&changes)?;
            }
        }
        Ok(())
    }

    /// The request with changes.
    fn changed(&self, changes: &[Change<'_>]) -> Result<Draft<'static>, Denial> {
        let (mut arguments, mut body) = (self.arguments.clone(), self.body.as_deref().cloned());
        for change in changes {
            let unfit =
                |problem: UnfitChange| Denial::Refused(change.rule, format!("denied by {}: {problem}", change.rule));
            change.apply(&mut arguments, &mut body).map_err(unfit)?;
        }
        Ok(Draft { operation: self.operation, arguments, body: body.map(Cow::Owned) })
    }
}

fn denial(restriction: &Restriction, denied: Denied) -> Denial {
    match denied {
        Denied::Refused(Refusal { rule, absent: Some(words), .. }) => Denial::Absent(rule, words),
        Denied::Refused(refusal) => Denial::Refused(refusal.rule, restriction.words(&refusal)),
        // The engine's own words could tell of objects that are not the caller's.
        Denied::Undecided(Error::Api { operation, .. } | Error::Decode { operation, .. }) => {
            let words = format!("{operation} failed, which tells what the request names");
            let refusal = Refusal { rule: "request", words, absent: None };
            Denial::Refused(refusal.rule, restriction.words(&refusal))
        }
        Denied::Undecided(error) => Denial::Undecided(error),
    }
}
