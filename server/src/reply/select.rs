//! `select`: a JMESPath expression over a whole answer, on a thread of its own, with bounds on what it may cost.
//!
//! An expression of 1,000 characters nests 1,000 deep at most, and the thread's stack is made for that. What it may
//! allocate and how long it may run is counted while it is evaluated (`evaluate.rs`): a few characters can double their
//! input, and again, and again.

mod budget;
mod evaluate;
mod variable;

use std::time::Duration;

use serde_json::Value;
use tokio::sync::oneshot;

use crate::secrets::Safe;

use budget::Budget;

/// The longest expression, in bytes.
pub const EXPRESSION_BYTES: usize = 1_000;
/// How many bytes an evaluation may allocate, garbage included.
const WORK_BYTES: usize = 256 * 1024 * 1024;
/// How long an evaluation may take.
const TIME: Duration = Duration::from_secs(5);
/// The parser and the evaluator need less than 8 KiB for a level, unoptimised. Memory that is not used is not taken.
const STACK_BYTES: usize = 32 * 1024 * 1024;

/// Why an expression gives nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unselected {
    /// It is too long.
    #[error("one of {0} bytes; {EXPRESSION_BYTES} at most")]
    TooLong(usize),
    /// It is no JMESPath, or asks a function for what it cannot do.
    #[error("{0}")]
    Wrong(String),
    /// It costs too much.
    #[error("one that makes more than {} MiB of it", WORK_BYTES >> 20)]
    TooCostly,
    /// It takes too long.
    #[error("one that takes longer than {} s", TIME.as_secs())]
    TooSlow,
    /// The evaluation broke.
    #[error("one that cannot be evaluated")]
    Broken,
}

/// The value of `expression` over `document`.
///
/// # Errors
/// [`Unselected`].
pub async fn select(document: Safe<Value>, expression: String) -> Result<Safe<Value>, Unselected> {
    if expression.len() > EXPRESSION_BYTES {
        return Err(Unselected::TooLong(expression.len()));
    }
    let (sender, receiver) = oneshot::channel();
    std::thread::Builder::new()
        .name("select".into())
        .stack_size(STACK_BYTES)
        .spawn(move || {
            // Nobody waits any more for an answer that cannot be sent.
            let _ = sender.send(selected(document.into_inner(), &expression).map(Safe::trusted));
        })
        .map_err(|_| Unselected::Broken)?;
    // A thread that panics drops its end.
    receiver.await.unwrap_or(Err(Unselected::Broken))
}

fn selected(document: Value, expression: &str) -> Result<Value, Unselected> {
    let syntax = jmespath::parse(expression).map_err(|error| Unselected::Wrong(evaluate::words(&error)))?;
    let mut budget = Budget::new(WORK_BYTES, TIME);
    let value = evaluate::evaluate(variable::variable(document), &syntax, &mut budget)?;
    variable::value(value, &mut budget)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn run(document: Value, expression: &str) -> Result<Value, Unselected> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(select(Safe::trusted(document), expression.to_owned())).map(Safe::into_inner)
    }

    fn containers() -> Value {
        json!([
            {"Id": "a", "Names": ["web"], "State": "running", "Size": 3, "Ports": [{"PrivatePort": 80}]},
            {"Id": "b", "Names": ["db"], "State": "exited", "Size": 1, "Ports": []},
            {"Id": "c", "Names": ["job"], "State": "running", "Size": 2, "Ports": [{"PrivatePort": 1}, {"PrivatePort": 2}]},
        ])
    }

    #[test]
    fn expressions_give_what_jmespath_says() {
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
            ("[0].*[] | length(@)", json!(5)),
            ("[0].[Id, Missing || 'none', !Ports]", json!(["a", "none", false])),
            ("[?contains(Names[0], 'b')].Id", json!(["a", "b", "c"])),
            ("missing", json!(null)),
        ] {
            assert_eq!(run(containers(), expression), Ok(expected), "{expression}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_on_one_line() {
        for (expression, part) in [
            ("[].{Id", "column 6"),
            ("nosuch(@)", "nosuch"),
            ("length(`1`)", "number"),
            ("[::0]", "slice"),
            ("", "column 0"),
        ] {
            let error = run(containers(), expression).unwrap_err().to_string();
            assert!(error.to_lowercase().contains(part) && !error.contains('\n'), "{expression}: {error}");
        }
        assert_eq!(run(json!(1), &"@".repeat(1001)), Err(Unselected::TooLong(1001)));
    }

    #[test]
    fn the_deepest_expressions_do_not_end_the_process() {
        for part in
            ["[", "(", "{a:", "!", "& ", "[*]", "*.", ".*", "a.", "[]", "[?", "@||", "@|", "[@]|", "[[", "`[", "@=="]
        {
            for last in ["", "@"] {
                let expression = part.repeat((EXPRESSION_BYTES - 1) / part.len()) + last;
                assert_ne!(run(containers(), &expression), Err(Unselected::Broken), "{part}");
                let expression = format!("@{expression}");
                assert_ne!(
                    run(containers(), &expression[..EXPRESSION_BYTES.min(expression.len())]),
                    Err(Unselected::Broken)
                );
            }
        }
        let closed = "[".repeat(499) + "@" + &"]".repeat(499);
        assert_ne!(run(json!({"a": 1}), &closed), Err(Unselected::Broken));
    }
}
