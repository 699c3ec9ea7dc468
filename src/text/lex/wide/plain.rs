//! The plain way: safe, portable, the oracle of the others.

use super::super::hash::{self, CLASSES};
use super::super::lexeme::{Flags, Lexeme};
use super::{AsciiSet, Batch, Block, Classes, Eight, LONGEST, LOWER, Latin, Masks, TAGS, Token, UNKNOWN, UPPER, Wide};

/// Byte by byte.
#[derive(Debug, Clone, Copy)]
pub struct Plain;

const ALPHANUMERIC: u8 = 1;
const NEWLINE: u8 = 2;
const HYPHEN: u8 = 4;
const HIGH: u8 = 8;
const LARGE: u8 = 16;
const SMALL: u8 = 32;

const KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut b = 0;
    while b < 256 {
        kinds[b] = match b as u8 {
            b'a'..=b'z' => ALPHANUMERIC | SMALL,
            b'A'..=b'Z' => ALPHANUMERIC | LARGE,
            b'0'..=b'9' => ALPHANUMERIC,
            0x0a..=0x0d => NEWLINE,
            b'-' | b'_' | b'/' => HYPHEN,
            0x80..=0xff => HIGH,
            _ => 0,
        };
        b += 1;
    }
    kinds
};

/// The lowest bit of each byte, gathered.
#[inline(always)]
fn gather(bytes: u64) -> u64 {
    (bytes & 0x0101_0101_0101_0101).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// Folds the high bytes of a block; what is of no known block stays [`UNKNOWN`].
#[inline(never)]
pub(super) fn fold_high(
    window: &[u8; 66],
    block: fn(u8) -> &'static Block,
    first: usize,
    out: &mut [u8; 64],
    masks: &mut Masks,
) {
    let lead_of = |i: usize| if window[i] & 0xc0 == 0x80 { window[i - 1] } else { window[i] };
    // The block of the first lead: of the byte before if that is not in the window's middle.
    let base = lead_of(first + 1) & 0xfc;
    let table = (0xc0..0xe0).contains(&base).then(|| block(base));
    for i in first..64 {
        let b = window[i + 1];
        if b < 0x80 {
            continue;
        }
        out[i] = UNKNOWN;
        let (lead, next) = if b < 0xc0 { (window[i], b) } else { (b, window[i + 2]) };
        let Some(table) = table.filter(|_| lead & 0xfc == base && next & 0xc0 == 0x80) else {
            continue;
        };
        let code = usize::from((lead & 3) << 6 | next & 0x3f);
        let fold = table.fold[code];
        masks.upper |= u64::from(table.case[code] == UPPER) << i;
        masks.lower |= u64::from(table.case[code] == LOWER) << i;
        if fold != 0 {
            out[i] = if b < 0xc0 { 0x80 | fold & 0x3f } else { base | fold >> 6 };
        }
    }
}

impl Wide for Plain {
    #[inline(always)]
    fn block(self, window: &[u8; 66], signs: &AsciiSet, block: fn(u8) -> &'static Block, out: &mut [u8; 64]) -> Masks {
        let mut masks = Masks::default();
        let any_sign = signs.0 != [0; 16];
        for i in 0..8 {
            let (mut kinds, mut sign) = (0u64, 0u64);
            for k in 0..8 {
                let b = window[8 * i + k + 1];
                let kind = KINDS[usize::from(b)];
                kinds |= u64::from(kind) << (8 * k);
                out[8 * i + k] = b | (kind & LARGE) << 1;
                if any_sign {
                    sign |= u64::from(signs.has(b)) << k;
                }
            }
            let at = 8 * i;
            masks.alphanumeric |= gather(kinds) << at;
            masks.newline |= gather(kinds >> 1) << at;
            masks.hyphen |= gather(kinds >> 2) << at;
            masks.high |= gather(kinds >> 3) << at;
            masks.upper |= gather(kinds >> 4) << at;
            masks.lower |= gather(kinds >> 5) << at;
            masks.sign |= sign << at;
        }
        if masks.high != 0 {
            fold_high(window, block, masks.high.trailing_zeros() as usize, out, &mut masks);
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
    fn extract(self, bits: u64, mut mask: u64) -> u64 {
        let (mut out, mut n) = (0, 0);
        while mask != 0 {
            out |= (bits >> mask.trailing_zeros() & 1) << n;
            n += 1;
            mask &= mask - 1;
        }
        out
    }

    #[inline(always)]
    fn eight(self, batch: Batch<'_>) -> Eight {
        let mut out = Eight { lexemes: [Lexeme::default(); 8], odd: 0 };
        for (i, lexeme) in out.lexemes.iter_mut().enumerate() {
            let (start, end) = (batch.starts[i] as usize, batch.ends[i] as usize);
            let bit = |mask: u8| mask >> i & 1 != 0;
            match one(batch, start, end, bit(batch.upper), bit(batch.sign)) {
                Some(hash) => {
                    let flags = if bit(batch.sign) { Flags::SIGN } else { Flags::WORD.with_lower(bit(batch.lower)) };
                    *lexeme = Lexeme::new(hash, start, end, flags);
                }
                None => out.odd |= 1 << i,
            }
        }
        out
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
    fn classes(self, lexemes: &[Lexeme; 8], filter: &[[u8; 8]]) -> Classes {
        let mut out = Classes::default();
        for (i, lexeme) in lexemes.iter().enumerate() {
            let word = filter.get(hash::filter_word(lexeme.hash, filter.len())).map_or(0, |w| u64::from_le_bytes(*w));
            for (mask, from) in out.may.iter_mut().zip(CLASSES) {
                let bits = hash::filter_bits(lexeme.hash, from);
                *mask |= u8::from(word & bits == bits) << i;
            }
            let is = |flag| u8::from(lexeme.flags().any(flag)) << i;
            out.lower |= is(Flags::LOWER);
            out.hard |= is(Flags::HARD);
            out.alike |= is(Flags::ALIKE);
        }
        out
    }

    #[inline(always)]
    fn entries(self, mut mask: u8, base: u32, marks: [u8; 3], out: &mut [u32; 8]) {
        for place in out {
            if mask == 0 {
                break;
            }
            let i = mask.trailing_zeros();
            *place = marks.iter().zip([31, 30, 29]).fold(base + i, |n, (m, at)| n | u32::from(m >> i & 1) << at);
            mask &= mask - 1;
        }
    }

    #[inline(always)]
    fn equal_tags(self, line: &[u8; 64], tag: u16) -> u32 {
        let [low, high] = tag.to_le_bytes();
        (0..TAGS).map(|i| u32::from(line[2 * i] == low && line[2 * i + 1] == high) << i).sum()
    }
}

/// The hash of one run, unless it is odd.
#[inline(always)]
fn one(batch: Batch<'_>, start: usize, end: usize, capitals: bool, sign: bool) -> Option<u64> {
    let length = end - start;
    let rest = batch.folded.get(start - batch.base as usize..)?;
    if length > LONGEST || rest.len() < LONGEST + 8 {
        return None;
    }
    let word = |i: usize| u64::from_le_bytes(rest[8 * i..8 * i + 8].try_into().unwrap_or_default());
    let mut words = [0; 4];
    let (mut any_high, mut all_high) = (0, true);
    for (i, kept) in words.iter_mut().enumerate() {
        let keep = u64::MAX.checked_shr(64 - 8 * length.saturating_sub(8 * i).min(8) as u32).unwrap_or(0);
        *kept = word(i) & keep;
        any_high |= *kept & HIGHS;
        all_high &= *kept & HIGHS == keep & HIGHS;
    }
    let unknown = rest[..length].contains(&UNKNOWN);
    let single = length == 1 || length == 2 && any_high != 0;
    let several_capitals = capitals && length > 1;
    // The one sign of ASCII that folds to another.
    let folds = sign && words[0] == u64::from(b'`');
    if folds || unknown || any_high != 0 && !all_high || single && rest[length] == b'.' || several_capitals {
        return None;
    }
    Some(hash::words(words, length))
}

const HIGHS: u64 = 0x8080_8080_8080_8080;

fn words(bytes: &[u8; LONGEST]) -> [u64; 4] {
    let word = |i: usize| u64::from_le_bytes(bytes[8 * i..8 * i + 8].try_into().unwrap_or_default());
    [word(0), word(1), word(2), word(3)]
}
