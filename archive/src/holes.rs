//! The contents of a file in, a file with holes out: long runs of zero bytes take no room on the disk.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

/// The bytes that are looked at together. File systems keep no smaller holes.
const BLOCK: usize = 4096;

/// A file that is written from its beginning to its end, without its zeros.
pub(crate) struct HoleWriter {
    file: File,
    end: u64,
}

impl HoleWriter {
    /// Begins a new file.
    pub(crate) fn new(file: File) -> Self {
        HoleWriter { file, end: 0 }
    }

    /// The bytes written so far, with holes.
    pub(crate) fn bytes(&self) -> u64 {
        self.end
    }

    /// Gives the file its whole length, should it end in a hole.
    pub(crate) fn finish(self) -> io::Result<File> {
        self.file.set_len(self.end)?;
        Ok(self.file)
    }
}

impl Write for HoleWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let is_hole = |block: &[u8]| block.iter().all(|byte| *byte == 0);
        let begins_with_hole = bytes.chunks(BLOCK).next().is_some_and(is_hole);
        let run = bytes.chunks(BLOCK).take_while(|block| is_hole(block) == begins_with_hole).map(<[u8]>::len).sum();
        match begins_with_hole {
            true => self.file.seek(SeekFrom::Current(run as i64)).map(drop)?,
            false => self.file.write_all(&bytes[..run])?,
        }
        self.end += run as u64;
        Ok(run)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_all_its_bytes_and_room_only_for_those_that_are_not_zero() {
        let mut contents = vec![0; 1 << 20];
        contents[300_000] = 1;
        for end in [contents.len(), 300_001, 299_000, 10, 0] {
            let file = tempfile::NamedTempFile::new().unwrap();
            let mut writer = HoleWriter::new(file.reopen().unwrap());
            contents[..end].chunks(70_000).for_each(|piece| writer.write_all(piece).unwrap());
            assert_eq!(writer.bytes(), end as u64);
            writer.finish().unwrap();
            assert!(std::fs::read(file.path()).unwrap() == contents[..end], "{end}");
            #[cfg(unix)]
            assert!(std::os::unix::fs::MetadataExt::blocks(&file.path().metadata().unwrap()) * 512 < 65_536, "{end}");
        }
    }
}
