//! The fast scanner: names straight from the bytes, by hash, filter and table, each held against
//! the keys before it is told.
//!
//! Invariant: it tells exactly what the slow walk over the whole folded text tells. Cost: linear in
//! the text; a token costs what its hash and two filter bits cost, a survivor a table line.

mod begin;
mod edge;
mod filter;
mod memo;
mod slow;
mod verify;

use edge::{Plainly, Side};
use filter::{Begin, Filter};
use slow::{Source, Window};
use verify::Verifier;

use super::walk::Found;
use crate::dict::Dictionary;
use crate::dict::accelerator::{Accelerator, Known, Parts};
use crate::name::Language;
use crate::text::LineEnd;
use crate::text::lex::gap::safe_after;
use crate::text::lex::hash::{self, Joint};
use crate::text::lex::wide::{self, Task, Wide};
use crate::text::lex::{Flags, Lexeme, Lexer, push_key};

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
    filter: Filter,
    folded: Vec<u8>,
    steps: Vec<Step>,
    found: Vec<Found>,
    verifier: Verifier,
    window: Window,
    /// Content hash of the dictionary that the memo is about.
    dictionary: u64,
}

/// Bytes that are lexed at once: their tokens stay in the inner caches.
const CHUNK: usize = 1 << 13;
/// Bytes at the end of a chunk that are read again.
const OVERLAP: usize = 96;

/// One token of a walk.
#[derive(Clone, Copy)]
struct Step {
    joint: Joint,
    start: u32,
    end: u32,
    run: u64,
    side: Side,
    known: Known,
}

struct Pass<'a, 'l, 's, D> {
    text: &'a str,
    dictionary: &'a Dictionary,
    reading: &'a Reading<'a, 'l>,
    parts: Parts<'a>,
    source: Source<'a, 'l, D>,
    scratch: &'s mut Scratch,
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
        scratch.verifier.clear();
    }
    scratch.window.clear();
    let source =
        Source { text, line_end: reading.line_end, language: reading.language, keys: dictionary.keys().as_fst() };
    let mut pass = Pass { text, dictionary, reading, parts: accelerator.parts(), source, scratch, taken: 0 };
    wide::dispatch(Run { pass: &mut pass, accelerator, out });
    true
}

/// The whole scan, as a task.
struct Run<'r, 'a, 'l, 's, D> {
    pass: &'r mut Pass<'a, 'l, 's, D>,
    accelerator: &'a Accelerator,
    out: &'r mut Vec<Found>,
}

impl<D: AsRef<[u8]>> Task for Run<'_, '_, '_, '_, D> {
    type Output = ();

    #[inline(always)]
    fn run<W: Wide>(self, wide: W) {
        let Self { pass, accelerator, out } = self;
        let text = pass.text;
        let mut from = 0;
        while from < text.len() {
            let to = safe_after(text.as_bytes(), (from + CHUNK).min(text.len()));
            let Scratch { lexer, filter, .. } = &mut *pass.scratch;
            lexer.read(wide, text, from..to, accelerator.signs());
            // The last tokens begin no walk, which might go beyond; the next chunk has them again.
            let next =
                if to < text.len() { lexer.safe_start(text, to.saturating_sub(OVERLAP).max(from + 1)) } else { None };
            let next = next.unwrap_or(to);
            let count = lexer.lexemes.partition_point(|l| (l.start as usize) < next);
            lexer.zones.retain(|zone| zone.start < next);
            filter.run(wide, text, &lexer.lexemes, count, pass.reading, pass.parts);
            pass.touch();
            pass.resolve(wide, out);
            from = next;
        }
    }
}

impl<D: AsRef<[u8]>> Pass<'_, '_, '_, D> {
    /// Reads something of each list of postings that may be asked for, none waiting for another.
    #[inline(always)]
    fn touch(&self) {
        let mut all = 0;
        for begin in &self.scratch.filter.begins {
            if let Some(place) = begin.known.place() {
                all ^= self.dictionary.touch(place);
            }
        }
        std::hint::black_box(all);
    }

    #[inline(always)]
    fn resolve<W: Wide>(&mut self, wide: W, out: &mut Vec<Found>) {
        let begins = std::mem::take(&mut self.scratch.filter.begins);
        let zones = std::mem::take(&mut self.scratch.lexer.zones);
        let mut zone = 0;
        for begin in &begins {
            let start = self.scratch.lexer.lexemes[begin.token as usize].start as usize;
            while zone < zones.len() && zones[zone].start <= start {
                self.slow(zones[zone].start, zones[zone].end, out);
                zone += 1;
            }
            if start >= self.taken && !self.single(begin, out) {
                self.begin(wide, begin, out);
            }
        }
        for zone in &zones[zone..] {
            self.slow(zone.start, zone.end, out);
        }
        self.scratch.filter.begins = begins;
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

    /// Tells a key of one token in plain surroundings. `false` if it is not as simple as that.
    #[inline(always)]
    fn single(&mut self, begin: &Begin, out: &mut Vec<Found>) -> bool {
        let lexeme = self.scratch.lexer.lexemes[begin.token as usize];
        let (start, end) = (lexeme.start as usize, lexeme.end());
        let known = begin.known;
        let simple = lexeme.flags().is_plain_word()
            & !(known.is_several() | begin.goes_on & known.continues())
            & (self.reading.proclitics == Proclitics::Absent);
        // A dot behind such a letter may belong to a key.
        let plainly = if known.is_dotted() { Plainly::Blank } else { Plainly::BlankOrSign };
        if !simple || !edge::is_plain(self.text.as_bytes(), start, end, plainly) {
            return false;
        }
        let Some(place) = known.place() else {
            return true;
        };
        if Verifier::is_spelling(self.text, self.dictionary, start, end, place)
            || self.is_key_of_one(lexeme.hash, start, end, place)
        {
            out.push(Found { start: start as u32, end: end as u32, place, alike: false });
            if self.reading.spans == Spans::Longest {
                self.taken = end;
            }
        }
        true
    }

    #[inline(never)]
    fn is_key_of_one(&mut self, run: u64, start: usize, end: usize, place: u32) -> bool {
        let known = Known::default();
        let (start, end) = (start as u32, end as u32);
        let step = Step { joint: Joint::Direct, start, end, run, side: Side::Word, known };
        self.scratch.verifier.is_key(self.text, self.dictionary, &[step], start as usize, place)
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
            parts.may_begin(hash)
        })
    })
}
