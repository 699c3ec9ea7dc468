//! What stands around a span: the words beside it; what its capitals are worth is in
//! [`super::capitals`].
//!
//! Invariant: every answer is that of the tokens of the whole folded text. Most are read from the
//! bytes (`annotate::glance`); where those do not tell, a window around the span is folded.

use std::ops::Range;

use super::document::Document;
use super::glance::{self, Beyond};
use crate::text::lex::gap::{safe_after, safe_before};
use crate::text::{self, Folded, Token, TokenKind};

/// Bytes folded on each side of a span at first.
pub(super) const AHEAD: usize = 96;
/// Tokens that a window holds on each side of the span, if the text has them.
const TOKENS: usize = 8;

/// The surroundings of spans of one text; kept from text to text.
#[derive(Debug, Default)]
pub struct Near {
    pub(super) window: Range<usize>,
    pub(super) folded: Folded,
    /// The last part in capitals asked about, and whether it is a run.
    pub(super) run: Option<(Range<usize>, bool)>,
    /// The last line asked about, and whether it is a headline.
    pub(super) line: Option<(Range<usize>, bool)>,
}

impl Near {
    /// Turns to another text.
    pub fn turn_to_next(&mut self) {
        (self.window, self.run, self.line) = (0..0, None, None);
    }

    /// The word before the span, if only blanks of one line or a hyphen stand between.
    pub fn before(&mut self, document: &Document<'_>, span: &Range<usize>) -> Option<Range<usize>> {
        match glance::before(document.text.as_bytes(), span.start, document.settings.line_end) {
            Beyond::Word(word) => Some(word),
            Beyond::Nothing => None,
            Beyond::Unsure => {
                let tokens = self.cover(document, span);
                let blank = tokens.start.checked_sub(1)?;
                let word = self.folded.tokens().get(blank.checked_sub(1)?)?;
                self.touching(document, blank, word)
            }
        }
    }

    /// The word after, likewise.
    pub fn after(&mut self, document: &Document<'_>, span: &Range<usize>) -> Option<Range<usize>> {
        match glance::after(document.text.as_bytes(), span.end, document.settings.line_end) {
            Beyond::Word(word) => Some(word),
            Beyond::Nothing => None,
            Beyond::Unsure => {
                let tokens = self.cover(document, span);
                let word = self.folded.tokens().get(tokens.end + 1)?;
                self.touching(document, tokens.end, word)
            }
        }
    }

    /// The source of `word`, if it is one and the blank beside it touches.
    fn touching(&self, document: &Document<'_>, blank: usize, word: &Token) -> Option<Range<usize>> {
        let blank = self.folded.tokens().get(blank)?;
        let source = &document.text[self.source(blank)];
        let touches = blank.kind == TokenKind::Blank && is_touching_blank(source);
        (touches && word.kind == TokenKind::Word).then(|| self.source(word))
    }

    /// Whether `is_known` holds for the key of two or three words that begin or end with the word
    /// at `word`.
    pub fn is_inside(
        &mut self,
        document: &Document<'_>,
        word: &Range<usize>,
        mut is_known: impl FnMut(&str) -> bool,
    ) -> bool {
        if let Some(keys) = glance::around(document.text, word, document.settings.line_end) {
            return keys.into_iter().flatten().any(|key| is_known(&key));
        }
        let i = self.cover(document, word).start;
        let tokens = self.folded.tokens();
        (1..=2usize).any(|n| {
            let back = i.checked_sub(2 * n).map(|start| start..i + 1);
            let on = Some(i..i + 2 * n + 1).filter(|r| r.end <= tokens.len());
            [back, on].into_iter().flatten().any(|range| {
                let words = &tokens[range];
                words.iter().step_by(2).all(|t| t.kind == TokenKind::Word)
                    && words.iter().skip(1).step_by(2).all(|t| t.kind == TokenKind::Blank)
                    && is_known(&self.folded.key()[words[0].key as usize..words[words.len() - 1].key_end as usize])
            })
        })
    }

    pub(super) fn source(&self, token: &Token) -> Range<usize> {
        self.window.start + token.src as usize..self.window.start + token.src_end as usize
    }

    /// Folds around the span, if that is not done; gives the indices of its tokens.
    fn cover(&mut self, document: &Document<'_>, span: &Range<usize>) -> Range<usize> {
        let mut ahead = AHEAD;
        if self.window.start <= span.start && span.end <= self.window.end && !self.window.is_empty() {
            let tokens = self.tokens_of(span);
            if self.is_enough(document.text, &tokens) {
                return tokens;
            }
        }
        loop {
            let tokens = self.fold(document, span, ahead);
            if self.is_enough(document.text, &tokens) {
                return tokens;
            }
            ahead *= 4;
        }
    }

    /// Likewise, at least `ahead` bytes on both sides.
    pub(super) fn cover_wide(&mut self, document: &Document<'_>, span: &Range<usize>, ahead: usize) -> Range<usize> {
        let (from, to) = (span.start.saturating_sub(ahead), (span.end + ahead).min(document.text.len()));
        if self.window.start <= from && to <= self.window.end {
            self.tokens_of(span)
        } else {
            self.fold(document, span, ahead)
        }
    }

    fn fold(&mut self, document: &Document<'_>, span: &Range<usize>, ahead: usize) -> Range<usize> {
        let bytes = document.text.as_bytes();
        let from = safe_before(bytes, span.start.saturating_sub(ahead), 0);
        let to = safe_after(bytes, span.end.saturating_add(ahead).min(bytes.len()));
        self.window = from..to;
        self.folded = text::fold(&document.text[from..to], document.settings.line_end);
        self.tokens_of(span)
    }

    fn is_enough(&self, text: &str, tokens: &Range<usize>) -> bool {
        let all = self.folded.tokens().len();
        (self.window.start == 0 || tokens.start >= TOKENS)
            && (self.window.end == text.len() || tokens.end + TOKENS <= all)
    }

    /// Indices of the tokens that a span covers.
    fn tokens_of(&self, span: &Range<usize>) -> Range<usize> {
        let tokens = self.folded.tokens();
        let first = tokens.partition_point(|t| self.source(t).end <= span.start);
        let end = tokens.partition_point(|t| self.source(t).start < span.end);
        first..end
    }
}

fn is_touching_blank(source: &str) -> bool {
    let dash = |c: char| matches!(c, '–' | '—' | '―' | '/' | '_' | '⁄' | '−');
    source.chars().all(|c| c == ' ' || c == '\u{a0}' || c == '\u{202f}' || c == '\n' || c == '\r')
        || !source.contains(' ') && !source.contains(dash)
}
