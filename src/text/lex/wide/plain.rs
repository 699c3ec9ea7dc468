//! The plain way: safe, portable, the oracle of the others.

use super::{AsciiSet, Block, LONGEST, Latin, Masks, TAGS, Token, Wide};

/// Byte by byte.
#[derive(Debug, Clone, Copy)]
pub struct Plain;

const ALPHANUMERIC: u8 = 1;
const NEWLINE: u8 = 2;
const HYPHEN: u8 = 4;
const HIGH: u8 = 8;

const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut b = 0;
    while b < 256 {
        classes[b] = match b as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => ALPHANUMERIC,
            0x0a..=0x0d => NEWLINE,
            b'-' | b'_' | b'/' => HYPHEN,
            0x80..=0xff => HIGH,
            _ => 0,
        };
        b += 1;
    }
    classes
};

/// The lowest bit of each byte, gathered.
#[inline(always)]
fn gather(bytes: u64) -> u64 {
    (bytes & 0x0101_0101_0101_0101).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

impl Wide for Plain {
    #[inline(always)]
    fn masks(self, block: &[u8; 64], signs: &AsciiSet) -> Masks {
        let mut masks = Masks::default();
        let any_sign = signs.0 != [0; 16];
        for (i, eight) in block.chunks_exact(8).enumerate() {
            let (mut classes, mut sign) = (0u64, 0u64);
            for (k, &b) in eight.iter().enumerate() {
                classes |= u64::from(CLASSES[usize::from(b)]) << (8 * k);
                if any_sign {
                    sign |= u64::from(signs.has(b)) << k;
                }
            }
            let at = 8 * i;
            masks.alphanumeric |= gather(classes) << at;
            masks.newline |= gather(classes >> 1) << at;
            masks.hyphen |= gather(classes >> 2) << at;
            masks.high |= gather(classes >> 3) << at;
            masks.sign |= sign << at;
        }
        masks
    }

    #[inline(always)]
    fn positions(self, mut mask: u64, base: u32, out: &mut [u32; 64]) {
        for place in out {
            if mask == 0 {
                break;
            }
            *place = base + mask.trailing_zeros();
            mask &= mask - 1;
        }
    }

    #[inline(always)]
    fn fold_pairs(self, token: &[u8], block: &Block) -> Option<Token> {
        let mut out = [0; LONGEST];
        let base = token.first()? & 0xfc;
        let mut changed = 0;
        if token.len() % 2 != 0 {
            return None;
        }
        for (pair, to) in token.chunks_exact(2).zip(out.chunks_exact_mut(2)) {
            let code = (pair[0] & 3) << 6 | pair[1] & 0x3f;
            let fold = block[usize::from(code)];
            if pair[0] & 0xfc != base || fold == 0 {
                return None;
            }
            changed += usize::from(fold != code);
            to.copy_from_slice(&[base | fold >> 6, 0x80 | fold & 0x3f]);
        }
        let count = token.len() / 2;
        (count == 1 || changed < count).then(|| Token { bytes: words(&out), length: token.len() })
    }

    #[inline(always)]
    fn fold_latin(self, token: &[u8], latin: &Latin) -> Option<Token> {
        let mut out = [0; LONGEST];
        let (mut length, mut changed, mut lead) = (0, 0, 0u8);
        for &b in token {
            let fold = match b {
                0xc3..=0xc5 => {
                    lead = b;
                    continue;
                }
                0x80..=0xbf => {
                    // Of a lead that is none of ours only the second byte would come here.
                    let lead = usize::from(std::mem::take(&mut lead)).checked_sub(0xc3)?;
                    latin[lead << 6 | usize::from(b & 0x3f)]
                }
                0xc0.. => return None,
                _ => b | 0x20,
            };
            if fold == 0 {
                return None;
            }
            changed += usize::from(fold != b);
            out[length] = fold;
            length += 1;
        }
        (length == 1 || changed < length).then(|| Token { bytes: words(&out), length })
    }

    #[inline(always)]
    fn equal_tags(self, line: &[u8; 64], tag: u16) -> u32 {
        let [low, high] = tag.to_le_bytes();
        (0..TAGS).map(|i| u32::from(line[2 * i] == low && line[2 * i + 1] == high) << i).sum()
    }
}

fn words(bytes: &[u8; LONGEST]) -> [u64; 4] {
    let word = |i: usize| u64::from_le_bytes(bytes[8 * i..8 * i + 8].try_into().unwrap_or_default());
    [word(0), word(1), word(2), word(3)]
}
