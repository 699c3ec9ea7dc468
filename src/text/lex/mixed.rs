//! Runs that are read character by character: of several scripts, with marks, Han, kana, Hangul,
//! initials; and what is hard.
//!
//! Invariant: as of [`super::lexer`].

use super::fact::{Fact, Kind};
use super::gap::{char_at, is_blank_interpunct, safe_after, safe_before};
use super::hash;
use super::initials::{self, Found};
use super::lexeme::{Flags, LONGEST, Lexeme};
use super::lexer::Pass;

/// Zones nearer than this are one, so that their surroundings are not folded twice.
const NEAR: usize = 48;

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

impl Pass<'_> {
    /// A run with characters beyond ASCII, a long one, or a single letter before a dot.
    #[inline(never)]
    pub(super) fn mixed_run(&mut self, start: usize, end: usize) -> usize {
        let mut at = start;
        while at < end {
            let (c, len) = char_at(self.bytes, at);
            let fact = Fact::of(c);
            let done = match fact.kind() {
                Kind::Word => self.word(at, end),
                Kind::Hangul => self.single(fact, at, at + len, Flags::HANGUL),
                Kind::Ideograph => {
                    at = self.ideographs(at, end);
                    continue;
                }
                Kind::Kana => self.kana(at, end),
                Kind::Sign => {
                    if self.signs.has(fact) {
                        let _ = self.single(fact, at, at + len, Flags::SIGN);
                    }
                    Ok(at + len)
                }
                // A hyphen at a line end may part a word.
                Kind::Blank if matches!(self.bytes.get(at + len), Some(0x0a..=0x0d)) => Err(at),
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
            return self.word_of_scripts(start, at, first);
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

    /// A word of letters of several scripts, some of which look like those of another.
    #[cold]
    fn word_of_scripts(&mut self, start: usize, end: usize, first: Fact) -> Result<usize, usize> {
        let key = self.lexer.clusters.word(&self.text[start..end]).ok_or(start)?;
        let hash = hash::token(key);
        let flags = if first.is_lower() { Flags::WORD.with(Flags::LOWER) } else { Flags::WORD };
        self.push(hash, start, end, flags);
        Ok(end)
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
                fact.push_fold(&mut folded);
            } else {
                match self.lexer.clusters.get(&self.text[at..cluster_end], Kind::Word) {
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

    /// Ideographs of three bytes, one after the other, the first at byte `at`; returns where reading
    /// goes on.
    #[inline(always)]
    fn ideographs(&mut self, mut at: usize, end: usize) -> usize {
        let bytes = &self.bytes[..end];
        while let Some(&[a, b, c]) = bytes.get(at..).and_then(|rest| rest.first_chunk::<3>()) {
            let code = u32::from(a & 0xf) << 12 | u32::from(b & 0x3f) << 6 | u32::from(c & 0x3f);
            if a & 0xf0 != 0xe0 {
                break;
            }
            let fact = Fact::of(code);
            if fact.kind() != Kind::Ideograph {
                return at;
            }
            // No mark begins with the first byte of the common ideographs, nor with one of ASCII.
            let plain = matches!(bytes.get(at + 3), None | Some(0..0x80 | 0xe4..=0xe9));
            if plain || !self.is_mark_at(at + 3) {
                self.push(hash::short(u64::from(fact.fold()), 0), at, at + 3, Flags::EAST);
                at += 3;
                continue;
            }
            match self.ideograph(fact, at, at + 3) {
                Ok(next) => at = next,
                Err(hard) => return self.hard(hard),
            }
        }
        if at < end {
            let (c, len) = char_at(self.bytes, at);
            let fact = Fact::of(c);
            if fact.kind() == Kind::Ideograph {
                return self.ideograph(fact, at, at + len).unwrap_or_else(|hard| self.hard(hard));
            }
        }
        at
    }

    fn is_mark_at(&self, at: usize) -> bool {
        let (c, len) = char_at(self.bytes, at);
        len > 0 && Fact::of(c).is_mark()
    }

    /// An ideograph with the marks that follow it.
    fn ideograph(&mut self, fact: Fact, start: usize, end: usize) -> Result<usize, usize> {
        let (c, len) = char_at(self.bytes, end);
        if len == 0 || !Fact::of(c).is_mark() {
            return self.single(fact, start, end, Flags::EAST);
        }
        let end = self.cluster_end(end);
        match self.lexer.clusters.get(&self.text[start..end], Kind::Ideograph) {
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
            fact.push_fold(&mut folded);
            at += len;
        }
        let hash = hash::token(&folded);
        self.lexer.folded = folded;
        if hard || at - start >= LONGEST {
            return Err(start);
        }
        self.push(hash, start, at, Flags::EAST);
        Ok(at)
    }

    /// Leaves the text around byte `at` to the slow fold; returns where easy text begins again.
    #[cold]
    fn hard(&mut self, at: usize) -> usize {
        self.hard_until(at, at + char_at(self.bytes, at).1.max(1))
    }

    /// The same for the text from byte `at` to byte `next`, and around.
    #[cold]
    pub(super) fn hard_until(&mut self, at: usize, next: usize) -> usize {
        let least = self.lexer.zones.last().map_or(self.range.start, |z| z.end);
        let mut start = safe_before(self.bytes, at, least);
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
        self.lexer.lexemes.push(Lexeme::new(0, at, end, Flags::HARD));
        end
    }
}
