//! The order of the rows: by one column, numbers largest first unless a caller says otherwise.

use std::cmp::Ordering;

use super::row::Row;
use crate::catalogue::container_table::COLUMNS;
use crate::catalogue::nearest::{did_you_mean, nearest};

/// A column and a direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Order {
    column: &'static str,
    /// True if the largest comes first; `None`: of numbers it does.
    descends: Option<bool>,
}

impl Default for Order {
    fn default() -> Self {
        Order { column: "cpu_percent", descends: None }
    }
}

/// The value of a row in a column.
#[derive(Debug, PartialEq)]
enum Key<'a> {
    Text(&'a str),
    Number(f64),
}

impl Order {
    /// Reads a column's name, or its beginning, with `-` or `+` before it.
    ///
    /// # Errors
    /// A text that says what there is.
    pub(super) fn parse(sort: &str) -> Result<Self, String> {
        let sort = sort.trim();
        let descends = match sort.chars().next() {
            Some('-') => Some(true),
            Some('+') => Some(false),
            _ => None,
        };
        let plain = |name: &str| -> String {
            let name = name.to_lowercase().replace('%', "percent");
            name.chars().filter(char::is_ascii_alphanumeric).collect()
        };
        let asked = plain(sort);
        // `mem%` is as clear as `memory_percent`.
        let asked = if asked == "mempercent" { "memorypercent".to_owned() } else { asked };
        let exact = COLUMNS.into_iter().find(|column| plain(column) == asked);
        let begins = || COLUMNS.into_iter().find(|column| !asked.is_empty() && plain(column).starts_with(&asked));
        let column = exact.or_else(begins).ok_or_else(|| {
            let meant = did_you_mean(&nearest(&asked, COLUMNS));
            let sort: String = sort.chars().take(40).collect();
            format!("container_table: argument `sort`: expected one of {}, got \"{sort}\"{meant}", COLUMNS.join(", "))
        })?;
        Ok(Order { column, descends })
    }

    /// Sorts rows; those without a value come last, equal ones by name.
    pub(super) fn sort(self, rows: &mut [Row]) {
        rows.sort_by(|one, other| {
            let ordered = match (self.key(one), self.key(other)) {
                (Some(one), Some(other)) => self.compare(&one, &other),
                (None, None) => Ordering::Equal,
                (one, _) => {
                    if one.is_some() {
                        Ordering::Less
                    } else {
                        Ordering::Greater
                    }
                }
            };
            ordered.then_with(|| one.name.cmp(&other.name))
        });
    }

    fn compare(self, one: &Key<'_>, other: &Key<'_>) -> Ordering {
        let (ascending, is_number) = match (one, other) {
            (Key::Text(one), Key::Text(other)) => (one.cmp(other), false),
            (Key::Number(one), Key::Number(other)) => (one.total_cmp(other), true),
            _ => (Ordering::Equal, false),
        };
        if self.descends.unwrap_or(is_number) { ascending.reverse() } else { ascending }
    }

    fn key(self, row: &Row) -> Option<Key<'_>> {
        let number = |number: Option<u64>| number.map(|number| Key::Number(number as f64));
        match self.column {
            "name" => Some(Key::Text(&row.name)),
            "image" => Some(Key::Text(&row.image)),
            "state" => Some(Key::Text(&row.state)),
            "ports" => Some(Key::Text(&row.ports)).filter(|_| !row.ports.is_empty()),
            "uptime" => number(row.uptime),
            "memory" => number(row.memory),
            "restarts" => number(row.restarts),
            // Without a limit there is more than with any.
            "limit" => row.limit.map(|limit| Key::Number(limit.map_or(f64::INFINITY, |limit| limit as f64))),
            "memory_percent" => row.memory_percent.map(Key::Number),
            _ => row.cpu.map(Key::Number),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(sort: &str) -> Vec<String> {
        let row = |name: &str, cpu: Option<f64>, limit: Option<u64>, ports: &str| Row {
            name: name.to_owned(),
            cpu,
            limit: Some(limit),
            ports: ports.to_owned(),
            ..Row::default()
        };
        let mut rows =
            [row("b", Some(1.0), None, ""), row("a", Some(20.0), Some(5), "80/tcp"), row("c", None, Some(9), "")];
        Order::parse(sort).unwrap().sort(&mut rows);
        rows.into_iter().map(|row| row.name).collect()
    }

    #[test]
    fn numbers_fall_and_texts_rise_unless_it_is_said() {
        for (sort, order) in [
            ("cpu_percent", "abc"),
            ("CPU %", "abc"),
            ("-cpu", "abc"),
            ("+cpu", "bac"),
            ("name", "abc"),
            ("-name", "cba"),
            ("limit", "bca"),
            ("+limit", "acb"),
            ("ports", "abc"),
            ("mem%", "abc"),
        ] {
            assert_eq!(sorted(sort).concat(), order, "{sort}");
        }
        assert_eq!(Order::parse("mem%").unwrap().column, "memory_percent");
        assert_eq!(Order::parse("mem").unwrap().column, "memory");
    }

    #[test]
    fn a_column_that_is_not_there_is_refused() {
        let refusal = Order::parse("memry").unwrap_err();
        assert!(
            refusal.contains("expected one of name, image, ")
                && refusal.ends_with("got \"memry\"; did you mean `memory`?"),
            "{refusal}"
        );
        assert!(Order::parse("").is_err() && Order::parse("-").is_err());
    }
}
