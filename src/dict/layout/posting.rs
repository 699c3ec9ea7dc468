//! The forms of a key: a list at a place, which is a byte of the section.
//!
//! ```text
//! word      bit 0 last of the list, bit 1 a text follows; then the entity and the number of the
//!           attributes, as wide as the file says; as many bytes as that takes
//! variant   if all bits of the attributes are set: the form that the key is a variant of, variable
//! text      if bit 1 says so: length, variable, and UTF-8
//! else      in no variant: twice the number of bytes that its text stands before the word,
//!           variable; or twice the number of bytes that its text stands after the word, plus 1,
//!           and how many bytes of the text there are its own, both variable
//! ```
//!
//! A variant's form has an entry under its own key. The forms come first, the variants after them.
//! The first of a list always has a text, here or ahead: the spelling of a form, or, where all are
//! variants, the key. (A spelling is ahead where that of a following key begins with it.)

use super::{Numbers, push_variable, variable};

const LAST: u64 = 1;
const TEXT: u64 = 2;
const FLAGS: u32 = 2;

/// One entry of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    /// The entity.
    pub entity: u32,
    /// Number of the attributes.
    pub attribute: u32,
    /// The form that the key is a made variant of; the entry then says nothing else of it.
    pub variant_of: Option<u32>,
    /// Where the next entry of the list stands.
    pub next: Option<usize>,
}

/// Bytes of a word.
pub fn word_bytes(numbers: &Numbers) -> usize {
    ((FLAGS + numbers.entity_bits + numbers.attribute_bits) as usize).div_ceil(8)
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

#[inline]
fn low(word: u64, width: u32) -> u32 {
    (word & ((1 << width) - 1)) as u32
}

/// The number of attributes that stands for a variant.
fn variant(numbers: &Numbers) -> u32 {
    low(u64::MAX, numbers.attribute_bits)
}

#[inline]
fn attribute(word: u64, numbers: &Numbers) -> u32 {
    low(word >> (FLAGS + numbers.entity_bits), numbers.attribute_bits)
}

/// Reads the entry at byte `at`. Cost: some ns, on one or two cache lines.
#[inline]
pub fn read(bytes: &[u8], at: usize, numbers: &Numbers) -> Option<Posting> {
    let (word, mut end) = word(bytes, at, numbers)?;
    let attribute = attribute(word, numbers);
    let mut variant_of = None;
    if attribute == variant(numbers) {
        let (form, after) = variable(bytes, end)?;
        (variant_of, end) = (Some(form), after);
    }
    let next = if word & LAST != 0 {
        None
    } else if word & TEXT != 0 {
        let (length, start) = variable(bytes, end)?;
        Some(start.checked_add(length as usize)?)
    } else if variant_of.is_some() {
        Some(end)
    } else {
        match variable(bytes, end)? {
            (ahead, end) if ahead & 1 == 1 => Some(variable(bytes, end)?.1),
            (_, end) => Some(end),
        }
    };
    Some(Posting { entity: low(word >> FLAGS, numbers.entity_bits), attribute, variant_of, next })
}

/// The text of the entry at byte `at`: of a form its spelling. Cost: some ns, on one or two cache
/// lines.
#[inline]
pub fn text<'b>(bytes: &'b [u8], at: usize, numbers: &Numbers) -> Option<&'b str> {
    std::str::from_utf8(self::bytes(bytes, at, numbers)?).ok()
}

/// The bytes of that text.
#[inline]
pub fn bytes<'b>(bytes: &'b [u8], at: usize, numbers: &Numbers) -> Option<&'b [u8]> {
    let (start, length) = place(bytes, at, numbers)?;
    bytes.get(start..start.checked_add(length)?)
}

/// Where that text begins, and how long it is; it may not lie within a damaged file.
#[inline(always)]
pub fn place(bytes: &[u8], at: usize, numbers: &Numbers) -> Option<(usize, usize)> {
    let text = |at: usize| variable(bytes, at).map(|(length, start)| (start, length as usize));
    let (word, mut end) = word(bytes, at, numbers)?;
    if attribute(word, numbers) == variant(numbers) {
        end = variable(bytes, end)?.1;
        if word & TEXT == 0 {
            return None;
        }
    }
    if word & TEXT != 0 {
        return text(end);
    }
    let (distance, end) = variable(bytes, end)?;
    if distance & 1 == 0 {
        return text(at.checked_sub(distance as usize / 2)?);
    }
    let start = at.checked_add(distance as usize / 2)?;
    Some((start, variable(bytes, end)?.0 as usize))
}

/// What an entry is of, to be written.
#[derive(Debug, Clone, Copy)]
pub enum Of {
    /// A form: its entity and the number of its attributes.
    Form(u32, u32),
    /// A variant of the form with this index.
    Variant(u32),
}

/// How the text of an entry is written.
#[derive(Debug, Clone, Copy)]
pub enum Text<'t> {
    /// In full.
    Here(&'t [u8]),
    /// As the one that stands this many bytes before the entry.
    Before(usize),
    /// As so many bytes of the one of which the first byte stands this many bytes after the start
    /// of the entry.
    Ahead(usize, usize),
    /// Not at all: a variant that is not the first.
    Nowhere,
}

/// Appends an entry; gives where its text stands, if it is here, from the start of the entry: its
/// length, then its first byte.
pub fn push(of: Of, text: Text<'_>, last: bool, numbers: &Numbers, out: &mut Vec<u8>) -> (usize, usize) {
    let start = out.len();
    let (entity, attribute) = match of {
        Of::Form(entity, attribute) => (entity, attribute),
        Of::Variant(_) => (0, variant(numbers)),
    };
    let mut word = u64::from(entity) << FLAGS | u64::from(attribute) << (FLAGS + numbers.entity_bits);
    word |= if last { LAST } else { 0 };
    word |= if matches!(text, Text::Here(_)) { TEXT } else { 0 };
    out.extend_from_slice(&word.to_le_bytes()[..word_bytes(numbers)]);
    if let Of::Variant(form) = of {
        push_variable(form, out);
    }
    let length = out.len() - start;
    match text {
        Text::Here(text) => {
            push_variable(text.len() as u32, out);
            let first = out.len() - start;
            out.extend_from_slice(text);
            return (length, first);
        }
        Text::Before(back) => push_variable(2 * back as u32, out),
        Text::Ahead(ahead, own) => {
            push_variable(2 * ahead as u32 + 1, out);
            push_variable(own as u32, out);
        }
        Text::Nowhere => {}
    }
    (length, length)
}
