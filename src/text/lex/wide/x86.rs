//! The wide ways of x86-64: AVX-512 as processors have it since 2019 (with VBMI and VBMI2), and
//! AVX2. Sealed: nothing outside names an instruction.
//!
//! Invariant: a value of [`Avx512`] or [`Avx2`] exists only where [`level`] found the instructions,
//! which is all that the `unsafe` here rests on; loads and stores stay within the arrays given.

#![allow(unsafe_code)]

use std::arch::x86_64::*;

use super::super::hash::{CLASSES, MULTIPLIERS, SEEDS};
use super::super::lexeme::{Flags, Lexeme};
use super::plain;
use super::{
    AsciiSet, Batch, Block, Classes, Eight, LONGEST, LOWER, Latin, Masks, Plain, Task, Token, UNKNOWN, UPPER, Wide,
};

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
const UPPER_NIBBLES: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0];

/// Bytes that rise by one.
const fn rising<const N: usize>(from: u8) -> [u8; N] {
    let mut bytes = [0; N];
    let mut i = 0;
    while i < N {
        bytes[i] = from.wrapping_add(i as u8);
        i += 1;
    }
    bytes
}

const IDENTITY: [u8; 64] = rising(0);
/// The place before each byte.
const BEFORE: [u8; 32] = rising(u8::MAX);

impl Wide for Avx512 {
    #[inline(always)]
    fn block(self, window: &[u8; 66], signs: &AsciiSet, block: fn(u8) -> &'static Block, out: &mut [u8; 64]) -> Masks {
        // SAFETY: the instructions are there (the module's invariant).
        unsafe { avx512_block(window, signs, block, out) }
    }

    #[inline(always)]
    fn positions(self, mask: u64, base: u32, out: &mut [u32; 64]) {
        // SAFETY: the instructions are there (the module's invariant).
        unsafe { avx512_positions(mask, base, out) }
    }

    #[inline(always)]
    fn extract(self, bits: u64, mask: u64) -> u64 {
        // SAFETY: the instructions are there (the module's invariant).
        unsafe { avx512_extract(bits, mask) }
    }

    #[inline(always)]
    fn eight(self, batch: Batch<'_>) -> Eight {
        // SAFETY: the instructions are there (the module's invariant).
        unsafe { avx512_eight(batch) }
    }

    #[inline(always)]
    fn fold_latin(self, token: &[u8], latin: &Latin) -> Option<Token> {
        // SAFETY: the instructions are there (the module's invariant).
        unsafe { avx512_fold_latin(token, latin) }
    }

    #[inline(always)]
    fn classes(self, lexemes: &[Lexeme; 8], filter: &[[u8; 8]]) -> Classes {
        // SAFETY: the instructions are there (the module's invariant).
        unsafe { avx512_classes(lexemes, filter) }
    }

    #[inline(always)]
    fn entries(self, mask: u8, base: u32, marks: [u8; 3], out: &mut [u32; 8]) {
        // SAFETY: the instructions are there (the module's invariant).
        unsafe { avx512_entries(mask, base, marks, out) }
    }

    #[inline(always)]
    fn equal_tags(self, line: &[u8; 64], tag: u16) -> u32 {
        // SAFETY: the instructions are there (the module's invariant).
        unsafe { avx512_equal_tags(line, tag) }
    }
}

