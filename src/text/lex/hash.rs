//! The hash of folded tokens and of runs of them, and the places of its bits in filters.
//!
//! Invariant: a token's hash depends on its folded bytes alone, whichever path folded them; it is
//! part of the layout of dictionaries (their accelerator holds nothing else). It takes no product
//! wider than 64 bits, so that eight can be made side by side.

/// Odd numbers without pattern (SplitMix64, xxHash, wyhash).
pub(super) const MULTIPLIERS: [u64; 4] =
    [0x9e37_79b9_7f4a_7c15, 0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb, 0xc2b2_ae3d_27d4_eb4f];
/// What is laid over the first word of a token, and over a run before a blank or directly.
pub(super) const SEEDS: [u64; 3] = [0xa076_1d64_78bd_642f, 0xe703_7ed1_a0b4_28db, 0x8ebc_6af0_9c88_c6e3];

/// Two words into one: every bit of both reaches every bit of the result.
#[inline(always)]
fn mix(a: u64, b: u64, first: u64, second: u64) -> u64 {
    let a = a.wrapping_mul(first);
    let b = ((a ^ a >> 32) ^ b).wrapping_mul(second);
    b ^ b >> 32
}

/// The hash of a token of at most 16 bytes, given as two little-endian words padded with zeros.
#[inline(always)]
pub fn short(low: u64, high: u64) -> u64 {
    mix(low ^ SEEDS[0], high, MULTIPLIERS[0], MULTIPLIERS[1])
}

/// The hash of a token of at most 32 bytes, given as words padded with zeros.
#[inline(always)]
pub fn words(words: [u64; 4], length: usize) -> u64 {
    let first = short(words[0], words[1]);
    if length <= 16 { first } else { short(words[2] ^ first, words[3]) }
}

/// The hash of a token's folded bytes.
#[inline]
pub fn token(bytes: &[u8]) -> u64 {
    let mut hash = 0;
    let mut rest = bytes;
    loop {
        let (block, tail) = rest.split_at(rest.len().min(16));
        let mut padded = [0; 16];
        padded[..block.len()].copy_from_slice(block);
        let whole = u128::from_le_bytes(padded);
        hash = short(whole as u64 ^ hash, (whole >> 64) as u64);
        rest = tail;
        if rest.is_empty() {
            return hash;
        }
    }
}

/// What stands between two tokens of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joint {
    /// A blank.
    Blank,
    /// Nothing.
    Direct,
}

/// The hash of a run of tokens, from that of the run without its last token.
#[inline(always)]
pub fn chain(run: u64, joint: Joint, next: u64) -> u64 {
    let seed = match joint {
        Joint::Blank => SEEDS[1],
        Joint::Direct => SEEDS[2],
    };
    mix(run ^ seed, next, MULTIPLIERS[2], MULTIPLIERS[3])
}

/// The word of a hash in a filter of so many words, which are fewer than 2^32.
#[inline(always)]
pub fn filter_word(hash: u64, words: usize) -> usize {
    ((hash >> 32) * words as u64 >> 32) as usize
}

/// The bits of a hash in its word of a filter, for one of the classes that share it: its bits
/// from `from` on decide.
#[inline(always)]
pub fn filter_bits(hash: u64, from: u32) -> u64 {
    let hash = hash >> from;
    1 << (hash & 63) | 1 << (hash >> 6 & 63)
}

/// Where the bits for each class of tokens begin: a key, first of a key, first with a small letter,
/// first before a sign.
pub const CLASSES: [u32; 4] = [0, 12, 24, 36];
