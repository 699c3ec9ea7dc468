//! Sorted lists of texts that are searched in place.
//!
//! ```text
//! 0   number of texts, then where each sixteenth begins behind these   u32 each
//! …   blocks of sixteen: the least length, variable; how much longer each is, 4 bits, the first
//!     lowest; the texts, before each that is longer by 15 or more its length, variable
//! ```
//!
//! Invariant: a damaged list gives no text or a wrong one, nothing else.

use std::cmp::Ordering;

use super::{push_variable, u32_at, variable};

/// Texts from one known beginning to the next.
const BLOCK: usize = 16;

/// Stands for a length that is written before the text.
const LONG: usize = 15;

/// Makes a list; the texts must come sorted.
#[derive(Debug, Default)]
pub struct TextsBuilder {
    count: u32,
    starts: Vec<u32>,
    bytes: Vec<u8>,
    block: String,
    ends: Vec<usize>,
}

impl TextsBuilder {
    /// Appends a text.
    pub fn push(&mut self, text: &str) {
        self.count += 1;
        self.block.push_str(text);
        self.ends.push(self.block.len());
        if self.ends.len() == BLOCK {
            self.close();
        }
    }

    fn close(&mut self) {
        self.starts.push(self.bytes.len() as u32);
        let mut start = 0;
        let lengths: Vec<usize> = self.ends.iter().map(|&end| end - std::mem::replace(&mut start, end)).collect();
        let least = lengths.iter().copied().min().unwrap_or(0);
        push_variable(least as u32, &mut self.bytes);
        let more = |i: usize| lengths.get(i).map_or(0, |length| (length - least).min(LONG) as u8);
        self.bytes.extend((0..BLOCK / 2).map(|i| more(2 * i) | more(2 * i + 1) << 4));
        let mut rest = self.block.as_bytes();
        for length in lengths {
            if length - least >= LONG {
                push_variable(length as u32, &mut self.bytes);
            }
            let (text, tail) = rest.split_at(length);
            self.bytes.extend_from_slice(text);
            rest = tail;
        }
        self.block.clear();
        self.ends.clear();
    }

    /// The bytes of the list.
    pub fn finish(mut self) -> Vec<u8> {
        if !self.ends.is_empty() {
            self.close();
        }
        let mut out = Vec::with_capacity(4 + 4 * self.starts.len() + self.bytes.len());
        out.extend_from_slice(&self.count.to_le_bytes());
        out.extend(self.starts.iter().flat_map(|start| start.to_le_bytes()));
        out.extend_from_slice(&self.bytes);
        out
    }
}

/// Number of texts.
pub fn count(bytes: &[u8]) -> u32 {
    u32_at(bytes, 0)
}

/// A block: its texts one after the other.
struct Block<'b> {
    bytes: &'b [u8],
    least: usize,
    more: u64,
    at: usize,
}

impl<'b> Block<'b> {
    fn read(bytes: &'b [u8], block: usize) -> Option<Self> {
        let blocks = (count(bytes) as usize).div_ceil(BLOCK);
        let start = u32_at(bytes, block.checked_add(1)?.checked_mul(4)?) as usize;
        let (least, at) = variable(bytes, (4 + 4 * blocks).checked_add(start)?)?;
        let more = u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?);
        Some(Self { bytes, least: least as usize, more, at: at + 8 })
    }

    /// The bytes of the next text.
    #[inline]
    fn next(&mut self) -> Option<&'b [u8]> {
        let more = (self.more & 15) as usize;
        self.more >>= 4;
        let mut length = self.least + more;
        if more == LONG {
            let (long, at) = variable(self.bytes, self.at)?;
            (length, self.at) = (long as usize, at);
        }
        let end = self.at.checked_add(length)?;
        let text = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(text)
    }
}

/// The text with this index. Cost: the block's beginning, then at most 15 lengths.
pub fn get(bytes: &[u8], index: u32) -> Option<&str> {
    if index >= count(bytes) {
        return None;
    }
    let mut block = Block::read(bytes, index as usize / BLOCK)?;
    for _ in 0..index as usize % BLOCK {
        block.next()?;
    }
    std::str::from_utf8(block.next()?).ok()
}

/// The index of `text`. Cost: logarithmic.
pub fn find(bytes: &[u8], text: &str) -> Option<u32> {
    let text = text.as_bytes();
    let (mut low, mut high) = (0, (count(bytes) as usize).div_ceil(BLOCK));
    // The last block that begins with `text` or less.
    while low < high {
        let middle = low + (high - low) / 2;
        if Block::read(bytes, middle)?.next()? <= text {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    let first = low.checked_sub(1)?;
    let mut block = Block::read(bytes, first)?;
    for i in first * BLOCK..((first + 1) * BLOCK).min(count(bytes) as usize) {
        match block.next()?.cmp(text) {
            Ordering::Equal => return Some(i as u32),
            Ordering::Less => {}
            Ordering::Greater => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_found_and_no_other() {
        // Of many lengths, so that some are written out.
        let name = |i: usize| format!("g{:05}{}", 3 * i + 1, "x".repeat(i % 5 * i));
        for count in [0, 1, 15, 16, 17, 100] {
            let names: Vec<String> = (0..count).map(name).collect();
            let mut builder = TextsBuilder::default();
            names.iter().for_each(|name| builder.push(name));
            let bytes = builder.finish();
            for (i, name) in names.iter().enumerate() {
                assert_eq!(get(&bytes, i as u32), Some(name.as_str()));
                assert_eq!(find(&bytes, name), Some(i as u32));
            }
            for i in 0..count + 1 {
                assert_eq!(find(&bytes, &format!("g{:05}", 3 * i)), None);
            }
            assert_eq!(get(&bytes, count as u32), None);
            assert_eq!((find(&bytes, ""), find(&bytes, "z")), (None, None));
        }
        assert_eq!((get(&[], 0), find(&[], "a")), (None, None));
    }
}
