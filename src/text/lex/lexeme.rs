//! One token as the front tells it, and the signs that may be one.
//!
//! Invariant: a lexeme is 16 bytes; its offsets are bytes of the text.

use super::fact::{Fact, Kind};
use super::wide::AsciiSet;

/// Longest token in bytes; longer ones are hard.
pub const LONGEST: usize = (1 << 16) - 1;

/// What a token is, as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flags(pub(super) u16);

impl Flags {
    /// A word of a spaced script.
    pub const WORD: Flags = Flags(1);
    /// A Hangul syllable.
    pub const HANGUL: Flags = Flags(2);
    /// Katakana, Han and the like.
    pub const EAST: Flags = Flags(4);
    /// A sign that may begin a name.
    pub const SIGN: Flags = Flags(8);
    /// Begins with a small letter that has a capital.
    pub const LOWER: Flags = Flags(16);
    /// All capitals that look like those of another script.
    pub const ALIKE: Flags = Flags(32);
    /// One or more letters with dots, the last with one.
    pub const INITIAL: Flags = Flags(64);
    /// In a hard zone: begins no walk. Alone: the hard text itself.
    pub const HARD: Flags = Flags(128);

    /// Whether any of the bits of `other` is set.
    #[inline(always)]
    pub fn any(self, other: Flags) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether it is a word and nothing more is to be known.
    #[inline(always)]
    pub fn is_plain_word(self) -> bool {
        self.0 & !Flags::LOWER.0 == Flags::WORD.0
    }

    /// These, and [`Flags::LOWER`] if it is so.
    #[inline(always)]
    pub(super) const fn with_lower(self, lower: bool) -> Flags {
        Flags(self.0 | (lower as u16) << 4)
    }

    /// The bits of both.
    #[inline(always)]
    pub const fn with(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }
}

/// One token. Offsets are bytes of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(C)]
pub struct Lexeme {
    /// Hash of its key.
    pub hash: u64,
    /// First byte.
    pub start: u32,
    pub(super) length_and_flags: u32,
}

impl Lexeme {
    #[inline(always)]
    pub(super) fn new(hash: u64, start: usize, end: usize, flags: Flags) -> Self {
        let length = (end - start).min(LONGEST) as u32;
        Self { hash, start: start as u32, length_and_flags: length << 16 | u32::from(flags.0) }
    }

    /// One past its last byte.
    #[inline(always)]
    pub fn end(&self) -> usize {
        self.start as usize + (self.length_and_flags >> 16) as usize
    }

    /// What it is.
    #[inline(always)]
    pub fn flags(&self) -> Flags {
        Flags(self.length_and_flags as u16)
    }

    /// Whether it is the text that only the slow fold can read.
    #[inline(always)]
    pub fn is_hard(&self) -> bool {
        self.flags() == Flags::HARD
    }
}

/// The signs with which a name of the dictionaries begins, by the characters of their keys.
#[derive(Debug, Clone, Default)]
pub struct SignStarts {
    folds: Vec<u32>,
    ascii: AsciiSet,
}

impl SignStarts {
    /// Of the signs, each the folded bytes of one character as [`Fact::fold`] gives them.
    pub fn new(mut folds: Vec<u32>) -> Self {
        folds.sort_unstable();
        folds.dedup();
        let mut ascii = 0u128;
        for c in 0x21..0x7fu32 {
            let fact = Fact::of(c);
            if fact.kind() == Kind::Sign && folds.binary_search(&fact.fold()).is_ok() {
                ascii |= 1 << c;
            }
        }
        Self { folds, ascii: AsciiSet::new(ascii) }
    }

    /// Those of ASCII.
    #[inline(always)]
    pub fn ascii(&self) -> &AsciiSet {
        &self.ascii
    }

    pub(super) fn has(&self, fact: Fact) -> bool {
        self.folds.binary_search(&fact.fold()).is_ok()
    }
}
