//! Where a name may begin and end, judged on the bytes around it.
//!
//! Invariant: a yes or no is that of `annotate::edge` on the folded text; where the bytes do not
//! tell, the answer is [`Verdict::Unsure`].

use crate::name::Language;
use crate::text::lex::Flags;
use crate::text::lex::fact::{Fact, Kind};
use crate::text::lex::gap::{char_at, char_before, cluster_before, is_blank_interpunct};

/// Whether there is an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Yes,
    No,
    /// Only the slow fold can say.
    Unsure,
}

/// What an edge belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// A word.
    Word,
    /// A Hangul syllable.
    Hangul,
    /// Katakana, Han and the like.
    East,
    /// An apostrophe.
    Apostrophe,
    /// Any other sign.
    Sign,
    /// Letters with dots, of which the last one's dot stands outside.
    Initial,
    /// Letters with dots, all inside.
    Initials,
}

impl Side {
    /// Of a token that ends (or begins) at the bytes given.
    pub(super) fn of(flags: Flags, last: u32) -> Self {
        if flags.any(Flags::INITIAL) {
            if last == u32::from(b'.') { Side::Initials } else { Side::Initial }
        } else if flags.any(Flags::WORD) {
            Side::Word
        } else if flags.any(Flags::HANGUL) {
            Side::Hangul
        } else if flags.any(Flags::EAST) {
            Side::East
        } else {
            Side::sign(last)
        }
    }

    /// Of a sign.
    pub(super) fn sign(c: u32) -> Self {
        if Fact::of(c).fold() == u32::from(b'\'') { Side::Apostrophe } else { Side::Sign }
    }

    fn is_wordlike(self) -> bool {
        matches!(self, Side::Word | Side::Hangul | Side::Initial | Side::Initials)
    }
}

fn is_currency(fold: u32) -> bool {
    let sign = |s: &str| s.bytes().rev().fold(0, |a, b| a << 8 | u32::from(b));
    ["$", "€", "£", "¥", "₽", "₴", "₹", "₩", "₪", "₺"].iter().any(|s| sign(s) == fold)
}

/// Whether the sign at byte `at` holds the words around it together (UAX #29 rules 6, 7, 11, 12).
fn is_glue(bytes: &[u8], at: usize) -> Verdict {
    let (sign, len) = char_at(bytes, at);
    let Some(sign) = char::from_u32(sign).filter(|c| matches!(c, '.' | ',' | ';' | '，' | ':' | '：' | '"' | '״'))
    else {
        return Verdict::No;
    };
    let (left, left_len) = cluster_before(bytes, at);
    let (right, right_len) = char_at(bytes, at + len);
    if left_len == 0 || right_len == 0 {
        return Verdict::No;
    }
    let kinds = (Fact::of(left).kind(), Fact::of(right).kind());
    let is_line_end = |c: u32| matches!(c, 0x0a | 0x0d);
    match kinds {
        (Kind::Word, Kind::Word) => {}
        (Kind::Hard, _) if !is_line_end(left) => return Verdict::Unsure,
        (_, Kind::Hard) if !is_line_end(right) => return Verdict::Unsure,
        _ => return Verdict::No,
    }
    let (Some(left), Some(right)) = (char::from_u32(left), char::from_u32(right)) else {
        return Verdict::Unsure;
    };
    let digits = left.is_numeric() && right.is_numeric();
    let letters = !left.is_numeric() && !right.is_numeric();
    let glue = match sign {
        '.' => digits || letters,
        ',' | ';' | '，' => digits,
        ':' | '：' => letters,
        _ => [left, right].iter().all(|c| ('\u{5d0}'..='\u{5f2}').contains(c)),
    };
    if glue { Verdict::Yes } else { Verdict::No }
}

fn not(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Yes => Verdict::No,
        Verdict::No => Verdict::Yes,
        Verdict::Unsure => Verdict::Unsure,
    }
}

/// What plainly parts a word from what it stands beside.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut i = 0;
    let signs = b" \n\r\t-/_()[]";
    while i < signs.len() {
        plain[signs[i] as usize] = true;
        i += 1;
    }
    plain
};

/// What plainly ends a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plainly {
    /// A blank or the like.
    Blank,
    /// Or a sign before one.
    BlankOrSign,
}

/// Whether a word of letters plainly may be a name by itself: there are blanks or the like on both
/// sides, or behind it a sign before one.
#[inline(always)]
pub(super) fn is_plain(bytes: &[u8], start: usize, end: usize, ended: Plainly) -> bool {
    let is = |at: usize| bytes.get(at).is_none_or(|&b| PLAIN[usize::from(b)]);
    let before = start == 0 || is(start - 1);
    let sign = |b: &u8| matches!(b, b',' | b'.' | b';' | b':' | b'!' | b'?');
    before
        && (is(end)
            || ended == Plainly::BlankOrSign
                && bytes.get(end).is_some_and(sign)
                && matches!(bytes.get(end + 1), Some(b' ' | b'\n')))
}

