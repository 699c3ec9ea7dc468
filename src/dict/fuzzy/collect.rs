//! Making the section for fuzzy search, key by key.
//!
//! Invariant: the bytes depend on the keys alone. Memory: one [`Run`] (32 MB of keys, and while it
//! is sorted 20 bytes a key), and 8 to 15 bytes for every key before it, front-coded; those are
//! freed while the section, about as large, is written.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::index::HEAD;
use crate::error::{Error, Result};

/// Bytes of keys that are sorted at once.
const RUN_BYTES: usize = 32 << 20;
/// Bytes of front-coded keys that are freed at once.
const BLOCK_BYTES: usize = 1 << 20;

/// Collects the keys of a dictionary, each once, in order.
#[derive(Debug, Default)]
pub struct Collector {
    /// Second and first letters of the keys.
    starts: Vec<(u32, u32)>,
    open: Run,
    sorted: Vec<FrontCoded>,
}

/// Keys as they are read, backwards.
#[derive(Debug, Default)]
struct Run {
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

/// Sorted keys, each as what it shares with the one before it and the rest; in blocks, which are
/// freed as they are read.
#[derive(Debug, Default)]
struct FrontCoded(Vec<Vec<u8>>);

impl Collector {
    /// Adds a key.
    pub fn add(&mut self, key: &str) {
        let mut letters = key.chars();
        if let (Some(first), Some(second)) = (letters.next(), letters.next()) {
            let start = (u32::from(second), u32::from(first));
            if self.starts.last() != Some(&start) {
                self.starts.push(start);
            }
        }
        self.open.add(key);
        if self.open.bytes.len() >= RUN_BYTES {
            let full = std::mem::take(&mut self.open);
            self.sorted.push(full.sort());
        }
    }

    /// The section.
    ///
    /// # Errors
    /// None that a file could cause: keys are distinct.
    pub fn finish(self) -> Result<Vec<u8>> {
        let Self { mut starts, open, mut sorted } = self;
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
        let head: Vec<u8> = words.into_iter().flat_map(u32::to_le_bytes).collect();

        let fault = |e: fst::Error| Error::source_file(format!("index for fuzzy search: {e}"));
        let mut set = fst::SetBuilder::new(head).map_err(fault)?;
        if !open.ends.is_empty() {
            sorted.push(open.sort());
        }
        merge(sorted, |key| set.insert(key).map_err(fault))?;
        set.into_inner().map_err(fault)
    }
}

impl Run {
    fn add(&mut self, key: &str) {
        for letter in key.chars().rev() {
            self.bytes.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
        }
        self.ends.push(self.bytes.len() as u32);
    }

    fn sort(self) -> FrontCoded {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let key = |start: u32, end: u32| &self.bytes[start as usize..end as usize];
        // The first bytes decide most comparisons without a look at the key.
        let mut keys: Vec<(u64, u32, u32)> =
            starts.zip(&self.ends).map(|(start, end)| (first_bytes(key(start, *end)), start, *end)).collect();
        keys.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| key(a.1, a.2).cmp(key(b.1, b.2))));
        let mut out = FrontCoded::default();
        let mut before: &[u8] = &[];
        for (_, start, end) in keys {
            let own = key(start, end);
            out.push(before, own);
            before = own;
        }
        out
    }
}

/// The first eight bytes as a number in the order of bytes.
fn first_bytes(key: &[u8]) -> u64 {
    let mut first = [0; 8];
    let count = key.len().min(8);
    first[..count].copy_from_slice(&key[..count]);
    u64::from_be_bytes(first)
}

impl FrontCoded {
    fn push(&mut self, before: &[u8], key: &[u8]) {
        if self.0.last().is_none_or(|block| block.len() >= BLOCK_BYTES) {
            self.0.push(Vec::with_capacity(BLOCK_BYTES + key.len() + 20));
        }
        let Some(block) = self.0.last_mut() else { return };
        let shared = before.iter().zip(key).take_while(|(a, b)| a == b).count();
        push_number(block, shared);
        push_number(block, key.len() - shared);
        block.extend_from_slice(&key[shared..]);
    }

    fn read(self) -> Reader {
        Reader { blocks: self.0.into_iter(), block: Vec::new(), at: 0 }
    }
}

/// Seven bits a byte, the lowest first; the highest bit says that more follow.
fn push_number(out: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Reads front-coded keys.
struct Reader {
    blocks: std::vec::IntoIter<Vec<u8>>,
    block: Vec<u8>,
    at: usize,
}

impl Reader {
    fn number(&mut self) -> usize {
        let (mut number, mut shift) = (0, 0);
        while let Some(&byte) = self.block.get(self.at) {
            self.at += 1;
            number |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                break;
            }
        }
        number
    }

    /// Makes `key` the next one; `None` after the last.
    fn next(&mut self, mut key: Vec<u8>) -> Option<Vec<u8>> {
        if self.at == self.block.len() {
            self.block = self.blocks.next()?;
            self.at = 0;
        }
        let (shared, rest) = (self.number(), self.number());
        key.truncate(shared);
        key.extend_from_slice(&self.block[self.at..self.at + rest]);
        self.at += rest;
        Some(key)
    }
}

/// Gives all keys of the sorted lists in order.
fn merge(lists: Vec<FrontCoded>, mut each: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
    let mut readers: Vec<Reader> = lists.into_iter().map(FrontCoded::read).collect();
    let mut heads: BinaryHeap<Reverse<(Vec<u8>, usize)>> = BinaryHeap::with_capacity(readers.len());
    for (i, reader) in readers.iter_mut().enumerate() {
        heads.extend(reader.next(Vec::new()).map(|key| Reverse((key, i))));
    }
    while let Some(Reverse((key, i))) = heads.pop() {
        each(&key)?;
        heads.extend(readers[i].next(key).map(|key| Reverse((key, i))));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_any_size_give_the_same_order() {
        let keys: Vec<String> = (0..500).map(|i| format!("{}{}", "x".repeat(i % 300), i * 7919 % 500)).collect();
        let lists = |size: usize| -> Vec<FrontCoded> {
            keys.chunks(size)
                .map(|chunk| {
                    let mut run = Run::default();
                    chunk.iter().for_each(|key| run.add(key));
                    run.sort()
                })
                .collect()
        };
        let mut expected: Vec<Vec<u8>> = keys.iter().map(|k| k.bytes().rev().collect()).collect();
        expected.sort();
        for size in [1, 7, 100, 1000] {
            let mut merged = Vec::new();
            merge(lists(size), |key| {
                merged.push(key.to_vec());
                Ok(())
            })
            .expect("no error inside");
            assert!(merged == expected, "lists of {size}");
        }
    }
}
