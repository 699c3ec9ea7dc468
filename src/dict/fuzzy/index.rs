//! The optional section for fuzzy search: the keys read backwards, and which letters begin them.
//!
//! ```text
//! 0   second letters, first letters, 0, 0          4 × u32
//! 16  each second letter, in order: letter, end of its first letters   2 × u32
//! …   the first letters of the keys that go on so                      u32 each
//! …   the `fst` set of all keys, their letters in reverse
//! ```
//!
//! Invariant: it says no more than the keys do: searches with and without it give the same.

use crate::dict::layout::number;
use crate::dict::map::Bytes;

/// Words before the second letters.
pub(super) const HEAD: usize = 4;

/// An opened index.
#[derive(Debug)]
pub struct Index {
    backwards: fst::Set<Bytes>,
    bytes: Bytes,
    seconds: usize,
}

/// The letters that begin keys, by the letter that comes second.
#[derive(Debug, Clone, Copy)]
pub(super) struct Starts<'a> {
    index: &'a Index,
}

impl Index {
    /// Reads the head of a section; `None` if there is none or its lengths do not fit: the search
    /// then does without.
    pub(in crate::dict) fn open(bytes: Bytes) -> Option<Self> {
        let (seconds, firsts) = (number(&bytes, 0)? as usize, number(&bytes, 1)? as usize);
        let words = HEAD.checked_add(seconds.checked_mul(2)?)?.checked_add(firsts)?;
        let keys = words.checked_mul(4).filter(|at| *at < bytes.len())?;
        let backwards = fst::Set::new(bytes.part(keys..bytes.len())).ok()?;
        Some(Self { backwards, bytes, seconds })
    }

    /// The keys, their letters in reverse.
    pub(super) fn backwards(&self) -> &fst::Set<Bytes> {
        &self.backwards
    }

    /// What the keys begin with.
    pub(super) fn starts(&self) -> Starts<'_> {
        Starts { index: self }
    }
}

impl<'a> Starts<'a> {
    /// The letters that begin a key and have `second` behind them. Cost: logarithmic, and they.
    pub(super) fn before(self, second: char) -> impl Iterator<Item = char> + use<'a> {
        let Index { bytes, seconds, .. } = self.index;
        let letter = |i: usize| number(bytes, HEAD + 2 * i).unwrap_or(u32::MAX);
        let (mut low, mut high) = (0, *seconds);
        while low < high {
            let middle = low + (high - low) / 2;
            if letter(middle) < u32::from(second) { low = middle + 1 } else { high = middle }
        }
        let end = |i: usize| number(bytes, HEAD + 2 * i + 1).unwrap_or(0) as usize;
        let found = low < *seconds && letter(low) == u32::from(second);
        let range = if found { low.checked_sub(1).map_or(0, end)..end(low) } else { 0..0 };
        let firsts = HEAD + 2 * seconds;
        range.map_while(move |i| number(bytes, firsts.checked_add(i)?)).filter_map(char::from_u32)
    }
}
