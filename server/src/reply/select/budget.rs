//! What an evaluation may still cost, in bytes that it allocates, and until when it may run.

use std::time::{Duration, Instant};

use jmespath::Variable;

use super::Unselected;

/// What every step costs, so that an evaluation that allocates nothing ends too.
const STEP: usize = 16;
/// How often the clock is read.
const STEPS_PER_LOOK: usize = 4096;

/// What is left to spend.
#[derive(Debug)]
pub(super) struct Budget {
    bytes: usize,
    until: Instant,
    steps: usize,
}

impl Budget {
    pub(super) fn new(bytes: usize, time: Duration) -> Self {
        Budget { bytes, until: Instant::now() + time, steps: 0 }
    }

    /// Pays for a step that allocates this much.
    pub(super) fn pay(&mut self, bytes: usize) -> Result<(), Unselected> {
        self.steps += 1;
        if self.steps.is_multiple_of(STEPS_PER_LOOK) && Instant::now() > self.until {
            return Err(Unselected::TooSlow);
        }
        self.bytes = self.bytes.checked_sub(bytes.saturating_add(STEP)).ok_or(Unselected::TooCostly)?;
        Ok(())
    }

    /// Pays for a walk over all of a variable, each time that a part of it occurs.
    pub(super) fn pay_for_all(&mut self, variable: &Variable) -> Result<(), Unselected> {
        match variable {
            Variable::String(text) => self.pay(text.len()),
            Variable::Array(items) => {
                self.pay(0)?;
                items.iter().try_for_each(|item| self.pay_for_all(item))
            }
            Variable::Object(members) => {
                self.pay(0)?;
                members.iter().try_for_each(|(key, value)| {
                    self.pay(key.len())?;
                    self.pay_for_all(value)
                })
            }
            _ => self.pay(0),
        }
    }
}
