//! 64 bytes of text as bit masks: which are ASCII letters or digits, which are not ASCII.
//!
//! Invariant: the wide way and the plain one give the same masks. The instructions are those that
//! every x86-64 has, so nothing is chosen at run time. The one place of wide instructions.

#![allow(unsafe_code)]

/// Masks of 64 bytes, bit 0 for the first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Masks {
    /// ASCII letters and digits.
    pub alphanumeric: u64,
    /// Bytes of characters beyond ASCII.
    pub high: u64,
}

/// The masks of 64 bytes.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub fn masks(block: &[u8; 64]) -> Masks {
    let mut masks = Masks { alphanumeric: 0, high: 0 };
    for (i, part) in block.chunks_exact(16).enumerate() {
        let word = |at: usize| i64::from_le_bytes(part[at..at + 8].try_into().unwrap_or_default());
        let (alphanumeric, high) = wide::masks(word(0), word(8));
        masks.alphanumeric |= u64::from(alphanumeric) << (16 * i);
        masks.high |= u64::from(high) << (16 * i);
    }
    masks
}

/// The masks of 64 bytes.
#[cfg(not(target_arch = "x86_64"))]
pub fn masks(block: &[u8; 64]) -> Masks {
    plain(block)
}

#[cfg(target_arch = "x86_64")]
mod wide {
    use std::arch::x86_64::{
        _mm_add_epi8, _mm_cmplt_epi8, _mm_movemask_epi8, _mm_or_si128, _mm_set_epi64x, _mm_set1_epi8,
    };

    /// Bits of letters and digits, and of bytes beyond ASCII, of 16 bytes.
    #[target_feature(enable = "sse2")]
    #[inline]
    fn sixteen(low: i64, high: i64) -> (u16, u16) {
        let bytes = _mm_set_epi64x(high, low);
        let small = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
        // Moved so that the wanted range begins at the least signed byte, one comparison finds it.
        let letters = _mm_cmplt_epi8(
            _mm_add_epi8(small, _mm_set1_epi8(i8::MIN.wrapping_sub(b'a' as i8))),
            _mm_set1_epi8(i8::MIN + 26),
        );
        let digits = _mm_cmplt_epi8(
            _mm_add_epi8(bytes, _mm_set1_epi8(i8::MIN.wrapping_sub(b'0' as i8))),
            _mm_set1_epi8(i8::MIN + 10),
        );
        (_mm_movemask_epi8(_mm_or_si128(letters, digits)) as u16, _mm_movemask_epi8(bytes) as u16)
    }

    /// The same, for callers of any features: SSE2 belongs to every x86-64.
    #[inline(always)]
    pub(super) fn masks(low: i64, high: i64) -> (u16, u16) {
        // SAFETY: the instructions are those of SSE2, without which there is no x86-64.
        unsafe { sixteen(low, high) }
    }
}

/// The masks byte by byte.
#[cfg(any(test, not(target_arch = "x86_64")))]
fn plain(block: &[u8; 64]) -> Masks {
    let bit =
        |test: fn(u8) -> bool| block.iter().enumerate().map(|(i, &b)| u64::from(test(b)) << i).fold(0, |a, b| a | b);
    Masks { alphanumeric: bit(|b| b.is_ascii_alphanumeric()), high: bit(|b| !b.is_ascii()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_and_plain_masks_agree_on_every_byte() {
        for first in 0..=255u8 {
            let mut block = [0; 64];
            for (i, b) in block.iter_mut().enumerate() {
                *b = first.wrapping_add((i * 37) as u8);
            }
            assert_eq!(masks(&block), plain(&block), "{first}");
        }
    }
}
