//! The tokens of a span.
//!
//! Invariant: a span begins and ends at edges, so nothing around it changes its tokens, but for dots:
//! a letter before two of them is no initial.

use crate::text::{self, LineEnd, TokenKind};

/// The tokens of a span.
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
    /// Whether the tokens of a span hang on what stands after it.
    pub fn hangs_on(span: &str, after: &str) -> bool {
        after.starts_with('.') && span.contains('.')
    }

    /// Of a span before the text `after`.
    pub fn of(span: &str, after: &str) -> Self {
        // Two dots are enough, and one stands before whatever else.
        let more = if Self::hangs_on(span, after) { after.get(..2).unwrap_or(".") } else { "" };
        let folded = text::fold(&format!("{span}{more}"), LineEnd::Blank);
        let tokens = &folded.tokens()[..folded.tokens().partition_point(|t| (t.src as usize) < span.len())];
        let count = |kind: fn(TokenKind) -> bool| tokens.iter().filter(|t| kind(t.kind)).count();
        Self {
            tokens: tokens.len(),
            words: count(|k| k == TokenKind::Word),
            clusters: count(|k| k != TokenKind::Blank),
            first: tokens.first().map(|t| t.kind),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_behind_a_span_count() {
        let cases = [
            ("U.S.", " is", 1),
            ("U.S", "..", 3),
            ("U.S", ".é", 1),
            ("U.S", ".", 1),
            ("New York", ".", 3),
            ("基辅", "", 2),
        ];
        for (span, after, tokens) in cases {
            assert_eq!(Extent::of(span, after).tokens, tokens, "{span}{after}");
        }
    }
}
