//! The lexer: runs of letters found by masks of 64 bytes, then token by token, the common ones
//! folded and hashed at once, the others character by character ([`super::mixed`]).
//!
//! Invariant: tokens rise and do not overlap; every byte of a hard zone is in no easy token. The
//! slow fold reads the zone. Cost: linear in the range, but for hard zones, which end at the next
//! safe place.

use std::ops::Range;

use super::cluster::Clusters;
use super::fact::Fact;
use super::gap::is_safe;
use super::lexeme::{Flags, Lexeme, SignStarts};
use super::stream::Stream;
use super::wide::{self, Batch, Masks, Wide};
use super::{hash, tables};

/// Reads text into tokens; keeps its buffers from one range to the next.
#[derive(Debug, Default)]
pub struct Lexer {
    /// The tokens of the range.
    pub lexemes: Vec<Lexeme>,
    /// The parts of the range that only the slow fold can read, from safe place to safe place.
    pub zones: Vec<Range<usize>>,
    runs: Runs,
    pub(super) folded: Vec<u8>,
    pub(super) clusters: Clusters,
}

/// Where runs of letters and signs that are tokens begin and end; as many of both.
#[derive(Debug, Default)]
struct Runs {
    starts: Vec<u32>,
    ends: Vec<u32>,
    /// The text of the range, folded place by place.
    folded: Vec<u8>,
    /// For each run whether it begins with a small letter, with a capital, ends with one, is a sign.
    lower: Stream,
    upper_first: Stream,
    upper_last: Stream,
    sign: Stream,
    /// Line ends behind a hyphen behind a letter.
    joins: Vec<u32>,
}

impl Lexer {
    /// Reads `range` of `text`, which must begin and end at safe places.
    #[inline(always)]
    pub fn read<W: Wide>(&mut self, wide: W, text: &str, range: Range<usize>, signs: &SignStarts) {
        self.lexemes.clear();
        self.zones.clear();
        let mut runs = std::mem::take(&mut self.runs);
        let count = runs.find(wide, text.as_bytes(), range.clone(), signs);
        let mut pass = Pass { lexer: self, text, bytes: text.as_bytes(), range, signs };
        pass.read(wide, &runs, count);
        self.runs = runs;
    }
}

/// The 64 bytes from `at` on and one on each side, zeros beyond the text.
#[inline(always)]
fn window<'w>(bytes: &'w [u8], at: usize, room: &'w mut [u8; 66]) -> &'w [u8; 66] {
    if at > 0
        && let Some(window) = bytes.get(at - 1..).and_then(|rest| rest.first_chunk::<66>())
    {
        return window;
    }
    *room = [0; 66];
    let from = at.saturating_sub(1);
    let rest = &bytes[from..bytes.len().min(at + 65)];
    room[from + 1 - at..][..rest.len()].copy_from_slice(rest);
    room
}

impl Lexer {
    /// The first token from byte `least` on that begins at a safe place and in no hard zone.
    pub fn safe_start(&self, text: &str, least: usize) -> Option<usize> {
        let first = self.lexemes.partition_point(|l| (l.start as usize) < least);
        let safe = |l: &&Lexeme| !l.flags().any(Flags::HARD) && is_safe(text.as_bytes(), l.start as usize);
        let start = self.lexemes[first..].iter().find(safe)?.start as usize;
        (!self.zones.iter().any(|zone| zone.contains(&start))).then_some(start)
    }
}

