//! Making the section for fuzzy search, key by key.
//!
//! Invariant: the bytes depend on the keys alone. Memory: a full [`Run`] as it is read (about 50
//! MB), the runs before it, each front-coded (about 8 bytes a key), and at the end the section
//! (about 8 bytes a key): below 250 MB for ten million keys.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

use super::index::HEAD;
use crate::error::{Error, Result};

/// Bytes of keys that are sorted at once.
const RUN_BYTES: usize = 32 << 20;

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

/// Sorted keys, each as what it shares with the one before it and the rest.
#[derive(Debug, Default)]
struct FrontCoded(Vec<u8>);

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
        merge(&sorted, |key| set.insert(key).map_err(fault))?;
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
        let mut ranges: Vec<Range<u32>> = starts.zip(&self.ends).map(|(start, end)| start..*end).collect();
        let key = |range: &Range<u32>| &self.bytes[range.start as usize..range.end as usize];
        ranges.sort_unstable_by(|a, b| key(a).cmp(key(b)));
        let mut out = FrontCoded::default();
        let mut before: &[u8] = &[];
        for range in &ranges {
            out.push(before, key(range));
            before = key(range);
        }
        out.0.shrink_to_fit();
        out
    }
}

impl FrontCoded {
    fn push(&mut self, before: &[u8], key: &[u8]) {
        let shared = before.iter().zip(key).take_while(|(a, b)| a == b).count();
        self.push_number(shared);
        self.push_number(key.len() - shared);
        self.0.extend_from_slice(&key[shared..]);
    }

    /// Seven bits a byte, the lowest first; the highest bit says that more follow.
    fn push_number(&mut self, mut number: usize) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }
}

/// Reads front-coded keys.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn number(&mut self) -> usize {
        let (mut number, mut shift) = (0, 0);
        while let Some((&byte, rest)) = self.0.split_first() {
            self.0 = rest;
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
        if self.0.is_empty() {
            return None;
        }
        let (shared, rest) = (self.number(), self.number());
        let (own, others) = self.0.split_at(rest);
        key.truncate(shared);
        key.extend_from_slice(own);
        self.0 = others;
        Some(key)
    }
}

/// Gives all keys of the sorted lists in order.
fn merge(lists: &[FrontCoded], mut each: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
    let mut readers: Vec<Reader<'_>> = lists.iter().map(|list| Reader(&list.0)).collect();
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
            merge(&lists(size), |key| {
                merged.push(key.to_vec());
                Ok(())
            })
            .expect("no error inside");
            assert!(merged == expected, "lists of {size}");
        }
    }
}
