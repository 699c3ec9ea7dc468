//! What a single character is to the fast front: its kind, its fold, its capitals, its script.
//!
//! Invariant: a fact is computed from the same functions as the slow fold, once, and never
//! changes; a character whose fold could hang on its neighbours is [`Kind::Hard`].

use std::sync::atomic::{AtomicU32, Ordering};

use unicode_segmentation::UnicodeSegmentation;

use crate::text::case;
use crate::text::letter::{Class, class, fold_cluster, is_invisible};
use crate::text::twin;

/// How a character behaves when it stands alone in its cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Letter or digit of a spaced script.
    Word,
    /// A composed Hangul syllable.
    Hangul,
    /// Katakana.
    Kana,
    /// Han, hiragana and the like: a token of its own.
    Ideograph,
    /// A sign that folds to one sign, apostrophes to `'`.
    Sign,
    /// A blank or hyphen that is a blank wherever it stands.
    Blank,
    /// Only the slow fold can say: joiners, line ends, breaks, interpuncts, dots of other widths,
    /// signs that fold to several; and marks, unless they follow a letter ([`Fact::is_mark`]).
    Hard,
}

/// The fact of one character, packed: fold in the low 24 bits, then kind and flags.
#[derive(Debug, Clone, Copy)]
pub struct Fact(u32);

const KIND: u32 = 24;
const UPPER: u32 = 1 << 27;
/// With `UPPER`: it has a twin; without: it is a small letter with case.
const MARK: u32 = 1 << 28;
const SCRIPT: u32 = 29;

/// Facts of the basic plane, filled as characters are met; 0 is unknown.
static FACTS: [AtomicU32; 1 << 16] = [const { AtomicU32::new(0) }; 1 << 16];

impl Fact {
    /// The fact of `c`. Cost: one load for all but the first time; above the basic plane always
    /// [`Kind::Hard`].
    #[inline]
    pub fn of(c: u32) -> Self {
        let Some(slot) = FACTS.get(c as usize) else {
            return Self(7 << KIND);
        };
        match slot.load(Ordering::Relaxed) {
            0 => Self::first(c, slot),
            known => Self(known),
        }
    }

    #[cold]
    fn first(c: u32, slot: &AtomicU32) -> Self {
        let fact = char::from_u32(c).map_or(7 << KIND, compute);
        slot.store(fact, Ordering::Relaxed);
        Self(fact)
    }

    /// How it behaves.
    #[inline]
    pub fn kind(self) -> Kind {
        match self.0 >> KIND & 7 {
            1 => Kind::Word,
            2 => Kind::Hangul,
            3 => Kind::Kana,
            4 => Kind::Ideograph,
            5 => Kind::Sign,
            6 => Kind::Blank,
            _ => Kind::Hard,
        }
    }

    /// The UTF-8 bytes of the fold, first byte lowest; 1 to 3 bytes.
    #[inline]
    pub fn fold(self) -> u32 {
        self.0 & 0xff_ffff
    }

    /// Number of bytes of the fold.
    #[inline]
    pub fn fold_len(self) -> u32 {
        (32 - self.fold().leading_zeros()).div_ceil(8)
    }

    /// Appends the fold.
    #[inline]
    pub fn push_fold(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.fold().to_le_bytes()[..self.fold_len() as usize]);
    }

    /// Whether it is a mark that joins the cluster of the letter before it and nothing after it.
    #[inline]
    pub fn is_mark(self) -> bool {
        self.0 & (7 << KIND | UPPER) == 7 << KIND | UPPER
    }

    /// The packed fact, for loops that look at many at once.
    #[inline(always)]
    pub(super) fn packed(self) -> u32 {
        self.0
    }

    /// Whether all the facts, of which these are the bits that some differ in from a word's kind,
    /// are words.
    #[inline(always)]
    pub(super) fn not_word(self) -> u32 {
        (self.0 ^ 1 << KIND) & 7 << KIND
    }

    /// Whether it is a capital.
    #[inline]
    pub fn is_upper(self) -> bool {
        self.0 & UPPER != 0
    }

    /// Whether it is a capital that looks like one of another script, or of a script where none does.
    #[inline]
    pub fn is_upper_twin(self) -> bool {
        self.0 & (UPPER | MARK) == UPPER | MARK
    }

    /// Whether all characters, of whose packed facts these are the common bits, are such capitals.
    #[inline(always)]
    pub(super) fn is_upper_twin_of(common: u32) -> bool {
        common & (UPPER | MARK) == UPPER | MARK
    }

    /// Whether it is a letter with case and no capital.
    #[inline]
    pub fn is_lower(self) -> bool {
        self.0 & (UPPER | MARK) == MARK
    }

    /// Scripts that take part in look-alikes, of the character and its fold.
    #[inline]
    pub fn scripts(self) -> u32 {
        self.0 >> SCRIPT
    }
}

