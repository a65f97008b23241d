//! Converts times and durations as people write them to the numbers the engine takes: `10m`, `2026-01-02T03:04:05Z` and
//! `now` become Unix seconds with their fraction, `1m30s` becomes 90. Bodies keep the units of the API; there a message
//! names the number to send.

use std::time::Duration;

use dockwright::Operation;
use dockwright::operation::{Kind, Parameter, Unit};
use serde_json::{Map, Value};

use super::dates::{Date, date};
use super::location::Location;
use super::problem::Problems;

/// A time since the Unix epoch, or a duration.
pub(super) type Nanoseconds = i128;

/// Forms of a point in time, for a schema.
const TIME: &str = "`10m` (ago), RFC 3339 or Unix seconds";

/// Seconds that lie so far in the future that they must be milliseconds.
const MILLISECONDS: Nanoseconds = 100_000_000_000 * SECOND;

/// The extra argument that is a number of seconds.
const LIMIT: &str = "limit_seconds";

const SECOND: Nanoseconds = 1_000_000_000;
const MICROSECOND: Nanoseconds = 1_000;

/// Units of durations as Go writes them, days and weeks.
const UNITS: [(&str, Nanoseconds); 9] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("ms", 1_000_000),
    ("s", SECOND),
    ("m", 60 * SECOND),
    ("h", 3_600 * SECOND),
    ("d", 86_400 * SECOND),
    ("w", 604_800 * SECOND),
];

/// Converts the times and durations among the arguments.
pub(super) fn convert(
    operation: &Operation,
    arguments: &mut Map<String, Value>,
    now: Nanoseconds,
    problems: &mut Problems,
) {
    let mut times: Vec<(&str, Nanoseconds)> = Vec::new();
    for name in times_of(operation) {
        let Some(value @ (Value::String(_) | Value::Number(_))) = arguments.get_mut(name) else { continue };
        let time = time(value, now);
        if time.is_some_and(|time| !time.has_zone) {
            let written = value.as_str().unwrap_or_default();
            problems.note(format!("`{name}` names no zone: {written} was taken as UTC"));
        }
        match time.map(|time| time.nanoseconds) {
            Some(time) if time >= MILLISECONDS => {
                let hint = format!("; as Unix seconds send {}", time / SECOND / 1_000);
                problems.unexpected(&Location::Key(&Location::Root, name), "a time before the year 5138", value, &hint);
                arguments.shift_remove(name);
            }
            Some(time) => {
                *value = decimal_seconds(time).into();
                times.push((name, time));
            }
            None => {
                let expected = "`10m` or `1h30m` (ago), a time such as `2026-01-02T03:04:05Z` or `2026-01-02`, Unix seconds or `now`";
                problems.unexpected(&Location::Key(&Location::Root, name), expected, value, "");
                // Reported already; its type need not be reported as well.
                arguments.shift_remove(name);
            }
        }
    }
    let time_of = |wanted: &str| times.iter().find(|(name, _)| *name == wanted).map(|(_, time)| *time);
    if let Some(since) = time_of("since") {
        if time_of("until").is_some_and(|until| until < since) {
            problems.note("`until` is before `since`: nothing is between them".to_owned());
        } else if (now + SECOND..MILLISECONDS).contains(&since) {
            problems.note("`since` is in the future".to_owned());
        }
    }
    lines(operation, arguments, problems);
    for name in in_unit(operation, Unit::Seconds).map(|parameter| parameter.name).chain([LIMIT]) {
        let Some(value @ Value::String(_)) = arguments.get_mut(name) else { continue };
        if let Some(length) = value.as_str().and_then(duration).filter(|length| length % SECOND == 0) {
            *value = integer(length);
        }
    }
}

/// The parameters that are a point in time, as text.
fn times_of(operation: &Operation) -> impl Iterator<Item = &'static str> {
    in_unit(operation, Unit::UnixSeconds).filter(|time| time.kind == Kind::String).map(|time| time.name)
}

fn in_unit(operation: &Operation, unit: Unit) -> impl Iterator<Item = &'static Parameter> {
    operation.parameters.iter().filter(move |parameter| parameter.unit == Some(unit))
}

/// Checks the number of lines of a log. The engine takes any text that is no number for all of them.
fn lines(operation: &Operation, arguments: &Map<String, Value>, problems: &mut Problems) {
    let Some(text) = arguments.get("tail").and_then(Value::as_str).filter(|_| operation.takes("tail")) else { return };
    if text != "all" && text.parse::<i64>().is_err() {
        let at = Location::Key(&Location::Root, "tail");
        problems.unexpected(&at, "a number of lines, or `all`", &text.into(), "");
    }
}

/// Adds the accepted forms to the schemas of an operation's times.
pub(super) fn describe(operation: &Operation, properties: &mut Map<String, Value>) {
    for name in times_of(operation) {
        let Some(time) = properties.get_mut(name) else { continue };
        if let Some(words) = time["description"].as_str().map(|words| words.replace("Unix seconds", TIME)) {
            time["type"] = "string".into();
            time["description"] = words.into();
        }
    }
}

