//! `select`: evaluates a JMESPath expression over a whole answer, on its own thread, within bounds of memory and time.
//!
//! An expression of 1,000 characters nests at most 1,000 deep, and the thread's stack is made for that. Evaluation
//! (`evaluate.rs`) counts memory and time, because a few characters can double their input, again and again.

mod budget;
mod error;
mod evaluate;
mod places;
mod trace;
mod variable;

use serde_json::Value;
use tokio::sync::{Semaphore, SemaphorePermit, oneshot};

use crate::expression::{self, BYTES, STACK_BYTES};
use crate::secrets::Safe;

pub use error::SelectError;

use budget::Budget;
use error::{TIME, WORK_BYTES};
use places::Places;

/// The most evaluations at a time, because each holds a whole answer and its work.
static TURNS: Semaphore = Semaphore::const_new(2);

/// The right to hold a large answer and to evaluate an expression over it.
#[derive(Debug)]
pub struct Turn {
    _permit: Option<SemaphorePermit<'static>>,
}

impl Turn {
    /// Waits until fewer than two others have a turn.
    pub async fn wait() -> Self {
        // It fails only if the semaphore were closed.
        Turn { _permit: TURNS.acquire().await.ok() }
    }
}

/// The value of an expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Selection {
    /// The value.
    pub value: Safe<Value>,
    /// Warnings that the value alone would mislead.
    pub remarks: Vec<String>,
    /// True if an object lacks a field that the expression names.
    pub misses_fields: bool,
}

/// Evaluates `expression` over `document`. The turn ends with the evaluation, even if nobody waits for it any longer.
///
/// # Errors
/// [`SelectError`].
pub async fn select(turn: Turn, document: Safe<Value>, expression: String) -> Result<Selection, SelectError> {
    if expression.len() > BYTES {
        return Err(SelectError::TooLong(expression.len()));
    }
    let (sender, receiver) = oneshot::channel();
    std::thread::Builder::new()
        .name("select".into())
        .stack_size(STACK_BYTES)
        .spawn(move || {
            // Sending fails only if nobody waits any more.
            let _ = sender.send(evaluate_text(document.into_inner(), &expression));
            drop(turn);
        })
        .map_err(|_| SelectError::Failed)?;
    // A thread that panics drops its sender.
    receiver.await.unwrap_or(Err(SelectError::Failed))
}

