//! Which tokens may begin a name: by the token filter, the pair filter, then the table.
//!
//! Invariant: a token that is left out begins no key. Each step runs over all tokens before the
//! next, without waiting, so that the lines of filters and table come in side by side.

use super::{Proclitics, Reading, Small, may_have_proclitic};
use crate::dict::accelerator::{Class, Known, Parts};
use crate::text::lex::fact::{Fact, Kind};
use crate::text::lex::hash::{self, Joint};
use crate::text::lex::wide::Wide;
use crate::text::lex::{Flags, Lexeme};

/// A token that may begin a name.
#[derive(Debug, Clone, Copy)]
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
    /// Tokens left, with [`SINGLE`] and [`FIRST`].
    left: Vec<u32>,
    /// What is left at last.
    pub begins: Vec<Begin>,
    folded: Vec<u8>,
}

const SINGLE: u32 = 1 << 31;
const FIRST: u32 = 1 << 30;
/// To be looked at whatever the filters say.
const ALWAYS: u32 = 1 << 29;
const TOKEN: u32 = ALWAYS - 1;

/// What an ASCII byte behind a token says of the joint to the next one.
#[derive(Clone, Copy)]
enum Behind {
    /// A letter or a byte of a character beyond ASCII.
    Token,
    /// A blank.
    Blank,
    /// A sign, a token of its own in keys; its hash.
    Sign(u64),
    /// Only the walk can say.
    Unsure,
}

fn behind() -> &'static [Behind; 256] {
    static TABLE: std::sync::OnceLock<[Behind; 256]> = std::sync::OnceLock::new();
    TABLE.get_or_init(|| {
        std::array::from_fn(|b| match b as u8 {
            b' ' | b'-' | b'_' | b'/' | b'\t' | b'\n' => Behind::Blank,
            0..=0x1f => Behind::Unsure,
            0x80.. => Behind::Token,
            b if b.is_ascii_alphanumeric() => Behind::Token,
            b => match Fact::of(u32::from(b)) {
                fact if fact.kind() == Kind::Sign => Behind::Sign(hash::short(u64::from(fact.fold()), 0)),
                _ => Behind::Unsure,
            },
        })
    })
}

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
        if self.left.len() < lexemes.len() + 1 {
            self.left.resize(lexemes.len() + 1, 0);
        }
        let mut count = self.by_token(lexemes, reading.small, parts);
        if reading.proclitics == Proclitics::Possible {
            count = self.with_proclitics(text, lexemes, reading, parts, count);
        }
        let count = self.by_pair(text.as_bytes(), lexemes, parts, count);
        self.begins.clear();
        for &left in &self.left[..count] {
            let token = left & TOKEN;
            let known = parts.probe(wide, lexemes[token as usize].hash);
            if !known.is_nothing() || left & ALWAYS != 0 {
                self.begins.push(Begin { token, goes_on: left & FIRST != 0, known });
            }
        }
    }

    /// By what each token may be alone.
    #[inline(always)]
    fn by_token(&mut self, lexemes: &[Lexeme], small: Small, parts: Parts<'_>) -> usize {
        let mut count = 0;
        let ruled = small == Small::Allowed;
        let left = &mut self.left[..lexemes.len() + 1];
        for (i, lexeme) in lexemes.iter().enumerate() {
            let flags = lexeme.flags();
            let word = parts.tokens.word(lexeme.hash);
            let single = word.may_be(Class::Single);
            let first = word.may_be(Class::First);
            let barred = ruled & flags.any(Flags::LOWER) & !word.may_be(Class::Small);
            let mut entry = i as u32 | u32::from(single) << 31 | u32::from(first) << 30;
            let mut pass = (single | first) & !barred;
            if flags.any(Flags::HARD.with(Flags::ALIKE)) {
                pass = !flags.any(Flags::HARD);
                entry |= ALWAYS;
            }
            left[count] = entry;
            count += usize::from(pass);
        }
        count
    }

    /// Adds the tokens behind whose first letters a name may begin.
    #[cold]
    fn with_proclitics(
        &mut self,
        text: &str,
        lexemes: &[Lexeme],
        reading: &Reading<'_, '_>,
        parts: Parts<'_>,
        count: usize,
    ) -> usize {
        let passed: Vec<u32> = self.left[..count].to_vec();
        let mut passed = passed.into_iter().peekable();
        let mut count = 0;
        for (i, lexeme) in lexemes.iter().enumerate() {
            let own = passed.next_if(|&p| (p & TOKEN) as usize == i);
            let hard = lexeme.flags().any(Flags::HARD);
            let behind = !hard && may_have_proclitic(text, lexeme, reading, parts, &mut self.folded);
            if behind || own.is_some() {
                self.left[count] = own.unwrap_or(i as u32) | if behind { ALWAYS } else { 0 };
                count += 1;
            }
        }
        count
    }

    /// By what each token and the next may begin.
    #[inline(always)]
    fn by_pair(&mut self, bytes: &[u8], lexemes: &[Lexeme], parts: Parts<'_>, count: usize) -> usize {
        let behind = behind();
        let mut kept = 0;
        for k in 0..count {
            let entry = self.left[k];
            let i = (entry & TOKEN) as usize;
            let lexeme = &lexemes[i];
            let end = lexeme.end();
            let mut goes_on = entry & FIRST != 0;
            if goes_on {
                let run = match behind[usize::from(bytes.get(end).copied().unwrap_or(0))] {
                    Behind::Sign(sign) => Some(hash::chain(lexeme.hash, Joint::Direct, sign)),
                    Behind::Unsure => None,
                    joint => lexemes.get(i + 1).and_then(|next| {
                        let (gap, joint) = match joint {
                            Behind::Blank => (1, Joint::Blank),
                            _ => (0, Joint::Direct),
                        };
                        let beside = next.start as usize == end + gap;
                        let sure = !next.flags().any(Flags::HARD.with(Flags::INITIAL));
                        (beside && sure).then(|| hash::chain(lexeme.hash, joint, next.hash))
                    }),
                };
                goes_on = run.is_none_or(|run| parts.pairs.may_have(run));
            }
            goes_on |= lexeme.flags().any(Flags::INITIAL) && entry & FIRST != 0;
            self.left[kept] = entry & !FIRST | u32::from(goes_on) << 30;
            kept += usize::from(goes_on | (entry & (SINGLE | ALWAYS) != 0));
        }
        kept
    }
}
