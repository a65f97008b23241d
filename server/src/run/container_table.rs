//! `container_table`: compares what containers use, in one call. All are measured at once; one that ends meanwhile is
//! left out, with a note.

mod measure;
mod row;
mod sort;

use dockwright::tools::Tool;
use serde_json::{Value, json};

use self::measure::{Measured, measure};
use self::row::Row;
use self::sort::Order;
use super::answer::reply_options;
use super::composed_call::ComposedCall;
use crate::access::Failure;
use crate::arguments;
use crate::catalogue::container_table::COLUMNS;
use crate::reply::list::{List, ListLimit};
use crate::reply::projection::Projection;
use crate::reply::{self, ReplyOptions, ToolReply, json, notes};
use crate::secrets::Safe;

/// The most containers of a table.
const MOST: usize = 500;
/// The room for the names of the columns above the rows.
const HEAD_BYTES: usize = 150;

pub(super) async fn run(mut call: ComposedCall<'_>) -> Result<ToolReply, Failure> {
    let list = call.access.operation("container_list")?;
    let mut arguments = std::mem::take(&mut call.arguments);
    let order = match arguments.shift_remove("sort") {
        Some(sort) => Order::parse(sort.as_str().unwrap_or_default()).map_err(Failure::Request)?,
        None => Order::default(),
    };
    let checked = arguments::check(list, arguments)?;
    let all = checked.arguments.get("all").is_some_and(|all| *all == true);
    let listed = call.access.json(list.operation, checked.arguments, None).await?;
    let mut listed: Vec<Value> = if let Value::Array(listed) = listed { listed } else { Vec::new() };
    let total = listed.len();
    listed.truncate(MOST);
    call.progress.step(|| Safe::trusted(format!("measuring {} containers", listed.len())));
    let (mut rows, mut told) = sorted_out(measure(call.access, listed).await, all);
    if total > MOST {
        told.push(format!("the first {MOST} of {total} containers; choose with filters"));
    }
    order.sort(&mut rows);
    let options = reply_options(&call.extra, call.access);
    match &options.select {
        Some(expression) => {
            let document = Value::Array(rows.iter().map(Row::object).collect());
            let document = reply::safe(document, list.operation.tag, &options);
            let selected = json::select_from(document, list.operation, &options, expression, told).await;
            call.access.explain_result(list.operation, &Default::default(), selected).await
        }
        None => Ok(table(&rows, list, told, &options)),
    }
}

/// The rows that are shown, and what is to be said of the others.
fn sorted_out(measured: Vec<Measured>, all: bool) -> (Vec<Row>, Vec<String>) {
    let (mut rows, mut ended, mut problems) = (Vec::new(), 0, Vec::new());
    for one in measured {
        match one {
            Measured::Gone => ended += 1,
            Measured::Ended(_) if !all => ended += 1,
            Measured::Ended(row) | Measured::Row(row) => rows.push(row),
            Measured::Partly(row, problem) => {
                problems.push(format!("{}: {problem}", row.name));
                rows.push(row);
            }
        }
    }
    let ended = (ended > 0).then(|| format!("{ended} ended meanwhile and are left out"));
    let first = problems.first();
    let problems = first.map(|first| format!("{} could not be measured; the first: {first}", problems.len()));
    (rows, [ended, problems].into_iter().flatten().collect())
}

fn table(rows: &[Row], tool: &Tool, told: Vec<String>, options: &ReplyOptions) -> ToolReply {
    let cells = Value::Array(rows.iter().map(Row::cells).collect());
    let tag = tool.operation.tag;
    let room = options.room().saturating_sub(HEAD_BYTES);
    let mut list = List::new(options, tag, Projection::default(), room);
    for row in reply::safe(cells, tag, options).items() {
        list.add_safe(row);
    }
    let limit = match list.reached {
        Some(ListLimit::Items) => options.limit_items.map(|limit| format!("limit_items {limit}")),
        Some(ListLimit::Bytes) => Some(options.limit()),
        None => None,
    };
    let (shown, matched) = (list.shown(), list.matched);
    let has_none = rows.iter().any(|row| row.limit == Some(None) && row.memory_percent.is_some());
    let notes = [
        has_none.then(|| "memory_percent is of the host's memory where the limit is none".to_owned()),
        options.grep.as_ref().map(|grep| notes::matches(grep, matched, list.total, "containers")),
        limit.map(|limit| format!("{shown} of {matched} shown ({limit}); sort, filters and grep choose others")),
    ];
    let data = list.take().map(|rows| json!({ "columns": COLUMNS, "rows": rows }));
    ToolReply::data(data, notes.into_iter().flatten().chain(told), options)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, limit: Option<u64>) -> Row {
        Row { name: name.to_owned(), limit: Some(limit), memory_percent: Some(1.0), ..Row::default() }
    }

    #[test]
    fn what_ended_is_left_out_unless_all_is_asked_for() {
        let measured = || {
            let partly = Measured::Partly(row("slow", Some(1)), "no answer".to_owned());
            vec![Measured::Row(row("web", None)), Measured::Ended(row("job", Some(1))), Measured::Gone, partly]
        };
        let (rows, told) = sorted_out(measured(), false);
        assert_eq!(rows.iter().map(|row| &*row.name).collect::<Vec<_>>(), ["web", "slow"]);
        assert_eq!(
            told,
            ["2 ended meanwhile and are left out", "1 could not be measured; the first: slow: no answer",]
        );
        let (rows, told) = sorted_out(measured(), true);
        assert_eq!((rows.len(), &*told[0]), (3, "1 ended meanwhile and are left out"));
    }
}
