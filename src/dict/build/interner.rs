//! Ids as numbers: each text held once, in one row of bytes.
//!
//! Invariant: numbers are given in the order of first appearance; [`Interner::ranks`] makes them
//! independent of it.

use xxhash_rust::xxh3::xxh3_64;

use crate::error::{Error, Result};

/// Texts and their numbers. Cost: the bytes of a text and some 20 more.
#[derive(Debug)]
pub(super) struct Interner {
    bytes: Vec<u8>,
    /// Where each text begins; the end of the last.
    starts: Vec<u32>,
    /// Part of a hash and a number plus 1; 0 is free. Always at most half full.
    slots: Vec<(u32, u32)>,
}

impl Default for Interner {
    fn default() -> Self {
        Self { bytes: Vec::new(), starts: vec![0], slots: vec![(0, 0); 64] }
    }
}

impl Interner {
    /// Number of texts.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The text with this number.
    pub(super) fn get(&self, number: u32) -> &str {
        std::str::from_utf8(self.bytes(number)).unwrap_or_default()
    }

    fn bytes(&self, number: u32) -> &[u8] {
        let i = number as usize;
        match (self.starts.get(i), self.starts.get(i + 1)) {
            (Some(&start), Some(&end)) => &self.bytes[start as usize..end as usize],
            _ => &[],
        }
    }

    /// The number of `text`, which is kept if it is new.
    ///
    /// # Errors
    /// More than 4 GiB of texts.
    pub(super) fn number(&mut self, text: &str) -> Result<u32> {
        let hash = xxh3_64(text.as_bytes());
        let (mut at, tag) = (self.home(hash), (hash >> 32) as u32);
        loop {
            let (other, number) = self.slots[at];
            if number == 0 {
                break;
            }
            if other == tag && self.bytes(number - 1) == text.as_bytes() {
                return Ok(number - 1);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        let number = self.len() as u32;
        let end = u32::try_from(self.bytes.len() + text.len()).map_err(|_| {
            Error::source_file("the ids take more than 4 GiB: build several dictionaries and stack them")
        })?;
        self.bytes.extend_from_slice(text.as_bytes());
        self.starts.push(end);
        self.slots[at] = (tag, number + 1);
        if self.len() * 2 > self.slots.len() {
            self.grow();
        }
        Ok(number)
    }

    fn home(&self, hash: u64) -> usize {
        hash as usize & (self.slots.len() - 1)
    }

    fn grow(&mut self) {
        let mut slots = vec![(0, 0); self.slots.len() * 2];
        for number in 0..self.len() as u32 {
            let hash = xxh3_64(self.bytes(number));
            let mut at = hash as usize & (slots.len() - 1);
            while slots[at].1 != 0 {
                at = (at + 1) & (slots.len() - 1);
            }
            slots[at] = ((hash >> 32) as u32, number + 1);
        }
        self.slots = slots;
    }

    /// The numbers in the order of their texts; finding numbers is over then.
    pub(super) fn sorted(&mut self) -> Vec<u32> {
        self.slots = Vec::new();
        let mut order: Vec<(u64, u32)> = (0..self.len() as u32).map(|n| (prefix(self.bytes(n)), n)).collect();
        order.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| self.bytes(a.1).cmp(self.bytes(b.1))));
        order.into_iter().map(|(_, number)| number).collect()
    }
}

fn prefix(text: &[u8]) -> u64 {
    let mut eight = [0; 8];
    let length = text.len().min(8);
    eight[..length].copy_from_slice(&text[..length]);
    u64::from_be_bytes(eight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_a_text_and_back() {
        let mut interner = Interner::default();
        let names: Vec<String> = (0..5000).map(|i| format!("id:{}", i * 7919 % 5000)).collect();
        for _ in 0..2 {
            for (i, name) in names.iter().enumerate() {
                assert_eq!(interner.number(name).unwrap(), i as u32);
                assert_eq!(interner.get(i as u32), name);
            }
        }
        let order = interner.sorted();
        assert!(order.is_sorted_by_key(|&number| interner.get(number).to_owned()));
        assert_eq!(order.len(), 5000);
    }
}
