//! Keys near a key.
//!
//! With the index a search goes both ways (Mihov and Schulz 2004): one edit lies either in the
//! second half of the query, then the first is equal; or in the first. Of two edits at most one is
//! in the first half, or none in the second. So the keys are walked from the front with few edits
//! early, and backwards with few edits late: most keys differ soon, and are left soon.
//!
//! Invariant: with and without the index the same hits come in the same order.

use std::fmt;

use super::pattern::{Pattern, Spending};
use super::walk::walk;
use crate::dict::Dictionary;
use crate::error::Result;

/// Most letters of a query; a longer one has no neighbours but itself.
pub const MOST_LETTERS: usize = 256;

/// Edits between two keys: a letter put in, left out, changed, or exchanged with its neighbour, no
/// letter edited twice (optimal string alignment). A letter is a code point of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Distance {
    /// The same key.
    Zero,
    /// One edit.
    One,
    /// Two edits.
    Two,
}

impl Distance {
    /// Number of edits.
    pub fn edits(self) -> u8 {
        self as u8
    }

    fn from_edits(edits: u8) -> Self {
        match edits {
            0 => Distance::Zero,
            1 => Distance::One,
            _ => Distance::Two,
        }
    }
}

impl fmt::Display for Distance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.edits().fmt(f)
    }
}

/// A key near another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Near {
    /// Edits from the query.
    pub distance: Distance,
    /// The key.
    pub key: String,
    /// Its place in the postings.
    pub place: u64,
}

impl Dictionary {
    /// The keys within `distance` of `key`, nearest first, then in the order of keys; at most
    /// `limit`.
    ///
    /// Cost with an index ([`Dictionary::has_fuzzy_index`]): on two million keys ten microseconds
    /// for one edit, two hundred for two, and more the shorter the key and the more hits there
    /// are. Without one, and for two edits of four letters or fewer: a node of the `fst` for every
    /// beginning of a key that is within the distance of a beginning of `key`, milliseconds.
    /// Memory: `limit` hits.
    ///
    /// # Errors
    /// A damaged dictionary that was opened trusted; more than 2^26 nodes of the `fst` to read.
    pub fn near(&self, key: &str, distance: Distance, limit: usize) -> Result<Vec<Near>> {
        self.guarded(|| self.near_unguarded(key, distance, limit))
    }

    fn near_unguarded(&self, key: &str, distance: Distance, limit: usize) -> Result<Vec<Near>> {
        let letters: Vec<char> = key.chars().take(MOST_LETTERS + 1).collect();
        if distance == Distance::Zero || letters.len() > MOST_LETTERS {
            let place = self.keys().get(key);
            let same = place.map(|place| Near { distance: Distance::Zero, key: key.to_owned(), place });
            return Ok(same.into_iter().take(limit).collect());
        }
        let edits = usize::from(distance.edits());
        let mut hits = Nearest { limit, hits: Vec::new() };
        let forwards = |spending| Pattern::new(letters.iter().copied(), edits, spending);
        let keys = self.keys().as_fst();
        let Some(index) = self.fuzzy_index().filter(|_| letters.len() > edits) else {
            let all = forwards(Spending::Free);
            walk(keys, &all, None, |key, place, edits| hits.add(key.iter().collect(), place, edits))?;
            return Ok(hits.finish());
        };
        // Each edit is counted in one half at most, an exchange across the middle in neither.
        let (early, late) = (edits / 2, edits - edits / 2 - 1);
        let split = letters.len().div_ceil(2);
        let front = forwards(Spending::Sparing { letters: split, most: early });
        walk(keys, &front, Some(index.starts()), |key, place, edits| hits.add(key.iter().collect(), place, edits))?;
        let back = Spending::Sparing { letters: letters.len() - split + 1, most: late };
        let back = Pattern::new(letters.iter().rev().copied(), edits, back);
        walk(index.backwards().as_fst(), &back, None, |reversed, _, edits| {
            let key: String = reversed.iter().rev().collect();
            if let Some(place) = self.keys().get(&key) {
                hits.add(key, place, edits);
            }
        })?;
        Ok(hits.finish())
    }
}

/// The best hits so far.
struct Nearest {
    limit: usize,
    hits: Vec<Near>,
}

impl Nearest {
    fn add(&mut self, key: String, place: u64, edits: u8) {
        self.hits.push(Near { distance: Distance::from_edits(edits), key, place });
        if self.hits.len() >= self.limit.saturating_mul(4).saturating_add(256) {
            self.tidy();
        }
    }

    fn tidy(&mut self) {
        self.hits.sort_unstable();
        self.hits.dedup();
        self.hits.truncate(self.limit);
    }

    fn finish(mut self) -> Vec<Near> {
        self.tidy();
        self.hits
    }
}