#[target_feature(enable = "bmi1,bmi2,lzcnt,popcnt,avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2")]
#[inline]
fn avx512_block(window: &[u8; 66], signs: &AsciiSet, block: fn(u8) -> &'static Block, out: &mut [u8; 64]) -> Masks {
    // SAFETY: the loads read 64 bytes of
    // the 66 from 0, 1 and 2 on, and tables; the store fills the array.
    unsafe {
        let v = _mm512_loadu_si512(window.as_ptr().add(1).cast());
        let byte = |b: u8| _mm512_set1_epi8(b as i8);
        let within = |v, from: u8, count: u8| _mm512_cmplt_epu8_mask(_mm512_sub_epi8(v, byte(from)), byte(count));
        let small = _mm512_or_si512(v, byte(0x20));
        let letters = within(small, b'a', 26);
        let digits = within(v, b'0', 10);
        let mut upper = within(v, b'A', 26);
        let mut lower = letters & !upper;
        let table = _mm512_broadcast_i32x4(_mm_loadu_si128(signs.0.as_ptr().cast()));
        let nibbles = _mm512_broadcast_i32x4(_mm_loadu_si128(UPPER_NIBBLES.as_ptr().cast()));
        let low = _mm512_shuffle_epi8(table, _mm512_and_si512(v, byte(0x0f)));
        let high_nibble = _mm512_and_si512(_mm512_srli_epi16::<4>(v), byte(0x0f));
        let sign = _mm512_test_epi8_mask(low, _mm512_shuffle_epi8(nibbles, high_nibble));
        let is = |b| _mm512_cmpeq_epi8_mask(v, byte(b));
        let hyphen = is(b'-') | is(b'_') | is(b'/');
        let high = _mm512_movepi8_mask(v);
        let mut fold = _mm512_mask_blend_epi8(letters, v, small);
        if high != 0 {
            let first = high.trailing_zeros() as usize;
            let (before, b) = (window[first], window[first + 1]);
            let base = if b < 0xc0 { before & 0xfc } else { b & 0xfc };
            let unknown = byte(UNKNOWN);
            let mut high_fold = unknown;
            if (0xc0..0xe0).contains(&base) {
                let table = block(base);
                let leads = _mm512_cmpge_epu8_mask(v, byte(0xc0));
                let left = _mm512_loadu_si512(window.as_ptr().cast());
                let right = _mm512_loadu_si512(window.as_ptr().add(2).cast());
                let lead = _mm512_mask_blend_epi8(leads, left, v);
                let next = _mm512_mask_blend_epi8(leads, v, right);
                let ours = _mm512_cmpeq_epi8_mask(_mm512_and_si512(lead, byte(0xfc)), byte(base))
                    & _mm512_cmpeq_epi8_mask(_mm512_and_si512(next, byte(0xc0)), byte(0x80))
                    & high;
                // Shifted by sixteens: the bits that come over from a neighbour are masked off.
                let code = _mm512_or_si512(
                    _mm512_slli_epi16::<6>(_mm512_and_si512(lead, byte(3))),
                    _mm512_and_si512(next, byte(0x3f)),
                );
                let found = lookup(&table.fold, code);
                let known = _mm512_test_epi8_mask(found, found) & ours;
                let as_lead = _mm512_or_si512(_mm512_and_si512(_mm512_srli_epi16::<6>(found), byte(3)), byte(base));
                let as_next = _mm512_or_si512(_mm512_and_si512(found, byte(0x3f)), byte(0x80));
                let found = _mm512_mask_blend_epi8(leads, as_next, as_lead);
                high_fold = _mm512_mask_blend_epi8(known, unknown, found);
                let case = lookup(&table.case, code);
                upper |= _mm512_cmpeq_epi8_mask(case, byte(UPPER)) & ours;
                lower |= _mm512_cmpeq_epi8_mask(case, byte(LOWER)) & ours;
            }
            fold = _mm512_mask_blend_epi8(high, fold, high_fold);
        }
        _mm512_storeu_si512(out.as_mut_ptr().cast(), fold);
        Masks { alphanumeric: letters | digits, high, sign, newline: within(v, 0x0a, 4), hyphen, upper, lower }
    }
}