/// Ends a message with the number that a text stands for in the unit of its schema; empty if it is none in that unit.
pub(super) fn reading(schema: &Value, text: &str) -> String {
    let whole = |unit: Nanoseconds| duration(text).filter(|length| length % unit == 0).map(|length| length / unit);
    let unit = schema["x-unit"].as_str().unwrap_or_default();
    let number = match unit {
        "bytes" | "bytes-per-second" => bytes(text),
        "nanoseconds" => duration(text),
        "microseconds" => whole(MICROSECOND),
        "seconds" => whole(SECOND),
        "nano-cpus" => {
            return decimal(text, SECOND).map(|part| format!("; send {part} for {text}")).unwrap_or_default();
        }
        _ => None,
    };
    number.map(|number| format!("; send {number} for {}", unit.replace('-', " "))).unwrap_or_default()
}

/// Parses a point in time, in the forms of a time argument, to Unix seconds.
#[must_use]
pub fn unix_seconds(text: &str, now: Duration) -> Option<i64> {
    let time = time(&text.into(), Nanoseconds::try_from(now.as_nanos()).ok()?)?;
    i64::try_from(time.nanoseconds / SECOND).ok()
}

/// Parses a point in time; a duration means that long ago.
fn time(value: &Value, now: Nanoseconds) -> Option<Date> {
    let text = value.as_str().map_or_else(|| value.to_string(), |text| text.trim().to_owned());
    let certain = |nanoseconds| Some(Date { nanoseconds, has_zone: true });
    if text == "now" {
        return certain(now);
    }
    if let Some(time) = decimal(&text, SECOND) {
        return certain(time);
    }
    match duration(&text) {
        Some(ago) => certain((now - ago).max(0)),
        None => date(&text),
    }
}

/// Parses a duration: numbers, each with its unit.
fn duration(text: &str) -> Option<Nanoseconds> {
    let mut rest = text;
    let mut length = None;
    while !rest.is_empty() {
        let (number, after) = rest.split_at(rest.find(|character: char| !is_decimal(character))?);
        let (unit, after) = after.split_at(after.find(is_decimal).unwrap_or(after.len()));
        let (_, unit) = UNITS.iter().find(|(name, _)| *name == unit)?;
        length = Some(length.unwrap_or_default() + decimal(number, *unit)?);
        rest = after;
    }
    length
}

/// Parses a number of bytes; units are powers of 1024, as in Docker.
fn bytes(text: &str) -> Option<i128> {
    let (number, unit) = text.split_at(text.find(|character: char| !is_decimal(character))?);
    let power = match unit.trim_start().to_lowercase().as_str() {
        "b" => 0,
        "k" | "kb" | "kib" => 1,
        "m" | "mb" | "mib" => 2,
        "g" | "gb" | "gib" => 3,
        "t" | "tb" | "tib" => 4,
        _ => return None,
    };
    decimal(number, 1 << (10 * power))
}

/// Parses a decimal number and multiplies it by a unit, rounding down.
fn decimal(text: &str, unit: i128) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    // Few enough digits that even many multiples of the largest unit do not overflow.
    if whole.is_empty() || whole.len() > 15 || fraction.len() > 15 || !text.chars().all(is_decimal) {
        return None;
    }
    let part = if fraction.is_empty() { 0 } else { fraction.parse::<i128>().ok()? };
    let shift = 10_i128.pow(u32::try_from(fraction.len()).ok()?);
    Some(whole.parse::<i128>().ok()? * unit + part * unit / shift)
}

fn is_decimal(character: char) -> bool {
    character.is_ascii_digit() || character == '.'
}

fn integer(time: Nanoseconds) -> Value {
    i64::try_from(time.div_euclid(SECOND)).unwrap_or(i64::MAX).into()
}

fn decimal_seconds(time: Nanoseconds) -> String {
    match (time.div_euclid(SECOND), time.rem_euclid(SECOND)) {
        (seconds, 0) => seconds.to_string(),
        (seconds, fraction) => format!("{seconds}.{fraction:09}"),
    }
}

#[cfg(test)]
mod tests {
    use dockwright::operations;
    use serde_json::json;

    use super::*;

    const NOW: Nanoseconds = 1_700_000_000 * SECOND + SECOND / 2;

    fn converted(operation: &'static Operation, arguments: Value) -> Value {
        let Value::Object(mut arguments) = arguments else { unreachable!() };
        let mut problems = Problems::new(operation);
        convert(operation, &mut arguments, NOW, &mut problems);
        problems.into_result(arguments.into()).unwrap()
    }

