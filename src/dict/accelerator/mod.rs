//! The flat section that lets a scanner pass over text: filters and a table from the hash of a
//! run of tokens to what the keys know of it. Used in place.
//!
//! ```text
//! 0    words of the token filter and of the pair filter, buckets, signs   4 × u32, then 0s
//! 64   buckets of 64 bytes: 10 tags u16, 10 payloads u32, u32 of tags that went on
//! …    the filters, u64 each word; the folds of the signs that begin a key, u32
//! ```
//!
//! Invariant: it never misses: a run that begins a key is found. It may find too much; every find
//! is held against the keys themselves.

mod build;
mod filter;

pub use build::{Begins, Collector};
pub use filter::Class;

use super::map::Bytes;
use crate::text::lex::wide::{Plain, TAGS, Wide};
use crate::text::lex::{self, SignStarts};

/// Bytes of a bucket.
const BUCKET: usize = 64;
/// Bytes before the buckets.
const HEAD: usize = 64;
/// Where the payloads of a bucket begin.
const PAYLOADS: usize = 2 * TAGS;
/// Where the tags of entries that went on to the next bucket are noted, a bit for one in 32 of them.
const WENT_ON: usize = PAYLOADS + 4 * TAGS;

const FINAL: u32 = 1 << 31;
const CONTINUES: u32 = 1 << 30;
const DOTTED: u32 = 1 << 29;
/// Place of a posting list.
const PLACE: u32 = DOTTED - 1;

/// An opened accelerator.
#[derive(Debug)]
pub struct Accelerator {
    bytes: Bytes,
    counts: [usize; 4],
    signs: SignStarts,
}

/// Its parts as slices, for a scan.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'a> {
    buckets: &'a [[u8; BUCKET]],
    /// What single tokens can be.
    pub tokens: &'a [[u8; 8]],
    /// Runs of two tokens that begin a key or are one.
    pub pairs: &'a [[u8; 8]],
}

/// What the table knows of a run of tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Known {
    payload: u32,
    several: bool,
}

impl Known {
    /// Whether no key begins so.
    #[inline(always)]
    pub fn is_nothing(self) -> bool {
        self.payload == 0
    }

    /// Place of the posting list of a key that may be this run.
    #[inline(always)]
    pub fn place(self) -> Option<u32> {
        (self.payload & FINAL != 0).then_some(self.payload & PLACE)
    }

    /// Whether other places are possible; [`Parts::each_place`] tells them.
    #[inline(always)]
    pub fn is_several(self) -> bool {
        self.several
    }

    /// Whether keys go on from here.
    #[inline(always)]
    pub fn continues(self) -> bool {
        self.payload & CONTINUES != 0
    }

    /// Whether a key goes on with a dot behind this letter.
    #[inline(always)]
    pub fn is_dotted(self) -> bool {
        self.payload & DOTTED != 0
    }
}

impl Accelerator {
    /// Reads the head of a section; `None` if there is none or its lengths do not fit.
    pub(super) fn open(bytes: Bytes) -> Option<Self> {
        let number = |i: usize| Some(u32::from_le_bytes(bytes.get(4 * i..4 * i + 4)?.try_into().ok()?) as usize);
        let mut counts = [0; 4];
        for (i, count) in counts.iter_mut().enumerate() {
            *count = number(i)?;
        }
        let [tokens, pairs, buckets, sign_count] = counts;
        let filters = (tokens + pairs).checked_mul(8)?;
        let signs_at = HEAD.checked_add(buckets.checked_mul(BUCKET)?)?.checked_add(filters)?;
        let folds = bytes.get(signs_at..signs_at.checked_add(sign_count.checked_mul(4)?)?)?;
        let folds = folds.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
        let signs = SignStarts::new(folds);
        Some(Self { bytes, counts, signs })
    }

    /// Whether the text may be a key: a cheap no for most that are none. Cost: one cache line.
    pub fn may_be_key(&self, key: &str) -> bool {
        lex::whole(key).is_none_or(|hash| self.parts().probe(Plain, hash).place().is_some())
    }

    /// The signs that begin a key.
    pub fn signs(&self) -> &SignStarts {
        &self.signs
    }

