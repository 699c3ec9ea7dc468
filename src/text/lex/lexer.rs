//! From bytes to tokens with hashes: runs of word bytes in wide steps, ASCII folded a word at a
//! time, other letters through their facts.
//!
//! Invariant: tokens rise and do not overlap; those in a hard zone begin no walk, for the slow
//! fold reads the zone. Cost: linear in the range, but for hard zones, which end at the next safe
//! place.

use std::collections::HashMap;
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::fact::{Fact, Kind};
use super::gap::{char_at, is_blank_interpunct, safe_after, safe_before};
use super::initials::{self, Found};
use super::{hash, mask};
use crate::text::letter;
use crate::text::twin;

/// What a token is, as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flags(u8);

impl Flags {
    /// A word of a spaced script.
    pub const WORD: Flags = Flags(1);
    /// A Hangul syllable.
    pub const HANGUL: Flags = Flags(2);
    /// Katakana, Han and the like.
    pub const EAST: Flags = Flags(4);
    /// A sign that may begin a name.
    pub const SIGN: Flags = Flags(8);
    /// Begins with a small letter that has a capital.
    pub const LOWER: Flags = Flags(16);
    /// All capitals that look like those of another script.
    pub const ALIKE: Flags = Flags(32);
    /// One or more letters with dots, the last with one.
    pub const INITIAL: Flags = Flags(64);
    /// In a hard zone: begins no walk. Alone: the hard text itself.
    pub const HARD: Flags = Flags(128);

    /// Whether any of the bits of `other` is set.
    #[inline(always)]
    pub fn any(self, other: Flags) -> bool {
        self.0 & other.0 != 0
    }

    /// The bits of both.
    #[inline(always)]
    pub const fn with(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }
}

/// One token. Offsets are bytes of the text.
#[derive(Debug, Clone, Copy)]
pub struct Lexeme {
    /// Hash of its key.
    pub hash: u64,
    /// First byte.
    pub start: u32,
    length_and_flags: u32,
}

impl Lexeme {
    fn new(hash: u64, start: usize, end: usize, flags: Flags) -> Self {
        let length = (end - start).min((1 << 24) - 1) as u32;
        Self { hash, start: start as u32, length_and_flags: length << 8 | u32::from(flags.0) }
    }

    /// One past its last byte.
    #[inline(always)]
    pub fn end(&self) -> usize {
        self.start as usize + (self.length_and_flags >> 8) as usize
    }

    /// What it is.
    #[inline(always)]
    pub fn flags(&self) -> Flags {
        Flags(self.length_and_flags as u8)
    }

    /// Whether it is the text that only the slow fold can read.
    #[inline(always)]
    pub fn is_hard(&self) -> bool {
        self.flags() == Flags::HARD
    }
}

/// The signs with which a name of the dictionaries begins, by the characters of their keys.
#[derive(Debug, Clone, Default)]
pub struct SignStarts {
    folds: Vec<u32>,
    ascii: u128,
}

impl SignStarts {
    /// Of the signs, each the folded bytes of one character as [`Fact::fold`] gives them.
    pub fn new(mut folds: Vec<u32>) -> Self {
        folds.sort_unstable();
        folds.dedup();
        let mut ascii = 0;
        for c in 0x21..0x7fu32 {
            let fact = Fact::of(c);
            if fact.kind() == Kind::Sign && folds.binary_search(&fact.fold()).is_ok() {
                ascii |= 1 << c;
            }
        }
        Self { folds, ascii }
    }

    fn has(&self, fact: Fact) -> bool {
        self.folds.binary_search(&fact.fold()).is_ok()
    }
}

/// Reads text into tokens; keeps its buffers from one range to the next.
#[derive(Debug, Default)]
pub struct Lexer {
    /// The tokens of the range.
    pub lexemes: Vec<Lexeme>,
    /// The parts of the range that only the slow fold can read, from safe place to safe place.
    pub zones: Vec<Range<usize>>,
    runs: Vec<u32>,
    folded: Vec<u8>,
    clusters: HashMap<Box<str>, Option<Cluster>>,
}

