//! Prints numbers for people.

/// Prints a count with separators: `1,234,567`.
#[must_use]
pub fn count(count: usize) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Prints bytes in a fitting unit: `812 B`, `52.4 MB`.
#[must_use]
pub fn bytes(bytes: u64) -> String {
    let (unit, name) = unit(bytes);
    format!("{} {name}", in_unit(bytes, unit))
}

/// Prints a part of an amount of bytes, in the unit of the whole: `12.3/45.6 MB`.
#[must_use]
pub fn part(part: u64, whole: u64) -> String {
    let (unit, name) = unit(whole);
    format!("{}/{} {name}", in_unit(part, unit), in_unit(whole, unit))
}

fn unit(bytes: u64) -> (u64, &'static str) {
    match bytes {
        0..1_000 => (1, "B"),
        1_000..1_000_000 => (1_000, "kB"),
        1_000_000..1_000_000_000 => (1_000_000, "MB"),
        _ => (1_000_000_000, "GB"),
    }
}

fn in_unit(bytes: u64, unit: u64) -> String {
    match unit {
        1 => bytes.to_string(),
        unit => format!("{}.{}", bytes / unit, bytes % unit * 10 / unit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_short() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([7, 52_428_800, 5_368_709_120].map(bytes), ["7 B", "52.4 MB", "5.3 GB"]);
        assert_eq!(part(12_345_678, 45_678_901), "12.3/45.6 MB");
        assert_eq!(part(u64::MAX, u64::MAX), "18446744073.7/18446744073.7 GB");
    }
}