impl Runs {
    /// Finds the runs of a range; returns their number.
    #[inline(always)]
    fn find<W: Wide>(&mut self, wide: W, bytes: &[u8], range: Range<usize>, signs: &SignStarts) -> usize {
        self.joins.clear();
        // Each block may write 64 numbers, whatever it counts.
        let room = range.len() + 128;
        if self.starts.len() < room {
            self.starts.resize(room, 0);
            self.ends.resize(room, 0);
            self.folded.resize(room, 0);
        }
        for stream in [&mut self.lower, &mut self.upper_first, &mut self.upper_last, &mut self.sign] {
            stream.reset(range.len() + 64);
        }
        let (mut begun, mut ended) = (0, 0);
        let (mut word_before, mut sign_before, mut hyphen_before, mut upper_before) = (0, 0, 0, 0);
        let mut at = range.start;
        let mut spare = [0; 66];
        while at < range.end {
            let place = at - range.start;
            let Some(folded) = self.folded.get_mut(place..).and_then(|rest| rest.first_chunk_mut::<64>()) else {
                break;
            };
            let mut masks = wide.block(window(bytes, at, &mut spare), signs.ascii(), tables::block, folded);
            if range.end - at < 64 {
                masks = within(masks, range.end - at);
            }
            let word = masks.alphanumeric | masks.high;
            let shifted = word << 1 | word_before;
            let starts = word & !shifted | masks.sign;
            let ends = shifted & !word | masks.sign << 1 | sign_before;
            let hyphen = masks.hyphen & shifted;
            let joins = masks.newline & (hyphen << 1 | hyphen_before);
            put(wide, starts, at as u32, &mut self.starts, begun);
            put(wide, ends, at as u32, &mut self.ends, ended);
            self.lower.put(begun, wide.extract(masks.lower, starts));
            self.upper_first.put(begun, wide.extract(masks.upper, starts));
            self.sign.put(begun, wide.extract(masks.sign, starts));
            self.upper_last.put(ended, wide.extract(masks.upper << 1 | upper_before, ends));
            begun += starts.count_ones() as usize;
            ended += ends.count_ones() as usize;
            word_before = word >> 63;
            sign_before = masks.sign >> 63;
            hyphen_before = hyphen >> 63;
            upper_before = masks.upper >> 63;
            if joins != 0 {
                let mut places = [0; 64];
                wide.positions(joins, at as u32, &mut places);
                self.joins.extend_from_slice(&places[..joins.count_ones() as usize]);
            }
            at += 64;
        }
        if ended < begun {
            self.ends[ended] = range.end as u32;
            self.upper_last.put(ended, upper_before);
        }
        // What fills the last eight up is empty.
        for list in [&mut self.starts, &mut self.ends] {
            list[begun..begun + 8].fill(range.start as u32);
        }
        begun
    }

    /// Eight runs from number `k` on, a multiple of 8.
    #[inline(always)]
    fn batch(&self, k: usize, base: usize) -> Option<Batch<'_>> {
        Some(Batch {
            starts: self.starts.get(k..)?.first_chunk()?,
            ends: self.ends.get(k..)?.first_chunk()?,
            folded: &self.folded,
            base: base as u32,
            lower: self.lower.eight(k),
            upper: self.upper_first.eight(k) & self.upper_last.eight(k),
            sign: self.sign.eight(k),
        })
    }
}

/// The masks of the first `n` bytes, fewer than 64.
#[cold]
fn within(masks: Masks, n: usize) -> Masks {
    let keep = (1 << n) - 1;
    Masks {
        alphanumeric: masks.alphanumeric & keep,
        high: masks.high & keep,
        sign: masks.sign & keep,
        newline: masks.newline & keep,
        hyphen: masks.hyphen & keep,
        upper: masks.upper & keep,
        lower: masks.lower & keep,
    }
}

/// Writes the places of the bits of `mask` from index `at` on.
#[inline(always)]
fn put<W: Wide>(wide: W, mask: u64, base: u32, out: &mut [u32], at: usize) {
    if let Some(room) = out.get_mut(at..).and_then(|rest| rest.first_chunk_mut::<64>()) {
        wide.positions(mask, base, room);
    }
}

/// One reading of a range.
pub(super) struct Pass<'a> {
    pub lexer: &'a mut Lexer,
    pub text: &'a str,
    pub bytes: &'a [u8],
    pub range: Range<usize>,
    pub signs: &'a SignStarts,
}

/// Bytes kept of a word of `n` bytes, as two words.
pub const KEEP: [(u64, u64); 17] = {
    let mut keep = [(0, 0); 17];
    let mut n = 1;
    while n <= 16 {
        keep[n] = if n <= 8 { (u64::MAX >> (64 - 8 * n), 0) } else { (u64::MAX, u64::MAX >> (128 - 8 * n)) };
        n += 1;
    }
    keep
};
const HIGH: u64 = 0x8080_8080_8080_8080;
const SMALL: u64 = 0x2020_2020_2020_2020;

/// Sixteen bytes from byte `at` on as two words, zeros behind the end.
#[inline(always)]
pub fn sixteen(bytes: &[u8], at: usize) -> (u64, u64) {
    let word = |b: &[u8; 16], i: usize| u64::from_le_bytes(b[i..i + 8].try_into().unwrap_or_default());
    match bytes.get(at..).and_then(|rest| rest.first_chunk::<16>()) {
        Some(chunk) => (word(chunk, 0), word(chunk, 8)),
        None => {
            let rest = bytes.get(at..).unwrap_or_default();
            let mut chunk = [0; 16];
            chunk[..rest.len()].copy_from_slice(rest);
            (word(&chunk, 0), word(&chunk, 8))
        }
    }
}