/// Whether a name may begin at byte `start`, where a token of the kind `side` begins.
#[inline]
pub(super) fn may_begin<'l>(
    text: &str,
    start: usize,
    side: Side,
    after_initial: bool,
    language: impl Fn(usize) -> &'l Language,
) -> Verdict {
    let bytes = text.as_bytes();
    if side == Side::Sign {
        match is_glue(bytes, start) {
            Verdict::No => {}
            sure => return not(sure),
        }
    }
    match start.checked_sub(1).map(|i| bytes[i]) {
        None | Some(b' ' | b'\n' | b'\r' | b'\t' | b'-' | b'/' | b'_' | b'(' | b')' | b'[' | b']') => Verdict::Yes,
        Some(_) => after_char(text, start, side, after_initial, language),
    }
}

#[inline(never)]
fn after_char<'l>(
    text: &str,
    start: usize,
    side: Side,
    after_initial: bool,
    language: impl Fn(usize) -> &'l Language,
) -> Verdict {
    let bytes = text.as_bytes();
    let (c, len) = cluster_before(bytes, start);
    let fact = Fact::of(c);
    match fact.kind() {
        Kind::Hard if c < 0x20 || is_blank_interpunct(bytes, start - len) => Verdict::Yes,
        Kind::Hard => Verdict::Unsure,
        Kind::Blank => Verdict::Yes,
        // The dot of an initial is a blank before a word.
        Kind::Sign if after_initial && c == u32::from(b'.') => {
            if side == Side::Word {
                Verdict::Yes
            } else {
                Verdict::Unsure
            }
        }
        Kind::Word | Kind::Hangul if side == Side::Apostrophe => Verdict::No,
        Kind::Word | Kind::Hangul if side.is_wordlike() => Verdict::No,
        Kind::Word | Kind::Hangul | Kind::Kana | Kind::Ideograph => Verdict::Yes,
        Kind::Sign if fact.fold() == u32::from(b'\'') => {
            if !side.is_wordlike() {
                return Verdict::Yes;
            }
            elided(text, start - len, start, language)
        }
        Kind::Sign if is_currency(fact.fold()) => Verdict::No,
        Kind::Sign => not(is_glue(bytes, start - len)),
    }
}

/// Bytes of the key of a word before an apostrophe beyond which it is none that loses its vowel.
const LONGEST_ELISION: usize = 32;

/// Whether the word before the apostrophe at `sign` is one that loses its vowel before a name.
fn elided<'l>(text: &str, sign: usize, start: usize, language: impl Fn(usize) -> &'l Language) -> Verdict {
    let bytes = text.as_bytes();
    let (c, len) = char_before(bytes, sign);
    match Fact::of(c).kind() {
        _ if len == 0 => return Verdict::Yes,
        Kind::Word => {}
        Kind::Hangul => return Verdict::Unsure,
        Kind::Hard if c >= 0x20 => return Verdict::Unsure,
        // Perhaps the last dot of initials.
        _ if c == u32::from(b'.') => return Verdict::Unsure,
        _ => return Verdict::Yes,
    }
    let mut word = sign;
    let (mut key, mut from, mut scripts) = ([0u8; LONGEST_ELISION], LONGEST_ELISION, 0u32);
    loop {
        let (c, len) = char_before(bytes, word);
        let fact = Fact::of(c);
        match fact.kind() {
            _ if len == 0 => break,
            Kind::Word => {}
            // What is joined to the word changes its key.
            Kind::Hangul => return Verdict::Unsure,
            Kind::Hard if c >= 0x20 => return Verdict::Unsure,
            _ if c == u32::from(b'.') => return Verdict::Unsure,
            _ => break,
        }
        word -= len;
        let fold = &fact.fold().to_le_bytes()[..fact.fold_len() as usize];
        let Some(room) = from.checked_sub(fold.len()) else {
            return Verdict::No;
        };
        key[room..from].copy_from_slice(fold);
        (from, scripts) = (room, scripts | fact.scripts());
    }
    // A word of two scripts has a key of its own.
    if scripts & scripts.wrapping_sub(1) != 0 {
        return Verdict::Unsure;
    }
    let key = &key[from..];
    if language(start).elisions.iter().any(|e| e.as_bytes() == key) { Verdict::Yes } else { Verdict::No }
}

