//! The limits of an archive that is written to the disk, and the rest of them while it is read.

use crate::error::{Error, Result};

/// The bytes of a name that an entry may have on average. The names of all entries are held in memory.
const NAME_BYTES: u64 = 256;

/// Limits on an archive: 10 GiB and 200,000 entries by default. `None` is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnpackLimits {
    /// The most bytes of all files together, holes included; of an archive that is saved as a file, the most bytes of
    /// the file.
    pub bytes: Option<u64>,
    /// The most entries, counting folders that are only on the way to one. Names may have 256 bytes on average.
    pub entries: Option<u64>,
}

impl UnpackLimits {
    /// Sets the most bytes.
    #[must_use]
    pub fn bytes(self, limit: impl Into<Option<u64>>) -> Self {
        UnpackLimits { bytes: limit.into(), ..self }
    }

    /// Sets the most entries.
    #[must_use]
    pub fn entries(self, limit: impl Into<Option<u64>>) -> Self {
        UnpackLimits { entries: limit.into(), ..self }
    }
}

impl Default for UnpackLimits {
    fn default() -> Self {
        UnpackLimits { bytes: Some(10 << 30), entries: Some(200_000) }
    }
}

/// The rest of the limits.
pub(crate) struct Budget {
    limits: UnpackLimits,
    bytes: u64,
    entries: u64,
    names: u64,
}

impl Budget {
    pub(crate) fn new(limits: UnpackLimits) -> Self {
        Budget { limits, bytes: 0, entries: 0, names: 0 }
    }

    /// Counts an entry.
    pub(crate) fn entry(&mut self, name: &[u8]) -> Result<()> {
        let names = self.limits.entries.map(|entries| entries.saturating_mul(NAME_BYTES));
        count(&mut self.entries, 1, self.limits.entries, "entries")?;
        count(&mut self.names, name.len() as u64, names, "bytes of names")
    }

    /// Counts bytes before they are written.
    pub(crate) fn bytes(&mut self, more: u64) -> Result<()> {
        count(&mut self.bytes, more, self.limits.bytes, "bytes")
    }
}

fn count(counted: &mut u64, more: u64, limit: Option<u64>, unit: &'static str) -> Result<()> {
    *counted = counted.saturating_add(more);
    match limit {
        Some(limit) if *counted > limit => Err(Error::TooLarge { limit, unit }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_is_named() {
        let refused = |limits, name: usize, bytes| {
            let mut budget = Budget::new(limits);
            let counted = budget.entry(&vec![b'a'; name]).and_then(|()| budget.bytes(bytes));
            counted.map_err(|error| error.to_string()).err()
        };
        let limits = UnpackLimits::default();
        assert_eq!(refused(limits, 4096, 10 << 30), None);
        let message = |more: &str| Some(format!("the archive holds more than {more}"));
        assert_eq!(refused(limits, 1, (10 << 30) + 1), message("10737418240 bytes"));
        assert_eq!(refused(limits.entries(0), 1, 0), message("0 entries"));
        assert_eq!(refused(limits.entries(1), 257, 0), message("256 bytes of names"));
        assert_eq!(refused(limits.entries(None).bytes(None), 4096, u64::MAX), None);
    }
}
