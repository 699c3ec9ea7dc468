//! What stands between two easy tokens, single characters of the text, and the places where the
//! slow fold may begin or end.
//!
//! Invariant: folding a text in two parts cut at a safe place gives the tokens of the whole.

use super::fact::{Fact, Kind};
use crate::text::LineEnd;

/// The character that begins at byte `at`, with its length in bytes; 0 at the end.
#[inline]
pub fn char_at(bytes: &[u8], at: usize) -> (u32, usize) {
    let byte = |i: usize| bytes.get(at + i).map_or(0, |&b| u32::from(b));
    let first = byte(0);
    match first {
        0x00..=0x7f => (first, usize::from(at < bytes.len())),
        0xc0..=0xdf => ((first & 0x1f) << 6 | byte(1) & 0x3f, 2),
        0xe0..=0xef => ((first & 0xf) << 12 | (byte(1) & 0x3f) << 6 | byte(2) & 0x3f, 3),
        _ => ((first & 7) << 18 | (byte(1) & 0x3f) << 12 | (byte(2) & 0x3f) << 6 | byte(3) & 0x3f, 4),
    }
}

/// The character that ends before byte `at`, with its length; 0 at the start.
#[inline]
pub fn char_before(bytes: &[u8], at: usize) -> (u32, usize) {
    let mut start = at;
    while start > 0 {
        start -= 1;
        if bytes[start] & 0xc0 != 0x80 {
            return char_at(bytes, start);
        }
    }
    (0, 0)
}

/// The first character of the cluster that ends before byte `at`, with the length from there.
#[inline]
pub fn cluster_before(bytes: &[u8], at: usize) -> (u32, usize) {
    let (mut c, mut len) = char_before(bytes, at);
    while Fact::of(c).is_mark() {
        let (before, more) = char_before(bytes, at - len);
        if more == 0 {
            break;
        }
        (c, len) = (before, len + more);
    }
    (c, len)
}

/// What follows a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// The next token begins at the byte, after blanks.
    Blank(usize),
    /// The next token begins at the byte, directly.
    Direct(usize),
    /// Nothing matches across what follows, or the text ends.
    End,
    /// Only the slow fold can say.
    Hard,
}

/// The gap after byte `at`, where an easy token ends.
pub fn gap(bytes: &[u8], at: usize, after: After, line_end: LineEnd) -> Gap {
    let mut next = at;
    let (mut blank, mut hyphen, mut line) = (false, false, false);
    loop {
        let (c, len) = char_at(bytes, next);
        match c {
            _ if len == 0 => return Gap::End,
            0x20 | 0x09 => {}
            0x2d | 0x2f | 0x5f => hyphen = true,
            0x0a if line || line_end == LineEnd::Break => return Gap::End,
            0x0a => line = true,
            0x00..=0x1f => return Gap::Hard,
            0x21..=0x7f => break,
            _ => match Fact::of(c).kind() {
                Kind::Blank => hyphen = true,
                Kind::Hard if is_blank_interpunct(bytes, next) => hyphen = true,
                Kind::Hard => return Gap::Hard,
                _ => break,
            },
        }
        blank = true;
        next += len;
    }
    match (blank, line) {
        (false, _) => Gap::Direct(next),
        (true, false) => Gap::Blank(next),
        // Hyphens and stars at line ends have rules of their own.
        _ if hyphen || bytes[next] == b'*' => Gap::Hard,
        _ if after == After::Sentence => Gap::End,
        _ => Gap::Blank(next),
    }
}

/// What kind of token stands before a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// A word, or a sign within a sentence.
    Word,
    /// A sign that ends a sentence if the line ends too.
    Sentence,
}

impl After {
    /// Of a token that ends with the character `c`.
    pub fn of(c: u32) -> Self {
        match char::from_u32(c) {
            Some('.' | '!' | '?' | '…' | '。' | '！' | '？' | '．') => After::Sentence,
            _ => After::Word,
        }
    }
}

/// Whether the character at byte `at` is a dot between the words of a foreign name in Han, kana or
/// Hangul: a blank.
pub fn is_blank_interpunct(bytes: &[u8], at: usize) -> bool {
    let (c, len) = char_at(bytes, at);
    let east = |c: u32| matches!(Fact::of(c).kind(), Kind::Kana | Kind::Ideograph | Kind::Hangul);
    matches!(c, 0xb7 | 0x2027) && east(cluster_before(bytes, at).0) && east(char_at(bytes, at + len).0)
}

fn is_token(c: u32) -> bool {
    matches!(Fact::of(c).kind(), Kind::Word | Kind::Hangul | Kind::Kana | Kind::Ideograph)
}

/// Whether a fold may begin or end at byte `at`: at a single blank after a letter or digit and
/// before one, or between two ideographs.
pub fn is_safe(bytes: &[u8], at: usize) -> bool {
    if at == 0 || at >= bytes.len() {
        return true;
    }
    let next = bytes[at];
    if next & 0xc0 == 0x80 || next.is_ascii() && !next.is_ascii_alphanumeric() {
        return false;
    }
    if bytes[at - 1] == b' ' {
        let left = if at >= 2 { bytes[at - 2] } else { b' ' };
        let left_is_word =
            if left.is_ascii() { left.is_ascii_alphanumeric() } else { is_token(cluster_before(bytes, at - 1).0) };
        return left_is_word && (next.is_ascii() || is_token(char_at(bytes, at).0));
    }
    if next.is_ascii() || bytes[at - 1].is_ascii() {
        return false;
    }
    let east = |c: u32| Fact::of(c).kind() == Kind::Ideograph;
    east(cluster_before(bytes, at).0) && east(char_at(bytes, at).0)
}

/// The last safe place at or before byte `at`, not before `least`.
pub fn safe_before(bytes: &[u8], at: usize, least: usize) -> usize {
    (least..=at.min(bytes.len())).rev().find(|&i| is_safe(bytes, i)).unwrap_or(least)
}

/// The first safe place at or after byte `at`.
pub fn safe_after(bytes: &[u8], at: usize) -> usize {
    (at..bytes.len()).find(|&i| is_safe(bytes, i)).unwrap_or(bytes.len())
}