/// A cluster of a letter and marks, folded.
#[derive(Debug, Clone)]
struct Cluster {
    key: Box<[u8]>,
    scripts: u32,
}

/// Clusters remembered before the memory starts anew.
const MOST_CLUSTERS: usize = 1 << 14;
/// Longest token in bytes; longer ones are hard.
const LONGEST: usize = 1 << 20;

/// Zones nearer than this are one, so that their surroundings are not folded twice.
const NEAR: usize = 48;

impl Lexer {
    /// Reads `range` of `text`, which must begin and end at safe places. Longest token: 16 MiB.
    pub fn read(&mut self, text: &str, range: Range<usize>, signs: &SignStarts) {
        self.lexemes.clear();
        self.zones.clear();
        self.find_runs(text.as_bytes(), range.clone());
        let runs = std::mem::take(&mut self.runs);
        let mut pass = Pass { lexer: self, text, bytes: text.as_bytes(), range, signs };
        pass.read(&runs);
        self.runs = runs;
    }

    /// The fold of a letter with marks, if it is of `kind` too and nothing about it is odd.
    fn cluster(&mut self, cluster: &str, kind: Kind) -> Option<&Cluster> {
        if cluster.len() > 32 {
            return None;
        }
        if !self.clusters.contains_key(cluster) {
            if self.clusters.len() >= MOST_CLUSTERS {
                self.clusters.clear();
            }
            self.clusters.insert(cluster.into(), Cluster::fold(cluster, kind));
        }
        self.clusters.get(cluster)?.as_ref()
    }

    /// The runs of word bytes, as starts and ends in turn.
    fn find_runs(&mut self, bytes: &[u8], range: Range<usize>) {
        self.runs.clear();
        let part = &bytes[range.clone()];
        let mut carry = 0;
        let mut base = range.start as u32;
        let (blocks, rest) = part.as_chunks::<64>();
        let mut last = [0; 64];
        last[..rest.len()].copy_from_slice(rest);
        for block in blocks.iter().chain((!rest.is_empty()).then_some(&last)) {
            let m = mask::masks(block);
            let word = m.alphanumeric | m.high;
            let mut turns = word ^ (word << 1 | carry);
            carry = word >> 63;
            while turns != 0 {
                self.runs.push(base + turns.trailing_zeros());
                turns &= turns - 1;
            }
            base += 64;
        }
        if self.runs.len() % 2 == 1 {
            self.runs.push(range.end as u32);
        }
    }
}

impl Cluster {
    fn fold(cluster: &str, kind: Kind) -> Option<Self> {
        let key = letter::fold_cluster(cluster);
        let fact = |c: char| Fact::of(u32::from(c));
        let begins = key.chars().next().is_some_and(|c| fact(c).kind() == kind);
        let alike = begins && key.chars().all(|c| fact(c).kind() == kind || fact(c).is_mark());
        let one = kind == Kind::Word || key.graphemes(true).count() == 1;
        let scripts = key.chars().chain(cluster.chars()).map(|c| u32::from(twin::script_bit(c))).fold(0, |a, b| a | b);
        (alike && one).then(|| Self { key: key.into_bytes().into(), scripts })
    }
}

/// The hash of a token while its folded characters come in.
#[derive(Default)]
struct FoldHash {
    hash: u64,
    block: u128,
    bits: u32,
}

impl FoldHash {
    #[inline(always)]
    fn push(&mut self, fold: u32, length: u32) {
        self.block |= u128::from(fold) << self.bits;
        self.bits += 8 * length;
        if self.bits >= 128 {
            self.hash = hash::short(self.block as u64 ^ self.hash, (self.block >> 64) as u64);
            self.bits -= 128;
            self.block = u128::from(fold >> (8 * length - self.bits));
        }
    }

    #[inline(always)]
    fn finish(self) -> u64 {
        if self.bits == 0 && self.hash != 0 {
            return self.hash;
        }
        hash::short(self.block as u64 ^ self.hash, (self.block >> 64) as u64)
    }
}

