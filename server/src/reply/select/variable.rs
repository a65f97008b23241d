//! Converts JSON to jmespath's variables and back, moving instead of copying where possible.

use jmespath::{Rcvar, Variable};
use serde_json::{Map, Value};

use super::budget::Budget;
use super::error::SelectError;

/// The cost of an object's entry without its key, in the map that is read and in the map that is written.
const ENTRY: usize = 2 * (2 * size_of::<String>() + size_of::<Value>() + size_of::<Rcvar>());

/// Converts a value to a variable.
pub(super) fn variable(value: Value) -> Rcvar {
    Rcvar::new(match value {
        Value::Null => Variable::Null,
        Value::Bool(bool) => Variable::Bool(bool),
        Value::Number(number) => Variable::Number(number),
        Value::String(text) => Variable::String(text),
        Value::Array(items) => Variable::Array(items.into_iter().map(variable).collect()),
        Value::Object(members) => {
            Variable::Object(members.into_iter().map(|(key, value)| (key, variable(value))).collect())
        }
    })
}

/// Converts a variable to a value. A part that occurs twice is written twice, and paid for each time.
pub(super) fn value(variable: Rcvar, budget: &mut Budget) -> Result<Value, SelectError> {
    // A part that only the result holds is moved; a shared part is copied.
    let variable = Rcvar::try_unwrap(variable).unwrap_or_else(|shared| Variable::clone(&shared));
    Ok(match variable {
        Variable::Null => Value::Null,
        Variable::Bool(bool) => Value::Bool(bool),
        Variable::Number(number) => Value::Number(number),
        Variable::String(text) => {
            budget.pay(text.len())?;
            Value::String(text)
        }
        Variable::Array(items) => {
            budget.pay(items.len() * (size_of::<Value>() + size_of::<Rcvar>()))?;
            let mut values = Vec::with_capacity(items.len());
            for item in items {
                values.push(value(item, budget)?);
            }
            Value::Array(values)
        }
        Variable::Object(members) => {
            budget.pay(members.len() * ENTRY)?;
            let mut values = Map::with_capacity(members.len());
            for (key, member) in members {
                budget.pay(key.len())?;
                values.insert(key, value(member, budget)?);
            }
            Value::Object(values)
        }
        Variable::Expref(_) => return Err(SelectError::Invalid("an expression reference is not a value".into())),
    })
}