#[target_feature(enable = "bmi1,bmi2,lzcnt,popcnt,avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2")]
#[inline]
fn avx512_positions(mask: u64, base: u32, out: &mut [u32; 64]) {
    // SAFETY: 16 numbers are stored at 0, 16, 32 and 48 of 64.
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

#[target_feature(enable = "bmi1,bmi2,lzcnt,popcnt,avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2")]
#[inline]
fn avx512_extract(bits: u64, mask: u64) -> u64 {
    // SAFETY: the instruction is there.
    _pext_u64(bits, mask)
}

#[target_feature(enable = "bmi1,bmi2,lzcnt,popcnt,avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2")]
#[inline]
fn avx512_eight(batch: Batch<'_>) -> Eight {
    let Some(last) = batch.folded.len().checked_sub(LONGEST + 8) else {
        return plainly(batch);
    };
    // SAFETY: the loads read 16 bytes from at most 16 behind a
    // start, and starts that are not 40 bytes before the end go the plain way.
    unsafe {
        let numbers = |n: u64| _mm512_set1_epi64(n as i64);
        let widen = |n: &[u32; 8]| _mm512_cvtepu32_epi64(_mm256_loadu_si256(n.as_ptr().cast()));
        let (start, end) = (widen(batch.starts), widen(batch.ends));
        let at = _mm512_sub_epi64(start, numbers(u64::from(batch.base)));
        if _mm512_cmpgt_epu64_mask(at, numbers(last as u64)) != 0 {
            return plainly(batch);
        }
        // Plain loads: gathering instructions are slow on many processors.
        let from = |i: usize, more: usize| {
            let at = batch.starts[i].wrapping_sub(batch.base) as usize + more;
            _mm_loadu_si128(batch.folded.as_ptr().add(at).cast())
        };
        let four = |i: usize, more: usize| {
            let two = |i| _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(from(i, more)), from(i + 1, more));
            _mm512_inserti64x4::<1>(_mm512_castsi256_si512(two(i)), two(i + 2))
        };
        let evens = _mm512_loadu_si512(HASHES.as_ptr().cast());
        let odds = _mm512_loadu_si512(PLACES.as_ptr().cast());
        let words = |more: usize| {
            let (low, high) = (four(0, more), four(4, more));
            (_mm512_permutex2var_epi64(low, evens, high), _mm512_permutex2var_epi64(low, odds, high))
        };
        let length = _mm512_sub_epi64(end, start);
        let bits = _mm512_slli_epi64::<3>(length);
        let ones = numbers(u64::MAX);
        // A shift by 64 or more gives 0.
        let keep = |i: u64| {
            let rest = _mm512_max_epi64(_mm512_sub_epi64(bits, numbers(64 * i)), numbers(0));
            _mm512_srlv_epi64(ones, _mm512_sub_epi64(numbers(64), _mm512_min_epu64(rest, numbers(64))))
        };
        let highs = numbers(0x8080_8080_8080_8080);
        let has_unknown = |word| {
            let bytes = _mm512_cmpeq_epi8_mask(word, _mm512_set1_epi8(UNKNOWN as i8));
            let bytes = _mm512_movm_epi8(bytes);
            _mm512_test_epi64_mask(bytes, bytes)
        };
        let (raw, raw1) = words(0);
        let (keep0, keep1) = (keep(0), keep(1));
        let (word0, word1) = (_mm512_and_si512(raw, keep0), _mm512_and_si512(raw1, keep1));
        let mut any = _mm512_or_si512(word0, word1);
        let mut not_all = _mm512_or_si512(_mm512_andnot_si512(word0, keep0), _mm512_andnot_si512(word1, keep1));
        let mut odd = has_unknown(word0) | has_unknown(word1);
        let mut hash =
            mix(_mm512_xor_si512(word0, numbers(SEEDS[0])), word1, numbers(MULTIPLIERS[0]), numbers(MULTIPLIERS[1]));
        let long = _mm512_cmpgt_epu64_mask(length, numbers(16));
        if long != 0 {
            let (keep2, keep3) = (keep(2), keep(3));
            let (raw2, raw3) = words(16);
            let (word2, word3) = (_mm512_and_si512(raw2, keep2), _mm512_and_si512(raw3, keep3));
            any = _mm512_or_si512(any, _mm512_or_si512(word2, word3));
            let more = _mm512_or_si512(_mm512_andnot_si512(word2, keep2), _mm512_andnot_si512(word3, keep3));
            not_all = _mm512_or_si512(not_all, more);
            odd |= has_unknown(word2) | has_unknown(word3);
            odd |= _mm512_cmpgt_epu64_mask(length, numbers(LONGEST as u64));
            let first = _mm512_xor_si512(_mm512_xor_si512(word2, hash), numbers(SEEDS[0]));
            let whole = mix(first, word3, numbers(MULTIPLIERS[0]), numbers(MULTIPLIERS[1]));
            hash = _mm512_mask_blend_epi64(long, hash, whole);
        }
        let any_high = _mm512_test_epi64_mask(any, highs);
        odd |= any_high & _mm512_test_epi64_mask(not_all, highs);
        let several = _mm512_cmpgt_epu64_mask(length, numbers(1));
        let single =
            _mm512_cmpeq_epu64_mask(length, numbers(1)) | (_mm512_cmpeq_epu64_mask(length, numbers(2)) & any_high);
        let next = _mm512_and_si512(_mm512_srlv_epi64(raw, bits), numbers(0xff));
        odd |= single & _mm512_cmpeq_epu64_mask(next, numbers(u64::from(b'.')));
        odd |= batch.upper & several;
        // The one sign of ASCII that folds to another.
        odd |= batch.sign & _mm512_cmpeq_epu64_mask(word0, numbers(u64::from(b'`')));
        let flag = |flags: Flags| numbers(u64::from(flags.0) << 32);
        let flags = _mm512_mask_blend_epi64(batch.lower, flag(Flags::WORD), flag(Flags::WORD.with_lower(true)));
        let flags = _mm512_mask_blend_epi64(batch.sign, flags, flag(Flags::SIGN));
        let place = _mm512_or_si512(start, _mm512_slli_epi64::<48>(length));
        let place = _mm512_or_si512(place, flags);
        let mut lexemes = [Lexeme::default(); 8];
        let to: *mut i64 = lexemes.as_mut_ptr().cast();
        let low = _mm512_loadu_si512(INTERLEAVE[0].as_ptr().cast());
        let high = _mm512_loadu_si512(INTERLEAVE[1].as_ptr().cast());
        _mm512_storeu_si512(to.cast(), _mm512_permutex2var_epi64(hash, low, place));
        _mm512_storeu_si512(to.add(8).cast(), _mm512_permutex2var_epi64(hash, high, place));
        Eight { lexemes, odd }
    }
}

