//! The slow fold of the surroundings of a place, kept while the next places lie in it.
//!
//! Invariant: a window begins and ends at safe places, or at the ends of the text, so its tokens
//! are those of the whole text.

use crate::annotate::walk::{Ended, Found, View, walk_from};
use crate::name::Language;
use crate::text::lex::gap::{safe_after, safe_before};
use crate::text::{self, Folded, LineEnd, TokenKind};

/// Bytes folded beyond what is asked for, so that names and edges are seen whole.
const AHEAD: usize = 24;

#[derive(Default)]
pub(super) struct Window {
    start: usize,
    end: usize,
    folded: Folded,
    filled: bool,
}

/// What the slow walk reads.
pub(super) struct Source<'a, 'l, D> {
    pub text: &'a str,
    pub line_end: LineEnd,
    pub language: &'a dyn Fn(usize) -> &'l Language,
    pub keys: &'a fst::raw::Fst<D>,
}

impl Window {
    /// Forgets the text.
    pub(super) fn clear(&mut self) {
        self.filled = false;
    }

    /// Folds at least from `from` to `to` and something more.
    fn cover<D>(&mut self, source: &Source<'_, '_, D>, from: usize, to: usize) {
        let length = source.text.len();
        let enough = self.filled && self.start <= from && (self.end >= to.saturating_add(AHEAD / 2).min(length));
        if !enough {
            let bytes = source.text.as_bytes();
            self.start = safe_before(bytes, from, 0);
            self.end = safe_after(bytes, to.saturating_add(AHEAD).min(length));
            self.folded = text::fold(&source.text[self.start..self.end], source.line_end);
            self.filled = true;
        }
    }

    /// Every span that begins at a token in `from..to`.
    pub(super) fn scan<D: AsRef<[u8]>>(
        &mut self,
        source: &Source<'_, '_, D>,
        from: usize,
        to: usize,
        out: &mut Vec<Found>,
    ) {
        self.cover(source, from, to);
        let kept = out.len();
        let mut ahead = AHEAD;
        loop {
            let view = View { folded: &self.folded, base: self.start, language: source.language };
            let tokens = self.folded.tokens();
            let first = tokens.partition_point(|t| (t.src as usize) + self.start < from);
            let mut ended = Ended::Inside;
            for (i, token) in tokens.iter().enumerate().skip(first) {
                if token.src as usize + self.start >= to {
                    break;
                }
                if matches!(token.kind, TokenKind::Blank | TokenKind::Break) {
                    continue;
                }
                if walk_from(&view, source.keys, i, out) == Ended::AtEnd {
                    ended = Ended::AtEnd;
                }
            }
            if ended == Ended::Inside || self.end >= source.text.len() {
                return;
            }
            // A name may reach beyond: more text is folded, twice as far each time.
            out.truncate(kept);
            ahead *= 4;
            self.end = safe_after(source.text.as_bytes(), to.saturating_add(ahead).min(source.text.len()));
            self.folded = text::fold(&source.text[self.start..self.end], source.line_end);
        }
    }
}
