//! The wide ways of x86-64: AVX-512 as processors have it since 2019 (with VBMI and VBMI2), and
//! AVX2. Sealed: nothing outside names an instruction.
//!
//! Invariant: a value of [`Avx512`] or [`Avx2`] exists only where [`level`] found the instructions,
//! which is all that the `unsafe` here rests on; loads and stores stay within the arrays given.

#![allow(unsafe_code)]

use std::arch::x86_64::*;

use super::{AsciiSet, Block, LONGEST, Latin, Masks, Plain, Task, Token, Wide};

#[derive(Debug, Clone, Copy)]
struct Avx512(());
#[derive(Debug, Clone, Copy)]
struct Avx2(());

/// The widest way there is.
enum Level {
    Avx512,
    Avx2,
    Plain,
}

#[inline]
fn level() -> Level {
    let scalar = is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("lzcnt")
        && is_x86_feature_detected!("popcnt")
        && is_x86_feature_detected!("avx2");
    let wide = scalar
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512vbmi")
        && is_x86_feature_detected!("avx512vbmi2");
    match (wide, scalar) {
        (true, _) => Level::Avx512,
        (false, true) => Level::Avx2,
        _ => Level::Plain,
    }
}

#[inline]
pub(super) fn dispatch<T: Task>(task: T) -> T::Output {
    match level() {
        // SAFETY: `level` found every instruction set that the function asks for.
        Level::Avx512 => unsafe { with_avx512(task) },
        // SAFETY: likewise.
        Level::Avx2 => unsafe { with_avx2(task) },
        Level::Plain => task.run(Plain),
    }
}

#[target_feature(enable = "bmi1,bmi2,lzcnt,popcnt,avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2")]
fn with_avx512<T: Task>(task: T) -> T::Output {
    task.run(Avx512(()))
}

#[target_feature(enable = "bmi1,bmi2,lzcnt,popcnt,avx2")]
fn with_avx2<T: Task>(task: T) -> T::Output {
    task.run(Avx2(()))
}

/// The ways that this machine has, for tests.
#[cfg(test)]
pub(super) fn for_each<T: Task>(mut task: impl FnMut() -> T) {
    let level = level();
    if matches!(level, Level::Avx512) {
        // SAFETY: `level` found the instructions.
        unsafe { with_avx512(task()) };
    }
    if !matches!(level, Level::Plain) {
        // SAFETY: likewise.
        unsafe { with_avx2(task()) };
    }
}

/// The low `n` bits.
#[inline(always)]
fn low_bits(n: usize) -> u32 {
    ((1u64 << n) - 1) as u32
}

/// Bits of the upper nibbles 0 to 7; none for bytes beyond ASCII.
const UPPER: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0];

const IDENTITY: [u8; 64] = {
    let mut bytes = [0; 64];
    let mut i = 0;
    while i < 64 {
        bytes[i] = i as u8;
        i += 1;
    }
    bytes
};

impl Wide for Avx512 {
    #[inline(always)]
    fn masks(self, block: &[u8; 64], signs: &AsciiSet) -> Masks {
        // SAFETY: the instructions are there (the module's invariant); the loads read the arrays.
        unsafe {
            let v = _mm512_loadu_si512(block.as_ptr().cast());
            let byte = |b: u8| _mm512_set1_epi8(b as i8);
            let within = |v, from: u8, count: u8| _mm512_cmplt_epu8_mask(_mm512_sub_epi8(v, byte(from)), byte(count));
            let letters = within(_mm512_or_si512(v, byte(0x20)), b'a', 26);
            let digits = within(v, b'0', 10);
            let table = _mm512_broadcast_i32x4(_mm_loadu_si128(signs.0.as_ptr().cast()));
            let upper = _mm512_broadcast_i32x4(_mm_loadu_si128(UPPER.as_ptr().cast()));
            let low = _mm512_shuffle_epi8(table, _mm512_and_si512(v, byte(0x0f)));
            let high = _mm512_shuffle_epi8(upper, _mm512_and_si512(_mm512_srli_epi16::<4>(v), byte(0x0f)));
            let is = |b| _mm512_cmpeq_epi8_mask(v, byte(b));
            Masks {
                alphanumeric: letters | digits,
                high: _mm512_movepi8_mask(v),
                sign: _mm512_test_epi8_mask(low, high),
                newline: within(v, 0x0a, 4),
                hyphen: is(b'-') | is(b'_') | is(b'/'),
            }
        }
    }