#[target_feature(enable = "bmi1,bmi2,lzcnt,popcnt,avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2")]
#[inline]
fn avx512_fold_latin(token: &[u8], latin: &Latin) -> Option<Token> {
    if token.len() > LONGEST || token.is_empty() {
        return None;
    }
    // SAFETY: the masked load reads the bytes of the token, the
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

#[target_feature(enable = "bmi1,bmi2,lzcnt,popcnt,avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2")]
#[inline]
fn avx512_classes(lexemes: &[Lexeme; 8], filter: &[[u8; 8]]) -> Classes {
    if filter.is_empty() || filter.len() > u32::MAX as usize {
        return Plain.classes(lexemes, filter);
    }
    let from: *const i64 = lexemes.as_ptr().cast();
    // SAFETY: the loads read the 16 words of the lexemes.
    let (low, high) = unsafe { (_mm512_loadu_si512(from.cast()), _mm512_loadu_si512(from.add(8).cast())) };
    let hash = _mm512_permutex2var_epi64(low, numbers(&HASHES), high);
    let place = _mm512_permutex2var_epi64(low, numbers(&PLACES), high);
    let number = |n: u64| _mm512_set1_epi64(n as i64);
    let word = filter_words(hash, filter);
    let is = |flag: Flags| _mm512_test_epi64_mask(place, number(u64::from(flag.0) << 32));
    let [single, first, small, _] = CLASSES;
    let may = |from: u32| {
        let bits = filter_bits(_mm512_srlv_epi64(hash, number(u64::from(from))));
        _mm512_cmpeq_epi64_mask(_mm512_and_si512(word, bits), bits)
    };
    Classes {
        may: [may(single), may(first), may(small)],
        lower: is(Flags::LOWER),
        hard: is(Flags::HARD),
        alike: is(Flags::ALIKE),
    }
}

#[target_feature(enable = "bmi1,bmi2,lzcnt,popcnt,avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2")]
#[inline]
fn avx512_entries(mask: u8, base: u32, marks: [u8; 3], out: &mut [u32; 8]) {
    let number = |n: u32| _mm256_set1_epi32(n as i32);
    let places = _mm256_add_epi32(_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7), number(base));
    let places = _mm256_mask_or_epi32(places, marks[0], places, number(1 << 31));
    let places = _mm256_mask_or_epi32(places, marks[1], places, number(1 << 30));
    let places = _mm256_mask_or_epi32(places, marks[2], places, number(1 << 29));
    // SAFETY: the store fills the array.
    unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), _mm256_maskz_compress_epi32(mask, places)) }
}

#[target_feature(enable = "bmi1,bmi2,lzcnt,popcnt,avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2")]
#[inline]
fn numbers(numbers: &[u64; 8]) -> __m512i {
    // SAFETY: the load reads the array.
    unsafe { _mm512_loadu_si512(numbers.as_ptr().cast()) }
}

#[target_feature(enable = "bmi1,bmi2,lzcnt,popcnt,avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2")]
#[inline]
fn avx512_equal_tags(line: &[u8; 64], tag: u16) -> u32 {
    // SAFETY: the load reads the array.
    unsafe {
        let v = _mm256_loadu_si256(line.as_ptr().cast());
        u32::from(_mm256_cmpeq_epi16_mask(v, _mm256_set1_epi16(tag as i16))) & 0x3ff
    }
}

