//! What stands beside a span, at a glance: from the bytes, where they are easy.
//!
//! Invariant: a sure answer is that of the tokens of the folded text; whatever could be read in
//! several ways (dots after single letters, dashes, hard characters) is left to [`super::near`].

mod capitals;

use std::ops::Range;

use crate::text::lex::fact::{Fact, Kind};
use crate::text::lex::gap::{char_at, char_before};
use crate::text::{self, LineEnd};

pub(super) use capitals::{is_in_run, is_in_sentence};

/// What stands beyond the blanks at one side of a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Beyond {
    /// A word, and blanks or a hyphen that touch.
    Word(Range<usize>),
    /// No blank, or no word beyond it.
    Nothing,
    /// The bytes do not tell.
    Unsure,
}

fn kind(c: u32) -> Kind {
    Fact::of(c).kind()
}

const DOT: u32 = b'.' as u32;

/// Whether two letters stand before byte `at`, so that a dot there is a full stop.
fn ends_long_word(bytes: &[u8], at: usize) -> bool {
    let (last, len) = char_before(bytes, at);
    let (second, more) = char_before(bytes, at - len);
    len > 0 && more > 0 && kind(last) == Kind::Word && kind(second) == Kind::Word
}

/// What stands before byte `start`, where a span begins.
pub(super) fn before(bytes: &[u8], start: usize, line_end: LineEnd) -> Beyond {
    let mut at = start;
    let is_line = match start.checked_sub(1).map(|i| bytes[i]) {
        None => return Beyond::Nothing,
        Some(b' ') => {
            while at > 0 && bytes[at - 1] == b' ' {
                at -= 1;
            }
            false
        }
        Some(b'-') => {
            at -= 1;
            false
        }
        Some(b'\n') if line_end == LineEnd::Break => return Beyond::Nothing,
        // A star at the head of a line may be a bullet.
        Some(b'\n') if bytes.get(start) == Some(&b'*') => return Beyond::Unsure,
        Some(b'\n') => {
            at -= 1;
            true
        }
        Some(b'.') if ends_long_word(bytes, start - 1) => return Beyond::Nothing,
        Some(_) => return beside(char_before(bytes, start).0),
    };
    let (c, len) = char_before(bytes, at);
    match kind(c) {
        _ if len == 0 => return Beyond::Nothing,
        Kind::Word => {}
        Kind::Sign if c == DOT && !is_line && !ends_long_word(bytes, at - 1) => return initials_before(bytes, at),
        Kind::Sign | Kind::Kana | Kind::Ideograph | Kind::Hangul => return Beyond::Nothing,
        Kind::Blank | Kind::Hard => return Beyond::Unsure,
    }
    word_start(bytes, at).map_or(Beyond::Unsure, |start| Beyond::Word(start..at))
}

/// Where the word begins that ends at byte `end`; nothing if the bytes do not tell.
fn word_start(bytes: &[u8], end: usize) -> Option<usize> {
    let mut at = end;
    loop {
        let (c, len) = char_before(bytes, at);
        match kind(c) {
            _ if len == 0 => return Some(at),
            Kind::Word => at -= len,
            Kind::Sign if c == DOT => return None,
            Kind::Hard if !matches!(c, 0x0a | 0x0d) => return None,
            _ => return Some(at),
        }
    }
}

/// Where the word ends that begins at byte `start`; nothing if the bytes do not tell.
fn word_end(bytes: &[u8], start: usize) -> Option<usize> {
    let (mut at, mut letters) = (start, 0);
    loop {
        let (c, len) = char_at(bytes, at);
        match kind(c) {
            _ if len == 0 => return Some(at),
            Kind::Word => at += len,
            Kind::Sign if c == DOT && letters == 1 => return None,
            Kind::Hard if !matches!(c, 0x0a | 0x0d) => return None,
            _ => return Some(at),
        }
        letters += 1;
    }
}

/// The ASCII initials whose last dot ends at byte `end`.
fn initials_before(bytes: &[u8], end: usize) -> Beyond {
    let mut at = end;
    while at >= 2 && bytes[at - 1] == b'.' && bytes[at - 2].is_ascii_alphabetic() {
        at -= 2;
    }
    // Other initials before them, or a longer word, would be of one token with them.
    let is_alone = match &bytes[..at] {
        [] | [.., b'('] => true,
        [before @ .., b' '] => before.last().is_some_and(u8::is_ascii_alphanumeric),
        _ => false,
    };
    match end - at {
        0 => Beyond::Unsure,
        _ if !is_alone => Beyond::Unsure,
        // The dot of a lone initial stands outside.
        2 => Beyond::Word(at..end - 1),
        _ => Beyond::Word(at..end),
    }
}

/// What stands after byte `end`, where a span ends.
pub(super) fn after(bytes: &[u8], end: usize, line_end: LineEnd) -> Beyond {
    let mut at = end;
    match bytes.get(end) {
        None => return Beyond::Nothing,
        Some(b' ') => {
            while bytes.get(at) == Some(&b' ') {
                at += 1;
            }
        }
        Some(b'-') => at += 1,
        Some(b'\n') if line_end == LineEnd::Break => return Beyond::Nothing,
        Some(b'\n') if kind(char_before(bytes, end).0) == Kind::Word => at += 1,
        Some(b'\n') => return Beyond::Unsure,
        Some(b'.') if ends_long_word(bytes, end) => return Beyond::Nothing,
        Some(_) => return beside(char_at(bytes, end).0),
    }
    let (c, len) = char_at(bytes, at);
    match kind(c) {
        _ if len == 0 => return Beyond::Nothing,
        Kind::Word => {}
        Kind::Sign | Kind::Kana | Kind::Ideograph | Kind::Hangul => return Beyond::Nothing,
        Kind::Blank | Kind::Hard => return Beyond::Unsure,
    }
    word_end(bytes, at).map_or(Beyond::Unsure, |end| Beyond::Word(at..end))
}

/// What a span has beside it that no blank parts from it.
fn beside(c: u32) -> Beyond {
    match kind(c) {
        Kind::Sign if c != DOT => Beyond::Nothing,
        _ => Beyond::Unsure,
    }
}

/// The keys of two and three words that begin or end with the word at `word`; nothing if they are
/// not all easy.
pub(super) fn around(text: &str, word: &Range<usize>, line_end: LineEnd) -> Option<[Option<String>; 4]> {
    let bytes = text.as_bytes();
    let step = |beyond: Beyond| match beyond {
        Beyond::Word(range) => Some(Some(range)),
        Beyond::Nothing => Some(None),
        Beyond::Unsure => None,
    };
    let mut words = [const { None::<Range<usize>> }; 5];
    words[2] = Some(word.clone());
    for i in [1, 0] {
        if let Some(next) = words[i + 1].clone() {
            words[i] = step(before(bytes, next.start, line_end))?;
        }
    }
    for i in [3, 4] {
        if let Some(last) = words[i - 1].clone() {
            words[i] = step(after(bytes, last.end, line_end))?;
        }
    }
    let key = |range: Range<usize>| {
        let mut key = String::new();
        for word in &words[range] {
            if !key.is_empty() {
                key.push(' ');
            }
            let word = &text[word.clone()?];
            if word.bytes().all(|b| b.is_ascii_alphanumeric()) {
                key.extend(word.bytes().map(|b| char::from(b.to_ascii_lowercase())));
            } else {
                key.push_str(&text::key(word));
            }
        }
        Some(key)
    };
    Some([key(1..3), key(2..4), key(0..3), key(2..5)])
}
