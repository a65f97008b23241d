//! Measures of the server's process, and the judgement that they are flat.

use std::fmt;
use std::fs;
use std::time::Duration;

use super::Result;
use super::calls::Counts;

/// One measure.
#[derive(Debug, Clone)]
pub struct Sample {
    after: Duration,
    resident_kib: u64,
    descriptors: u64,
    threads: u64,
    counts: String,
}

impl Sample {
    /// The heads of the columns.
    pub const HEAD: &str = " seconds     KiB     fds threads    done  failed cancelled";

    /// Measures a process of this system.
    pub fn take(process: u32, after: Duration, counts: &Counts) -> Result<Self> {
        let status = fs::read_to_string(format!("/proc/{process}/status"))?;
        let number = |key: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(key)).ok_or("a line of /proc is missing")?;
            Ok::<u64, Box<dyn std::error::Error + Send + Sync>>(line.trim().trim_end_matches(" kB").parse()?)
        };
        let descriptors = fs::read_dir(format!("/proc/{process}/fd"))?.count();
        Ok(Sample {
            after,
            resident_kib: number("VmRSS:")?,
            descriptors: u64::try_from(descriptors)?,
            threads: number("Threads:")?,
            counts: counts.to_string(),
        })
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Sample { after, resident_kib, descriptors, threads, counts } = self;
        write!(f, "{:>8}{resident_kib:>8}{descriptors:>8}{threads:>8}{counts}", after.as_secs())
    }
}

/// The part of a sample that is measured.
type Measure = fn(&Sample) -> u64;
/// The most that a measure may be after it was so much before.
type Limit = fn(u64) -> u64;

/// The measures that are not flat: the median of the last third may be a little above that of the second third. The
/// first third warms up.
pub fn judge(samples: &[Sample]) -> Vec<String> {
    let third = samples.len() / 3;
    if third < 3 {
        return vec![format!("{} samples are too few to judge", samples.len())];
    }
    let measures: [(&str, Measure, Limit); 3] = [
        ("KiB of memory", |sample| sample.resident_kib, |before| before + before / 20 + 2_048),
        ("descriptors", |sample| sample.descriptors, |before| before + 3),
        ("threads", |sample| sample.threads, |before| before + 1),
    ];
    let mut problems = Vec::new();
    for (name, measure, limit) in measures {
        let median = |samples: &[Sample]| {
            let mut values: Vec<_> = samples.iter().map(measure).collect();
            values.sort_unstable();
            values[values.len() / 2]
        };
        let (before, after) = (median(&samples[third..2 * third]), median(&samples[2 * third..]));
        println!("{name}: {before}, then {after}");
        if after > limit(before) {
            problems.push(format!("{name} grew from {before} to {after}"));
        }
    }
    problems
}