impl Pass<'_> {
    #[inline(always)]
    fn read<W: Wide>(&mut self, wide: W, runs: &Runs, count: usize) {
        let mut from = self.range.start;
        let mut joins = runs.joins.iter().map(|&j| j as usize).peekable();
        for k in (0..count).step_by(8) {
            let Some(batch) = runs.batch(k, self.range.start) else {
                break;
            };
            let eight = wide.eight(batch);
            let (start, end) = (batch.starts[0] as usize, batch.ends[7] as usize);
            let plain = eight.odd == 0 && k + 8 <= count && start >= from;
            if plain && joins.peek().is_none_or(|&join| join > end + 1) {
                self.lexer.lexemes.extend_from_slice(&eight.lexemes);
                from = end;
                continue;
            }
            for i in 0..(count - k).min(8) {
                let (start, end) = (batch.starts[i] as usize, batch.ends[i] as usize);
                if end <= from {
                    continue;
                }
                while joins.next_if(|&join| join <= end).is_some() {}
                // A hyphen at a line end may part a word.
                if joins.peek() == Some(&(end + 1)) {
                    from = self.hard_until(start.max(from), end + 2);
                } else if eight.odd >> i & 1 != 0 || start < from {
                    // Part of a run can have been read with initials or a hard zone.
                    from = self.run(wide, start.max(from), end);
                } else {
                    self.lexer.lexemes.push(eight.lexemes[i]);
                    from = end;
                }
            }
        }
    }

    #[inline(always)]
    pub(super) fn push(&mut self, hash: u64, start: usize, end: usize, flags: Flags) {
        self.lexer.lexemes.push(Lexeme::new(hash, start, end, flags));
    }

    /// Reads one run that is odd; returns where reading goes on.
    #[inline(always)]
    fn run<W: Wide>(&mut self, wide: W, start: usize, end: usize) -> usize {
        let length = end - start;
        if length > 16 {
            return self.whole_run(wide, start, end);
        }
        let words = sixteen(self.bytes, start);
        let keep = KEEP[length];
        let (low, high) = (words.0 & keep.0, words.1 & keep.1);
        if (low | high) & HIGH != 0 {
            return self.whole_run(wide, start, end);
        }
        let first = low as u8;
        let lone = (length == 1) & (((words.0 >> 8) as u8 == b'.') | !first.is_ascii_alphanumeric());
        if lone {
            return self.lone(first, start);
        }
        let mut flags = Flags::WORD.with_lower(low & 0x60 == 0x60);
        if ((low | high) & SMALL == 0) & (length > 1) && self.is_alike(start, end) {
            flags = flags.with(Flags::ALIKE);
        }
        let hash = hash::short(low | (SMALL & keep.0), high | (SMALL & keep.1));
        self.push(hash, start, end, flags);
        end
    }

    /// A single byte: a sign, or a letter before a dot.
    #[cold]
    fn lone(&mut self, first: u8, start: usize) -> usize {
        if first.is_ascii_alphanumeric() {
            return self.mixed_run(start, start + 1);
        }
        let fold = Fact::of(u32::from(first)).fold();
        self.push(hash::short(u64::from(fold), 0), start, start + 1, Flags::SIGN);
        start + 1
    }

    #[cold]
    fn is_alike(&self, start: usize, end: usize) -> bool {
        self.bytes[start..end].iter().all(|&b| Fact::of(u32::from(b)).is_upper_twin())
    }

    /// A run that is long or has characters beyond ASCII: folded at once if it can be.
    #[inline(always)]
    fn whole_run<W: Wide>(&mut self, wide: W, start: usize, end: usize) -> usize {
        let length = end - start;
        let (first, next) = (self.bytes[start], self.bytes.get(start + 1).copied().unwrap_or(0));
        if length > wide::LONGEST {
            return self.mixed_run(start, end);
        }
        let of_first = match first {
            0xc6.. => return self.mixed_run(start, end),
            0xc0.. => u32::from(first & 0x1f) << 6 | u32::from(next & 0x3f),
            _ => u32::from(first),
        };
        let folded = wide.fold_latin(&self.bytes[start..end], tables::latin());
        let Some(folded) = folded else {
            return self.mixed_run(start, end);
        };
        // A single letter before a dot may be an initial.
        if folded.length == 1 && self.bytes.get(end) == Some(&b'.') {
            return self.mixed_run(start, end);
        }
        let flags = Flags::WORD.with_lower(Fact::of(of_first).is_lower());
        self.push(hash::words(folded.bytes, folded.length), start, end, flags);
        end
    }
}

/// Appends the tokens of `range` of `text` to the lexer's, in the widest way.
pub(super) struct Read<'a> {
    pub lexer: &'a mut Lexer,
    pub text: &'a str,
    pub signs: &'a SignStarts,
}

impl wide::Task for Read<'_> {
    type Output = ();

    #[inline(always)]
    fn run<W: Wide>(self, wide: W) {
        self.lexer.read(wide, self.text, 0..self.text.len(), self.signs);
    }
}
