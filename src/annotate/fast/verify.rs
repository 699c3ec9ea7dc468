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
use crate::text::lex::push_key;

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
        self.memo.knows(last.run, place, span) || self.compare(text, dictionary, spelling, steps, place, span)
    }

    #[inline(never)]
    fn compare(
        &mut self,
        text: &str,
        dictionary: &Dictionary,
        spelling: Option<&[u8]>,
        steps: &[Step],
        place: u32,
        span: &[u8],
    ) -> bool {
        let folded = &mut self.folded;
        folded.clear();
        for step in steps {
            if step.joint == Joint::Blank {
                folded.push(b' ');
            }
            let token = &text[step.start as usize..step.end as usize];
            if matches!(step.side, Side::Sign | Side::Apostrophe) {
                let fact = Fact::of(char_at(token.as_bytes(), 0).0);
                folded.extend_from_slice(&fact.fold().to_le_bytes()[..fact.fold_len() as usize]);
            } else {
                push_key(token, folded);
            }
        }
        let is_key = match spelling {
            Some(spelling) => std::str::from_utf8(spelling).is_ok_and(|s| text::key(s).as_bytes() == folded.as_slice()),
            None => dictionary.keys().get(&*folded) == Some(u64::from(place)),
        };
        if is_key && let Some(last) = steps.last() {
            self.memo.keep(last.run, place, span);
        }
        is_key
    }
}

/// Equal but for the case of ASCII letters.
#[inline(always)]
fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut differs = 0;
    for (a, b) in a.iter().zip(b) {
        differs |= a ^ b;
    }
    differs == 0 || differs == 0x20 && a.eq_ignore_ascii_case(b)
}
