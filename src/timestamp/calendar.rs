//! RFC 3339 text to a number of seconds and back, in the Gregorian calendar that Go extends to the years before it.

use crate::unix_time::UnixTime;

/// Midnight before the first of January of the year 1.
pub(super) const GO_ZERO: UnixTime = UnixTime::new(-62_135_596_800, 0);

const DAY: i64 = 86_400;

/// Days from the first of March of the year 0 to 1970.
const DAYS_BEFORE_1970: i64 = 719_468;

/// Days of 400 years, after which the calendar repeats.
const DAYS_OF_ERA: i64 = 146_097;

/// Parses `2023-11-14T22:13:20.25+01:00`; `None` if it is of another form or there is no such day.
pub(super) fn parse(text: &str) -> Option<UnixTime> {
    let (date, rest) = text.split_at_checked(10)?;
    let (time, rest) = rest.strip_prefix(['T', 't'])?.split_at_checked(8)?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let (nanoseconds, zone) = fraction(rest)?;
    let fits = (1..=12).contains(&month)
        && (1..=days_of_month(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    let local = days(year, month, day) * DAY + hour * 3_600 + minute * 60 + second;
    fits.then_some(UnixTime::new(local - offset(zone)?, nanoseconds))
}

/// Writes a time in UTC as Go does, without zeros at the end of the fraction; `None` for years that have not four
/// digits.
pub(super) fn format(time: UnixTime) -> Option<String> {
    let (days, second) = (time.seconds().div_euclid(DAY), time.seconds().rem_euclid(DAY));
    let (year, month, day) = date(days)?;
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    let fraction = match time.subsec_nanoseconds() {
        0 => String::new(),
        nanoseconds => format!(".{nanoseconds:09}").trim_end_matches('0').to_owned(),
    };
    let written = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z");
    (0..=9_999).contains(&year).then_some(written)
}

/// Numbers of these many digits, with a separator between them.
fn numbers(text: &str, separator: char, digits: [usize; 3]) -> Option<[i64; 3]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; 3];
    for (number, digits) in numbers.iter_mut().zip(digits) {
        let part = parts.next().filter(|part| part.len() == digits && are_digits(part))?;
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

/// The nanoseconds of the fraction, and the rest of the text.
fn fraction(text: &str) -> Option<(u32, &str)> {
    let Some(text) = text.strip_prefix('.') else { return Some((0, text)) };
    let (digits, rest) = text.split_at(text.find(|letter: char| !letter.is_ascii_digit())?);
    let nanoseconds = format!("{:0<9.9}", digits).parse().ok().filter(|_| !digits.is_empty())?;
    Some((nanoseconds, rest))
}

/// The seconds by which the zone is ahead of UTC.
fn offset(zone: &str) -> Option<i64> {
    let (sign, zone) = match zone.split_at_checked(1)? {
        ("Z" | "z", "") => return Some(0),
        ("+", zone) => (1, zone),
        ("-", zone) => (-1, zone),
        _ => return None,
    };
    let (hours, minutes) = zone.split_once(':').filter(|(hours, minutes)| hours.len() == 2 && minutes.len() == 2)?;
    let number = |digits: &str| are_digits(digits).then(|| digits.parse::<i64>().ok())?;
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

fn are_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn days_of_month(year: i64, month: i64) -> i64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970. Years are counted from March, so that the leap day is the last of its year.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * DAYS_OF_ERA + year * 365 + year / 4 - year / 100 + day_of_year - DAYS_BEFORE_1970
}

/// The year, month and day that lie this many days after 1970; `None` for those that overflow.
fn date(days: i64) -> Option<(i64, i64, i64)> {
    let days = days.checked_add(DAYS_BEFORE_1970)?;
    let (era, day_of_era) = (days.div_euclid(DAYS_OF_ERA), days.rem_euclid(DAYS_OF_ERA));
    let year = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    Some((era * 400 + year + i64::from(month <= 2), month, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_ten_thousand_years_is_written_and_read_back() {
        let mut text = String::new();
        for day in days(0, 1, 1)..=days(9_999, 12, 31) {
            let time = UnixTime::new(day * DAY + 45_296, 0);
            let written = format(time).unwrap();
            assert_eq!(parse(&written), Some(time), "{written}");
            // A day that were written twice, or out of turn, would sort wrongly.
            assert!(text < written, "{text} {written}");
            text = written;
        }
        assert_eq!(text, "9999-12-31T12:34:56Z");
    }

    #[test]
    fn reads_zones_and_fractions() {
        for (text, seconds, nanoseconds) in [
            ("1970-01-01T00:00:00Z", 0, 0),
            ("2023-11-14T22:13:20.123456789Z", 1_700_000_000, 123_456_789),
            ("2023-11-14T22:13:20.1234567899Z", 1_700_000_000, 123_456_789),
            ("2023-11-14T23:13:20.5+01:00", 1_700_000_000, 500_000_000),
            ("2023-11-14T16:43:20-05:30", 1_700_000_000, 0),
            ("2000-02-29T00:00:00Z", 951_782_400, 0),
            ("0001-01-01T00:00:00Z", -62_135_596_800, 0),
        ] {
            assert_eq!(parse(text), Some(UnixTime::new(seconds, nanoseconds)), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_time() {
        for text in [
            "",
            "2023-11-14",
            "2023-11-14T22:13:20",
            "2023-11-14 22:13:20Z",
            "2023-11-14T22:13Z",
            "2023-11-14T22:13:20.Z",
            "2023-11-14T22:13:20+1:00",
            "2023-11-14T22:13:20+0100",
            "2023-11-14T22:13:20+24:00",
            "2023-11-14T24:00:00Z",
            "2023-11-14T22:13:60Z",
            "2023-02-29T00:00:00Z",
            "2023-00-01T00:00:00Z",
            "+023-01-01T00:00:00Z",
            "2023-11-14T22:13:20Z ",
            "2023-11-14T22:13:2ü",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_fraction_is_written_as_go_writes_it() {
        let written = |nanoseconds| format(UnixTime::new(0, nanoseconds)).unwrap();
        assert_eq!(written(250_000_000), "1970-01-01T00:00:00.25Z");
        assert_eq!(written(1), "1970-01-01T00:00:00.000000001Z");
        assert_eq!(format(UnixTime::new(i64::MAX, 0)), None);
        assert_eq!(format(UnixTime::new(days(10_000, 1, 1) * DAY, 0)), None);
    }
}