    #[test]
    fn a_time_becomes_unix_seconds_with_its_fraction() {
        for (written, sent) in [
            (json!("10m"), "1699999400.500000000"),
            (json!("1h30m"), "1699994600.500000000"),
            (json!("1d"), "1699913600.500000000"),
            (json!("500ms"), "1700000000"),
            (json!("now"), "1700000000.500000000"),
            (json!("2023-11-14T22:13:20Z"), "1700000000"),
            (json!("2023-11-14T22:13:20"), "1700000000"),
            (json!("2023-11-14"), "1699920000"),
            (json!("2023-11-14T23:13:20.25+01:00"), "1700000000.250000000"),
            (json!("1700000000"), "1700000000"),
            (json!("1699999999.25"), "1699999999.250000000"),
            (json!(1_700_000_000), "1700000000"),
            (json!(1_700_000_000.5), "1700000000.500000000"),
            (json!(0), "0"),
        ] {
            for operation in [&operations::CONTAINER_LOGS, &operations::SYSTEM_EVENTS] {
                let arguments = json!({"since": written, "until": written});
                assert_eq!(converted(operation, arguments), json!({"since": sent, "until": sent}), "{written}");
            }
        }
    }

    #[test]
    fn an_invalid_time_is_refused_with_the_accepted_forms() {
        for written in ["yesterday", "-10m", "10 m", "2023-11-31", "", "m", "1.2.3s"] {
            let mut arguments = Map::from_iter([("since".to_owned(), json!(written))]);
            let mut problems = Problems::new(&operations::CONTAINER_LOGS);
            convert(&operations::CONTAINER_LOGS, &mut arguments, NOW, &mut problems);
            let error = problems.into_result(()).unwrap_err().to_string();
            assert!(error.starts_with("container_logs: argument `since`: expected `10m` or"), "{error}");
            assert!(error.ends_with(&format!("got {written:?}")), "{error}");
        }
    }

    #[test]
    fn seconds_may_be_written_as_a_duration() {
        let stop = &operations::CONTAINER_STOP;
        assert_eq!(converted(stop, json!({"t": "1m30s"})), json!({"t": 90}));
        assert_eq!(converted(stop, json!({"limit_seconds": "2m"})), json!({"limit_seconds": 120}));
        assert_eq!(converted(stop, json!({"t": "1.5s"})), json!({"t": "1.5s"}), "the check refuses it");
        assert_eq!(converted(stop, json!({"t": -1})), json!({"t": -1}));
    }

    #[test]
    fn a_message_names_the_number_that_a_size_or_a_duration_stands_for() {
        for (unit, written, hint) in [
            ("bytes", "512m", "; send 536870912 for bytes"),
            ("bytes", "1.5 GiB", "; send 1610612736 for bytes"),
            ("bytes", "5m", "; send 5242880 for bytes"),
            ("bytes", "5s", ""),
            ("bytes", "lots", ""),
            ("bytes", "", ""),
            ("seconds", "5m", "; send 300 for seconds"),
            ("seconds", "1.5s", ""),
            ("microseconds", "50ms", "; send 50000 for microseconds"),
            ("nanoseconds", "30s", "; send 30000000000 for nanoseconds"),
            ("nanoseconds", "500ms", "; send 500000000 for nanoseconds"),
            ("nano-cpus", "1.5", "; send 1500000000 for 1.5"),
        ] {
            assert_eq!(reading(&json!({"x-unit": unit}), written), hint, "{unit} {written}");
        }
        assert_eq!(reading(&json!({"type": "integer"}), "5m"), "");
    }

    #[test]
    fn a_long_text_does_not_overflow() {
        assert_eq!(duration(&"9".repeat(400)), None);
        assert!(duration(&"999999999999999w".repeat(1_000)).is_some());
    }

    #[test]
    fn times_and_counts_that_would_find_nothing_are_told() {
        let checked = |arguments: Value| {
            let Value::Object(mut arguments) = arguments else { unreachable!() };
            let mut problems = Problems::new(&operations::CONTAINER_LOGS);
            convert(&operations::CONTAINER_LOGS, &mut arguments, NOW, &mut problems);
            let notes = problems.take_notes();
            problems.into_result(notes).map_err(|error| error.to_string())
        };
        for milliseconds in [json!(1_700_000_000_000_i64), json!("1700000000000")] {
            assert!(checked(json!({"since": milliseconds})).unwrap_err().contains("send 1700000000"));
        }
        assert!(checked(json!({"tail": "last 2"})).unwrap_err().contains("a number of lines, or `all`"));
        assert_eq!(checked(json!({"tail": "all", "since": "now"})), Ok(vec![]));
        assert_eq!(checked(json!({"tail": "-1", "since": "10m", "until": "now"})), Ok(vec![]));
        let future = checked(json!({"since": 1_700_000_900})).unwrap();
        assert_eq!(future, ["`since` is in the future"]);
        let none = checked(json!({"since": "now", "until": "10m"})).unwrap();
        assert_eq!(none, ["`until` is before `since`: nothing is between them"]);
    }
}
