//! The hash of folded tokens and of runs of them.
//!
//! Invariant: a token's hash depends on its folded bytes alone, whichever path folded them; it is
//! part of the layout of dictionaries (their accelerator holds nothing else).

const K0: u64 = 0x9e37_79b9_7f4a_7c15;
const K1: u64 = 0xd6e8_feb8_6659_fd93;
const K2: u64 = 0xa076_1d64_78bd_642f;
const BLANK: u64 = 0xe703_7ed1_a0b4_28db;
const DIRECT: u64 = 0x8ebc_6af0_9c88_c6e3;

#[inline(always)]
fn fold_multiply(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

/// The hash of a token of at most 16 bytes, given as two little-endian words padded with zeros.
#[inline(always)]
pub fn short(low: u64, high: u64) -> u64 {
    fold_multiply(low ^ K0, high ^ K1)
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
    let joint = match joint {
        Joint::Blank => BLANK,
        Joint::Direct => DIRECT,
    };
    fold_multiply(run ^ joint, next ^ K2)
}
