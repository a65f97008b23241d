//! Points in time as people and the docker CLI write them: a date, a date and a time of day, with or without a zone.

use chrono::{FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};

/// Nanoseconds of a second.
const SECOND: i128 = 1_000_000_000;

/// A point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Date {
    /// Nanoseconds since the Unix epoch, never negative.
    pub(super) nanoseconds: i128,
    /// True if it named its zone; else it is in UTC.
    pub(super) has_zone: bool,
}

/// Parses `2026-11-26`, `2026-11-26T10:00`, `2026-11-26 10:00:00.5`, each also with `Z` or `+01:00` behind it.
pub(super) fn date(text: &str) -> Option<Date> {
    let (day, rest) = (text.get(..10)?, text.get(10..)?);
    let day = NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()?;
    let (time, zone) = split_zone(rest)?;
    let time = match time.strip_prefix(['T', 't', ' ']) {
        Some(time) => time_of_day(time)?,
        None if time.is_empty() => NaiveTime::MIN,
        None => return None,
    };
    let local = NaiveDateTime::new(day, time);
    let offset = zone.unwrap_or_else(|| FixedOffset::east_opt(0).expect("zero is an offset")).local_minus_utc();
    let time = local.and_utc();
    let nanoseconds =
        i128::from(time.timestamp() - i64::from(offset)) * SECOND + i128::from(time.timestamp_subsec_nanos());
    (nanoseconds >= 0).then_some(Date { nanoseconds, has_zone: zone.is_some() })
}

fn time_of_day(text: &str) -> Option<NaiveTime> {
    // The hour alone is no format of its own: a time has minutes.
    let text = if text.len() == 2 { format!("{text}:00") } else { text.to_owned() };
    ["%H:%M:%S%.f", "%H:%M"].iter().find_map(|format| NaiveTime::parse_from_str(&text, format).ok())
}

/// Splits the zone from the end of a time: `Z`, `+01:00`, `-0100`.
fn split_zone(text: &str) -> Option<(&str, Option<FixedOffset>)> {
    if let Some(time) = text.strip_suffix(['Z', 'z']) {
        return Some((time, FixedOffset::east_opt(0)));
    }
    let Some(start) = text.rfind(['+', '-']) else { return Some((text, None)) };
    let (time, zone) = text.split_at(start);
    let digits: String = zone[1..].chars().filter(|letter| *letter != ':').collect();
    let is_zone = digits.len() == 4 && digits.bytes().all(|digit| digit.is_ascii_digit());
    let number = |part: &str| part.parse::<i32>().ok();
    let seconds = is_zone.then(|| Some(number(&digits[..2])? * 3_600 + number(&digits[2..])? * 60))??;
    let zone = FixedOffset::east_opt(if zone.starts_with('-') { -seconds } else { seconds })?;
    Some((time.trim_end(), Some(zone)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_in_every_form_of_the_cli() {
        for (text, milliseconds, has_zone) in [
            ("2023-11-14", 1_699_920_000_000, false),
            ("2023-11-14Z", 1_699_920_000_000, true),
            ("2023-11-14+01:00", 1_699_916_400_000, true),
            ("2023-11-14T22", 1_699_999_200_000, false),
            ("2023-11-14T22:13", 1_699_999_980_000, false),
            ("2023-11-14T22:13:20", 1_700_000_000_000, false),
            ("2023-11-14 22:13:20", 1_700_000_000_000, false),
            ("2023-11-14T22:13:20.25", 1_700_000_000_250, false),
            ("2023-11-14T22:13:20Z", 1_700_000_000_000, true),
            ("2023-11-14t22:13:20.5z", 1_700_000_000_500, true),
            ("2023-11-14T23:13:20+01:00", 1_700_000_000_000, true),
            ("2023-11-14T21:13-0100", 1_699_999_980_000, true),
            ("2023-11-14 22:13:20 +00:00", 1_700_000_000_000, true),
        ] {
            let nanoseconds = milliseconds * 1_000_000;
            assert_eq!(date(text), Some(Date { nanoseconds, has_zone }), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_time() {
        for text in ["", "2023-11", "2023-13-01", "2023-11-14x", "2023-11-14T", "2023-11-14T25:00", "1923-11-14", "ü"]
        {
            assert_eq!(date(text), None, "{text}");
        }
        assert_eq!(
            (date("2023-11-14T22:13+1"), date("2023-11-14T22:13:20 CET"), date("yesterday!!")),
            (None, None, None)
        );
    }
}