    /// Its parts.
    pub fn parts(&self) -> Parts<'_> {
        let bytes: &[u8] = &self.bytes;
        let [tokens, pairs, buckets, _] = self.counts;
        let filters = HEAD + buckets * BUCKET;
        let middle = filters + 8 * tokens;
        let part = |range: std::ops::Range<usize>| bytes.get(range).unwrap_or_default();
        Parts {
            buckets: part(HEAD..filters).as_chunks().0,
            tokens: part(filters..middle).as_chunks().0,
            pairs: part(middle..middle + 8 * pairs).as_chunks().0,
        }
    }
}

impl Parts<'_> {
    /// Whether the token with this hash may be or begin a key.
    pub fn may_begin(&self, hash: u64) -> bool {
        [Class::Single, Class::First].into_iter().any(|class| filter::may_have(self.tokens, class, hash))
    }

    /// Whether the run of two tokens with this hash may be or begin a key.
    #[inline(always)]
    pub fn may_begin_pair(&self, hash: u64) -> bool {
        filter::may_have(self.pairs, Class::Single, hash)
    }

    /// Whether the token with this hash may begin a key that goes on with a sign.
    #[inline(always)]
    pub fn may_go_on_with_sign(&self, hash: u64) -> bool {
        filter::may_have(self.tokens, Class::Signed, hash)
    }

    /// What is known of the run with this hash. Cost: one cache line, more where a bucket is full.
    #[inline(always)]
    pub fn probe<W: Wide>(&self, wide: W, hash: u64) -> Known {
        let Some(bucket) = self.buckets.get(bucket_of(hash, self.buckets.len())) else {
            return Known::default();
        };
        let tag = hash as u16;
        let hits = wide.equal_tags(bucket, tag);
        if hits & hits.wrapping_sub(1) | u32::from(went_on(bucket, tag)) != 0 {
            return self.probe_on(wide, hash);
        }
        if hits == 0 {
            return Known::default();
        }
        Known { payload: payload(bucket, hits.trailing_zeros() as usize), several: false }
    }

    #[cold]
    fn probe_on<W: Wide>(&self, wide: W, hash: u64) -> Known {
        let (mut known, mut places) = (Known::default(), 0);
        self.each(wide, hash, |payload| {
            known.payload |= payload & !PLACE;
            if payload & FINAL != 0 {
                places += 1;
                known.payload = known.payload & !PLACE | payload & PLACE;
            }
        });
        known.several = places > 1;
        known
    }

    /// Every place that a run with this hash may have.
    pub fn each_place(&self, hash: u64, mut tell: impl FnMut(u32)) {
        self.each(Plain, hash, |payload| {
            if payload & FINAL != 0 {
                tell(payload & PLACE);
            }
        });
    }

    #[inline(always)]
    fn each<W: Wide>(&self, wide: W, hash: u64, mut tell: impl FnMut(u32)) {
        let count = self.buckets.len();
        let (mut i, tag) = (bucket_of(hash, count), hash as u16);
        for _ in 0..count {
            let Some(bucket) = self.buckets.get(i) else {
                return;
            };
            let mut hits = wide.equal_tags(bucket, tag);
            while hits != 0 {
                let payload = payload(bucket, hits.trailing_zeros() as usize);
                // Empty slots have tag and payload 0.
                if payload != 0 {
                    tell(payload);
                }
                hits &= hits - 1;
            }
            if !went_on(bucket, tag) {
                return;
            }
            i = if i + 1 == count { 0 } else { i + 1 };
        }
    }
}

#[inline(always)]
fn bucket_of(hash: u64, count: usize) -> usize {
    (((hash.rotate_left(24) >> 32) * count as u64) >> 32) as usize
}

/// The bit that stands for a tag among those that went on.
#[inline(always)]
fn went_on_bit(tag: u16) -> u32 {
    1 << (tag & 31)
}

#[inline(always)]
fn went_on_tags(bucket: &[u8; BUCKET]) -> u32 {
    u32::from_le_bytes([bucket[WENT_ON], bucket[WENT_ON + 1], bucket[WENT_ON + 2], bucket[WENT_ON + 3]])
}

#[inline(always)]
fn went_on(bucket: &[u8; BUCKET], tag: u16) -> bool {
    went_on_tags(bucket) & went_on_bit(tag) != 0
}

#[inline(always)]
fn payload(bucket: &[u8; BUCKET], slot: usize) -> u32 {
    let at = PAYLOADS + 4 * slot;
    u32::from_le_bytes([bucket[at], bucket[at + 1], bucket[at + 2], bucket[at + 3]])
}