    #[inline(always)]
    fn positions(self, mask: u64, base: u32, out: &mut [u32; 64]) {
        // SAFETY: the instructions are there; 16 numbers are stored at 0, 16, 32 and 48 of 64.
        unsafe {
            let identity = _mm512_loadu_si512(IDENTITY.as_ptr().cast());
            let places = _mm512_maskz_compress_epi8(mask, identity);
            let base = _mm512_set1_epi32(base as i32);
            let count = mask.count_ones();
            let to: *mut i32 = out.as_mut_ptr().cast();
            let store = |at: usize, part: __m128i| {
                let numbers = _mm512_add_epi32(_mm512_cvtepu8_epi32(part), base);
                _mm512_storeu_si512(to.add(at).cast(), numbers);
            };
            store(0, _mm512_castsi512_si128(places));
            if count > 16 {
                store(16, _mm512_extracti32x4_epi32::<1>(places));
            }
            if count > 32 {
                store(32, _mm512_extracti32x4_epi32::<2>(places));
                store(48, _mm512_extracti32x4_epi32::<3>(places));
            }
        }
    }

    #[inline(always)]
    fn fold_pairs(self, token: &[u8], block: &Block) -> Option<Token> {
        let length = token.len();
        if length > LONGEST || length % 2 != 0 || length == 0 {
            return None;
        }
        // SAFETY: the instructions are there; the masked load reads `length` bytes of the token,
        // the others the 256 bytes of the block.
        unsafe {
            let v = _mm256_maskz_loadu_epi8(low_bits(length), token.as_ptr().cast());
            let count = length / 2;
            let lanes = low_bits(count) as __mmask16;
            let base = token[0] & 0xfc;
            let same = _mm256_cmpeq_epi16_mask(
                _mm256_and_si256(v, _mm256_set1_epi16(0xfc)),
                _mm256_set1_epi16(i16::from(base)),
            );
            let code = _mm256_or_si256(
                _mm256_slli_epi16::<6>(_mm256_and_si256(v, _mm256_set1_epi16(3))),
                _mm256_and_si256(_mm256_srli_epi16::<8>(v), _mm256_set1_epi16(0x3f)),
            );
            let code = _mm256_cvtepi16_epi8(code);
            let wide = _mm512_castsi128_si512(code);
            let part = |at: usize| _mm512_loadu_si512(block.as_ptr().add(at).cast());
            let lower = _mm512_permutex2var_epi8(part(0), wide, part(64));
            let upper = _mm512_permutex2var_epi8(part(128), wide, part(192));
            let fold = _mm512_mask_blend_epi8(_mm512_movepi8_mask(wide), lower, upper);
            let fold = _mm512_castsi512_si128(fold);
            let has = _mm_test_epi8_mask(fold, fold);
            let changed = _mm_cmpneq_epi8_mask(fold, code) & lanes;
            if (same & has & lanes) != lanes || (changed == lanes && count > 1) {
                return None;
            }
            let fold = _mm256_cvtepu8_epi16(fold);
            let lead = _mm256_or_si256(_mm256_srli_epi16::<6>(fold), _mm256_set1_epi16(i16::from(base)));
            let next = _mm256_or_si256(_mm256_and_si256(fold, _mm256_set1_epi16(0x3f)), _mm256_set1_epi16(0x80));
            let out = _mm256_maskz_mov_epi16(lanes, _mm256_or_si256(lead, _mm256_slli_epi16::<8>(next)));
            Some(Token { bytes: words(out), length })
        }
    }

    #[inline(always)]
    fn fold_latin(self, token: &[u8], latin: &Latin) -> Option<Token> {
        if token.len() > LONGEST || token.is_empty() {
            return None;
        }
        // SAFETY: the instructions are there; the masked load reads the bytes of the token, the
        // others the 192 bytes of the table.
        unsafe {
            let lanes = low_bits(token.len());
            let v = _mm256_maskz_loadu_epi8(lanes, token.as_ptr().cast());
            let byte = |b: u8| _mm256_set1_epi8(b as i8);
            let high = _mm256_movepi8_mask(v);
            let lead = _mm256_cmpge_epu8_mask(v, byte(0xc0));
            let ours = _mm256_cmplt_epu8_mask(_mm256_sub_epi8(v, byte(0xc3)), byte(3));
            if lead != ours {
                return None;
            }
            let before = _mm256_loadu_si256(BEFORE.as_ptr().cast());
            let leads = _mm256_permutexvar_epi8(before, v);
            let code = _mm256_or_si256(
                _mm256_and_si256(_mm256_slli_epi16::<6>(_mm256_sub_epi8(leads, byte(0xc3))), byte(0xc0)),
                _mm256_and_si256(v, byte(0x3f)),
            );
            let wide = _mm512_castsi256_si512(code);
            let part = |at: usize| _mm512_loadu_si512(latin.as_ptr().add(at).cast());
            let lower = _mm512_permutex2var_epi8(part(0), wide, part(64));
            let upper = _mm512_permutexvar_epi8(wide, part(128));
            let fold = _mm512_mask_blend_epi8(_mm512_movepi8_mask(wide), lower, upper);
            let small = _mm256_or_si256(v, byte(0x20));
            let fold = _mm256_mask_blend_epi8(high, small, _mm512_castsi512_si256(fold));
            let kept = lanes & !lead;
            let count = kept.count_ones();
            let has = _mm256_test_epi8_mask(fold, fold);
            let changed = _mm256_cmpneq_epi8_mask(fold, v) & kept;
            if has & kept != kept || (changed == kept && count > 1) {
                return None;
            }
            let out = _mm256_maskz_compress_epi8(kept, fold);
            Some(Token { bytes: words(out), length: count as usize })
        }
    }

