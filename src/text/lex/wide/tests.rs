//! Every way against the plain one.

use super::*;
use crate::text::lex::{Flags, hash};

/// Runs one comparison in each wide way of the machine.
struct Compare<'a, F>(&'a F);

trait Check {
    fn check<W: Wide>(&self, wide: W);
}

impl<F: Check> Task for Compare<'_, F> {
    type Output = ();

    fn run<W: Wide>(self, wide: W) {
        self.0.check(wide);
    }
}

fn in_every_way(check: &impl Check) {
    check.check(Plain);
    #[cfg(target_arch = "x86_64")]
    x86::for_each(|| Compare(check));
}

fn numbers(mut seed: u64) -> impl FnMut() -> u64 {
    move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        seed >> 33 ^ seed << 20
    }
}

/// Text of letters, signs and blanks of several scripts.
fn text(next: &mut impl FnMut() -> u64, least: usize) -> String {
    let mut out = String::new();
    while out.len() < least {
        let low = [0x41, 0x61, 0x410, 0x430, 0xc0, 0x391, 0x5d0, 0x4e00][next() as usize % 8];
        for _ in 0..next() % 20 {
            out.extend(char::from_u32(low + next() as u32 % 26));
        }
        out.push_str([" ", " ", "-", ". ", "'", ", ", "\n", "-\n", "", "\u{2013}"][next() as usize % 10]);
    }
    out
}

struct Blocks;

impl Check for Blocks {
    fn check<W: Wide>(&self, wide: W) {
        let mut next = numbers(1);
        for round in 0..4000u32 {
            let mut window = [0; 66];
            match round % 3 {
                0 => window.iter_mut().for_each(|b| *b = next() as u8),
                _ => {
                    let text = text(&mut next, 80);
                    window.copy_from_slice(&text.as_bytes()[..66]);
                }
            }
            let signs = AsciiSet::new(u128::from(next()) << 64 | u128::from(next()));
            let (mut found, mut wanted) = ([0; 64], [0; 64]);
            let block = crate::text::lex::tables::block;
            let masks = wide.block(&window, &signs, block, &mut found);
            assert_eq!(masks, Plain.block(&window, &signs, block, &mut wanted), "{window:?}");
            assert_eq!(found, wanted, "{window:?}");
            let middle = &window[1..65];
            let bit = |test: &dyn Fn(u8) -> bool| {
                middle.iter().enumerate().fold(0u64, |all, (i, &b)| all | u64::from(test(b)) << i)
            };
            assert_eq!(masks.alphanumeric, bit(&|b| b.is_ascii_alphanumeric()));
            assert_eq!(masks.high, bit(&|b| !b.is_ascii()));
            assert_eq!(masks.sign, bit(&|b| signs.has(b)));
            assert_eq!(masks.hyphen, bit(&|b| matches!(b, b'-' | b'_' | b'/')));
            assert_eq!(masks.newline, bit(&|b| (0x0a..=0x0d).contains(&b)));
            let mask = if round == 0 { u64::MAX } else { next() & next() };
            let (mut found, mut wanted) = ([0; 64], [0; 64]);
            wide.positions(mask, 7, &mut found);
            Plain.positions(mask, 7, &mut wanted);
            let count = mask.count_ones() as usize;
            assert_eq!(found[..count], wanted[..count]);
            let bits = next();
            assert_eq!(wide.extract(bits, mask), Plain.extract(bits, mask));
            let line = middle.first_chunk().expect("64 bytes");
            let tag = u16::from_le_bytes([line[10], line[11]]);
            assert_eq!(wide.equal_tags(line, tag), Plain.equal_tags(line, tag));
        }
    }
}

struct Eights;

