//! Everything that begins at one token: the walk on by the hashes of runs, edges, finds held
//! against the dictionary.
//!
//! Invariant: what is told is what the slow walk from the token tells; where the bytes do not tell,
//! the slow walk does.

use super::edge::{self, Side, Verdict};
use super::filter::Begin;
use super::{Pass, Proclitics, Scratch, Spans, Step, may_have_proclitic};
use crate::annotate::walk::Found;
use crate::text::lex::fact::{Fact, Kind};
use crate::text::lex::gap::{After, Gap, char_at, char_before, gap};
use crate::text::lex::hash::{self, Joint};
use crate::text::lex::wide::Wide;
use crate::text::lex::{Flags, alike};

enum Ended {
    /// Every span from this start was seen.
    Done,
    /// The slow fold must look.
    Unsure,
}

impl<D: AsRef<[u8]>> Pass<'_, '_, '_, D> {
    /// Everything that begins at a token.
    pub(super) fn begin<W: Wide>(&mut self, wide: W, begin: &Begin, out: &mut Vec<Found>) {
        let i = begin.token as usize;
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
                let ended = self.walk(wide, begin, out);
                if matches!(ended, Ended::Unsure) {
                    out.truncate(kept);
                }
                ended
            }
        };
        let unsure = matches!(ended, Ended::Unsure)
            || flags.any(Flags::ALIKE) && matches!(self.alike(wide, i, out), Ended::Unsure)
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

    /// Tells a key of one token that a word of capitals is in another script.
    fn alike<W: Wide>(&mut self, wide: W, i: usize, out: &mut Vec<Found>) -> Ended {
        let lexeme = self.scratch.lexer.lexemes[i];
        let (start, end) = (lexeme.start as usize, lexeme.end());
        let Scratch { folded, verifier, .. } = &mut *self.scratch;
        let (hash, pure) = alike(&self.text[start..end], folded);
        if hash == lexeme.hash {
            return Ended::Done;
        }
        let known = self.parts.probe(wide, hash);
        let Some(place) = known.place() else {
            return if known.is_nothing() { Ended::Done } else { Ended::Unsure };
        };
        if !pure || known.is_several() || known.continues() || known.is_dotted() {
            return Ended::Unsure;
        }
        match edge::may_end(self.text, start, end, Side::Word, self.reading.language) {
            Verdict::No => return Ended::Done,
            Verdict::Unsure => return Ended::Unsure,
            Verdict::Yes => {}
        }
        // What is read as it stands and is no shorter comes first.
        let longest = self.reading.spans == Spans::Longest;
        let told = longest && out.last().is_some_and(|f| f.start as usize == start);
        if !told && verifier.is_folded(self.dictionary, hash, folded, place) {
            out.push(Found { start: start as u32, end: end as u32, place, alike: true });
            if longest {
                self.taken = end;
            }
        }
        Ended::Done
    }

    /// Walks on from a token.
    fn walk<W: Wide>(&mut self, wide: W, begin: &Begin, out: &mut Vec<Found>) -> Ended {
        let i = begin.token as usize;
        let lexeme = self.scratch.lexer.lexemes[i];
        let (start, mut run, mut known) = (lexeme.start as usize, lexeme.hash, begin.known);
        let bytes = self.text.as_bytes();
        self.scratch.steps.clear();
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
            self.scratch.steps.push(Step { joint, start: at as u32, end: end as u32, run, side, known });
            // Such a key has a dot behind the letter, which only the slow fold keeps there.
            let (c, len) = char_at(bytes, end);
            let dot = || c == u32::from(b'.') || len > 0 && c >= 0x20 && Fact::of(c).kind() == Kind::Hard;
            if known.is_dotted() && !matches!(side, Side::Initial | Side::Initials) && dot() {
                return Ended::Unsure;
            }
            if !known.continues() || self.scratch.steps.len() == 1 && !begin.goes_on {
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
                        let (other, _) = alike(&self.text[at..l.end()], &mut self.scratch.folded);
                        if !self.parts.probe(wide, hash::chain(run, joint, other)).is_nothing() {
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
            known = self.parts.probe(wide, run);
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
            let Some(place) = step.known.place() else {
                continue;
            };
            match edge::may_end(self.text, step.start as usize, step.end as usize, step.side, self.reading.language) {
                Verdict::No => continue,
                Verdict::Unsure => return Ended::Unsure,
                Verdict::Yes => {}
            }
            let Scratch { steps, verifier, .. } = &mut *self.scratch;
            let mut is_key = |place| verifier.is_key(self.text, self.dictionary, &steps[..=n], start, place);
            let place = if step.known.is_several() {
                let mut places = Vec::new();
                self.parts.each_place(step.run, |place| places.push(place));
                places.into_iter().find(|&place| is_key(place))
            } else {
                is_key(place).then_some(place)
            };
            if let Some(place) = place {
                out.push(Found { start: start as u32, end: step.end, place, alike: false });
                if self.reading.spans == Spans::Longest {
                    self.taken = step.end as usize;
                    return Ended::Done;
                }
            }
        }
        Ended::Done
    }
}