    #[inline(always)]
    fn equal_tags(self, line: &[u8; 64], tag: u16) -> u32 {
        // SAFETY: the instructions are there; the load reads the array.
        unsafe {
            let v = _mm256_loadu_si256(line.as_ptr().cast());
            u32::from(_mm256_cmpeq_epi16_mask(v, _mm256_set1_epi16(tag as i16))) & 0x3ff
        }
    }
}

/// The place before each byte.
const BEFORE: [u8; 32] = {
    let mut bytes = [0; 32];
    let mut i = 1;
    while i < 32 {
        bytes[i] = i as u8 - 1;
        i += 1;
    }
    bytes
};

#[inline(always)]
fn words(v: __m256i) -> [u64; 4] {
    // SAFETY: both are 32 bytes of plain numbers.
    unsafe { std::mem::transmute::<__m256i, [u64; 4]>(v) }
}

impl Wide for Avx2 {
    #[inline(always)]
    fn masks(self, block: &[u8; 64], signs: &AsciiSet) -> Masks {
        let mut masks = Masks::default();
        for half in 0..2 {
            // SAFETY: the instructions are there; each load reads 32 of the 64 bytes, or a table.
            unsafe {
                let v = _mm256_loadu_si256(block.as_ptr().add(32 * half).cast());
                let byte = |b: u8| _mm256_set1_epi8(b as i8);
                let bits = |v| u64::from(_mm256_movemask_epi8(v) as u32) << (32 * half);
                // Moved so that the wanted range begins at the least signed byte, one comparison finds it.
                let within = |v, from: u8, count: u8| {
                    let moved = _mm256_add_epi8(v, byte(0x80u8.wrapping_sub(from)));
                    _mm256_cmpgt_epi8(byte(0x80 + count), moved)
                };
                let letters = within(_mm256_or_si256(v, byte(0x20)), b'a', 26);
                let digits = within(v, b'0', 10);
                let table = _mm256_broadcastsi128_si256(_mm_loadu_si128(signs.0.as_ptr().cast()));
                let upper = _mm256_broadcastsi128_si256(_mm_loadu_si128(UPPER.as_ptr().cast()));
                let low = _mm256_shuffle_epi8(table, _mm256_and_si256(v, byte(0x0f)));
                let high = _mm256_shuffle_epi8(upper, _mm256_and_si256(_mm256_srli_epi16::<4>(v), byte(0x0f)));
                let none = _mm256_cmpeq_epi8(_mm256_and_si256(low, high), _mm256_setzero_si256());
                let is = |b| _mm256_cmpeq_epi8(v, byte(b));
                masks.alphanumeric |= bits(_mm256_or_si256(letters, digits));
                masks.high |= bits(v);
                masks.sign |= bits(none) ^ 0xffff_ffff << (32 * half);
                masks.newline |= bits(within(v, 0x0a, 4));
                masks.hyphen |= bits(_mm256_or_si256(is(b'-'), _mm256_or_si256(is(b'_'), is(b'/'))));
            }
        }
        masks
    }

    #[inline(always)]
    fn positions(self, mask: u64, base: u32, out: &mut [u32; 64]) {
        Plain.positions(mask, base, out);
    }

    #[inline(always)]
    fn fold_pairs(self, token: &[u8], block: &Block) -> Option<Token> {
        Plain.fold_pairs(token, block)
    }

    #[inline(always)]
    fn fold_latin(self, token: &[u8], latin: &Latin) -> Option<Token> {
        Plain.fold_latin(token, latin)
    }

    #[inline(always)]
    fn equal_tags(self, line: &[u8; 64], tag: u16) -> u32 {
        // SAFETY: the instructions are there; the loads read 32 bytes of the array.
        unsafe {
            let wanted = _mm_set1_epi16(tag as i16);
            let part = |at: usize| _mm_cmpeq_epi16(_mm_loadu_si128(line.as_ptr().add(at).cast()), wanted);
            _mm_movemask_epi8(_mm_packs_epi16(part(0), part(16))) as u32 & 0x3ff
        }
    }
}
