//! The fast scanner: names straight from the bytes, by hash, filter and table, each held against
//! the keys before it is told.
//!
//! Invariant: it tells exactly what the slow walk over the whole folded text tells. Cost: linear in
//! the text; a token costs what its hash and two filter bits cost, a survivor a table line.

mod edge;
mod memo;
mod slow;

use edge::{Side, Verdict};
use memo::Memo;
use slow::{Source, Window};

use super::walk::Found;
use crate::dict::Dictionary;
use crate::dict::accelerator::{Accelerator, Known, Parts};
use crate::name::Language;
use crate::text::LineEnd;
use crate::text::lex::fact::{Fact, Kind};
use crate::text::lex::gap::{After, Gap, char_at, char_before, gap, safe_after};
use crate::text::lex::hash::{self, Joint};
use crate::text::lex::{Flags, Lexeme, Lexer, alike, push_key};

/// Which of the spans that are keys are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spans {
    /// All of them, ordered by where their first token begins.
    All,
    /// Leftmost, then longest; what overlaps one is passed over.
    Longest,
}

/// What a word that begins with a small letter may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Small {
    /// Any key.
    Any,
    /// Only a key of which some form may begin so: others would be barred by their case rule.
    Allowed,
}

/// How a text is read.
pub struct Reading<'a, 'l> {
    /// What a line end is.
    pub line_end: LineEnd,
    /// The language at a byte.
    pub language: &'a dyn Fn(usize) -> &'l Language,
    /// Whether some language of the text writes words together with a name after them.
    pub proclitics: Proclitics,
    /// What small letters may begin.
    pub small: Small,
    /// Which spans are told.
    pub spans: Spans,
}

/// Whether names are also looked for behind words that are written together with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proclitics {
    /// No language of the text has any.
    Absent,
    /// Some may.
    Possible,
}

/// The buffers of a scan, kept from text to text; one a thread.
#[derive(Default)]
pub struct Scratch {
    lexer: Lexer,
    survivors: Vec<u32>,
    /// What the table knows of the tokens that may begin a key.
    begins: Vec<(u32, Known)>,
    folded: Vec<u8>,
    steps: Vec<Step>,
    found: Vec<Found>,
    memo: Memo,
    window: Window,
    /// Content hash of the dictionary that the memo is about.
    dictionary: u64,
}

/// Bytes that are lexed at once: their tokens stay in the inner caches.
const CHUNK: usize = 1 << 14;

/// One token of a walk.
#[derive(Clone, Copy)]
struct Step {
    joint: Joint,
    start: u32,
    end: u32,
    run: u64,
    side: Side,
    /// Range of its known places in `Pass::places`.
    places: (u32, u8),
}

struct Pass<'a, 'l, 's, D> {
    text: &'a str,
    reading: &'a Reading<'a, 'l>,
    parts: Parts<'a>,
    source: Source<'a, 'l, D>,
    scratch: &'s mut Scratch,
    places: Vec<u32>,
    /// End of the last span told, under [`Spans::Longest`].
    taken: usize,
}

/// Puts what `reading` asks for of `text` into `out`. `false` if the dictionary has no
/// accelerator, and nothing was done.
pub fn scan(
    text: &str,
    dictionary: &Dictionary,
    reading: &Reading<'_, '_>,
    scratch: &mut Scratch,
    out: &mut Vec<Found>,
) -> bool {
    let Some(accelerator) = dictionary.accelerator() else {
        return false;
    };
    if scratch.dictionary != dictionary.content_hash() {
        scratch.dictionary = dictionary.content_hash();
        scratch.memo.clear();
    }
    scratch.window.clear();
    let source =
        Source { text, line_end: reading.line_end, language: reading.language, keys: dictionary.keys().as_fst() };
    let mut pass = Pass { text, reading, parts: accelerator.parts(), source, scratch, places: Vec::new(), taken: 0 };
    pass.run(accelerator, out);
    true
}

enum Ended {
    /// Every span from this start was seen.
    Done,
    /// The slow fold must look.
    Unsure,
}

