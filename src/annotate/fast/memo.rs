//! What was verified lately: the bytes of a span and the place that the keys gave for them.
//!
//! Invariant: a remembered answer was the answer of the keys for the same bytes read as the same
//! run of tokens; the memory is bounded.

const SLOTS: usize = 1 << 13;
const BYTES: usize = 36;

#[derive(Clone, Copy)]
struct Slot {
    hash: u64,
    place: u32,
    length: u32,
    bytes: [u8; BYTES],
}

/// A small table that forgets by being overwritten.
pub(super) struct Memo {
    slots: Vec<Slot>,
}

impl Default for Memo {
    fn default() -> Self {
        Self { slots: vec![Slot { hash: 0, place: 0, length: u32::MAX, bytes: [0; BYTES] }; SLOTS] }
    }
}

impl Memo {
    /// Forgets everything, for the keys of another dictionary.
    pub(super) fn clear(&mut self) {
        self.slots.iter_mut().for_each(|s| s.length = u32::MAX);
    }

    /// Whether `span`, read as the run with this hash, was found to have its postings at `place`.
    #[inline]
    pub(super) fn knows(&self, hash: u64, place: u32, span: &[u8]) -> bool {
        let slot = &self.slots[hash as usize >> 8 & (SLOTS - 1)];
        slot.hash == hash
            && slot.place == place
            && slot.length as usize == span.len()
            && slot.bytes.get(..span.len()) == Some(span)
    }

    /// Remembers an answer of the keys.
    pub(super) fn keep(&mut self, hash: u64, place: u32, span: &[u8]) {
        if span.len() <= BYTES {
            let slot = &mut self.slots[hash as usize >> 8 & (SLOTS - 1)];
            *slot = Slot { hash, place, length: span.len() as u32, bytes: [0; BYTES] };
            slot.bytes[..span.len()].copy_from_slice(span);
        }
    }
}
