//! Obtains consent to a call before it runs: looks at what the call acts on, asks, and looks again, because a person
//! takes time to answer.

use serde_json::{Map, Value};

use super::question::question;
use super::turn::turn;
use crate::access::{Access, Failure};
use crate::catalogue::Entry;
use crate::consent::{Answer, CHANGED, Consent, ConsentRecord, NoConsent, Question};
use crate::run::{self, Subject};
use crate::turns::Turns;

/// The most questions about one call. Each but the first is asked because its subject changed meanwhile.
const QUESTIONS: usize = 3;

/// A call that needs consent.
pub(super) struct Unconfirmed<'a> {
    pub(super) access: &'a Access,
    pub(super) entry: Entry,
    pub(super) arguments: &'a Map<String, Value>,
    pub(super) turns: Option<&'a Turns>,
    pub(super) record: &'a ConsentRecord,
}

impl Unconfirmed<'_> {
    /// Obtains consent. It is for the object with the id that comes out, if there is one.
    ///
    /// # Errors
    /// [`Failure::NoConsent`], and the failure that the call itself would have.
    pub(super) async fn obtain(&self, consent: &dyn Consent) -> Result<Option<String>, Failure> {
        let Some(mut subject) = self.look().await? else { return Ok(None) };
        let mut before = "";
        for _ in 0..QUESTIONS {
            let question = question(self.access, self.entry, self.arguments, &subject, before);
            if self.ask(consent, &question).await? == Answer::Before {
                return Ok(subject.id);
            }
            let Some(now) = self.look().await? else { return Ok(None) };
            if now.objects == subject.objects {
                return Ok(now.id);
            }
            (subject, before) = (now, CHANGED);
        }
        Err(self.refuse(NoConsent::Changing))
    }

    async fn ask(&self, consent: &dyn Consent, question: &Question) -> Result<Answer, Failure> {
        self.record.note(NoConsent::Pending.word());
        match consent.ask(question).await {
            Answer::No(reason) => Err(self.refuse(reason)),
            yes => {
                self.record.note("accepted");
                Ok(yes)
            }
        }
    }

    fn refuse(&self, reason: NoConsent) -> Failure {
        self.record.note(reason.word());
        Failure::NoConsent { tool: self.entry.name(), reason }
    }

    /// Looks at the subject in a turn of its own: a question holds none while a person thinks.
    async fn look(&self) -> Result<Option<Subject>, Failure> {
        let _turn = turn(self.entry, self.turns).await?;
        run::subject(self.access, self.entry, self.arguments.clone()).await
    }
}
