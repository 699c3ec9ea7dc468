//! The two filters: what single tokens can be, and which pairs of tokens begin a key.
//!
//! Invariant: they may say yes too often, never no. One word of 64 bits decides, at the place and
//! by the bits of [`crate::text::lex::hash`].

use crate::text::lex::hash::{self, CLASSES};

/// What a token may be; a number of [`CLASSES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// A key.
    Single,
    /// The first of the several tokens of a key.
    First,
    /// The first or only token of a key of which a form may begin with a small letter.
    Small,
    /// The first of the several tokens of a key of which the second is a sign, or could not be read.
    Signed,
}

/// Bits of a filter for each member.
const BITS: usize = 10;

/// An empty filter for so many members.
pub(super) fn empty(members: usize) -> Vec<u64> {
    vec![0; (members * BITS).div_ceil(64).max(1)]
}

/// Adds members of a class.
pub(super) fn add(filter: &mut [u64], class: Class, hashes: &[u64]) {
    let words = filter.len();
    for &hash in hashes {
        filter[hash::filter_word(hash, words)] |= hash::filter_bits(hash, CLASSES[class as usize]);
    }
}

/// Whether the hash may be in the class.
#[inline(always)]
pub(super) fn may_have(filter: &[[u8; 8]], class: Class, hash: u64) -> bool {
    let bits = hash::filter_bits(hash, CLASSES[class as usize]);
    let word = filter.get(hash::filter_word(hash, filter.len())).map_or(0, |w| u64::from_le_bytes(*w));
    word & bits == bits
}
