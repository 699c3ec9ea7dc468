//! Making the accelerator from the keys in order.
//!
//! Invariant: the same keys with the same places give the same bytes.

use super::{BUCKET, CONTINUES, DOTTED, FINAL, HEAD, PLACE, SLOTS, bucket_of, place};
use crate::error::{Error, Result};
use crate::text::lex::fact::{Fact, Kind};
use crate::text::lex::{Lexer, Reading, prefixes};

/// How a text that is one of a key's forms may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begins {
    /// Never with a small letter that has a capital.
    Large,
    /// With any letter.
    Any,
}

/// Bits of a filter for each entry.
const FILTER_BITS: usize = 10;
/// Entries of 100 buckets: full enough to be small, empty enough that few go on.
const LOAD: usize = 840;

/// Collects keys in order.
#[derive(Debug, Default)]
pub struct Collector {
    entries: Vec<(u64, u32)>,
    single: Vec<u64>,
    pair: Vec<u64>,
    first: Vec<u64>,
    small: Vec<u64>,
    signs: Vec<u32>,
    lexer: Lexer,
    runs: Vec<u64>,
    /// Hashes of the last key's runs, with the index of their entries.
    last: Vec<(u64, usize)>,
}

impl Collector {
    /// Adds a key, which must follow the last one in byte order, with the place of its postings.
    ///
    /// # Errors
    /// A place of 2^29 or more.
    pub fn add(&mut self, key: &str, place: u32, begins: Begins) -> Result<()> {
        if place > PLACE {
            return Err(Error::source_file("more than 536,870,911 forms: build several dictionaries and stack them"));
        }
        let mut runs = std::mem::take(&mut self.runs);
        let reading = prefixes(&mut self.lexer, key, &mut runs);
        let shared = self.last.iter().zip(&runs).take_while(|((a, _), b)| a == *b).count();
        self.last.truncate(shared);
        let new_token = shared == 0;
        for (depth, &hash) in runs.iter().enumerate() {
            let payload = if depth + 1 < runs.len() || reading == Reading::Hard {
                CONTINUES
            } else if reading == Reading::Dotted {
                DOTTED
            } else {
                FINAL | place
            };
            match self.last.get(depth) {
                // A key that begins others stands before them, so only bits are added.
                Some(&(_, entry)) if payload & FINAL == 0 || self.entries[entry].1 & FINAL == 0 => {
                    self.entries[entry].1 |= payload;
                }
                _ => {
                    self.entries.push((hash, payload));
                    self.last.truncate(depth);
                    self.last.push((hash, self.entries.len() - 1));
                }
            }
        }
        if let Some(&first) = runs.first() {
            match runs.get(1) {
                None => self.single.push(first),
                Some(&pair) => {
                    if shared < 2 {
                        self.pair.push(pair);
                    }
                    self.first.push(first);
                }
            }
            if runs.len() == 1 && reading == Reading::Hard {
                self.first.push(first);
            }
            if begins == Begins::Any {
                self.small.push(first);
            }
            if new_token && let Some(c) = key.chars().next() {
                let fact = Fact::of(u32::from(c));
                if fact.kind() == Kind::Sign {
                    self.signs.push(fact.fold());
                }
            }
        }
        for list in [&mut self.first, &mut self.small, &mut self.single] {
            let n = list.len();
            if n > 1 && list[n - 1] == list[n - 2] {
                list.pop();
            }
        }
        self.runs = runs;
        Ok(())
    }

    /// The bytes of the section. Cost: a random write an entry.
    pub fn finish(mut self) -> Vec<u8> {
        let buckets = (self.entries.len() * 100).div_ceil(LOAD).max(1);
        let mut out = vec![0; HEAD + buckets * BUCKET];
        let table = &mut out[HEAD..];
        for &(hash, payload) in &self.entries {
            let mut i = bucket_of(hash, buckets);
            loop {
                let bucket = &mut table[i * BUCKET..(i + 1) * BUCKET];
                let used = usize::from(bucket[BUCKET - 3]);
                if used < SLOTS {
                    bucket[2 * used..2 * used + 2].copy_from_slice(&(hash as u16).to_le_bytes());
                    let at = 2 * SLOTS + 4 * used;
                    bucket[at..at + 4].copy_from_slice(&payload.to_le_bytes());
                    bucket[BUCKET - 3] += 1;
                    break;
                }
                bucket[BUCKET - 4] = 1;
                i = if i + 1 == buckets { 0 } else { i + 1 };
            }
        }
        drop(std::mem::take(&mut self.entries));
        let mut counts = Vec::new();
        for list in [&mut self.single, &mut self.pair, &mut self.first, &mut self.small] {
            let words = (list.len() * FILTER_BITS).div_ceil(64).max(1);
            let mut filter = vec![0u64; words];
            for &hash in list.iter() {
                let (word, bits) = place(hash, words);
                filter[word] |= bits;
            }
            out.extend(filter.into_iter().flat_map(u64::to_le_bytes));
            counts.push(words as u32);
            *list = Vec::new();
        }
        self.signs.sort_unstable();
        self.signs.dedup();
        out.extend(self.signs.iter().flat_map(|f| f.to_le_bytes()));
        counts.extend([buckets as u32, self.signs.len() as u32]);
        for (i, count) in counts.into_iter().enumerate() {
            out[4 * i..4 * i + 4].copy_from_slice(&count.to_le_bytes());
        }
        out
    }
}