impl Check for Eights {
    fn check<W: Wide>(&self, wide: W) {
        let mut next = numbers(3);
        for _ in 0..4000 {
            let folded = text(&mut next, 200).into_bytes();
            let base = next() as u32 % 1000;
            let (mut starts, mut ends) = ([0; 8], [0; 8]);
            for i in 0..8 {
                starts[i] = base + next() as u32 % 170;
                ends[i] = starts[i] + next() as u32 % if next() % 4 == 0 { 40 } else { 12 };
            }
            let [lower, upper, sign] = [next() as u8, next() as u8 & next() as u8, next() as u8 & next() as u8];
            let batch = Batch { starts: &starts, ends: &ends, folded: &folded, base, lower, upper, sign };
            let (found, wanted) = (wide.eight(batch), Plain.eight(batch));
            assert_eq!(found.odd, wanted.odd, "{batch:?}");
            for i in (0..8).filter(|i| wanted.odd >> i & 1 == 0) {
                assert_eq!(found.lexemes[i], wanted.lexemes[i], "{i} {batch:?}");
                let span = (starts[i] - base) as usize..(ends[i] - base) as usize;
                assert_eq!(found.lexemes[i].hash, hash::token(&folded[span]), "{i} {batch:?}");
            }
        }
    }
}

struct Filters;

impl Check for Filters {
    fn check<W: Wide>(&self, wide: W) {
        let mut next = numbers(4);
        for _ in 0..2000 {
            let words = 1 + next() as usize % 20;
            let filter: Vec<[u8; 8]> = (0..words).map(|_| (next() << 32 | next() | next()).to_le_bytes()).collect();
            let base = next() as u32 % 1000;
            let mut at = base as usize;
            let mut lexemes = Vec::new();
            while at < base as usize + 250 {
                let end = at + next() as usize % 10;
                lexemes.push(Lexeme::new(next() << 32 ^ next(), at, end, Flags(next() as u16 & next() as u16)));
                at = end + next() as usize % 3;
            }
            let eight = lexemes.first_chunk::<8>().expect("tokens");
            assert_eq!(wide.classes(eight, &filter), Plain.classes(eight, &filter));
            let (mask, marks) = (next() as u8, [next() as u8, next() as u8, next() as u8]);
            let (mut found, mut wanted) = ([0; 8], [0; 8]);
            wide.entries(mask, base, marks, &mut found);
            Plain.entries(mask, base, marks, &mut wanted);
            let count = mask.count_ones() as usize;
            assert_eq!(found[..count], wanted[..count]);
        }
    }
}

struct Folds;

impl Check for Folds {
    fn check<W: Wide>(&self, wide: W) {
        let mut next = numbers(2);
        let mut latin = [0; 192];
        for round in 0..20_000 {
            if round % 100 == 0 {
                let rare = next() % 8 == 0;
                let mut number = |i: usize| match next() % 8 {
                    0 if rare => 0,
                    1..=4 => i as u8,
                    _ => next() as u8 | 1,
                };
                (0..192).for_each(|i| latin[i] = number(i));
            }
            let letters = next() as usize % 18;
            let low = [0xc0, 0x100, 0x400][next() as usize % 3];
            let token: String = (0..letters)
                .map(|_| match next() % 6 {
                    0 => char::from(b'A' + (next() % 26) as u8),
                    1 => char::from(b'a' + (next() % 26) as u8),
                    _ => char::from_u32(low + next() as u32 % 64).unwrap_or('x'),
                })
                .collect();
            let token = token.as_bytes();
            if !token.is_empty() && token.len() <= LONGEST {
                assert_eq!(wide.fold_latin(token, &latin), Plain.fold_latin(token, &latin), "{token:?}");
            }
        }
    }
}

#[test]
fn blocks_positions_and_tags() {
    in_every_way(&Blocks);
}

#[test]
fn runs_by_eights() {
    in_every_way(&Eights);
}

#[test]
fn filters_by_eights() {
    in_every_way(&Filters);
}

#[test]
fn folds_of_tokens() {
    in_every_way(&Folds);
}