/// Whether a name may end at byte `end`, where a token of the kind `side` ends that began at
/// `last`.
#[inline]
pub(super) fn may_end<'l>(
    text: &str,
    last: usize,
    end: usize,
    side: Side,
    language: impl Fn(usize) -> &'l Language,
) -> Verdict {
    let bytes = text.as_bytes();
    match side {
        Side::Initial => return Verdict::Yes,
        Side::Sign => match is_glue(bytes, last) {
            Verdict::No => {}
            sure => return not(sure),
        },
        _ => {}
    }
    match bytes.get(end) {
        None | Some(b' ' | b'\n' | b'\r' | b'\t' | b'-' | b'/' | b'_' | b'(' | b')' | b'[' | b']') => Verdict::Yes,
        Some(_) => before_char(text, last, end, side, language),
    }
}

#[inline(never)]
fn before_char<'l>(
    text: &str,
    last: usize,
    end: usize,
    side: Side,
    language: impl Fn(usize) -> &'l Language,
) -> Verdict {
    let bytes = text.as_bytes();
    let (c, _) = char_at(bytes, end);
    let fact = Fact::of(c);
    match fact.kind() {
        Kind::Hard if c < 0x20 || is_blank_interpunct(bytes, end) => Verdict::Yes,
        Kind::Hard => Verdict::Unsure,
        Kind::Blank | Kind::Kana | Kind::Ideograph => Verdict::Yes,
        Kind::Word if side == Side::Initials => Verdict::Yes,
        Kind::Word if side.is_wordlike() => Verdict::No,
        Kind::Word => Verdict::Yes,
        Kind::Hangul if side == Side::Initials => Verdict::Unsure,
        Kind::Hangul if side.is_wordlike() => particle(text, last, end, language),
        Kind::Hangul => Verdict::Yes,
        Kind::Sign if fact.fold() == u32::from(b'\'') => {
            if side.is_wordlike() {
                possessive(text, last, end, language)
            } else {
                Verdict::Yes
            }
        }
        Kind::Sign if is_currency(fact.fold()) => Verdict::No,
        Kind::Sign if side == Side::Initials => Verdict::Yes,
        Kind::Sign => not(is_glue(bytes, end)),
    }
}

/// Whether the Hangul directly after a name is one of its particles.
fn particle<'l>(text: &str, last: usize, end: usize, language: impl Fn(usize) -> &'l Language) -> Verdict {
    let bytes = text.as_bytes();
    let mut at = end;
    loop {
        let (c, len) = char_at(bytes, at);
        match Fact::of(c).kind() {
            _ if len == 0 => break,
            Kind::Hangul => at += len,
            Kind::Word => return Verdict::No,
            Kind::Hard if c >= 0x20 => return Verdict::Unsure,
            _ => break,
        }
        if at - end > 64 {
            return Verdict::No;
        }
    }
    let rest = &text[end..at];
    if language(last).particles.iter().any(|p| p == rest) { Verdict::Yes } else { Verdict::No }
}

/// Whether what follows the apostrophe at byte `end` is a listed ending, or nothing.
fn possessive<'l>(text: &str, last: usize, end: usize, language: impl Fn(usize) -> &'l Language) -> Verdict {
    let bytes = text.as_bytes();
    let (_, sign_len) = char_at(bytes, end);
    let start = end + sign_len;
    let mut at = start;
    let mut key = [0u8; 24];
    let (mut length, mut scripts, mut letters) = (0, 0u32, 0);
    loop {
        let (c, len) = char_at(bytes, at);
        let fact = Fact::of(c);
        match fact.kind() {
            _ if len == 0 => break,
            Kind::Word => {}
            Kind::Hangul => return Verdict::Unsure,
            Kind::Hard if c >= 0x20 => return Verdict::Unsure,
            // A dot after one letter may be folded away.
            Kind::Sign if letters == 1 && c == u32::from(b'.') => return Verdict::Unsure,
            // A sign may hold more to the ending.
            Kind::Sign if letters > 0 => match is_glue(bytes, at) {
                Verdict::No => break,
                sure => return not(sure),
            },
            _ => break,
        }
        let Some(place) = key.get_mut(length..length + 4) else {
            return Verdict::No;
        };
        place.copy_from_slice(&fact.fold().to_le_bytes());
        length += fact.fold_len() as usize;
        scripts |= fact.scripts();
        letters += 1;
        at += len;
    }
    if letters == 0 {
        return Verdict::Yes;
    }
    if scripts.count_ones() > 1 {
        return Verdict::Unsure;
    }
    let key = &key[..length];
    if language(last).possessives.iter().any(|p| p.as_bytes() == key) { Verdict::Yes } else { Verdict::No }
}
