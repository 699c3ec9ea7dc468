//! The two filters: what single tokens can be, and which pairs of tokens begin a key.
//!
//! Invariant: they may say yes too often, never no. One word of 64 bits decides.

/// Which tokens may be or begin a key.
#[derive(Debug, Clone, Copy)]
pub struct TokenFilter<'a>(pub(super) &'a [[u8; 8]]);

/// Which runs of two tokens may be or begin a key.
#[derive(Debug, Clone, Copy)]
pub struct PairFilter<'a>(pub(super) &'a [[u8; 8]]);

/// What a token may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Class {
    /// A key.
    Single = 0,
    /// The first of the several tokens of a key.
    First = 12,
    /// The first or only token of a key of which a form may begin with a small letter.
    Small = 24,
}

/// Bits of a filter for each member.
const BITS: usize = 10;

/// Words of a filter of so many members.
pub(super) fn words(members: usize) -> usize {
    (members * BITS).div_ceil(64).max(1)
}

/// The word of a hash in a filter of `words`.
#[inline(always)]
pub(super) fn word(hash: u64, words: usize) -> usize {
    ((hash >> 32) * words as u64 >> 32) as usize
}

/// The bits of a hash in its word.
#[inline(always)]
pub(super) fn bits(hash: u64, class: Class) -> u64 {
    let hash = hash >> class as u32;
    1 << (hash & 63) | 1 << (hash >> 6 & 63)
}

#[inline(always)]
fn at(filter: &[[u8; 8]], hash: u64) -> u64 {
    filter.get(word(hash, filter.len())).map_or(0, |w| u64::from_le_bytes(*w))
}

/// The word of a token; ask it what the token may be.
#[derive(Debug, Clone, Copy)]
pub struct TokenWord {
    word: u64,
    hash: u64,
}

impl TokenFilter<'_> {
    /// The word of the token with this hash.
    #[inline(always)]
    pub fn word(self, hash: u64) -> TokenWord {
        TokenWord { word: at(self.0, hash), hash }
    }
}

impl TokenWord {
    /// Whether the token may be so.
    #[inline(always)]
    pub fn may_be(self, class: Class) -> bool {
        let bits = bits(self.hash, class);
        self.word & bits == bits
    }
}

impl PairFilter<'_> {
    /// Whether the run with this hash may be or begin a key.
    #[inline(always)]
    pub fn may_have(self, hash: u64) -> bool {
        let bits = bits(hash, Class::Single);
        at(self.0, hash) & bits == bits
    }
}
