//! Sorted lists of texts that are searched in place.
//!
//! ```text
//! 0   number of texts, then where each eighth begins behind these   u32 each
//! …   the texts: length, variable, then UTF-8
//! ```
//!
//! Invariant: a damaged list gives no text or a wrong one, nothing else.

use std::cmp::Ordering;

use super::{push_variable, text_at, u32_at};

/// Texts from one known beginning to the next.
const BLOCK: usize = 8;

/// Makes a list; the texts must come sorted.
#[derive(Debug, Default)]
pub struct TextsBuilder {
    count: u32,
    starts: Vec<u32>,
    bytes: Vec<u8>,
}

impl TextsBuilder {
    /// Appends a text.
    pub fn push(&mut self, text: &str) {
        if (self.count as usize).is_multiple_of(BLOCK) {
            self.starts.push(self.bytes.len() as u32);
        }
        self.count += 1;
        push_variable(text.len() as u32, &mut self.bytes);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// The bytes of the list.
    pub fn finish(self) -> Vec<u8> {
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

fn block(bytes: &[u8], block: usize) -> usize {
    let blocks = (count(bytes) as usize).div_ceil(BLOCK);
    let start = u32_at(bytes, block.saturating_add(1).saturating_mul(4)) as usize;
    (4 + 4 * blocks).saturating_add(start)
}

/// The text with this index. Cost: the block's beginning, then at most seven lengths.
pub fn get(bytes: &[u8], index: u32) -> Option<&str> {
    if index >= count(bytes) {
        return None;
    }
    let mut at = block(bytes, index as usize / BLOCK);
    for _ in 0..index as usize % BLOCK {
        let (length, start) = super::variable(bytes, at)?;
        at = start.checked_add(length as usize)?;
    }
    Some(text_at(bytes, at)?.0)
}

/// The index of `text`. Cost: logarithmic.
pub fn find(bytes: &[u8], text: &str) -> Option<u32> {
    let (mut low, mut high) = (0, (count(bytes) as usize).div_ceil(BLOCK));
    // The last block that begins with `text` or less.
    while low < high {
        let middle = low + (high - low) / 2;
        if text_at(bytes, block(bytes, middle))?.0 <= text {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    let first = low.checked_sub(1)?;
    let mut at = block(bytes, first);
    for i in first * BLOCK..((first + 1) * BLOCK).min(count(bytes) as usize) {
        let (found, end) = text_at(bytes, at)?;
        match found.cmp(text) {
            Ordering::Equal => return Some(i as u32),
            Ordering::Less => at = end,
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
        for count in [0, 1, 7, 8, 9, 100] {
            let names: Vec<String> = (0..count).map(|i| format!("g{:05}", 3 * i + 1)).collect();
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
