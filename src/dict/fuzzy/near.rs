//! Keys near a key.
//!
//! With the index a search goes both ways (Mihov and Schulz 2004). The query is split: if one edit
//! lies in the second part, the first is equal; else the second is. Of two edits at most one lies
//! in the first part, or none in the second. So the keys are walked from the front with few edits
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
    /// for one edit, a hundred for two, and more the shorter the key and the more hits there are.
    /// Without one, and for keys hardly longer than the distance: a node of the `fst` for every
    /// beginning of a key that is within the distance of a beginning of `key`, milliseconds.
    /// Memory: the hits.
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
        let mut hits = Hits::default();
        let forwards = |spending| Pattern::new(letters.iter().copied(), edits, spending);
        let keys = self.keys().as_fst();
        let Some(index) = self.fuzzy_index().filter(|_| letters.len() > edits) else {
            let all = forwards(Spending::Free);
            walk(keys, &all, None, |key, place, edits| hits.add(key.iter().collect(), place, edits))?;
            return Ok(hits.nearest(limit));
        };
        // Each edit is counted in one part at most, an exchange across the split in neither. With an
        // edit to spend at once a longer first part pays (measured).
        let (early, late) = (edits / 2, edits - edits / 2 - 1);
        let split = (letters.len() * (3 + edits)).div_ceil(8);
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
        Ok(hits.nearest(limit))
    }
}

/// What the walks find.
#[derive(Default)]
struct Hits(Vec<Near>);

impl Hits {
    fn add(&mut self, key: String, place: u64, edits: u8) {
        self.0.push(Near { distance: Distance::from_edits(edits), key, place });
    }

    /// The nearest, each once: both ways may find a key, and one of them with an edit too many.
    fn nearest(mut self, limit: usize) -> Vec<Near> {
        self.0.sort_unstable_by(|a, b| (&a.key, a.distance).cmp(&(&b.key, b.distance)));
        self.0.dedup_by(|a, b| a.key == b.key);
        self.0.sort_by_key(|hit| hit.distance);
        self.0.truncate(limit);
        self.0
    }
}
