//! Wide steps over the bytes of a text: 64 bytes classed and folded at once, tokens hashed and
//! filtered by eights, tags of a table line compared at once.
//!
//! Invariant: every way gives what [`Plain`] gives, which is written byte by byte; which one runs
//! is chosen once, by what the processor has. [`dispatch`] compiles a task anew for each.

mod plain;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use plain::Plain;

use super::lexeme::Lexeme;

/// Masks of 64 bytes, bit 0 for the first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Masks {
    /// ASCII letters and digits.
    pub alphanumeric: u64,
    /// Bytes of characters beyond ASCII.
    pub high: u64,
    /// ASCII signs of the set asked for.
    pub sign: u64,
    /// Line ends of ASCII.
    pub newline: u64,
    /// `-`, `_`, `/`.
    pub hyphen: u64,
    /// Capitals of ASCII and of the block folded.
    pub upper: u64,
    /// Small letters, likewise.
    pub lower: u64,
}

/// A set of ASCII characters, by low nibble: bit `h` of entry `l` is the character `16 h + l`.
#[derive(Debug, Clone, Copy, Default)]
pub struct AsciiSet([u8; 16]);

impl AsciiSet {
    /// Of the characters whose bit is set.
    pub fn new(bits: u128) -> Self {
        let mut set = [0; 16];
        for c in (0..128).filter(|c| bits >> c & 1 != 0) {
            set[c & 15] |= 1 << (c >> 4);
        }
        Self(set)
    }

    fn has(&self, byte: u8) -> bool {
        byte < 0x80 && self.0[usize::from(byte & 15)] >> (byte >> 4) & 1 != 0
    }
}

/// What becomes of the 256 characters of two bytes whose first six payload bits are equal.
#[derive(Debug, Clone, Copy)]
pub struct Block {
    /// The fold as the low eight bits of a character of the block; 0 where it is no such one.
    pub fold: [u8; 256],
    /// [`UPPER`], [`LOWER`] or 0.
    pub case: [u8; 256],
}

/// A capital.
pub const UPPER: u8 = 1;
/// A small letter with case.
pub const LOWER: u8 = 2;
/// What stands in a folded text for a byte whose fold is not known.
pub const UNKNOWN: u8 = 0xff;

/// The fold of U+00C0 to U+017F as one ASCII letter; 0 where it is none.
pub type Latin = [u8; 192];

/// A folded token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Its UTF-8 bytes, the first lowest, padded with zeros.
    pub bytes: [u64; 4],
    /// How many bytes.
    pub length: usize,
}

/// Eight runs of letters, or signs, to be hashed.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a> {
    /// First bytes in the text.
    pub starts: &'a [u32; 8],
    /// One past the last bytes.
    pub ends: &'a [u32; 8],
    /// The folded text from byte `base` on, with at least 40 bytes behind each start.
    pub folded: &'a [u8],
    /// See `folded`.
    pub base: u32,
    /// Which begin with a small letter.
    pub lower: u8,
    /// Which begin and end with a capital.
    pub upper: u8,
    /// Which are signs.
    pub sign: u8,
}

/// Eight tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Eight {
    /// The tokens; those that are odd are undetermined.
    pub lexemes: [Lexeme; 8],
    /// Which cannot be read so: with characters that the folded text lacks, of ASCII and others
    /// mixed, over [`LONGEST`] bytes, of one letter before a dot, of capitals, the sign `` ` ``.
    pub odd: u8,
}

/// Longest token in bytes that is folded at once.
pub const LONGEST: usize = 32;
/// Tags in a line of a table.
pub const TAGS: usize = 10;

/// What each of eight tokens is and may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Classes {
    /// By the filter: a key; the first of several tokens of a key; what begins a key that may have
    /// a small letter.
    pub may: [u8; 3],
    /// [`Flags::LOWER`](super::Flags::LOWER).
    pub lower: u8,
    /// [`Flags::HARD`](super::Flags::HARD).
    pub hard: u8,
    /// [`Flags::ALIKE`](super::Flags::ALIKE).
    pub alike: u8,
}

/// A way to do it.
pub trait Wide: Copy {
    /// The masks of the 64 bytes in the middle of `window`, and their fold, which has as many
    /// bytes: ASCII in small letters, characters of two bytes of one block (that of the first
    /// beyond ASCII) as `block` gives it for its first byte, [`UNKNOWN`] for other high bytes.
    fn block(self, window: &[u8; 66], signs: &AsciiSet, block: fn(u8) -> &'static Block, out: &mut [u8; 64]) -> Masks;

    /// Puts `base` plus the place of each set bit of `mask` into `out`, lowest first; what stands
    /// behind the last one is undetermined.
    fn positions(self, mask: u64, base: u32, out: &mut [u32; 64]);

    /// The bits of `bits` at the places of the set bits of `mask`, side by side.
    fn extract(self, bits: u64, mask: u64) -> u64;

    /// Reads eight runs.
    fn eight(self, batch: Batch<'_>) -> Eight;

    /// Folds a token of at most [`LONGEST`] bytes that are ASCII letters, digits and U+00C0 to
    /// U+017F. `None` if one is not, or if every fold is another character (all capitals, say) and
    /// there are several.
    fn fold_latin(self, token: &[u8], latin: &Latin) -> Option<Token>;

    /// What eight tokens are and may be by the token filter.
    fn classes(self, lexemes: &[Lexeme; 8], filter: &[[u8; 8]]) -> Classes;

    /// Puts `base` plus the place of each set bit of `mask` into `out`, lowest first, with the
    /// upper bits set that `marks` have, from the highest down; what stands behind the last one is
    /// undetermined.
    fn entries(self, mask: u8, base: u32, marks: [u8; 3], out: &mut [u32; 8]);

    /// Which of the first [`TAGS`] little-endian 16-bit numbers of a line are `tag`, as bits.
    fn equal_tags(self, line: &[u8; 64], tag: u16) -> u32;
}

/// Something to do in whichever way is the widest; its code and all that it calls should be
/// `inline(always)`, or it runs with the narrow instructions.
pub trait Task {
    /// What it gives.
    type Output;

    /// Does it.
    fn run<W: Wide>(self, wide: W) -> Self::Output;
}

/// Runs `task` in the widest way that this processor has.
#[inline]
pub fn dispatch<T: Task>(task: T) -> T::Output {
    #[cfg(target_arch = "x86_64")]
    return x86::dispatch(task);
    #[cfg(not(target_arch = "x86_64"))]
    task.run(Plain)
}

#[cfg(test)]
mod tests;
