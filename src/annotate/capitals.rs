//! What the capitals around a span are worth: whether it stands in a run of words in capitals, or in
//! a headline.
//!
//! Invariant: every answer is that of the tokens of the whole folded text, as in [`super::near`].

use std::ops::Range;

use super::document::Document;
use super::glance;
use super::near::{AHEAD, Near};
use crate::text::{Token, TokenKind, case};

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

/// Most words of a headline.
const HEADLINE: usize = 40;
/// Least words of a run of capitals.
const RUN: usize = 3;

impl Near {
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
