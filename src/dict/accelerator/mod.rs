//! The flat section that lets a scanner pass over text: filters and a table from the hash of a
//! run of tokens to what the keys know of it. Used in place.
//!
//! ```text
//! 0    words of the filters single, pair, first, small; buckets; signs   6 × u32, then 0s
//! 64   buckets of 64 bytes: 10 tags u16, 10 payloads u32, u32 1 if entries went on to the next
//! …    the filters, u64 each word; the folds of the signs that begin a key, u32
//! ```
//!
//! Invariant: it never misses: a run that begins a key is found. It may find too much; every find
//! is held against the keys themselves.

mod build;

pub use build::{Begins, Collector};

use super::map::Bytes;
use crate::text::lex::SignStarts;

/// Slots of a bucket.
const SLOTS: usize = 10;
/// Bytes of a bucket.
const BUCKET: usize = 64;
/// Bytes before the buckets.
const HEAD: usize = 64;

const FINAL: u32 = 1 << 31;
const CONTINUES: u32 = 1 << 30;
const DOTTED: u32 = 1 << 29;
/// Place of a posting list.
const PLACE: u32 = DOTTED - 1;

/// An opened accelerator.
#[derive(Debug)]
pub struct Accelerator {
    bytes: Bytes,
    counts: [usize; 6],
    signs: SignStarts,
}

/// Its parts as slices, for a scan.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'a> {
    buckets: &'a [[u8; BUCKET]],
    /// Tokens that are keys.
    pub single: Filter<'a>,
    /// Runs of two tokens that begin a key or are one.
    pub pair: Filter<'a>,
    /// Tokens that begin a key of several.
    pub first: Filter<'a>,
    /// Tokens that begin a key of which a form may begin with a small letter.
    pub small: Filter<'a>,
}

/// A set that may say yes too often, never no.
#[derive(Debug, Clone, Copy)]
pub struct Filter<'a>(&'a [[u8; 8]]);

/// The word and the bits of a hash in a filter of `words`.
#[inline(always)]
fn place(hash: u64, words: usize) -> (usize, u64) {
    let word = (u128::from(hash) * words as u128 >> 64) as usize;
    (word, 1 << (hash & 63) | 1 << (hash >> 6 & 63))
}

impl Filter<'_> {
    /// Whether the hash may be in the set.
    #[inline(always)]
    pub fn may_have(self, hash: u64) -> bool {
        let (word, bits) = place(hash, self.0.len());
        self.0.get(word).is_some_and(|w| u64::from_le_bytes(*w) & bits == bits)
    }
}

/// What the table knows of a run of tokens.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known {
    /// Places of posting lists of keys that may be this run.
    places: [u32; 4],
    count: usize,
    /// Keys go on from here.
    pub continues: bool,
    /// A key goes on with a dot behind this letter.
    pub dotted: bool,
    /// Only the slow fold can tell which keys are this run.
    pub hard: bool,
}

impl Known {
    /// Whether no key begins so.
    pub fn is_nothing(&self) -> bool {
        self.count == 0 && !self.continues && !self.dotted && !self.hard
    }

    /// Places of posting lists of keys that may be this run.
    pub fn places(&self) -> &[u32] {
        &self.places[..self.count]
    }
}

impl Accelerator {
    /// Reads the head of a section; `None` if there is none or its lengths do not fit.
    pub(super) fn open(bytes: Bytes) -> Option<Self> {
        let number = |i: usize| Some(u32::from_le_bytes(bytes.get(4 * i..4 * i + 4)?.try_into().ok()?) as usize);
        let mut counts = [0; 6];
        for (i, count) in counts.iter_mut().enumerate() {
            *count = number(i)?;
        }
        let filters: usize = counts[..4].iter().map(|n| n * 8).sum();
        let signs_at = HEAD.checked_add(counts[4].checked_mul(BUCKET)?)?.checked_add(filters)?;
        let folds = bytes.get(signs_at..signs_at.checked_add(counts[5].checked_mul(4)?)?)?;
        let folds = folds.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
        let signs = SignStarts::new(folds);
        Some(Self { bytes, counts, signs })
    }

    /// The signs that begin a key.
    pub fn signs(&self) -> &SignStarts {
        &self.signs
    }

    /// Its parts.
    pub fn parts(&self) -> Parts<'_> {
        let bytes: &[u8] = &self.bytes;
        let mut at = HEAD + self.counts[4] * BUCKET;
        let buckets = bytes.get(HEAD..at).unwrap_or_default().as_chunks().0;
        let mut filter = |i: usize| {
            let end = at + self.counts[i] * 8;
            let part = bytes.get(at..end).unwrap_or_default().as_chunks().0;
            at = end;
            Filter(part)
        };
        Parts { buckets, single: filter(0), pair: filter(1), first: filter(2), small: filter(3) }
    }
}

impl Parts<'_> {
    /// What is known of the run with this hash. Cost: one cache line, more where a bucket is full.
    #[inline]
    pub fn probe(&self, hash: u64) -> Known {
        let mut known = Known::default();
        let count = self.buckets.len();
        let mut i = bucket_of(hash, count);
        let tag = hash as u16;
        for _ in 0..count {
            let Some(bucket) = self.buckets.get(i) else {
                break;
            };
            let mut hits = 0u32;
            for slot in 0..SLOTS {
                let own = u16::from_le_bytes([bucket[2 * slot], bucket[2 * slot + 1]]);
                hits |= u32::from(own == tag) << slot;
            }
            while hits != 0 {
                let slot = hits.trailing_zeros() as usize;
                hits &= hits - 1;
                known.add(payload(bucket, slot));
            }
            if bucket[BUCKET - 4] == 0 {
                break;
            }
            i = if i + 1 == count { 0 } else { i + 1 };
        }
        known
    }
}

#[inline(always)]
fn bucket_of(hash: u64, count: usize) -> usize {
    (u128::from(hash.rotate_left(24)) * count as u128 >> 64) as usize
}

#[inline(always)]
fn payload(bucket: &[u8; BUCKET], slot: usize) -> u32 {
    let at = 2 * SLOTS + 4 * slot;
    u32::from_le_bytes([bucket[at], bucket[at + 1], bucket[at + 2], bucket[at + 3]])
}

impl Known {
    #[inline(always)]
    fn add(&mut self, payload: u32) {
        self.continues |= payload & CONTINUES != 0;
        self.dotted |= payload & DOTTED != 0;
        if payload & FINAL != 0 {
            match self.places.get_mut(self.count) {
                Some(place) => {
                    *place = payload & PLACE;
                    self.count += 1;
                }
                // Five keys of one tag in one bucket: the slow fold finds out.
                None => self.hard = true,
            }
        }
    }
}
