//! Bits put side by side as they come, read by eights.
//!
//! Invariant: bits beyond those put are 0.

/// A row of bits.
#[derive(Debug, Default)]
pub(super) struct Stream(Vec<u64>);

impl Stream {
    /// Room for `bits` bits, all 0.
    #[inline(always)]
    pub(super) fn reset(&mut self, bits: usize) {
        self.0.clear();
        self.0.resize(bits / 64 + 2, 0);
    }

    /// Puts `bits` at place `at`, where none stand yet; what there is no room for is lost.
    #[inline(always)]
    pub(super) fn put(&mut self, at: usize, bits: u64) {
        if let Some([low, high]) = self.0.get_mut(at / 64..at / 64 + 2) {
            *low |= bits << (at % 64);
            *high |= bits >> 1 >> (63 - at % 64);
        }
    }

    /// The eight bits from `at` on, which is a multiple of 8.
    #[inline(always)]
    pub(super) fn eight(&self, at: usize) -> u8 {
        self.0.get(at / 64).map_or(0, |word| (word >> (at % 64)) as u8)
    }
}
