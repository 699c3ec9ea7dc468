//! The forms of a key: a list at a place, which is a byte of the section.
//!
//! ```text
//! word   bit 0 last of the list, bit 1 variant, bit 2 a text follows; then the value and the
//!        number of the attributes, as wide as the file says; as many bytes as that takes
//! text   if bit 2 says so: length, variable, and UTF-8
//!        else, in no variant: how many bytes before the word its text lies, variable
//! ```
//!
//! The value of a form is its entity; that of a variant is the form itself, which has its record
//! under its own key. The forms come first, the variants after them. The first of a list always
//! has a text: the spelling of a form, or, where all are variants, the key.

use super::{Numbers, push_variable, text_at, variable};

const LAST: u64 = 1;
const VARIANT: u64 = 2;
const TEXT: u64 = 4;
const FLAGS: u32 = 3;

/// One entry of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    /// The entity, or the form that it is a variant of.
    pub value: u32,
    /// Number of the attributes; 0 for a variant.
    pub attribute: u32,
    /// Whether the key is a made variant of the form, not the form's own key.
    pub variant: bool,
    /// Where the next entry of the list stands.
    pub next: Option<usize>,
}

/// Bytes of a word.
#[inline]
fn word_bytes(numbers: &Numbers) -> usize {
    ((FLAGS + numbers.value_bits + numbers.attribute_bits) as usize).div_ceil(8)
}

#[inline]
fn word(bytes: &[u8], at: usize, numbers: &Numbers) -> Option<(u64, usize)> {
    let length = word_bytes(numbers).min(8);
    let end = at.checked_add(length)?;
    let word = match bytes.get(at..)?.first_chunk::<8>() {
        Some(eight) => u64::from_le_bytes(*eight),
        None => bytes.get(at..end)?.iter().rev().fold(0, |word, &b| word << 8 | u64::from(b)),
    };
    Some((word, end))
}

/// Reads the entry at byte `at`. Cost: some ns, on one or two cache lines.
#[inline]
pub fn read(bytes: &[u8], at: usize, numbers: &Numbers) -> Option<Posting> {
    let (word, end) = word(bytes, at, numbers)?;
    let next = if word & LAST != 0 {
        None
    } else if word & TEXT != 0 {
        let (length, start) = variable(bytes, end)?;
        Some(start.checked_add(length as usize)?)
    } else if word & VARIANT != 0 {
        Some(end)
    } else {
        Some(variable(bytes, end)?.1)
    };
    let low = |word: u64, width: u32| (word & ((1 << width) - 1)) as u32;
    Some(Posting {
        value: low(word >> FLAGS, numbers.value_bits),
        attribute: low(word >> (FLAGS + numbers.value_bits).min(63), numbers.attribute_bits),
        variant: word & VARIANT != 0,
        next,
    })
}

/// The text of the entry at byte `at`: of a form its spelling.
#[inline]
pub fn text<'b>(bytes: &'b [u8], at: usize, numbers: &Numbers) -> Option<&'b str> {
    let (word, end) = word(bytes, at, numbers)?;
    if word & TEXT != 0 {
        return Some(text_at(bytes, end)?.0);
    }
    if word & VARIANT != 0 {
        return None;
    }
    let (back, _) = variable(bytes, end)?;
    Some(text_at(bytes, at.checked_sub(back as usize)?)?.0)
}

/// How the text of an entry is written.
#[derive(Debug, Clone, Copy)]
pub enum Text<'t> {
    /// In full.
    Here(&'t str),
    /// As the one that stands this many bytes before the entry.
    Before(u32),
    /// Not at all: a variant that is not the first.
    Nowhere,
}

/// What an entry says, to be written.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'t> {
    /// The entity, or the form that it is a variant of.
    pub value: u32,
    /// Number of the attributes.
    pub attribute: u32,
    /// Whether it is a variant.
    pub variant: bool,
    /// Whether it ends its list.
    pub last: bool,
    /// Its text.
    pub text: Text<'t>,
}

/// Appends an entry; gives the number of bytes before its text.
pub fn push(entry: &Entry<'_>, numbers: &Numbers, out: &mut Vec<u8>) -> usize {
    let length = word_bytes(numbers);
    let mut word = u64::from(entry.value) << FLAGS;
    if numbers.attribute_bits > 0 {
        word |= u64::from(entry.attribute) << (FLAGS + numbers.value_bits);
    }
    for (flag, set) in
        [(LAST, entry.last), (VARIANT, entry.variant), (TEXT, matches!(entry.text, Text::Here(_)))]
    {
        word |= if set { flag } else { 0 };
    }
    out.extend_from_slice(&word.to_le_bytes()[..length]);
    match entry.text {
        Text::Here(text) => {
            push_variable(text.len() as u32, out);
            out.extend_from_slice(text.as_bytes());
        }
        Text::Before(back) => push_variable(back, out),
        Text::Nowhere => {}
    }
    length
}
