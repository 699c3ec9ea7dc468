//! The tokens of a span by itself.
//!
//! Invariant: a span begins and ends at edges, so nothing around it changes its tokens.

use crate::text::{self, LineEnd, TokenKind};

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
    /// Of a span.
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
