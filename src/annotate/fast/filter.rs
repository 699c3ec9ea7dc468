//! Which tokens may begin a name: by the filters of tokens and of pairs, then by the table.
//!
//! Invariant: a token that is left out begins no key. The filters are asked for eight tokens at a
//! time, and the table for all that is left, so that their lines come in side by side.

use super::{Proclitics, Reading, Small, may_have_proclitic};
use crate::dict::accelerator::{Known, Parts};
use crate::text::lex::hash::{self, Joint};
use crate::text::lex::wide::Wide;
use crate::text::lex::{Flags, Lexeme};

/// What the byte behind a token says of the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Behind {
    /// Parted from it by a blank.
    Blank,
    /// It is a sign.
    Sign,
    /// A letter, or a byte beyond ASCII.
    Letter,
    /// Only the walk can say.
    Unsure,
}

const BEHIND: [Behind; 256] = {
    let mut behind = [Behind::Letter; 256];
    let mut b = 0;
    while b < 128 {
        behind[b] = match b as u8 {
            // A line end may also part; then nothing begins with both tokens.
            b' ' | b'\t' | b'\n' | b'-' | b'_' | b'/' => Behind::Blank,
            0..0x20 | 0x7f => Behind::Unsure,
            b if b.is_ascii_alphanumeric() => Behind::Letter,
            _ => Behind::Sign,
        };
        b += 1;
    }
    behind
};

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
    /// Tokens left by the token filter, with [`FIRST`], [`ALWAYS`] and [`SINGLE`].
    left: Vec<u32>,
    /// The hash of the run of each with the next token, 0 where that cannot be said.
    runs: Vec<u64>,
    /// What is left at last.
    pub begins: Vec<Begin>,
    folded: Vec<u8>,
}

/// A key of several tokens can begin here.
const FIRST: u32 = 1 << 31;
/// Looked at whatever the filters say.
const ALWAYS: u32 = 1 << 30;
/// May be a key.
const SINGLE: u32 = 1 << 29;
const TOKEN: u32 = SINGLE - 1;

impl Filter {
    /// Puts those of the first `count` tokens that may begin a name into [`Filter::begins`].
    #[inline(always)]
    pub(super) fn run<W: Wide>(
        &mut self,
        wide: W,
        text: &str,
        lexemes: &[Lexeme],
        count: usize,
        reading: &Reading<'_, '_>,
        parts: Parts<'_>,
    ) {
        let left = self.by_token(wide, text, &lexemes[..count.min(lexemes.len())], reading, parts);
        let left = self.by_pair(text.as_bytes(), lexemes, parts, left);
        if self.begins.len() < left + 1 {
            self.begins.resize(left + 1, Begin::default());
        }
        let mut count = 0;
        for (&entry, &run) in self.left[..left].iter().zip(&self.runs) {
            let token = entry & TOKEN;
            let known = parts.probe(wide, lexemes[token as usize].hash);
            let mut goes_on = entry & FIRST != 0;
            // The table knows more surely than the filter whether a key begins with both tokens.
            if goes_on && run != 0 {
                goes_on = !parts.probe(wide, run).is_nothing();
            }
            self.begins[count] = Begin { token, goes_on, known };
            let useful = !known.is_nothing() & (goes_on | (entry & SINGLE != 0));
            count += usize::from(useful | (entry & ALWAYS != 0));
        }
        self.begins.truncate(count);
    }

    /// Leaves the tokens that pass the token filter; returns their number.
    #[inline(always)]
    fn by_token<W: Wide>(
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
            let mut last = [Lexeme::default(); 8];
            let eight = match rest.first_chunk::<8>() {
                Some(eight) => eight,
                None => {
                    last[..rest.len()].copy_from_slice(rest);
                    &last
                }
            };
            let classes = wide.classes(eight, parts.tokens);
            let [single, first, small] = classes.may;
            let barred = ruled & classes.lower & !small;
            let mut always = classes.alike;
            if reading.proclitics == Proclitics::Possible {
                always |= self.with_proclitics(text, eight, reading, parts);
            }
            let there = if rest.len() < 8 { (1u8 << rest.len()) - 1 } else { u8::MAX };
            let pass = ((single | first) & !barred | always) & !classes.hard & there;
            if let Some(room) = self.left.get_mut(count..).and_then(|rest| rest.first_chunk_mut::<8>()) {
                wide.entries(pass, k as u32, [first, always, single], room);
            }
            count += pass.count_ones() as usize;
        }
        count
    }

    /// Leaves of the first `count` tokens left those that may be a key, or with what follows begin
    /// one; returns their number.
    #[inline(always)]
    fn by_pair(&mut self, bytes: &[u8], lexemes: &[Lexeme], parts: Parts<'_>, count: usize) -> usize {
        let nothing = Lexeme::default();
        if self.runs.len() < count + 1 {
            self.runs.resize(count + 1, 0);
        }
        let mut kept = 0;
        for k in 0..count {
            let entry = self.left[k];
            let token = (entry & TOKEN) as usize;
            let lexeme = &lexemes[token];
            let next = lexemes.get(token + 1).unwrap_or(&nothing);
            let end = lexeme.end();
            let behind = BEHIND[usize::from(bytes.get(end).copied().unwrap_or(0))];
            let blank = behind == Behind::Blank;
            let by_sign = behind == Behind::Sign;
            let beside = next.start as usize == end + usize::from(blank);
            let easy = !next.flags().any(Flags::HARD.with(Flags::INITIAL));
            let run = hash::chain(lexeme.hash, if blank { Joint::Blank } else { Joint::Direct }, next.hash);
            let sure = beside & easy & (behind != Behind::Unsure) & !lexeme.flags().any(Flags::INITIAL);
            let pair = parts.may_begin_pair(run) | !sure;
            // The last dot of initials stands outside.
            let goes_on = if by_sign { parts.may_go_on_with_sign(lexeme.hash) } else { pair };
            let goes_on = (entry & FIRST != 0) & (goes_on | lexeme.flags().any(Flags::INITIAL));
            self.left[kept] = entry & !FIRST | u32::from(goes_on) << 31;
            self.runs[kept] = if sure & !by_sign { run } else { 0 };
            kept += usize::from(goes_on | (entry & (SINGLE | ALWAYS) != 0));
        }
        kept
    }

    /// The tokens behind whose first letters a name may begin.
    #[cold]
    fn with_proclitics(&mut self, text: &str, eight: &[Lexeme; 8], reading: &Reading<'_, '_>, parts: Parts<'_>) -> u8 {
        let folded = &mut self.folded;
        eight.iter().enumerate().fold(0, |mask, (i, lexeme)| {
            let may = !lexeme.flags().any(Flags::HARD) && may_have_proclitic(text, lexeme, reading, parts, folded);
            mask | u8::from(may) << i
        })
    }
}