/// Hashes and places of eight lexemes, in turn.
const INTERLEAVE: [[u64; 8]; 2] = [[0, 8, 1, 9, 2, 10, 3, 11], [4, 12, 5, 13, 6, 14, 7, 15]];
/// The hashes of eight lexemes.
const HASHES: [u64; 8] = [0, 2, 4, 6, 8, 10, 12, 14];
/// Their places and flags.
const PLACES: [u64; 8] = [1, 3, 5, 7, 9, 11, 13, 15];

/// [`super::super::hash`]'s mix.
#[target_feature(enable = "bmi1,bmi2,lzcnt,popcnt,avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2")]
#[inline]
fn mix(a: __m512i, b: __m512i, first: __m512i, second: __m512i) -> __m512i {
    let a = _mm512_mullo_epi64(a, first);
    let a = _mm512_xor_si512(a, _mm512_srli_epi64::<32>(a));
    let b = _mm512_mullo_epi64(_mm512_xor_si512(a, b), second);
    _mm512_xor_si512(b, _mm512_srli_epi64::<32>(b))
}

/// The words of a filter, which has some, fewer than 2^32, for eight hashes.
#[target_feature(enable = "bmi1,bmi2,lzcnt,popcnt,avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2")]
#[inline]
fn filter_words(hash: __m512i, filter: &[[u8; 8]]) -> __m512i {
    let words = _mm512_set1_epi64(filter.len() as i64);
    let index = _mm512_mul_epu32(_mm512_srli_epi64::<32>(hash), words);
    let index = _mm512_srli_epi64::<32>(index);
    // SAFETY: both are 64 bytes of plain numbers.
    let index = unsafe { std::mem::transmute::<__m512i, [u64; 8]>(index) };
    // SAFETY: an index is below the number of words: (hash / 2^32) * words / 2^32.
    let word = |i: usize| unsafe { filter.as_ptr().cast::<i64>().add(index[i] as usize).read_unaligned() };
    _mm512_set_epi64(word(7), word(6), word(5), word(4), word(3), word(2), word(1), word(0))
}

/// The bits of eight hashes in their words.
#[target_feature(enable = "bmi1,bmi2,lzcnt,popcnt,avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2")]
#[inline]
fn filter_bits(hash: __m512i) -> __m512i {
    let (one, six) = (_mm512_set1_epi64(1), _mm512_set1_epi64(63));
    let bit = |n| _mm512_sllv_epi64(one, _mm512_and_si512(n, six));
    _mm512_or_si512(bit(hash), bit(_mm512_srli_epi64::<6>(hash)))
}

/// What a table has at 64 places.
#[target_feature(enable = "bmi1,bmi2,lzcnt,popcnt,avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2")]
#[inline]
fn lookup(table: &[u8; 256], at: __m512i) -> __m512i {
    // SAFETY: the loads read the table.
    unsafe {
        let part = |from: usize| _mm512_loadu_si512(table.as_ptr().add(from).cast());
        let lower = _mm512_permutex2var_epi8(part(0), at, part(64));
        let upper = _mm512_permutex2var_epi8(part(128), at, part(192));
        _mm512_mask_blend_epi8(_mm512_movepi8_mask(at), lower, upper)
    }
}

/// For the rare batch near the end of the folded text.
#[cold]
#[inline(never)]
fn plainly(batch: Batch<'_>) -> Eight {
    Plain.eight(batch)
}

#[inline(always)]
fn words(v: __m256i) -> [u64; 4] {
    // SAFETY: both are 32 bytes of plain numbers.
    unsafe { std::mem::transmute::<__m256i, [u64; 4]>(v) }
}

impl Wide for Avx2 {
    #[inline(always)]
    fn block(self, window: &[u8; 66], signs: &AsciiSet, block: fn(u8) -> &'static Block, out: &mut [u8; 64]) -> Masks {
        // SAFETY: the instructions are there (the module's invariant).
        unsafe { avx2_block(window, signs, block, out) }
    }

    #[inline(always)]
    fn positions(self, mask: u64, base: u32, out: &mut [u32; 64]) {
        Plain.positions(mask, base, out);
    }

    #[inline(always)]
    fn extract(self, bits: u64, mask: u64) -> u64 {
        // SAFETY: the instructions are there (the module's invariant).
        unsafe { avx2_extract(bits, mask) }
    }

    #[inline(always)]
    fn eight(self, batch: Batch<'_>) -> Eight {
        Plain.eight(batch)
    }