fn evaluate_text(document: Value, expression: &str) -> Result<Selection, SelectError> {
    let syntax = jmespath::parse(expression).map_err(|error| SelectError::Invalid(expression::describe(&error)))?;
    let mut budget = Budget::new(WORK_BYTES, TIME);
    let places = Places::new(&document);
    let result = evaluate::evaluate(variable::variable(document), &syntax, &mut budget)
        .and_then(|result| variable::value(result, &mut budget));
    let Budget { trace, .. } = budget;
    let remarks = trace.remarks(expression, &places);
    match result {
        Ok(value) => {
            Ok(Selection { value: Safe::trusted(value), remarks, misses_fields: trace.misses_fields(&places) })
        }
        // A function that got null most often got it from a field that does not exist.
        Err(SelectError::Invalid(reason)) => Err(SelectError::Invalid([vec![reason], remarks].concat().join("; "))),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn run(document: Value, expression: &str) -> Result<Value, SelectError> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime
            .block_on(async { select(Turn::wait().await, Safe::trusted(document), expression.to_owned()).await })
            .map(|selection| selection.value.into_inner())
    }

    fn containers() -> Value {
        json!([
            {"Id": "a", "Names": ["web"], "State": "running", "Size": 3, "Ports": [{"PrivatePort": 80}],
                "Labels": {"com.example.a": "b"}},
            {"Id": "b", "Names": ["db"], "State": "exited", "Size": 1, "Ports": []},
            {"Id": "c", "Names": ["job"], "State": "running", "Size": 2,
                "Ports": [{"PrivatePort": 1}, {"PrivatePort": 2}]},
        ])
    }

    #[tokio::test]
    async fn a_third_evaluation_waits_for_its_turn() {
        let (one, other) = (Turn::wait().await, Turn::wait().await);
        let mut third = std::pin::pin!(Turn::wait());
        let is_early = tokio::time::timeout(std::time::Duration::from_millis(50), &mut third).await;
        assert!(is_early.is_err(), "a third turn was given");
        drop(one);
        third.await;
        drop(other);
    }

    #[test]
    fn expressions_have_the_value_that_jmespath_defines() {
        for (expression, expected) in [
            ("@[0].Id", json!("a")),
            ("[].{Id: Id, Name: Names[0]} | [1]", json!({"Id": "b", "Name": "db"})),
            ("[?State=='running'].Id", json!(["a", "c"])),
            ("[?Size>`1` && State!='exited'].Names[]", json!(["web", "job"])),
            ("[].Ports[].PrivatePort", json!([80, 1, 2])),
            ("sort_by(@, &Size)[].Id", json!(["b", "c", "a"])),
            ("max_by(@, &Size).Id", json!("a")),
            ("min_by([?Size>`9`], &Size)", json!(null)),
            ("map(&Names[0], @)", json!(["web", "db", "job"])),
            ("length(@)", json!(3)),
            ("sum([].Size)", json!(6.0)),
            ("join(', ', [].Id)", json!("a, b, c")),
            ("[-1].Id", json!("c")),
            ("[::-1].Id", json!(["c", "b", "a"])),
            ("[1::2147483647].Id", json!(["b"])),
            ("[0].*[] | length(@)", json!(6)),
            ("[0].[Id, Missing || 'none', !Ports]", json!(["a", "none", false])),
            ("[?contains(Names[0], 'b')].Id", json!(["a", "b", "c"])),
            ("missing", json!(null)),
        ] {
            assert_eq!(run(containers(), expression), Ok(expected), "{expression}");
        }
    }

    #[test]
    fn a_result_that_would_mislead_comes_with_a_remark() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let remarks = |expression: &str| {
            let selection =
                async { select(Turn::wait().await, Safe::trusted(containers()), expression.to_owned()).await };
            runtime.block_on(selection).unwrap().remarks
        };
        for (expression, remark) in [
            ("[].{n: Names[0], m: HostConfig.Memory}", "nothing here has the field `HostConfig`: null or []"),
            ("[?State=='paused']", "the filter of select keeps none of 3 items"),
            ("[?State==\"running\"]", "in select \"running\" is a field's name, and nothing has it; text stands in"),
            ("[?\"running\" == State].Id", "in select \"running\" is a field's name"),
            ("missing", "a list has no field `missing`: write `[].missing`"),
            ("[].Names[0]", ""),
            ("[?Size>`1`].Id", ""),
            ("[].Ports[].PublicPort", "nothing here has the field `PublicPort`"),
            ("[].Ports[].privatePorts", "did you mean `PrivatePort`?"),
            ("[].name", "did you mean `Names`?"),
            ("[].PrivatePort", "did you mean `Ports[].PrivatePort`?"),
            ("[].Labels.com.example", "did you mean `\"com.example.a\"`?"),
            ("[].State.Running", "text has no field `Running`"),
            (
                "[0][].Id",
                "asks an object for the items of a list: leave the brackets out, or take `Names[]`, `Ports[]`",
            ),
            ("[0][1].Id", "asks an object for the items of a list"),
            ("*.Id", "a list has no names: write `[]`"),
            ("[?State > 'a']", "in select < and > compare numbers only"),
            ("[?Size == '3']", "a number never equals text"),
        ] {
            let remarks = remarks(expression).join("\n");
            assert_eq!(remarks.is_empty(), remark.is_empty(), "{expression}: {remarks:?}");
            assert!(remarks.contains(remark), "{expression}: {remarks:?}");
        }
    }

    #[test]
    fn an_invalid_expression_is_explained_on_one_line() {
        for (expression, part) in [
            ("[].{Id", "column 6"),
            ("nosuch(@)", "nosuch"),
            ("sort_by(@, &Nosuch)", "nothing here has the field `nosuch`"),
            ("[?starts_with(State, \"run\")]", "text stands in single quotes: 'run'"),
            ("length(`1`)", "number"),
            ("[::0]", "slice"),
            ("", "column 0"),
        ] {
            let error = run(containers(), expression).unwrap_err().to_string();
            assert!(error.to_lowercase().contains(part) && !error.contains('\n'), "{expression}: {error}");
        }
        assert_eq!(run(json!(1), &"@".repeat(1001)), Err(SelectError::TooLong(1001)));
    }

    #[test]
    fn the_deepest_expressions_do_not_overflow_the_stack() {
        for part in
            ["[", "(", "{a:", "!", "& ", "[*]", "*.", ".*", "a.", "[]", "[?", "@||", "@|", "[@]|", "[[", "`[", "@=="]
        {
            for last in ["", "@"] {
                let expression = part.repeat((BYTES - 1) / part.len()) + last;
                assert_ne!(run(containers(), &expression), Err(SelectError::Failed), "{part}");
                let expression = format!("@{expression}");
                assert_ne!(run(containers(), &expression[..BYTES.min(expression.len())]), Err(SelectError::Failed));
            }
        }
        let closed = "[".repeat(499) + "@" + &"]".repeat(499);
        assert_ne!(run(json!({"a": 1}), &closed), Err(SelectError::Failed));
    }
}
