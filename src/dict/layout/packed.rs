//! Numbers of a fixed width in bits, one after the other, lowest bit first.
//!
//! Invariant: what lies beyond the bytes reads as 0.

/// The number of `width` bits, at most 32, that begins at bit `at`. Cost: one load.
#[inline]
pub fn get(bytes: &[u8], at: u64, width: u32) -> u32 {
    let byte = usize::try_from(at / 8).unwrap_or(usize::MAX);
    let word = match bytes.get(byte..).and_then(<[u8]>::first_chunk::<8>) {
        Some(eight) => u64::from_le_bytes(*eight),
        None => {
            let tail = bytes.get(byte..).unwrap_or_default();
            tail.iter().rev().fold(0, |word, &b| word << 8 | u64::from(b))
        }
    };
    (word >> (at % 8) & ((1 << width.min(32)) - 1)) as u32
}

/// Appends packed numbers to bytes.
#[derive(Debug, Default)]
pub struct Packer {
    bytes: Vec<u8>,
    pending: u64,
    count: u32,
}

impl Packer {
    /// Appends the lowest `width` bits of `number`; `width` is at most 32.
    pub fn push(&mut self, number: u32, width: u32) {
        self.pending |= (u64::from(number) & ((1 << width) - 1)) << self.count;
        self.count += width;
        while self.count >= 8 {
            self.bytes.push(self.pending as u8);
            self.pending >>= 8;
            self.count -= 8;
        }
    }

    /// The bytes, the last one filled up with 0.
    pub fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.bytes.push(self.pending as u8);
        }
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pushed_is_read() {
        for widths in [[1, 7, 32], [29, 0, 3], [13, 17, 31]] {
            let mut packer = Packer::default();
            let number = |i: u32, width: u32| (u64::from(i.wrapping_mul(0x9e37_79b9)) & ((1 << width) - 1)) as u32;
            for i in 0..100 {
                widths.iter().for_each(|&w| packer.push(number(i, w), w));
            }
            let bytes = packer.finish();
            let mut at = 0;
            for i in 0..100 {
                for w in widths {
                    assert_eq!(get(&bytes, at, w), number(i, w));
                    at += u64::from(w);
                }
            }
            assert_eq!(get(&bytes, at + 64, 32), 0);
            assert_eq!(get(&bytes, u64::MAX, 32), 0);
        }
    }
}
