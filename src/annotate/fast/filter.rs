//! Which tokens may begin a name: by the filters of tokens and of pairs, then by the table.
//!
//! Invariant: a token that is left out begins no key. The filters are asked for eight tokens at a
//! time, and the table for all that is left, so that their lines come in side by side.

use super::{Proclitics, Reading, Small, may_have_proclitic};
use crate::dict::accelerator::{Known, Parts};
use crate::text::lex::wide::Wide;
use crate::text::lex::{Flags, Lexeme};

/// A token that may begin a name.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Begin {
    /// Index of the token.
    pub token: u32,
    /// Whether a key of several tokens can begin here.
    pub goes_on: bool,
    /// What the table knows of the token.
    pub known: Known,
}

/// The buffers of the steps.
#[derive(Default)]
pub(super) struct Filter {
    /// Tokens left by the filters, with [`GOES_ON`] and [`ALWAYS`].
    left: Vec<u32>,
    /// What is left at last.
    pub begins: Vec<Begin>,
    folded: Vec<u8>,
}

/// A key of several tokens can begin here.
const GOES_ON: u32 = 1 << 31;
/// Looked at whatever the filters say.
const ALWAYS: u32 = 1 << 30;
const TOKEN: u32 = ALWAYS - 1;

impl Filter {
    /// Puts what may begin a name into [`Filter::begins`].
    #[inline(always)]
    pub(super) fn run<W: Wide>(
        &mut self,
        wide: W,
        text: &str,
        lexemes: &[Lexeme],
        reading: &Reading<'_, '_>,
        parts: Parts<'_>,
    ) {
        let left = self.by_filters(wide, text, lexemes, reading, parts);
        if self.begins.len() < left + 1 {
            self.begins.resize(left + 1, Begin::default());
        }
        let mut count = 0;
        for &entry in &self.left[..left] {
            let token = entry & TOKEN;
            let known = parts.probe(wide, lexemes[token as usize].hash);
            self.begins[count] = Begin { token, goes_on: entry & GOES_ON != 0, known };
            count += usize::from(!known.is_nothing() | (entry & ALWAYS != 0));
        }
        self.begins.truncate(count);
    }

    /// Leaves the tokens that pass the filters; returns their number.
    #[inline(always)]
    fn by_filters<W: Wide>(
        &mut self,
        wide: W,
        text: &str,
        lexemes: &[Lexeme],
        reading: &Reading<'_, '_>,
        parts: Parts<'_>,
    ) -> usize {
        if self.left.len() < lexemes.len() + 16 {
            self.left.resize(lexemes.len() + 16, 0);
        }
        let ruled = if reading.small == Small::Allowed { u8::MAX } else { 0 };
        let mut count = 0;
        for k in (0..lexemes.len()).step_by(8) {
            let rest = &lexemes[k..];
            // The last few are filled up with tokens that nothing is known of.
            let mut last = [Lexeme::default(); 9];
            let nine = match rest.first_chunk::<9>() {
                Some(nine) => nine,
                None => {
                    last[..rest.len()].copy_from_slice(rest);
                    &last
                }
            };
            let classes = wide.classes(nine, parts.tokens, parts.pairs);
            let barred = ruled & classes.lower & !classes.small;
            let mut always = classes.alike;
            if reading.proclitics == Proclitics::Possible {
                always |= self.with_proclitics(text, nine, reading, parts);
            }
            let there = if rest.len() < 8 { (1u8 << rest.len()) - 1 } else { u8::MAX };
            let pass = ((classes.single | classes.goes_on) & !barred | always) & !classes.hard & there;
            if let Some(room) = self.left.get_mut(count..).and_then(|rest| rest.first_chunk_mut::<8>()) {
                wide.entries(pass, k as u32, classes.goes_on, always, room);
            }
            count += pass.count_ones() as usize;
        }
        count
    }

    /// The tokens behind whose first letters a name may begin.
    #[cold]
    fn with_proclitics(&mut self, text: &str, nine: &[Lexeme; 9], reading: &Reading<'_, '_>, parts: Parts<'_>) -> u8 {
        let folded = &mut self.folded;
        nine[..8].iter().enumerate().fold(0, |mask, (i, lexeme)| {
            let may = !lexeme.flags().any(Flags::HARD) && may_have_proclitic(text, lexeme, reading, parts, folded);
            mask | u8::from(may) << i
        })
    }
}
