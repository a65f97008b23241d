//! The budget of an evaluation: the bytes that it may still allocate, and the moment until which it may run.

use std::time::{Duration, Instant};

use jmespath::Variable;

use super::error::SelectError;
use super::trace::Trace;

/// The cost of every step, so that an evaluation ends even if it allocates nothing.
const STEP: usize = 16;
/// The steps between two readings of the clock.
const STEPS_PER_CLOCK_READING: usize = 4096;

/// The bytes and the time that remain, and a trace of the way.
#[derive(Debug)]
pub(super) struct Budget {
    pub(super) trace: Trace,
    bytes: usize,
    deadline: Instant,
    steps: usize,
}

impl Budget {
    pub(super) fn new(bytes: usize, time: Duration) -> Self {
        Budget { trace: Trace::default(), bytes, deadline: Instant::now() + time, steps: 0 }
    }

    /// Pays for a step that allocates this much.
    pub(super) fn pay(&mut self, bytes: usize) -> Result<(), SelectError> {
        self.steps += 1;
        if self.steps.is_multiple_of(STEPS_PER_CLOCK_READING) && Instant::now() > self.deadline {
            return Err(SelectError::TooSlow);
        }
        self.bytes = self.bytes.checked_sub(bytes.saturating_add(STEP)).ok_or(SelectError::TooCostly)?;
        Ok(())
    }

    /// Pays for a walk over a whole variable; a part that occurs several times is paid for each time.
    pub(super) fn pay_for_all(&mut self, variable: &Variable) -> Result<(), SelectError> {
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
