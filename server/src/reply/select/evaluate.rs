//! Evaluates a JMESPath expression as the crate's interpreter does, but pays for each step before taking it.
//!
//! The crate parses, compares, slices and has the functions. Its interpreter cannot be used: pipes double a value
//! eighty times in a few hundred characters, and nothing stops a projection, a comparison or `to_string` of the result.

use std::collections::BTreeMap;

use jmespath::ast::{Ast, Comparator, KeyValuePair};
use jmespath::{Context, DEFAULT_RUNTIME, Rcvar, Variable};

use super::budget::Budget;
use super::error::SelectError;
use crate::expression::describe;

/// The cost of a slot in a list.
const SLOT: usize = size_of::<Rcvar>();
/// The cost of a new value without its contents: the value, and its reference counters.
const VALUE: usize = size_of::<Variable>() + 2 * size_of::<usize>();
/// The cost of an object's entry without its key, in a tree whose nodes are half full.
const ENTRY: usize = 2 * (size_of::<String>() + SLOT);

/// Evaluates an expression over `data`.
///
/// # Errors
/// [`SelectError`].
pub(super) fn evaluate(data: Rcvar, syntax: &Ast, budget: &mut Budget) -> Result<Rcvar, SelectError> {
    budget.pay(0)?;
    match syntax {
        Ast::Identity { .. } => Ok(data),
        Ast::Field { name, offset } => {
            budget.trace.look_up(*offset, name, &data);
            Ok(data.get_field(name))
        }
        Ast::Index { idx, offset } => {
            budget.trace.use_as_list(*offset, &data);
            Ok(index(&data, *idx))
        }
        Ast::Literal { value, .. } => Ok(value.clone()),
        Ast::Expref { ast, .. } => new(Variable::Expref((**ast).clone()), VALUE, budget),
        Ast::Subexpr { lhs, rhs, .. } => evaluate(evaluate(data, lhs, budget)?, rhs, budget),
        Ast::Or { lhs, rhs, .. } => {
            let left = evaluate(data.clone(), lhs, budget)?;
            if left.is_truthy() { Ok(left) } else { evaluate(data, rhs, budget) }
        }
        Ast::And { lhs, rhs, .. } => {
            let left = evaluate(data.clone(), lhs, budget)?;
            if left.is_truthy() { evaluate(data, rhs, budget) } else { Ok(left) }
        }
        Ast::Not { node, .. } => {
            let truthy = evaluate(data, node, budget)?.is_truthy();
            new(Variable::Bool(!truthy), VALUE, budget)
        }
        Ast::Condition { predicate, then, offset } => {
            let holds = evaluate(data.clone(), predicate, budget)?.is_truthy();
            budget.trace.filter(*offset, holds);
            if holds { evaluate(data, then, budget) } else { new(Variable::Null, VALUE, budget) }
        }
        Ast::Comparison { comparator, lhs, rhs, .. } => compare(data, comparator, [lhs, rhs], budget),
        Ast::ObjectValues { node, .. } => values(&*evaluate(data, node, budget)?, budget),
        Ast::Projection { lhs, rhs, offset } => project(&*evaluate(data, lhs, budget)?, rhs, *offset, budget),
        Ast::Flatten { node, offset } => flatten(&*evaluate(data, node, budget)?, *offset, budget),
        Ast::Slice { start, stop, step, offset } => {
            budget.trace.use_as_list(*offset, &data);
            slice(&data, *start, *stop, *step, budget)
        }
        Ast::MultiList { .. } | Ast::MultiHash { .. } if data.is_null() => Ok(data),
        Ast::MultiList { elements, .. } => {
            budget.pay(elements.len() * SLOT + VALUE)?;
            let values = elements.iter().map(|element| evaluate(data.clone(), element, budget));
            Ok(Rcvar::new(Variable::Array(values.collect::<Result<_, _>>()?)))
        }
        Ast::MultiHash { elements, .. } => hash(&data, elements, budget),
        Ast::Function { name, args, offset } => {
            let arguments = args.iter().map(|argument| evaluate(data.clone(), argument, budget));
            let arguments = arguments.collect::<Result<Vec<_>, _>>()?;
            call(name, arguments, *offset, budget)
        }
    }
}

/// The item at an index, counted from the end if it is negative.
fn index(data: &Variable, index: i32) -> Rcvar {
    let place = index.unsigned_abs() as usize;
    if index < 0 { data.get_negative_index(place) } else { data.get_index(place) }
}

