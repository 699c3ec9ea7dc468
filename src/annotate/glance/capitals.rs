//! Runs of capitals and sentences, at a glance.
//!
//! Invariant: a sure answer is that of the tokens of the folded text.

use std::ops::Range;

use super::{DOT, ends_long_word, kind, word_end, word_start};
use crate::annotate::capitals::RunStep;
use crate::text::lex::fact::{Fact, Kind};
use crate::text::lex::gap::{char_at, char_before};

/// Whether the first word of a span stands in a run of `least` words in capitals; nothing if the
/// bytes do not tell.
pub(in crate::annotate) fn is_in_run(text: &str, span: &Range<usize>, least: usize) -> Option<bool> {
    let bytes = text.as_bytes();
    // Dots within a span hold initials together, or end a run.
    let is_one_word = bytes[span.clone()].iter().all(|&b| b.is_ascii_alphanumeric() || b == b'.');
    let first = if is_one_word { span.clone() } else { span.start..word_end(bytes, span.start)? };
    let mut count = match RunStep::of(&text[first.clone()]) {
        RunStep::Counts => 1,
        RunStep::Ends => return Some(false),
        // It is in the run only if a word in capitals stands before it.
        RunStep::Goes => return None,
    };
    let mut at = span.start;
    while count < least {
        let (c, len) = char_before(bytes, at);
        match step(bytes, at - len, c, at) {
            Step::Word => {
                let start = word_start(bytes, at)?;
                match RunStep::of(&text[start..at]) {
                    RunStep::Ends => break,
                    RunStep::Goes => {}
                    RunStep::Counts => count += 1,
                }
                at = start;
            }
            Step::Goes => at -= len,
            Step::Ends => break,
            Step::Unsure => return None,
        }
    }
    at = first.end;
    while count < least {
        let (c, len) = char_at(bytes, at);
        match step(bytes, at, c, at + len) {
            Step::Word => {
                let end = word_end(bytes, at)?;
                match RunStep::of(&text[at..end]) {
                    RunStep::Ends => break,
                    RunStep::Goes => {}
                    RunStep::Counts => count += 1,
                }
                at = end;
            }
            Step::Goes => at += len,
            Step::Ends => break,
            Step::Unsure => return None,
        }
    }
    Some(count >= least)
}

enum Step {
    Word,
    Goes,
    Ends,
    Unsure,
}

/// What the character `c` at `start..end` does to a run of capitals.
fn step(bytes: &[u8], start: usize, c: u32, end: usize) -> Step {
    let fact = Fact::of(c);
    match fact.kind() {
        _ if start == end => Step::Ends,
        Kind::Word => Step::Word,
        Kind::Kana | Kind::Ideograph | Kind::Hangul => Step::Ends,
        Kind::Blank if c == u32::from(b' ') => Step::Goes,
        // At the head of a line a hyphen is a bullet.
        Kind::Blank if c == u32::from(b'-') && kind(char_before(bytes, start).0) == Kind::Word => Step::Goes,
        Kind::Sign if c == DOT => {
            if ends_long_word(bytes, start) {
                Step::Ends
            } else {
                Step::Unsure
            }
        }
        Kind::Sign if fact.fold() == u32::from(b'\'') => Step::Goes,
        Kind::Sign => match char::from_u32(c) {
            Some('&' | '"' | '“' | '”' | '«' | '»') => Step::Goes,
            Some(',' | ';' | ':' | '(' | ')' | '!' | '?' | '[' | ']') => Step::Ends,
            _ => Step::Unsure,
        },
        Kind::Blank | Kind::Hard => Step::Unsure,
    }
}

/// Whether so many long words of the line surely begin small that it is no headline.
pub(in crate::annotate) fn is_in_sentence(bytes: &[u8], span: &Range<usize>) -> bool {
    /// More than one long word in ten of at most forty.
    const ENOUGH: usize = 5;
    const FARTHEST: usize = 600;
    let is_small_word = |blank: usize| {
        bytes[blank] == b' '
            && bytes.get(blank + 1..blank + 5).is_some_and(|word| word.iter().all(u8::is_ascii_lowercase))
    };
    let mut count = 0;
    let back = span.start.saturating_sub(FARTHEST)..span.start;
    for at in back.rev() {
        if may_end_line(bytes, at) {
            break;
        }
        count += usize::from(is_small_word(at));
        if count >= ENOUGH {
            return true;
        }
    }
    for at in span.end..bytes.len().min(span.end + FARTHEST) {
        if may_end_line(bytes, at) {
            break;
        }
        count += usize::from(is_small_word(at));
        if count >= ENOUGH {
            return true;
        }
    }
    false
}

/// Whether the byte at `at` may be of a sign that ends a line: a control, or one beyond ASCII of
/// the blocks that hold line ends and bullets.
fn may_end_line(bytes: &[u8], at: usize) -> bool {
    match bytes[at] {
        0xc2 => bytes.get(at + 1) == Some(&0x85),
        0xe2 => !matches!(bytes.get(at + 1..at + 3), Some([0x80, 0x93..=0x9d | 0xa6])),
        byte => byte < 0x20,
    }
}
