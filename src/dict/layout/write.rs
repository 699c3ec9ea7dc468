//! Writing a file section by section, of which only one piece is in memory at a time.
//!
//! Invariant: the header is written last, so that a file cut off is no dictionary.

use std::io::{self, Seek, SeekFrom, Write};

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::{ENTRY, FIXED, LAYOUT_VERSION, MAGIC, SectionKind};
use crate::text::{FOLD_VERSION, unicode_version};

/// Writes the sections of a file one after the other.
pub struct FileWriter<W> {
    out: W,
    sections: usize,
    table: Vec<u8>,
    /// Bytes written, the header's included.
    at: u64,
    content: Xxh3,
    open: Option<(SectionKind, u64, Xxh3)>,
}

impl<W: Write + Seek> FileWriter<W> {
    /// A file that will have this many sections; `out` must be empty.
    ///
    /// # Errors
    /// Of writing.
    pub fn new(mut out: W, sections: usize) -> io::Result<Self> {
        let head = FIXED + ENTRY * sections + 8;
        out.write_all(&vec![0; head])?;
        Ok(Self { out, sections, table: Vec::new(), at: head as u64, content: Xxh3::new(), open: None })
    }

    /// Begins the next section.
    ///
    /// # Errors
    /// Of writing.
    pub fn section(&mut self, kind: SectionKind) -> io::Result<()> {
        self.close()?;
        self.open = Some((kind, self.at, Xxh3::new()));
        Ok(())
    }

    /// Appends to the section.
    ///
    /// # Errors
    /// Of writing.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
        self.at += bytes.len() as u64;
        self.content.update(bytes);
        if let Some((_, _, hash)) = &mut self.open {
            hash.update(bytes);
        }
        Ok(())
    }

    fn close(&mut self) -> io::Result<()> {
        let length = self.at;
        let padding = (length.next_multiple_of(8) - length) as usize;
        self.write(&[0; 8][..padding])?;
        if let Some((kind, start, hash)) = self.open.take() {
            self.table.extend_from_slice(&(kind as u32).to_le_bytes());
            self.table.extend_from_slice(&0u32.to_le_bytes());
            for number in [start, length - start, hash.digest()] {
                self.table.extend_from_slice(&number.to_le_bytes());
            }
        }
        Ok(())
    }

    /// Writes the header; gives the output and the size of the file.
    ///
    /// # Errors
    /// Of writing; another number of sections than announced.
    pub fn finish(mut self) -> io::Result<(W, u64)> {
        self.close()?;
        if self.table.len() != ENTRY * self.sections {
            return Err(io::Error::other("another number of sections than announced"));
        }
        let mut head = Vec::with_capacity(FIXED + self.table.len() + 8);
        head.extend_from_slice(MAGIC);
        for number in [LAYOUT_VERSION, FOLD_VERSION, unicode_version(), self.sections as u32] {
            head.extend_from_slice(&number.to_le_bytes());
        }
        head.extend_from_slice(&self.at.to_le_bytes());
        head.extend_from_slice(&self.content.digest().to_le_bytes());
        head.extend_from_slice(&self.table);
        let hash = xxh3_64(&head);
        head.extend_from_slice(&hash.to_le_bytes());
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&head)?;
        self.out.seek(SeekFrom::End(0))?;
        Ok((self.out, self.at))
    }
}