impl<D: AsRef<[u8]>> Pass<'_, '_, '_, D> {
    fn run(&mut self, accelerator: &Accelerator, out: &mut Vec<Found>) {
        let mut from = 0;
        while from < self.text.len() {
            let to = safe_after(self.text.as_bytes(), (from + CHUNK).min(self.text.len()));
            self.scratch.lexer.read(self.text, from..to, accelerator.signs());
            self.filter();
            self.resolve(out);
            from = to;
        }
    }

    /// Which tokens may begin a key.
    fn filter(&mut self) {
        let Scratch { lexer, survivors, folded, begins, .. } = &mut *self.scratch;
        let lexemes = &lexer.lexemes;
        let parts = self.parts;
        survivors.clear();
        survivors.resize(lexemes.len() + 1, 0);
        let mut count = 0;
        let bytes = self.text.as_bytes();
        let ruled = self.reading.small == Small::Allowed;
        let proclitics = self.reading.proclitics == Proclitics::Possible;
        for (i, lexeme) in lexemes.iter().enumerate() {
            let flags = lexeme.flags();
            let hash = lexeme.hash;
            let end = lexeme.end();
            // What follows decides in most cases whether a key of several tokens can begin here.
            let (filter, run) = match lexemes.get(i + 1) {
                Some(next) if !next.is_hard() && !flags.any(Flags::INITIAL) => {
                    let next_start = next.start as usize;
                    if next_start == end + 1 && bytes[end] == b' ' {
                        (parts.pair, hash::chain(hash, Joint::Blank, next.hash))
                    } else if next_start == end {
                        (parts.pair, hash::chain(hash, Joint::Direct, next.hash))
                    } else {
                        (parts.first, hash)
                    }
                }
                _ => (parts.first, hash),
            };
            let mut pass = parts.single.may_have(hash) | filter.may_have(run);
            if ruled && flags.any(Flags::LOWER) {
                pass &= parts.small.may_have(hash);
            }
            if proclitics {
                pass |= may_have_proclitic(self.text, lexeme, self.reading, parts, folded);
            }
            if flags.any(Flags::HARD.with(Flags::ALIKE)) {
                pass = !flags.any(Flags::HARD);
            }
            survivors[count] = i as u32;
            count += usize::from(pass);
        }
        survivors.truncate(count);
        // One after the other without waiting: the lines of the table come in side by side.
        begins.clear();
        for &i in survivors.iter() {
            let lexeme = &lexemes[i as usize];
            let known = parts.probe(lexeme.hash);
            if !known.is_nothing() || proclitics || lexeme.flags().any(Flags::ALIKE) {
                begins.push((i, known));
            }
        }
    }

    fn resolve(&mut self, out: &mut Vec<Found>) {
        let begins = std::mem::take(&mut self.scratch.begins);
        let zones = std::mem::take(&mut self.scratch.lexer.zones);
        let mut zone = 0;
        for (i, known) in &begins {
            let i = *i;
            let start = self.scratch.lexer.lexemes[i as usize].start as usize;
            while zone < zones.len() && zones[zone].start <= start {
                self.slow(zones[zone].start, zones[zone].end, out);
                zone += 1;
            }
            if start >= self.taken {
                self.begin(i as usize, known, out);
            }
        }
        for zone in &zones[zone..] {
            self.slow(zone.start, zone.end, out);
        }
        self.scratch.begins = begins;
        self.scratch.lexer.zones = zones;
    }

    /// The spans that the slow walk finds from the tokens in `from..to`.
    #[cold]
    fn slow(&mut self, from: usize, to: usize, out: &mut Vec<Found>) {
        let mut found = std::mem::take(&mut self.scratch.found);
        found.clear();
        self.scratch.window.scan(&self.source, from, to, &mut found);
        match self.reading.spans {
            Spans::All => out.append(&mut found),
            Spans::Longest => {
                found.sort_unstable_by_key(|f| (f.start, u32::MAX - f.end, f.alike, f.place));
                for f in &found {
                    if f.start as usize >= self.taken {
                        self.taken = f.end as usize;
                        out.push(*f);
                    }
                }
            }
        }
        self.scratch.found = found;
    }

    /// Everything that begins at token `i`.
    fn begin(&mut self, i: usize, known: &Known, out: &mut Vec<Found>) {
        let lexeme = self.scratch.lexer.lexemes[i];
        let (start, flags) = (lexeme.start as usize, lexeme.flags());
        let side = Side::of(flags, if flags.any(Flags::SIGN) { char_at(self.text.as_bytes(), start).0 } else { 0 });
        let side = if side == Side::Initial { Side::Word } else { side };
        let after_initial = i.checked_sub(1).is_some_and(|b| {
            let before = &self.scratch.lexer.lexemes[b];
            before.flags().any(Flags::INITIAL) && before.end() + 1 >= start
        });
        let ended = match edge::may_begin(self.text, start, side, after_initial, self.reading.language) {
            Verdict::No => return,
            Verdict::Unsure => Ended::Unsure,
            Verdict::Yes => {
                let kept = out.len();
                let ended = self.walk(i, known, out);
                if matches!(ended, Ended::Unsure) {
                    out.truncate(kept);
                }
                ended
            }
        };
        let unsure = matches!(ended, Ended::Unsure)
            || flags.any(Flags::ALIKE) && self.may_be_alike(i)
            || self.reading.proclitics == Proclitics::Possible
                && may_have_proclitic(self.text, &lexeme, self.reading, self.parts, &mut self.scratch.folded);
        if unsure {
            let before = out.iter().rposition(|f| (f.start as usize) < start).map_or(0, |at| at + 1);
            if out.len() > before {
                out.truncate(before);
                self.taken = out.last().map_or(0, |f| f.end as usize);
            }
            self.slow(start, start + 1, out);
        }
    }

    fn may_be_alike(&mut self, i: usize) -> bool {
        let lexeme = self.scratch.lexer.lexemes[i];
        let word = &self.text[lexeme.start as usize..lexeme.end()];
        let hash = alike(word, &mut self.scratch.folded);
        !self.parts.probe(hash).is_nothing()
    }

    /// Walks on from token `i`, of which the table knows `first`.
    fn walk(&mut self, i: usize, first: &Known, out: &mut Vec<Found>) -> Ended {
        let lexeme = self.scratch.lexer.lexemes[i];
        let (start, mut run, mut known) = (lexeme.start as usize, lexeme.hash, *first);
        let bytes = self.text.as_bytes();
        self.scratch.steps.clear();
        self.places.clear();
        let mut lexeme = Some(lexeme);
        let (mut j, mut at, mut end, mut joint) = (i, start, 0, Joint::Direct);
        loop {
            let (side, after, resume);
            match lexeme {
                Some(l) => {
                    end = l.end();
                    let flags = l.flags();
                    let initial = flags.any(Flags::INITIAL);
                    let last = if initial || flags.any(Flags::SIGN) { char_before(bytes, end).0 } else { 0 };
                    side = Side::of(flags, last);
                    after = if initial { After::Sentence } else { After::of(last) };
                    resume = end + usize::from(side == Side::Initial);
                }
                None => {
                    let sign = char_at(bytes, at).0;
                    side = Side::sign(sign);
                    after = After::of(sign);
                    resume = end;
                }
            }
            if !known.places().is_empty() {
                let from = self.places.len() as u32;
                self.places.extend_from_slice(known.places());
                let places = (from, known.places().len() as u8);
                self.scratch.steps.push(Step { joint, start: at as u32, end: end as u32, run, side, places });
            } else if known.continues {
                self.scratch.steps.push(Step { joint, start: at as u32, end: end as u32, run, side, places: (0, 0) });
            }
            // Such a key has a dot behind the letter, which only the slow fold keeps there.
            let (c, len) = char_at(bytes, end);
            let dot = || c == u32::from(b'.') || len > 0 && c >= 0x20 && Fact::of(c).kind() == Kind::Hard;
            if known.hard || known.dotted && !matches!(side, Side::Initial | Side::Initials) && dot() {
                return Ended::Unsure;
            }
            if !known.continues {
                break;
            }
            (joint, at) = match gap(bytes, resume, after, self.reading.line_end) {
                Gap::Blank(next) => (Joint::Blank, next),
                Gap::Direct(next) => (Joint::Direct, next),
                Gap::End => break,
                Gap::Hard => return Ended::Unsure,
            };
            let lexemes = &self.scratch.lexer.lexemes;
            while lexemes.get(j).is_some_and(|l| (l.start as usize) < at) {
                j += 1;
            }
            lexeme = lexemes.get(j).filter(|l| l.start as usize == at).copied();
            let (c, len) = char_at(bytes, at);
            let next = match lexeme {
                Some(l) if l.is_hard() => return Ended::Unsure,
                Some(l) => {
                    if l.flags().any(Flags::ALIKE) {
                        let other = alike(&self.text[at..l.end()], &mut self.scratch.folded);
                        if !self.parts.probe(hash::chain(run, joint, other)).is_nothing() {
                            return Ended::Unsure;
                        }
                    }
                    l.hash
                }
                None => {
                    let fact = Fact::of(c);
                    if fact.kind() != Kind::Sign {
                        return Ended::Unsure;
                    }
                    end = at + len;
                    hash::short(u64::from(fact.fold()), 0)
                }
            };
            // A word after the dot of an initial is parted from it by a blank.
            if side == Side::Initial || side == Side::Initials {
                match lexeme {
                    Some(l) if l.flags().any(Flags::WORD) => joint = Joint::Blank,
                    Some(l) if l.flags().any(Flags::HANGUL) => return Ended::Unsure,
                    _ => {}
                }
            }
            run = hash::chain(run, joint, next);
            known = self.parts.probe(run);
            if known.is_nothing() {
                break;
            }
        }
        self.tell(start, out)
    }

    /// Tells what the steps found, the longest first.
    fn tell(&mut self, start: usize, out: &mut Vec<Found>) -> Ended {
        for n in (0..self.scratch.steps.len()).rev() {
            let step = self.scratch.steps[n];
            let (from, count) = (step.places.0 as usize, usize::from(step.places.1));
            if count == 0 {
                continue;
            }
            match edge::may_end(self.text, step.start as usize, step.end as usize, step.side, self.reading.language) {
                Verdict::No => continue,
                Verdict::Unsure => return Ended::Unsure,
                Verdict::Yes => {}
            }
            for p in from..from + count {
                let place = self.places[p];
                if self.is_key(start, n, place) {
                    out.push(Found { start: start as u32, end: step.end, place, alike: false });
                    if self.reading.spans == Spans::Longest {
                        self.taken = step.end as usize;
                        return Ended::Done;
                    }
                }
            }
        }
        Ended::Done
    }

    /// Whether the first `n + 1` steps spell the key with its postings at `place`.
    #[inline]
    fn is_key(&mut self, start: usize, n: usize, place: u32) -> bool {
        let Scratch { steps, memo, folded, .. } = &mut *self.scratch;
        let last = steps[n];
        let span = &self.text.as_bytes()[start..last.end as usize];
        if memo.knows(last.run, place, span) {
            return true;
        }
        folded.clear();
        for step in &steps[..=n] {
            if step.joint == Joint::Blank {
                folded.push(b' ');
            }
            let token = &self.text[step.start as usize..step.end as usize];
            if matches!(step.side, Side::Sign | Side::Apostrophe) {
                let fact = Fact::of(char_at(token.as_bytes(), 0).0);
                folded.extend_from_slice(&fact.fold().to_le_bytes()[..fact.fold_len() as usize]);
            } else {
                push_key(token, folded);
            }
        }
        let is_key = self.source.keys.get(&*folded).is_some_and(|output| output.value() == u64::from(place));
        if is_key {
            memo.keep(last.run, place, span);
        }
        is_key
    }
}

/// Whether a name may begin within a word, behind what its language writes together with names.
fn may_have_proclitic(
    text: &str,
    lexeme: &Lexeme,
    reading: &Reading<'_, '_>,
    parts: Parts<'_>,
    folded: &mut Vec<u8>,
) -> bool {
    let start = lexeme.start as usize;
    if !lexeme.flags().any(Flags::WORD) || text.as_bytes()[start].is_ascii() {
        return false;
    }
    let proclitics = &(reading.language)(start).proclitics;
    if proclitics.is_empty() {
        return false;
    }
    folded.clear();
    push_key(&text[start..lexeme.end()], folded);
    proclitics.iter().any(|p| {
        let rest = folded.strip_prefix(p.as_bytes()).filter(|rest| !p.is_empty() && !rest.is_empty());
        rest.is_some_and(|rest| {
            let hash = hash::token(rest);
            parts.single.may_have(hash) || parts.first.may_have(hash)
        })
    })
}