    #[inline(always)]
    fn fold_latin(self, token: &[u8], latin: &Latin) -> Option<Token> {
        Plain.fold_latin(token, latin)
    }

    #[inline(always)]
    fn classes(self, lexemes: &[Lexeme; 8], filter: &[[u8; 8]]) -> Classes {
        Plain.classes(lexemes, filter)
    }

    #[inline(always)]
    fn entries(self, mask: u8, base: u32, marks: [u8; 3], out: &mut [u32; 8]) {
        Plain.entries(mask, base, marks, out);
    }

    #[inline(always)]
    fn equal_tags(self, line: &[u8; 64], tag: u16) -> u32 {
        // SAFETY: the instructions are there (the module's invariant).
        unsafe { avx2_equal_tags(line, tag) }
    }
}

#[target_feature(enable = "bmi1,bmi2,lzcnt,popcnt,avx2")]
#[inline]
fn avx2_block(window: &[u8; 66], signs: &AsciiSet, block: fn(u8) -> &'static Block, out: &mut [u8; 64]) -> Masks {
    let mut masks = Masks::default();
    for half in 0..2 {
        // SAFETY: each load reads 32 of the 64 bytes, or a table,
        // each store writes 32 of 64 bytes.
        unsafe {
            let v = _mm256_loadu_si256(window.as_ptr().add(1 + 32 * half).cast());
            let byte = |b: u8| _mm256_set1_epi8(b as i8);
            let bits = |v| u64::from(_mm256_movemask_epi8(v) as u32) << (32 * half);
            // Moved so that the wanted range begins at the least signed byte, one comparison finds it.
            let within = |v, from: u8, count: u8| {
                let moved = _mm256_add_epi8(v, byte(0x80u8.wrapping_sub(from)));
                _mm256_cmpgt_epi8(byte(0x80 + count), moved)
            };
            let upper = within(v, b'A', 26);
            let lower = within(v, b'a', 26);
            let letters = _mm256_or_si256(upper, lower);
            let digits = within(v, b'0', 10);
            let table = _mm256_broadcastsi128_si256(_mm_loadu_si128(signs.0.as_ptr().cast()));
            let nibbles = _mm256_broadcastsi128_si256(_mm_loadu_si128(UPPER_NIBBLES.as_ptr().cast()));
            let low = _mm256_shuffle_epi8(table, _mm256_and_si256(v, byte(0x0f)));
            let high = _mm256_shuffle_epi8(nibbles, _mm256_and_si256(_mm256_srli_epi16::<4>(v), byte(0x0f)));
            let none = _mm256_cmpeq_epi8(_mm256_and_si256(low, high), _mm256_setzero_si256());
            let is = |b| _mm256_cmpeq_epi8(v, byte(b));
            masks.alphanumeric |= bits(_mm256_or_si256(letters, digits));
            masks.high |= bits(v);
            masks.sign |= bits(none) ^ 0xffff_ffff << (32 * half);
            masks.newline |= bits(within(v, 0x0a, 4));
            let hyphen = _mm256_or_si256(is(b'-'), _mm256_or_si256(is(b'_'), is(b'/')));
            masks.hyphen |= bits(hyphen);
            masks.upper |= bits(upper);
            masks.lower |= bits(lower);
            let fold = _mm256_or_si256(v, _mm256_and_si256(upper, byte(0x20)));
            _mm256_storeu_si256(out.as_mut_ptr().add(32 * half).cast(), fold);
        }
    }
    if masks.high != 0 {
        plain::fold_high(window, block, masks.high.trailing_zeros() as usize, out, &mut masks);
    }
    masks
}

#[target_feature(enable = "bmi1,bmi2,lzcnt,popcnt,avx2")]
#[inline]
fn avx2_extract(bits: u64, mask: u64) -> u64 {
    // SAFETY: the instruction is there.
    _pext_u64(bits, mask)
}

#[target_feature(enable = "bmi1,bmi2,lzcnt,popcnt,avx2")]
#[inline]
fn avx2_equal_tags(line: &[u8; 64], tag: u16) -> u32 {
    // SAFETY: the loads read 32 bytes of the array.
    unsafe {
        let wanted = _mm_set1_epi16(tag as i16);
        let part = |at: usize| _mm_cmpeq_epi16(_mm_loadu_si128(line.as_ptr().add(at).cast()), wanted);
        _mm_movemask_epi8(_mm_packs_epi16(part(0), part(16))) as u32 & 0x3ff
    }
}