fn number(kind: Kind) -> u32 {
    match kind {
        Kind::Word => 1,
        Kind::Hangul => 2,
        Kind::Kana => 3,
        Kind::Ideograph => 4,
        Kind::Sign => 5,
        Kind::Blank => 6,
        Kind::Hard => 7,
    }
}

fn compute(c: char) -> u32 {
    let hard = number(Kind::Hard) << KIND;
    if is_joined(c) {
        return hard | UPPER;
    }
    if !stands_alone(c) {
        return hard;
    }
    let fold = if matches!(c, '"' | '״') { "\"".to_owned() } else { fold_cluster(c.encode_utf8(&mut [0; 4])) };
    let own = class(c);
    let kind = match own {
        Class::Word => Kind::Word,
        Class::Hangul => Kind::Hangul,
        Class::Kana => Kind::Kana,
        Class::Ideograph => Kind::Ideograph,
        Class::Apostrophe | Class::Other | Class::Joiner => Kind::Sign,
        Class::Dot if c == '.' => Kind::Sign,
        Class::Interpunct if !matches!(c, '・' | '･') => return hard,
        Class::Blank | Class::Hyphen | Class::Interpunct => return number(Kind::Blank) << KIND | u32::from(b' '),
        _ => return hard,
    };
    if fold.is_empty() || fold.len() > 3 {
        return hard;
    }
    let alike = fold.chars().all(|f| {
        stands_alone(f)
            && match kind {
                Kind::Sign => is_sign(class(f)),
                _ => class(f) == own,
            }
    });
    if !alike || kind != Kind::Word && fold.chars().count() != 1 {
        return hard;
    }
    let scripts = fold.chars().chain([c]).map(|c| u32::from(twin::script_bit(c))).fold(0, |a, b| a | b);
    let mut packed = number(kind) << KIND | scripts << SCRIPT;
    for (i, b) in fold.bytes().enumerate() {
        packed |= u32::from(b) << (8 * i);
    }
    let marked = if c.is_uppercase() {
        packed |= UPPER;
        twin::script_bit(c) & 3 == 0 || twin::counterpart(c).is_some()
    } else {
        case::is_cased(c) && c.is_lowercase()
    };
    if marked {
        packed |= MARK;
    }
    packed
}

fn is_sign(class: Class) -> bool {
    matches!(class, Class::Apostrophe | Class::Other | Class::Joiner | Class::Dot)
}

/// Whether `c` makes a cluster of its own whatever easy character stands beside it, and composes
/// with none.
fn stands_alone(c: char) -> bool {
    let between: String = ['a', c, 'a'].iter().collect();
    let twice: String = [c, c].iter().collect();
    between.graphemes(true).count() == 3 && twice.graphemes(true).count() == 2 && c != '\0'
}

/// Whether `c` joins the cluster of any letter before it, and nothing after it.
fn is_joined(c: char) -> bool {
    let count = |chars: &[char]| chars.iter().collect::<String>().graphemes(true).count();
    // Joiners stand within words of many languages, and folding takes them off; other invisible
    // signs are clusters of their own.
    let visible = !is_invisible(c) || matches!(c, '\u{200c}' | '\u{200d}');
    visible && count(&['a', c]) == 1 && count(&['a', c, 'a']) == 2 && count(&['a', c, c, 'a']) == 2
}
