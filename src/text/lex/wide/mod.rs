//! Wide steps over the bytes of a text: 64 bytes as bit masks, positions of set bits, whole tokens
//! folded by table, tags of a table line compared at once.
//!
//! Invariant: every way gives what [`Plain`] gives, which is written byte by byte; which one runs
//! is chosen once, by what the processor has. [`dispatch`] compiles a task anew for each.

mod plain;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use plain::Plain;

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

/// The fold of each of 256 characters of two bytes with the same six upper bits, as the low eight
/// bits of a character of the same block; 0 where the fold is no such character.
pub type Block = [u8; 256];
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

/// Longest token in bytes that is folded at once.
pub const LONGEST: usize = 32;
/// Tags in a line of a table.
pub const TAGS: usize = 10;

/// A way to do it.
pub trait Wide: Copy {
    /// The masks of 64 bytes.
    fn masks(self, block: &[u8; 64], signs: &AsciiSet) -> Masks;

    /// Puts `base` plus the place of each set bit of `mask` into `out`, lowest first; what stands
    /// behind the last one is undetermined.
    fn positions(self, mask: u64, base: u32, out: &mut [u32; 64]);

    /// Folds a token of at most [`LONGEST`] bytes that are characters of two bytes of the block of
    /// the first. `None` if one is not, or has no fold in it, or if every fold is another
    /// character (all capitals, say) and there are several.
    fn fold_pairs(self, token: &[u8], block: &Block) -> Option<Token>;

    /// Folds a token of at most [`LONGEST`] bytes that are ASCII letters, digits and U+00C0 to
    /// U+017F. `None` as for [`Wide::fold_pairs`].
    fn fold_latin(self, token: &[u8], latin: &Latin) -> Option<Token>;

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
