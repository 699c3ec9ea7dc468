//! The one match-key function: text in, key and tokens with exact offsets out.
//!
//! Build and lookup both call it, so a key means the same everywhere; a change of its results is
//! a new [`FOLD_VERSION`].
//!
//! Invariants: pieces and tokens rise in key and in source; every piece is one grapheme cluster
//! (or a blank run) of the source; the key of a key is that key.

mod atom;
mod easy;
mod folder;

use std::ops::Range;

use super::letter::BREAK;
use folder::Folder;

/// Version of the key function; a dictionary built with another must be rebuilt.
pub const FOLD_VERSION: u32 = 1;

/// Version of the Unicode tables in use, as one number: 17.0.0 is 170000.
pub fn unicode_version() -> u32 {
    let (major, minor, patch) = unicode_normalization::UNICODE_VERSION;
    u32::from(major) * 10_000 + u32::from(minor) * 100 + u32::from(patch)
}

/// What a token is, which decides where names may begin and end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A run of letters and digits of a script with blanks between words.
    Word,
    /// One Hangul syllable.
    Syllable,
    /// A run of katakana.
    Kana,
    /// One cluster of Han, hiragana, Thai and the like.
    Ideograph,
    /// Blanks, hyphens, dashes, underscores, slashes, at most one line end; key is a blank.
    Blank,
    /// An apostrophe of any shape.
    Apostrophe,
    /// Superscript digits and the like.
    Super,
    /// Any other sign.
    Sign,
    /// Nothing matches across it; key is a paragraph separator.
    Break,
}

/// One unit of the text. Offsets are bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// A sign within a word (`example.com`, `3.14`): no edge before and after.
    pub glue: bool,
    /// A hyphen at a line end: the blank may also be read as nothing.
    pub join: bool,
    /// A Word directly after another without any sign between (a change of script).
    pub attached: bool,
    /// Start in the key.
    pub key: u32,
    /// End in the key.
    pub key_end: u32,
    /// Start in the source.
    pub src: u32,
    /// End in the source.
    pub src_end: u32,
    /// Index of another reading of the token, if it has one.
    alternative: Option<u32>,
}

/// One grapheme cluster: where its key begins and what it covers. Offsets are bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Start in the key; it ends where the next piece starts.
    pub key: u32,
    /// Start in the source.
    pub src: u32,
    /// End in the source.
    pub src_end: u32,
}

/// What a single line end is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LineEnd {
    /// A blank, as in running text.
    #[default]
    Blank,
    /// A break: each line is a text of its own.
    Break,
}

/// A folded text.
#[derive(Debug, Clone, Default)]
pub struct Folded {
    key: String,
    pieces: Vec<Piece>,
    tokens: Vec<Token>,
    alternatives: Vec<String>,
}

impl Folded {
    /// The keys of all tokens, one after the other.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The tokens, in order.
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// The clusters, in order.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The key of one token.
    pub fn token_key(&self, token: &Token) -> &str {
        &self.key[token.key as usize..token.key_end as usize]
    }

    /// Another reading of the token (a look-alike in another script).
    pub fn alternative(&self, token: &Token) -> Option<&str> {
        token.alternative.map(|i| self.alternatives[i as usize].as_str())
    }

    /// Index of the piece whose key begins at byte `key`, if one does.
    pub fn piece_at(&self, key: u32) -> Option<usize> {
        self.pieces.binary_search_by_key(&key, |p| p.key).ok()
    }

    /// The pieces whose keys lie in `key`, which must be a range of whole pieces.
    pub fn pieces_in(&self, key: Range<u32>) -> &[Piece] {
        let start = self.pieces.partition_point(|p| p.key < key.start);
        let end = self.pieces.partition_point(|p| p.key < key.end);
        &self.pieces[start..end]
    }
}

/// Folds running text. `text` must be shorter than 4 GiB; longer text is for windows.
///
/// Cost: linear in `text`.
pub fn fold(text: &str, line_end: LineEnd) -> Folded {
    Folder::new(text, line_end).run()
}

/// The key of a form: its tokens' keys without blanks at both ends.
pub fn key(form: &str) -> String {
    fold(form, LineEnd::Blank).key.trim_matches([' ', BREAK]).to_owned()
}

/// Appends the key of a form to `out`: as [`key`], and some ten times faster where every character
/// of the form folds alone.
pub fn key_into(form: &str, out: &mut String) {
    let start = out.len();
    if !easy::push_key(form, out) {
        out.truncate(start);
        out.push_str(&key(form));
    }
}

#[cfg(test)]
mod tests;
