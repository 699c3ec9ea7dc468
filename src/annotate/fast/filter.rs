//! Which tokens may begin a name: by the token filter, the pair filter, then the table.
//!
//! Invariant: a token that is left out begins no key. Each step runs over all tokens before the
//! next, eight at a time, so that the lines of filters and table come in side by side.

use std::sync::OnceLock;

use super::{Proclitics, Reading, Small, may_have_proclitic};
use crate::dict::accelerator::{Known, Parts};
use crate::text::lex::fact::{Fact, Kind};
use crate::text::lex::hash;
use crate::text::lex::wide::{BLANK, Behind, Pairs, TOKEN, UNSURE, Wide};
use crate::text::lex::{Flags, Lexeme, Lexer, Stream};

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
    /// Tokens left by the token filter, and for each: whether it may be a key, begin one of
    /// several tokens, and is looked at in any case.
    left: Vec<u32>,
    single: Stream,
    first: Stream,
    always: Stream,
    /// What is left at last.
    pub begins: Vec<Begin>,
    folded: Vec<u8>,
}

fn behind() -> &'static Behind {
    static TABLE: OnceLock<Behind> = OnceLock::new();
    TABLE.get_or_init(|| {
        std::array::from_fn(|b| match b as u8 {
            // A line end may also part; then nothing begins with both tokens.
            b' ' | b'-' | b'_' | b'/' | b'\t' | b'\n' => BLANK,
            0x80.. => TOKEN,
            b if b.is_ascii_alphanumeric() => TOKEN,
            b => match Fact::of(u32::from(b)) {
                fact if fact.kind() == Kind::Sign => hash::short(u64::from(fact.fold()), 0),
                _ => UNSURE,
            },
        })
    })
}

impl Filter {
    /// Puts what may begin a name into [`Filter::begins`]. The lexer has read the text from byte
    /// `base` on.
    #[inline(always)]
    pub(super) fn run<W: Wide>(
        &mut self,
        wide: W,
        text: &str,
        base: usize,
        lexer: &Lexer,
        reading: &Reading<'_, '_>,
        parts: Parts<'_>,
    ) {
        let count = self.by_token(wide, text, &lexer.lexemes, reading, parts);
        let pairs = Pairs {
            lexemes: &lexer.lexemes,
            folded: lexer.folded_text(),
            base: base as u32,
            behind: behind(),
            filter: parts.pairs,
        };
        self.begins.clear();
        for k in (0..count).step_by(8) {
            let Some(tokens) = self.left.get(k..).and_then(|rest| rest.first_chunk::<8>()) else {
                break;
            };
            let goes_on = wide.pairs(pairs, tokens) & self.first.eight(k);
            let mut kept = goes_on | self.single.eight(k) | self.always.eight(k);
            while kept != 0 {
                let i = kept.trailing_zeros() as usize;
                kept &= kept - 1;
                let (token, always) = (tokens[i], self.always.eight(k) >> i & 1 != 0);
                let known = parts.probe(wide, lexer.lexemes[token as usize].hash);
                if !known.is_nothing() || always {
                    self.begins.push(Begin { token, goes_on: goes_on >> i & 1 != 0, known });
                }
            }
        }
    }

    /// Leaves the tokens that may be or begin a key by themselves; returns their number.
    #[inline(always)]
    fn by_token<W: Wide>(
        &mut self,
        wide: W,
        text: &str,
        lexemes: &[Lexeme],
        reading: &Reading<'_, '_>,
        parts: Parts<'_>,
    ) -> usize {
        let room = lexemes.len() + 72;
        if self.left.len() < room {
            self.left.resize(room, 0);
        }
        for stream in [&mut self.single, &mut self.first, &mut self.always] {
            stream.reset(room);
        }
        let ruled = if reading.small == Small::Allowed { u8::MAX } else { 0 };
        let mut count = 0;
        let (eights, rest) = lexemes.as_chunks::<8>();
        let mut last = [Lexeme::default(); 8];
        last[..rest.len()].copy_from_slice(rest);
        let lasts = (!rest.is_empty()).then_some(&last);
        for (k, eight) in eights.iter().chain(lasts).enumerate() {
            let there = if k == eights.len() { (1u8 << rest.len()) - 1 } else { u8::MAX };
            let classes = wide.classes(eight, parts.tokens);
            let [single, first, small] = classes.may;
            let barred = ruled & classes.lower & !small;
            let mut always = classes.alike;
            if reading.proclitics == Proclitics::Possible {
                always |= self.with_proclitics(text, eight, reading, parts);
            }
            let pass = ((single | first) & !barred | always) & !classes.hard & there;
            let bits = |mask: u8| wide.extract(u64::from(mask), u64::from(pass));
            self.single.put(count, bits(single & !barred));
            self.first.put(count, bits(first));
            self.always.put(count, bits(always));
            if let Some(room) = self.left.get_mut(count..).and_then(|rest| rest.first_chunk_mut::<64>()) {
                wide.positions(u64::from(pass), 8 * k as u32, room);
            }
            count += pass.count_ones() as usize;
        }
        // What fills the last eight up is a token without meaning.
        if let Some(rest) = self.left.get_mut(count..count + 8) {
            rest.fill(0);
        }
        count
    }

    /// The tokens behind whose first letters a name may begin.
    #[cold]
    fn with_proclitics(&mut self, text: &str, eight: &[Lexeme; 8], reading: &Reading<'_, '_>, parts: Parts<'_>) -> u8 {
        let may = |lexeme: &Lexeme, folded: &mut Vec<u8>| {
            !lexeme.flags().any(Flags::HARD) && may_have_proclitic(text, lexeme, reading, parts, folded)
        };
        let folded = &mut self.folded;
        eight.iter().enumerate().fold(0, |mask, (i, lexeme)| mask | u8::from(may(lexeme, folded)) << i)
    }
}
