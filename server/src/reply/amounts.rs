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

/// Bytes of memory in the units that limits are set in: `812 B`, `61.3 MiB`.
#[must_use]
pub fn memory(bytes: u64) -> String {
    let (unit, name) = match bytes {
        0..1_024 => (1, "B"),
        1_024..1_048_576 => (1 << 10, "KiB"),
        1_048_576..1_073_741_824 => (1 << 20, "MiB"),
        _ => (1 << 30, "GiB"),
    };
    format!("{} {name}", in_unit(bytes, unit).trim_end_matches(".0"))
}

/// A percentage with two digits behind the point.
#[must_use]
pub fn percent(percent: f64) -> f64 {
    (percent * 100.0).round() / 100.0
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
        assert_eq!([812, 1_536, 67_108_864, 25_276_510_208].map(memory), ["812 B", "1.5 KiB", "64 MiB", "23.5 GiB"]);
        assert_eq!([0.0, 12.345_6, 199.999].map(percent), [0.0, 12.35, 200.0]);
        assert_eq!(part(u64::MAX, u64::MAX), "18446744073.7/18446744073.7 GB");
    }
}