/// The values of the members of an object.
fn values(data: &Variable, budget: &mut Budget) -> Result<Rcvar, SelectError> {
    match data {
        Variable::Object(members) => list(members.values().cloned(), budget),
        other => {
            budget.trace.take_members(other);
            new(Variable::Null, VALUE, budget)
        }
    }
}

/// Builds an object whose members are expressions.
fn hash(data: &Rcvar, elements: &[KeyValuePair], budget: &mut Budget) -> Result<Rcvar, SelectError> {
    budget.pay(VALUE)?;
    let mut members = BTreeMap::new();
    for element in elements {
        budget.pay(element.key.len() + ENTRY)?;
        members.insert(element.key.clone(), evaluate(data.clone(), &element.value, budget)?);
    }
    Ok(Rcvar::new(Variable::Object(members)))
}

fn compare(data: Rcvar, comparator: &Comparator, sides: [&Ast; 2], budget: &mut Budget) -> Result<Rcvar, SelectError> {
    let left = evaluate(data.clone(), sides[0], budget)?;
    let right = evaluate(data, sides[1], budget)?;
    let orders = !matches!(comparator, Comparator::Equal | Comparator::NotEqual);
    budget.trace.compare(&left, &right, orders);
    // A comparison walks only as far as the values are equal, so paying for the first is enough.
    budget.pay_for_all(&left)?;
    new(left.compare(comparator, &right).map_or(Variable::Null, Variable::Bool), VALUE, budget)
}

/// Evaluates `rhs` over each item; nulls are left out.
fn project(left: &Variable, rhs: &Ast, offset: usize, budget: &mut Budget) -> Result<Rcvar, SelectError> {
    budget.trace.use_as_list(offset, left);
    let Some(items) = left.as_array() else { return new(Variable::Null, VALUE, budget) };
    let mut values = Vec::new();
    for item in items {
        let value = evaluate(item.clone(), rhs, budget)?;
        if !value.is_null() {
            // A growing list has at most twice the slots that it needs.
            budget.pay(2 * SLOT)?;
            values.push(value);
        }
    }
    new(Variable::Array(values), VALUE, budget)
}

fn flatten(left: &Variable, offset: usize, budget: &mut Budget) -> Result<Rcvar, SelectError> {
    budget.trace.use_as_list(offset, left);
    let Some(items) = left.as_array() else { return new(Variable::Null, VALUE, budget) };
    let mut flat = Vec::new();
    for item in items {
        let items = item.as_array().map_or(std::slice::from_ref(item), Vec::as_slice);
        budget.pay(items.len() * 2 * SLOT)?;
        flat.extend_from_slice(items);
    }
    new(Variable::Array(flat), VALUE, budget)
}

fn slice(
    data: &Variable,
    start: Option<i32>,
    stop: Option<i32>,
    step: i32,
    budget: &mut Budget,
) -> Result<Rcvar, SelectError> {
    if step == 0 {
        return Err(SelectError::Invalid("the step of a slice cannot be 0".into()));
    }
    let length = data.as_array().map_or(0, Vec::len);
    budget.pay(length * 2 * SLOT)?;
    // The crate adds these numbers without a check. All numbers beyond the list are equivalent, so clamping is safe.
    let beyond = i32::try_from(length + 1).map_err(|_| SelectError::TooCostly)?;
    let clamp = |number: i32| number.clamp(-beyond, beyond);
    let items = data.slice(start.map(clamp), stop.map(clamp), clamp(step));
    new(items.map_or(Variable::Null, Variable::Array), VALUE, budget)
}

/// Calls a function of the crate. Expressions that a function evaluates for each item are evaluated here, within the
/// budget.
fn call(name: &str, arguments: Vec<Rcvar>, offset: usize, budget: &mut Budget) -> Result<Rcvar, SelectError> {
    for argument in &arguments {
        budget.pay_for_all(argument)?;
    }
    match (name, arguments.as_slice()) {
        ("map", [expression, items]) => {
            if let (Variable::Expref(expression), Some(items)) = (&**expression, items.as_array()) {
                let mut values = Vec::new();
                for item in items {
                    budget.pay(2 * SLOT)?;
                    values.push(evaluate(item.clone(), expression, budget)?);
                }
                return new(Variable::Array(values), VALUE, budget);
            }
        }
        ("sort_by" | "max_by" | "min_by", [items, expression]) => {
            if let (Some(items), Variable::Expref(expression)) = (items.as_array(), &**expression) {
                return order_by(name, items, expression, offset, budget);
            }
        }
        // Only the result of `join` can be larger than all arguments together.
        ("join", [glue, items]) => {
            let glue = glue.as_string().map_or(0, String::len);
            budget.pay(glue.saturating_mul(items.as_array().map_or(0, Vec::len)))?;
        }
        _ => {}
    }
    builtin(name, &arguments, offset)
}

