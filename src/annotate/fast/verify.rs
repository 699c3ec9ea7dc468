//! Whether a span has the key at a place of the dictionary.
//!
//! Invariant: yes only if the key of the span is that key. The dictionary's own spelling decides,
//! in most cases by the same letters in any case; what else was found equal is remembered.

use super::Step;
use super::edge::Side;
use super::memo::Memo;
use crate::dict::Dictionary;
use crate::text;
use crate::text::lex::fact::Fact;
use crate::text::lex::gap::char_at;
use crate::text::lex::hash::Joint;
use crate::text::lex::{KEEP, push_key, sixteen};

/// The bit that tells small letters of ASCII from capitals, of eight bytes.
const SMALL: u64 = 0x2020_2020_2020_2020;

/// The buffers, kept from text to text.
#[derive(Default)]
pub(super) struct Verifier {
    memo: Memo,
    folded: Vec<u8>,
}

impl Verifier {
    /// Forgets everything, for the keys of another dictionary.
    pub(super) fn clear(&mut self) {
        self.memo.clear();
    }

    /// Whether the word `text[start..end]`, of letters and digits alone, is the spelling at `place` in
    /// any case of ASCII letters. Not every word of the key is.
    #[inline(always)]
    pub(super) fn is_spelling(text: &str, dictionary: &Dictionary, start: usize, end: usize, place: u32) -> bool {
        let Some((spelling, length)) = dictionary.spelling_and_more(place) else {
            return false;
        };
        let Some(&(low, high)) = KEEP.get(length).filter(|_| length == end - start) else {
            return false;
        };
        let (own, other) = (sixteen(text.as_bytes(), start), sixteen(spelling, 0));
        let (low, high) = ((own.0 ^ other.0) & low, (own.1 ^ other.1) & high);
        // Letters and digits of ASCII differ in this bit only by case, other bytes must be the same.
        let beyond = (own.0 >> 2 & low | own.1 >> 2 & high) & SMALL;
        (low | high) & !SMALL == 0 && beyond == 0
    }

    /// Whether the steps, which are the tokens of `text[start..]`, spell the key at `place`.
    #[inline(always)]
    pub(super) fn is_key(
        &mut self,
        text: &str,
        dictionary: &Dictionary,
        steps: &[Step],
        start: usize,
        place: u32,
    ) -> bool {
        let Some(last) = steps.last() else {
            return false;
        };
        let span = &text.as_bytes()[start..last.end as usize];
        let spelling = dictionary.spelling_bytes(u64::from(place));
        // ASCII letters that differ in case alone have one key; signs and blanks are the same.
        if spelling.is_some_and(|s| same(s, span)) {
            return true;
        }
        self.memo.knows(last.run, place, span) || self.compare(text, dictionary, steps, place, span)
    }

    /// Whether `folded`, with this hash, is the key at `place`.
    pub(super) fn is_folded(&mut self, dictionary: &Dictionary, hash: u64, folded: &[u8], place: u32) -> bool {
        if self.memo.knows(hash, place, folded) {
            return true;
        }
        let is_key = has_key(dictionary, place, folded);
        if is_key {
            self.memo.keep(hash, place, folded);
        }
        is_key
    }

    #[inline(never)]
    fn compare(&mut self, text: &str, dictionary: &Dictionary, steps: &[Step], place: u32, span: &[u8]) -> bool {
        let folded = &mut self.folded;
        folded.clear();
        for step in steps {
            if step.joint == Joint::Blank {
                folded.push(b' ');
            }
            let token = &text[step.start as usize..step.end as usize];
            if matches!(step.side, Side::Sign | Side::Apostrophe) {
                let fact = Fact::of(char_at(token.as_bytes(), 0).0);
                fact.push_fold(folded);
            } else {
                push_key(token, folded);
            }
        }
        let is_key = has_key(dictionary, place, folded);
        if is_key && let Some(last) = steps.last() {
            self.memo.keep(last.run, place, span);
        }
        is_key
    }
}

/// Whether `folded` is the key at `place`.
fn has_key(dictionary: &Dictionary, place: u32, folded: &[u8]) -> bool {
    match dictionary.spelling(u64::from(place)) {
        Some(spelling) => text::key(spelling).as_bytes() == folded,
        None => dictionary.keys().get(folded) == Some(u64::from(place)),
    }
}

/// Equal but for the case of ASCII letters.
#[inline(always)]
fn same(a: &[u8], b: &[u8]) -> bool {
    a == b || a.eq_ignore_ascii_case(b)
}