/// Bytes of the character that begins with `first`.
#[inline(always)]
fn char_len(first: u8) -> usize {
    match first {
        0..=0x7f => 1,
        0x80..=0xdf => 2,
        0xe0..=0xef => 3,
        _ => 4,
    }
}

struct Pass<'a> {
    lexer: &'a mut Lexer,
    text: &'a str,
    bytes: &'a [u8],
    range: Range<usize>,
    signs: &'a SignStarts,
}

/// Bytes kept of a word of `n` bytes, as two words.
const KEEP: [(u64, u64); 17] = {
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

impl Pass<'_> {
    fn read(&mut self, runs: &[u32]) {
        let mut from = self.range.start;
        for run in runs.chunks_exact(2) {
            let (start, end) = (run[0] as usize, run[1] as usize);
            if end <= from {
                continue;
            }
            // Part of a run can have been read with initials or a hard zone.
            let start = start.max(from);
            if !(start == from + 1 && self.bytes[from] == b' ') {
                self.signs_between(from, start);
            }
            from = self.run(start, end);
        }
        if from < self.range.end {
            self.signs_between(from, self.range.end);
        }
    }

    #[inline(always)]
    fn push(&mut self, hash: u64, start: usize, end: usize, flags: Flags) {
        self.lexer.lexemes.push(Lexeme::new(hash, start, end, flags));
    }

    fn signs_between(&mut self, from: usize, to: usize) {
        if self.signs.ascii == 0 {
            return;
        }
        for at in from..to {
            let byte = self.bytes[at];
            if byte.is_ascii() && self.signs.ascii >> byte & 1 != 0 {
                let fold = Fact::of(u32::from(byte)).fold();
                self.push(hash::short(u64::from(fold), 0), at, at + 1, Flags::SIGN);
            }
        }
    }

    /// Reads one run; returns where reading goes on.
    #[inline(always)]
    fn run(&mut self, start: usize, end: usize) -> usize {
        let length = end - start;
        if length <= 16
            && let Some(sixteen) = self.bytes.get(start..start + 16)
        {
            let word = |at: usize| u64::from_le_bytes(sixteen[at..at + 8].try_into().unwrap_or_default());
            let keep = KEEP[length];
            let (low, high) = (word(0) & keep.0, word(8) & keep.1);
            if (low | high) & HIGH == 0 {
                let small = (low | high) & SMALL;
                if length == 1 && self.bytes.get(end) == Some(&b'.') {
                    return self.mixed_run(start, end);
                }
                let alike = small == 0 && length > 1;
                let mut flags = if low & 0x60 == 0x60 { Flags::WORD.with(Flags::LOWER) } else { Flags::WORD };
                if alike && self.bytes[start..end].iter().all(|&b| Fact::of(u32::from(b)).is_upper_twin()) {
                    flags = flags.with(Flags::ALIKE);
                }
                let hash = hash::short(low | (SMALL & keep.0), high | (SMALL & keep.1));
                self.push(hash, start, end, flags);
                return end;
            }
        }
        self.mixed_run(start, end)
    }

    /// A run with characters beyond ASCII, a long one, or a single letter before a dot.
    fn mixed_run(&mut self, start: usize, end: usize) -> usize {
        let mut at = start;
        while at < end {
            let (c, len) = char_at(self.bytes, at);
            let fact = Fact::of(c);
            let done = match fact.kind() {
                Kind::Word => self.word(at, end),
                Kind::Hangul => self.single(fact, at, at + len, Flags::HANGUL),
                Kind::Ideograph => self.ideograph(fact, at, at + len),
                Kind::Kana => self.kana(at, end),
                Kind::Sign => {
                    if self.signs.has(fact) {
                        let _ = self.single(fact, at, at + len, Flags::SIGN);
                    }
                    Ok(at + len)
                }
                Kind::Blank => Ok(at + len),
                Kind::Hard if is_blank_interpunct(self.bytes, at) => Ok(at + len),
                Kind::Hard => Err(at),
            };
            match done {
                Ok(next) => at = next,
                Err(hard) => at = self.hard(hard),
            }
        }
        at
    }

    fn single(&mut self, fact: Fact, start: usize, end: usize, flags: Flags) -> Result<usize, usize> {
        self.push(hash::short(u64::from(fact.fold()), 0), start, end, flags);
        Ok(end)
    }

    /// Reads a word from `start`; where it stops, or where it is hard.
    #[inline(always)]
    fn word(&mut self, start: usize, end: usize) -> Result<usize, usize> {
        let mut folded = FoldHash::default();
        let (mut scripts, mut capitals) = (0, u32::MAX);
        let mut at = start;
        let first = Fact::of(char_at(self.bytes, start).0);
        let mut marked = false;
        while at < end {
            let (c, len) = char_at(self.bytes, at);
            let fact = Fact::of(c);
            if fact.not_word() != 0 {
                if fact.kind() != Kind::Hard {
                    break;
                }
                // The cluster of the letter before goes on.
                marked = true;
                break;
            }
            scripts |= fact.scripts();
            capitals &= fact.packed();
            folded.push(fact.fold(), fact.fold_len());
            at += len;
        }
        if marked {
            return self.marked_word(start, end);
        }
        if scripts & scripts.wrapping_sub(1) != 0 {
            return Err(start);
        }
        let one = at == start + char_len(self.bytes[start]);
        if one && self.bytes.get(at) == Some(&b'.') {
            match initials::read(self.bytes, start, &mut self.lexer.folded) {
                Found::Initials(found) => {
                    let flags = Flags::WORD.with(if found.dotted { Flags::INITIAL } else { Flags(0) });
                    let flags = if first.is_lower() { flags.with(Flags::LOWER) } else { flags };
                    let hash = hash::token(&self.lexer.folded);
                    self.push(hash, start, found.end, flags);
                    return Ok(found.after);
                }
                Found::Word => {}
                Found::Hard => return Err(start),
            }
        }
        if at - start >= LONGEST {
            return Err(start);
        }
        let mut flags = if first.is_lower() { Flags::WORD.with(Flags::LOWER) } else { Flags::WORD };
        if Fact::is_upper_twin_of(capitals) && !one {
            flags = flags.with(Flags::ALIKE);
        }
        self.push(folded.finish(), start, at, flags);
        Ok(at)
    }

    /// A word with marks: each cluster is folded as a whole, and remembered.
    #[cold]
    fn marked_word(&mut self, start: usize, end: usize) -> Result<usize, usize> {
        let mut folded = std::mem::take(&mut self.lexer.folded);
        folded.clear();
        let mut scripts = 0;
        let mut at = start;
        let mut read = Ok(());
        while at < end {
            let (c, len) = char_at(self.bytes, at);
            let fact = Fact::of(c);
            match fact.kind() {
                Kind::Word => {}
                Kind::Hard => {
                    read = Err(start);
                    break;
                }
                _ => break,
            }
            scripts |= fact.scripts();
            let cluster_end = self.cluster_end(at + len);
            if cluster_end == at + len {
                folded.extend_from_slice(&fact.fold().to_le_bytes()[..fact.fold_len() as usize]);
            } else {
                match self.lexer.cluster(&self.text[at..cluster_end], Kind::Word) {
                    Some(cluster) => {
                        scripts |= cluster.scripts;
                        folded.extend_from_slice(&cluster.key);
                    }
                    None => {
                        read = Err(start);
                        break;
                    }
                }
            }
            at = cluster_end;
        }
        let hash = hash::token(&folded);
        let empty = folded.is_empty();
        self.lexer.folded = folded;
        read?;
        let single = at == self.cluster_end(start + char_at(self.bytes, start).1);
        if scripts & scripts.wrapping_sub(1) != 0
            || empty
            || at - start >= LONGEST
            || single && self.bytes.get(at) == Some(&b'.')
        {
            return Err(start);
        }
        let lower = Fact::of(char_at(self.bytes, start).0).is_lower();
        self.push(hash, start, at, if lower { Flags::WORD.with(Flags::LOWER) } else { Flags::WORD });
        Ok(at)
    }

    /// End of the cluster whose first character ends at byte `at`.
    fn cluster_end(&self, mut at: usize) -> usize {
        loop {
            let (c, len) = char_at(self.bytes, at);
            if len == 0 || !Fact::of(c).is_mark() {
                return at;
            }
            at += len;
        }
    }

    /// An ideograph with the marks that follow it.
    fn ideograph(&mut self, fact: Fact, start: usize, end: usize) -> Result<usize, usize> {
        let (c, len) = char_at(self.bytes, end);
        if len == 0 || !Fact::of(c).is_mark() {
            return self.single(fact, start, end, Flags::EAST);
        }
        let end = self.cluster_end(end);
        match self.lexer.cluster(&self.text[start..end], Kind::Ideograph) {
            Some(cluster) => {
                let hash = hash::token(&cluster.key);
                self.push(hash, start, end, Flags::EAST);
                Ok(end)
            }
            None => Err(start),
        }
    }

    fn kana(&mut self, start: usize, end: usize) -> Result<usize, usize> {
        let mut folded = std::mem::take(&mut self.lexer.folded);
        folded.clear();
        let mut at = start;
        let mut hard = false;
        while at < end {
            let (c, len) = char_at(self.bytes, at);
            let fact = Fact::of(c);
            if fact.kind() != Kind::Kana {
                hard = fact.kind() == Kind::Hard;
                break;
            }
            folded.extend_from_slice(&fact.fold().to_le_bytes()[..fact.fold_len() as usize]);
            at += len;
        }
        let hash = hash::token(&folded);
        self.lexer.folded = folded;
        if hard || at - start >= 1 << 24 {
            return Err(start);
        }
        self.push(hash, start, at, Flags::EAST);
        Ok(at)
    }

    /// Leaves the text around byte `at` to the slow fold; returns where easy text begins again.
    #[cold]
    fn hard(&mut self, at: usize) -> usize {
        let least = self.lexer.zones.last().map_or(self.range.start, |z| z.end);
        let mut start = safe_before(self.bytes, at, least);
        let next = at + char_at(self.bytes, at).1.max(1);
        let end = safe_after(self.bytes, next).min(self.range.end);
        if start < least + NEAR && !self.lexer.zones.is_empty() {
            start = least;
        }
        let lexemes = &mut self.lexer.lexemes;
        let first = lexemes.partition_point(|l| (l.start as usize) < start);
        for lexeme in &mut lexemes[first..] {
            lexeme.length_and_flags |= u32::from(Flags::HARD.0);
        }
        match self.lexer.zones.last_mut() {
            Some(zone) if zone.end == start => zone.end = end,
            _ => self.lexer.zones.push(start..end),
        }
        self.push(0, at, end, Flags::HARD);
        end
    }
}

/// Appends the key of an easy token: of its letters, without the dots and blanks of initials.
pub fn push_key(token: &str, out: &mut Vec<u8>) {
    let kept = out.len();
    for c in token.chars() {
        let fact = Fact::of(u32::from(c));
        match fact.kind() {
            Kind::Sign | Kind::Blank => {}
            Kind::Hard => {
                out.truncate(kept);
                token
                    .graphemes(true)
                    .for_each(|cluster| out.extend_from_slice(letter::fold_cluster(cluster).as_bytes()));
                return;
            }
            _ => out.extend_from_slice(&fact.fold().to_le_bytes()[..fact.fold_len() as usize]),
        }
    }
}

/// The hash of a word of capitals that look alike in another script, as it reads there.
pub fn alike(word: &str, folded: &mut Vec<u8>) -> u64 {
    folded.clear();
    for c in word.chars() {
        let fact = Fact::of(u32::from(twin::counterpart(c).unwrap_or(c)));
        folded.extend_from_slice(&fact.fold().to_le_bytes()[..fact.fold_len() as usize]);
    }
    hash::token(folded)
}
