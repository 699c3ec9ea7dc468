//! Making the accelerator from the keys in order.
//!
//! Invariant: the same keys with the same places give the same bytes.

use super::filter::{self, Class};
use super::{BUCKET, CONTINUES, DOTTED, FINAL, HEAD, PAYLOADS, PLACE, WENT_ON, bucket_of, went_on_bit, went_on_tags};
use crate::error::{Error, Result};
use crate::text::lex::fact::{Fact, Kind};
use crate::text::lex::wide::TAGS;
use crate::text::lex::{Lexer, Reading, Second, prefixes};

/// How a text that is one of a key's forms may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begins {
    /// Never with a small letter that has a capital.
    Large,
    /// With any letter.
    Any,
}

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
    signed: Vec<u64>,
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
        let (reading, second) = prefixes(&mut self.lexer, key, &mut runs);
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
                // Such a key goes on with a dot, a sign.
                None if reading == Reading::Dotted => {
                    self.first.push(first);
                    self.signed.push(first);
                }
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
            let unread = second == Second::Unread && reading != Reading::Whole;
            if second == Second::Sign || unread {
                self.signed.push(first);
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
        for list in [&mut self.first, &mut self.small, &mut self.single, &mut self.signed] {
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
        fill(out[HEAD..].as_chunks_mut().0, &self.entries);
        self.entries = Vec::new();
        let members = self.single.len() + self.first.len() + self.small.len() + self.signed.len();
        let mut tokens = filter::empty(members);
        filter::add(&mut tokens, Class::Single, &self.single);
        filter::add(&mut tokens, Class::First, &self.first);
        filter::add(&mut tokens, Class::Small, &self.small);
        filter::add(&mut tokens, Class::Signed, &self.signed);
        let mut pairs = filter::empty(self.pair.len());
        filter::add(&mut pairs, Class::Single, &self.pair);
        self.signs.sort_unstable();
        self.signs.dedup();
        let counts = [tokens.len(), pairs.len(), buckets, self.signs.len()];
        out.extend(tokens.into_iter().chain(pairs).flat_map(u64::to_le_bytes));
        out.extend(self.signs.iter().flat_map(|f| f.to_le_bytes()));
        for (i, count) in counts.into_iter().enumerate() {
            out[4 * i..4 * i + 4].copy_from_slice(&(count as u32).to_le_bytes());
        }
        out
    }
}

/// Puts every entry into its bucket, or the next one with a free slot.
fn fill(table: &mut [[u8; BUCKET]], entries: &[(u64, u32)]) {
    let buckets = table.len();
    let mut used = vec![0u8; buckets];
    for &(hash, payload) in entries {
        let tag = hash as u16;
        let mut i = bucket_of(hash, buckets);
        loop {
            let bucket = &mut table[i];
            let slot = usize::from(used[i]);
            if slot < TAGS {
                bucket[2 * slot..2 * slot + 2].copy_from_slice(&tag.to_le_bytes());
                let at = PAYLOADS + 4 * slot;
                bucket[at..at + 4].copy_from_slice(&payload.to_le_bytes());
                used[i] += 1;
                break;
            }
            let went_on = went_on_tags(bucket) | went_on_bit(tag);
            bucket[WENT_ON..WENT_ON + 4].copy_from_slice(&went_on.to_le_bytes());
            i = if i + 1 == buckets { 0 } else { i + 1 };
        }
    }
}
