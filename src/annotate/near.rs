//! What stands around a span: the words beside it, and what its capitals are worth.
//!
//! Invariant: every answer is that of the tokens of the whole folded text. Most are read from the
//! bytes ([`super::glance`]); where those do not tell, a window around the span is folded.

use std::ops::Range;

use super::document::Document;
use super::glance::{self, Beyond};
use crate::text::lex::gap::{safe_after, safe_before};
use crate::text::{self, Folded, LineEnd, Token, TokenKind, case};

/// What the capitals around a word are worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Capitals {
    /// Running text.
    #[default]
    Text,
    /// A headline in which most words have a capital.
    Headline,
    /// A run of words in capitals.
    Run,
}

/// Bytes folded on each side of a span at first.
const AHEAD: usize = 96;
/// Tokens that a window holds on each side of the span, if the text has them.
const TOKENS: usize = 8;
/// Most words of a headline.
const HEADLINE: usize = 40;
/// Least words of a run of capitals.
const RUN: usize = 3;

/// The surroundings of spans of one text; kept from text to text.
#[derive(Debug, Default)]
pub struct Near {
    window: Range<usize>,
    folded: Folded,
    /// The last part in capitals asked about, and whether it is a run.
    run: Option<(Range<usize>, bool)>,
    /// The last line asked about, and whether it is a headline.
    line: Option<(Range<usize>, bool)>,
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

    /// What the capitals of the word at `span` are worth.
    pub fn capitals(&mut self, document: &Document<'_>, span: &Range<usize>) -> Capitals {
        if self.is_in_run(document, span) {
            Capitals::Run
        } else if self.is_in_headline(document, span) {
            Capitals::Headline
        } else {
            Capitals::Text
        }
    }

    /// Whether the word at the start of `span` stands in a run of three or more words in capitals.
    pub fn is_in_run(&mut self, document: &Document<'_>, span: &Range<usize>) -> bool {
        if let Some(is_run) = glance::is_in_run(document.text, span, RUN) {
            return is_run;
        }
        if let Some((part, is_run)) = &self.run
            && part.contains(&span.start)
        {
            return *is_run;
        }
        let mut ahead = AHEAD;
        loop {
            let at = self.cover_wide(document, span, ahead).start;
            let tokens = self.folded.tokens();
            let step = |t: &Token| self.run_step(document, t);
            if tokens.get(at).is_none_or(|t| step(t) == RunStep::Ends) {
                return false;
            }
            let start = tokens[..at].iter().rposition(|t| step(t) == RunStep::Ends).map_or(0, |i| i + 1);
            let end = tokens[at..].iter().position(|t| step(t) == RunStep::Ends).map_or(tokens.len(), |i| at + i);
            let cut =
                start == 0 && self.window.start > 0 || end == tokens.len() && self.window.end < document.text.len();
            if cut {
                ahead *= 4;
                continue;
            }
            let mut counting = (start..end).filter(|&i| step(&tokens[i]) == RunStep::Counts);
            let first = counting.next();
            let words = usize::from(first.is_some()) + counting.count();
            // What stands before the first word in capitals is not in the run.
            let (part, is_run) = match first {
                Some(first) if first <= at => (first..end, words >= RUN),
                Some(first) => (start..first, false),
                None => (start..end, false),
            };
            let part = self.source(&tokens[part.start]).start..self.source(&tokens[part.end - 1]).end;
            self.run = Some((part, is_run));
            return is_run;
        }
    }

    fn run_step(&self, document: &Document<'_>, token: &Token) -> RunStep {
        match token.kind {
            TokenKind::Blank | TokenKind::Apostrophe => RunStep::Goes,
            TokenKind::Sign if is_sign_of_run(self.folded.token_key(token)) => RunStep::Goes,
            TokenKind::Word => RunStep::of(&document.text[self.source(token)]),
            _ => RunStep::Ends,
        }
    }

    /// Whether the span stands in a headline, and in no run of capitals.
    pub fn is_in_headline(&mut self, document: &Document<'_>, span: &Range<usize>) -> bool {
        self.is_in_line_of_capitals(document, span) && !self.is_in_run(document, span)
    }