/// Orders `items` by the value of an expression: the crate orders pairs of value and item by their first.
fn order_by(
    name: &str,
    items: &[Rcvar],
    expression: &Ast,
    offset: usize,
    budget: &mut Budget,
) -> Result<Rcvar, SelectError> {
    let mut pairs = Vec::with_capacity(items.len());
    for item in items {
        let key = evaluate(item.clone(), expression, budget)?;
        budget.pay_for_all(&key)?;
        budget.pay(VALUE + 4 * SLOT)?;
        pairs.push(Rcvar::new(Variable::Array(vec![key, item.clone()])));
    }
    let first = Rcvar::new(Variable::Expref(Ast::Index { offset, idx: 0 }));
    let ordered = builtin(name, &[Rcvar::new(Variable::Array(pairs)), first], offset)?;
    match &*ordered {
        Variable::Array(pairs) if name == "sort_by" => list(pairs.iter().map(|pair| pair.get_index(1)), budget),
        pair => Ok(pair.get_index(1)),
    }
}

fn builtin(name: &str, arguments: &[Rcvar], offset: usize) -> Result<Rcvar, SelectError> {
    let function = DEFAULT_RUNTIME.get_function(name);
    let function = function.ok_or_else(|| SelectError::Invalid(format!("unknown function `{name}`")))?;
    let mut context = Context::new("", &DEFAULT_RUNTIME);
    context.offset = offset;
    function.evaluate(arguments, &mut context).map_err(|error| SelectError::Invalid(describe(&error)))
}

fn list(items: impl ExactSizeIterator<Item = Rcvar>, budget: &mut Budget) -> Result<Rcvar, SelectError> {
    budget.pay(items.len() * SLOT)?;
    new(Variable::Array(items.collect()), VALUE, budget)
}

fn new(variable: Variable, bytes: usize, budget: &mut Budget) -> Result<Rcvar, SelectError> {
    budget.pay(bytes)?;
    Ok(Rcvar::new(variable))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    fn run(expression: &str, document: serde_json::Value) -> Result<Rcvar, SelectError> {
        let syntax = jmespath::parse(expression).unwrap();
        let mut budget = Budget::new(16 * 1024 * 1024, Duration::from_secs(60));
        let result = evaluate(super::super::variable::variable(document), &syntax, &mut budget)?;
        super::super::variable::value(result.clone(), &mut budget)?;
        Ok(result)
    }

    #[test]
    fn an_expression_that_keeps_doubling_its_input_is_stopped_early() {
        let start = Instant::now();
        let doubled = ["[@,@]"; 80].join("|");
        for bomb in [
            doubled.clone(),
            ["{a:@,b:@}"; 80].join("|"),
            ["[@,@][]"; 80].join("|"),
            format!("{doubled}|to_string(@)"),
            format!("{doubled}|@==@"),
            format!("{doubled}|{}", "[*]".repeat(80)),
            format!("{doubled}|{}", "[]".repeat(80)),
            format!("map(&({doubled}|to_string(@)), @)"),
            format!("sort_by(@, &({doubled}|to_string(@)))"),
            ["join(@[0], [@[0],@[0],@[0]]) | [@]"; 24].join("|"),
            ["join(@, [@,@,@])"; 24].join("|").replacen("@, [@,@,@]", "'abcdefgh', ['a','b','c']", 1),
        ] {
            let result = run(&bomb, serde_json::json!(["some text that is repeated"]));
            assert_eq!(result.unwrap_err(), SelectError::TooCostly, "{bomb}");
        }
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    }

    #[test]
    fn an_evaluation_ends_at_its_deadline() {
        let syntax = jmespath::parse("[].[@,@][]").unwrap();
        let data = super::super::variable::variable(serde_json::json!(vec![0; 10_000]));
        let mut budget = Budget::new(usize::MAX, Duration::ZERO);
        assert_eq!(evaluate(data, &syntax, &mut budget).unwrap_err(), SelectError::TooSlow);
    }
}
