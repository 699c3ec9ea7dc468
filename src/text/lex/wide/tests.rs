//! Every way against the plain one.

use super::*;

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

struct Blocks;

impl Check for Blocks {
    fn check<W: Wide>(&self, wide: W) {
        let mut next = numbers(1);
        for round in 0..2000u32 {
            let mut block = [0; 64];
            let ascii = round % 3 == 0;
            block.iter_mut().for_each(|b| *b = next() as u8 & if ascii { 0x7f } else { 0xff });
            let signs = AsciiSet::new(u128::from(next()) << 64 | u128::from(next()));
            let masks = wide.masks(&block, &signs);
            assert_eq!(masks, Plain.masks(&block, &signs), "{block:?}");
            let bit = |test: &dyn Fn(u8) -> bool| {
                block.iter().enumerate().fold(0u64, |all, (i, &b)| all | u64::from(test(b)) << i)
            };
            assert_eq!(masks.alphanumeric, bit(&|b| b.is_ascii_alphanumeric()));
            assert_eq!(masks.high, bit(&|b| !b.is_ascii()));
            assert_eq!(masks.sign, bit(&|b| signs.has(b)));
            let mask = if round == 0 { u64::MAX } else { next() & next() };
            let (mut found, mut wanted) = ([0; 64], [0; 64]);
            wide.positions(mask, 7, &mut found);
            Plain.positions(mask, 7, &mut wanted);
            let count = mask.count_ones() as usize;
            assert_eq!(found[..count], wanted[..count]);
            let tag = u16::from_le_bytes([block[10], block[11]]);
            assert_eq!(wide.equal_tags(&block, tag), Plain.equal_tags(&block, tag));
        }
    }
}

struct Folds;

impl Check for Folds {
    fn check<W: Wide>(&self, wide: W) {
        let mut next = numbers(2);
        let (mut block, mut latin) = ([0; 256], [0; 192]);
        for round in 0..20_000 {
            if round % 100 == 0 {
                let rare = next() % 8 == 0;
                let mut number = |i: usize| match next() % 8 {
                    0 if rare => 0,
                    1..=4 => i as u8,
                    _ => next() as u8 | 1,
                };
                (0..256).for_each(|i| block[i] = number(i));
                (0..192).for_each(|i| latin[i] = number(i));
            }
            let letters = next() as usize % 18;
            let low = [0x400, 0xc0, 0x100, 0x61, 0x380][next() as usize % 5];
            let span = [8, 64, 128, 192, 256][next() as usize % 5];
            let token: String = (0..letters)
                .map(|_| match next() % 6 {
                    0 if low < 0x200 => char::from(b'A' + (next() % 26) as u8),
                    1 if low < 0x200 => char::from(b'a' + (next() % 26) as u8),
                    _ => char::from_u32(low + next() as u32 % span).unwrap_or('x'),
                })
                .collect();
            let token = token.as_bytes();
            if token.is_empty() || token.len() > LONGEST || token.iter().any(|b| b.is_ascii_punctuation() || *b == 0x7f)
            {
                continue;
            }
            assert_eq!(wide.fold_pairs(token, &block), Plain.fold_pairs(token, &block), "{token:?}");
            assert_eq!(wide.fold_latin(token, &latin), Plain.fold_latin(token, &latin), "{token:?}");
        }
    }
}

#[test]
fn masks_positions_and_tags() {
    in_every_way(&Blocks);
}

#[test]
fn folds_of_tokens() {
    in_every_way(&Folds);
}