    /// Whether the span stands in a line of four words or more of which nearly all longer ones
    /// begin with a capital.
    fn is_in_line_of_capitals(&mut self, document: &Document<'_>, span: &Range<usize>) -> bool {
        if glance::is_in_sentence(document.text.as_bytes(), span) {
            return false;
        }
        if let Some((line, is_headline)) = &self.line
            && line.contains(&span.start)
        {
            return *is_headline;
        }
        let mut ahead = AHEAD;
        loop {
            let at = self.cover_wide(document, span, ahead).start;
            let tokens = self.folded.tokens();
            let ends_line = |t: &Token| {
                t.kind == TokenKind::Break
                    || t.kind == TokenKind::Blank && document.text[self.source(t)].contains(['\n', '\r'])
            };
            let at = at.min(tokens.len());
            let start = tokens[..at].iter().rposition(ends_line).map_or(0, |i| i + 1);
            let end = tokens[at..].iter().position(ends_line).map_or(tokens.len(), |i| at + i);
            let cut =
                start == 0 && self.window.start > 0 || end == tokens.len() && self.window.end < document.text.len();
            let words = tokens[start..end].iter().filter(|t| t.kind == TokenKind::Word);
            if cut && words.clone().count() <= HEADLINE {
                ahead *= 4;
                continue;
            }
            let is_headline = !cut && self.is_headline(document, words);
            if start < end {
                let line = self.source(&tokens[start]).start..self.source(&tokens[end - 1]).end;
                self.line = Some((line, is_headline));
            }
            return is_headline;
        }
    }

    fn is_headline<'f>(&self, document: &Document<'_>, words: impl Iterator<Item = &'f Token> + Clone) -> bool {
        let Some(first) = words.clone().next() else {
            return false;
        };
        let language = document.paragraph_at(self.source(first).start).map(|p| p.language);
        let count = words.clone().count();
        if count > HEADLINE || !language.is_some_and(|l| l.titlecase_headlines) {
            return false;
        }
        let (mut long, mut capital) = (0, 0);
        for token in words {
            let word = &document.text[self.source(token)];
            if word.chars().count() >= 4 {
                long += 1;
                capital += usize::from(case::begins_with_capital(word));
            }
        }
        count >= 4 && long >= 3 && capital * 10 >= long * 9
    }

    fn source(&self, token: &Token) -> Range<usize> {
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
    fn cover_wide(&mut self, document: &Document<'_>, span: &Range<usize>, ahead: usize) -> Range<usize> {
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

/// What a token does to a run of words in capitals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RunStep {
    Counts,
    Goes,
    Ends,
}

impl RunStep {
    /// Of a word.
    pub(super) fn of(word: &str) -> Self {
        match case::shape(word) {
            case::Shape::Upper => RunStep::Counts,
            case::Shape::Initial if word.chars().filter(|c| c.is_alphabetic()).count() == 1 => RunStep::Goes,
            case::Shape::Lower if word == "s" => RunStep::Goes,
            case::Shape::Uncased => RunStep::Goes,
            _ => RunStep::Ends,
        }
    }
}

fn is_sign_of_run(key: &str) -> bool {
    matches!(key, "&" | "\"" | "“" | "”" | "«" | "»")
}

fn is_touching_blank(source: &str) -> bool {
    let dash = |c: char| matches!(c, '–' | '—' | '―' | '/' | '_' | '⁄' | '−');
    source.chars().all(|c| c == ' ' || c == '\u{a0}' || c == '\u{202f}' || c == '\n' || c == '\r')
        || !source.contains(' ') && !source.contains(dash)
}

/// The tokens of a span by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// How many there are.
    pub tokens: usize,
    /// How many are words.
    pub words: usize,
    /// How many are no blank.
    pub clusters: usize,
    /// What the first one is.
    pub first: Option<TokenKind>,
}

impl Extent {
    /// Of a span, which begins and ends at edges, so that nothing around it changes its tokens.
    pub fn of(span: &str) -> Self {
        let folded = text::fold(span, LineEnd::Blank);
        let tokens = folded.tokens();
        let count = |kind: fn(TokenKind) -> bool| tokens.iter().filter(|t| kind(t.kind)).count();
        Self {
            tokens: tokens.len(),
            words: count(|k| k == TokenKind::Word),
            clusters: count(|k| k != TokenKind::Blank),
            first: tokens.first().map(|t| t.kind),
        }
    }
}
