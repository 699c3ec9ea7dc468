//! Bytes of a dictionary: mapped from a file, or owned. The one place with `unsafe`.
//!
//! Invariant: the bytes never change while they are read. Files are replaced by a new file and a
//! rename, never written in place, so a map stays what it was when it was opened.

#![allow(unsafe_code)]

use std::fs::File;
use std::ops::{Deref, Range};
use std::path::Path;
use std::sync::Arc;

use crate::error::{Error, Result};

#[derive(Debug)]
enum Storage {
    Mapped(memmap2::Mmap),
    Owned(Vec<u8>),
}

/// A cheap handle on a part of the bytes of a dictionary.
#[derive(Debug, Clone)]
pub(super) struct Bytes {
    storage: Arc<Storage>,
    range: Range<usize>,
}

impl Bytes {
    /// Maps the file at `path`.
    pub(super) fn map(path: &Path) -> Result<Self> {
        let io = |e| Error::io(path.display(), e);
        let file = File::open(path).map_err(io)?;
        let length = file.metadata().map_err(io)?.len();
        if length == 0 {
            return Ok(Self::owned(Vec::new()));
        }
        // SAFETY: the map is read only and the module's invariant keeps the file from changing
        // under it; every read goes through slices that are checked against its length.
        let map = unsafe { memmap2::Mmap::map(&file) }.map_err(io)?;
        let range = 0..map.len();
        Ok(Self { storage: Arc::new(Storage::Mapped(map)), range })
    }

    /// Takes bytes made in memory.
    pub(super) fn owned(bytes: Vec<u8>) -> Self {
        let range = 0..bytes.len();
        Self { storage: Arc::new(Storage::Owned(bytes)), range }
    }

    /// A part of these bytes; empty if it does not lie within them.
    pub(super) fn part(&self, range: Range<usize>) -> Self {
        let range = if range.end <= self.len() && range.start <= range.end {
            self.range.start + range.start..self.range.start + range.end
        } else {
            0..0
        };
        Self { storage: Arc::clone(&self.storage), range }
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        let all: &[u8] = match &*self.storage {
            Storage::Mapped(map) => map,
            Storage::Owned(bytes) => bytes,
        };
        &all[self.range.clone()]
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        self
    }
}
