//! Making the section for fuzzy search, key by key.
//!
//! Invariant: the bytes depend on the keys alone. Memory: what the sorter and the spool are given;
//! the rest goes to nameless files.

use std::io::{self, Write as _};
use std::path::PathBuf;

use super::index::HEAD;
use crate::dict::build::sort::Sorter;
use crate::dict::build::spool::Spool;
use crate::error::{Error, Result};

/// Collects the keys of a dictionary, each once, in order.
#[derive(Debug)]
pub(in crate::dict) struct Collector {
    /// Second and first letters of the keys.
    starts: Vec<(u32, u32)>,
    /// A key backwards.
    backwards: Vec<u8>,
    sorter: Sorter,
    section: Spool,
}

impl Collector {
    /// A collector that keeps up to `room` bytes in memory; more go to nameless files in `folder`.
    pub(in crate::dict) fn new(folder: PathBuf, room: usize) -> Self {
        let sorter = Sorter::new(folder.clone(), room / 2);
        Self { starts: Vec::new(), backwards: Vec::new(), sorter, section: Spool::new(folder, room / 2) }
    }

    /// Adds a key, which must follow the last one in byte order.
    ///
    /// # Errors
    /// A folder without room.
    pub(in crate::dict) fn add(&mut self, key: &str) -> Result<()> {
        let mut letters = key.chars();
        if let (Some(first), Some(second)) = (letters.next(), letters.next()) {
            let start = (u32::from(second), u32::from(first));
            if self.starts.last() != Some(&start) {
                self.starts.push(start);
            }
        }
        self.backwards.clear();
        for letter in key.chars().rev() {
            self.backwards.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
        }
        self.sorter.push(&self.backwards).map_err(unwritable)
    }

    /// The section.
    ///
    /// # Errors
    /// A folder without room.
    pub(in crate::dict) fn finish(self) -> Result<Spool> {
        let Self { starts, sorter, mut section, .. } = self;
        section.write_all(&head(starts)).map_err(unwritable)?;
        let fault = |e: fst::Error| Error::source_file(format!("index for fuzzy search: {e}"));
        let mut set = fst::SetBuilder::new(section).map_err(fault)?;
        let mut sorted = sorter.finish().map_err(unwritable)?;
        while let Some(key) = sorted.next().map_err(unwritable)? {
            set.insert(key).map_err(fault)?;
        }
        set.into_inner().map_err(fault)
    }
}

/// What stands before the set: first letters by second letters.
fn head(mut starts: Vec<(u32, u32)>) -> Vec<u8> {
    starts.sort_unstable();
    starts.dedup();
    let seconds: Vec<&[(u32, u32)]> = starts.chunk_by(|a, b| a.0 == b.0).collect();
    let mut words = vec![0; HEAD];
    words[..2].copy_from_slice(&[seconds.len() as u32, starts.len() as u32]);
    let mut end = 0;
    for group in seconds {
        end += group.len() as u32;
        words.extend([group[0].0, end]);
    }
    words.extend(starts.iter().map(|(_, first)| *first));
    words.into_iter().flat_map(u32::to_le_bytes).collect()
}

fn unwritable(e: io::Error) -> Error {
    Error::io("the index for fuzzy search", e)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_room_gives_the_same_bytes() {
        let mut keys: Vec<String> = (0..500).map(|i| format!("{}ї{}", "x".repeat(i % 300), i * 7919 % 500)).collect();
        keys.sort();
        let section = |room: usize| -> Vec<u8> {
            let mut collector = Collector::new(std::env::temp_dir(), room);
            keys.iter().for_each(|key| collector.add(key).expect("room for it"));
            let mut pieces = collector.finish().expect("distinct keys").read().expect("written");
            std::iter::from_fn(|| pieces.next().expect("readable")).flatten().collect()
        };
        let whole = section(usize::MAX);
        let start = 4 * whole.chunks_exact(4).take(2).map(|w| w[0] as usize).fold(HEAD, |at, n| at + n);
        assert!(start < whole.len());
        for room in [0, 5_000, 100_000] {
            assert!(section(room) == whole, "{room} bytes");
        }
    }
}
