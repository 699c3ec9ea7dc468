//! The bytes of a compiled dictionary: header, section table, checksums. The only byte offsets.
//!
//! Little-endian, sections aligned to 8 bytes and used in place:
//!
//! ```text
//! 0   magic "exonym\x1a\n"      8 bytes
//! 8   layout, fold, Unicode version, number of sections   4 × u32
//! 24  length of the file, content hash                    2 × u64
//! 40  a section each: kind u32, 0 u32, offset u64, length u64, XXH3 of it with its padding u64
//! …   XXH3 of all bytes before it                         u64
//! ```
//!
//! What the sections hold stands with [`SectionKind`] (9, the scanning accelerator, and 10, the
//! index for fuzzy search, may be absent); how single things are written, in
//! [`posting`] (forms by key), [`entity`] (entities), [`texts`] (sorted lists of texts) and
//! [`packed`] (numbers of a fixed width in bits). A variable number is LEB128.
//!
//! Invariant: [`Sections::parse`] with [`Check::Everything`] accepts a file only if every byte of
//! it is as it was written; reading any part never panics, whatever the bytes are.

pub mod attribute;
pub mod entity;
pub mod packed;
pub mod posting;
pub mod texts;
mod write;

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

use crate::error::{Error, Result};
use crate::text::{FOLD_VERSION, unicode_version};

/// Version of this layout.
pub const LAYOUT_VERSION: u32 = 2;
const MAGIC: &[u8; 8] = b"exonym\x1a\n";
const FIXED: usize = 40;
const ENTRY: usize = 32;
const MOST_SECTIONS: u32 = 64;

/// What a section holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum SectionKind {
    /// The `fst` map from key to a place in the postings; places rise with the keys.
    Keys = 1,
    /// The forms of each key, in key order ([`posting`]).
    Postings = 2,
    /// A packed record a form, sorted by entity, language and spelling: place of the form in the
    /// postings, number of its class.
    Forms = 3,
    /// A packed record an entity, sorted by id; then the one that stands for any, then an end
    /// ([`entity`]).
    Entities = 4,
    /// The own id of every entity, sorted ([`texts`]).
    Ids = 5,
    /// Other ids, sorted ([`texts`]), padded to 4 bytes; then the entity of each, u32.
    OtherIds = 6,
    /// Names of languages, types and sources: number of names, then length and UTF-8 of each.
    Names = 7,
    /// Sources, licences and options, as JSON.
    Provenance = 8,
    /// The scanning accelerator; may be absent.
    Accelerator = 9,
    /// The keys backwards, for fuzzy search ([`fuzzy`](crate::dict::fuzzy)); may be absent.
    Fuzzy = 10,
    /// Distinct attributes of forms, sorted ([`attribute`]).
    Attributes = 11,
    /// Distinct types, countries and genders of entities ([`entity`]).
    Groups = 12,
    /// Prior, coordinates, years, note and other ids of the entities that have them ([`entity`]).
    Extras = 13,
    /// Counts and widths ([`Numbers`]).
    Numbers = 14,
    /// For each language with each role the first attributes of that class, u32.
    Classes = 15,
}

/// How much of a file is checked when it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Check {
    /// Every byte, at memory speed.
    #[default]
    Everything,
    /// The header and all lengths only; a damaged file may give errors or wrong answers.
    Trusted,
}

/// The section table of an opened file.
#[derive(Debug, Clone, Default)]
pub struct Sections {
    ranges: Vec<(u32, Range<usize>)>,
    /// Hash of the content: equal for equal sources and options.
    pub content_hash: u64,
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(0, |b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

impl Sections {
    /// Reads the section table of `bytes`.
    ///
    /// # Errors
    /// A file that is no dictionary, of another layout, fold or Unicode version, cut or damaged;
    /// the message says what to do.
    pub fn parse(bytes: &[u8], check: Check) -> Result<Self> {
        if bytes.len() < FIXED || &bytes[..8] != MAGIC {
            return Err(Error::dictionary(
                "this is no exonym dictionary (its first bytes differ): make one with exonym build",
            ));
        }
        let layout = u32_at(bytes, 8);
        if layout != LAYOUT_VERSION {
            let advice = if layout > LAYOUT_VERSION {
                "update exonym, or rebuild the dictionary"
            } else {
                "rebuild the dictionary"
            };
            return Err(Error::dictionary(format!(
                "this dictionary has layout {layout}, this exonym reads layout {LAYOUT_VERSION}: {advice} with exonym build"
            )));
        }
        let count = u32_at(bytes, 20);
        let table_end = FIXED + ENTRY * count.min(MOST_SECTIONS) as usize;
        if count > MOST_SECTIONS
            || bytes.len() < table_end + 8
            || u64_at(bytes, table_end) != xxh3_64(&bytes[..table_end])
        {
            return Err(damaged("header"));
        }
        let (fold, unicode) = (u32_at(bytes, 12), u32_at(bytes, 16));
        if (fold, unicode) != (FOLD_VERSION, unicode_version()) {
            return Err(Error::dictionary(format!(
                "this dictionary was folded by version {fold} with Unicode {unicode}, this exonym folds by version {FOLD_VERSION} with Unicode {}: rebuild it with exonym build",
                unicode_version()
            )));
        }
        if u64_at(bytes, 24) != bytes.len() as u64 {
            return Err(damaged("length"));
        }
        let mut sections = Self { ranges: Vec::new(), content_hash: u64_at(bytes, 32) };
        let mut expected = table_end + 8;
        for i in 0..count as usize {
            let entry = FIXED + ENTRY * i;
            let (offset, length) = (u64_at(bytes, entry + 8), u64_at(bytes, entry + 16));
            let range = usize::try_from(offset).ok().zip(usize::try_from(length).ok()).and_then(|(offset, length)| {
                let end = offset.checked_add(length)?;
                let padded = end.checked_add(7)? & !7;
                (offset == expected && padded <= bytes.len()).then_some((offset..end, padded))
            });
            let Some((range, padded)) = range else {
                return Err(damaged("section table"));
            };
            if check == Check::Everything && xxh3_64(&bytes[range.start..padded]) != u64_at(bytes, entry + 24) {
                return Err(damaged("checksum of a section"));
            }
            expected = padded;
            sections.ranges.push((u32_at(bytes, entry), range));
        }
        if expected != bytes.len() {
            return Err(damaged("length"));
        }
        Ok(sections)
    }

    /// Where a section lies; empty if it is absent.
    pub fn range(&self, kind: SectionKind) -> Range<usize> {
        self.ranges.iter().find(|(k, _)| *k == kind as u32).map_or(0..0, |(_, r)| r.clone())
    }
}

pub use write::FileWriter;

/// Counts of what the file holds, and widths in bits of its packed numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Numbers {
    /// Entities, without the one that stands for any.
    pub entities: u32,
    /// Forms.
    pub forms: u32,
    /// Width of the number of a form's attributes in the postings; all bits set are a variant.
    pub attribute_bits: u32,
    /// Width of an entity's number in the postings.
    pub entity_bits: u32,
    /// Width of the number of a form's class.
    pub class_bits: u32,
    /// Width of a place in the postings.
    pub place_bits: u32,
    /// Width of an entity's first form.
    pub first_bits: u32,
    /// Width of the number of an entity's group.
    pub group_bits: u32,
    /// Width of where an entity's extras stand.
    pub extra_bits: u32,
}

impl Numbers {
    fn fields(&mut self) -> [&mut u32; 9] {
        [
            &mut self.entities,
            &mut self.forms,
            &mut self.attribute_bits,
            &mut self.entity_bits,
            &mut self.class_bits,
            &mut self.place_bits,
            &mut self.first_bits,
            &mut self.group_bits,
            &mut self.extra_bits,
        ]
    }

    /// The bytes of the section.
    pub fn to_bytes(mut self) -> Vec<u8> {
        self.fields().iter().flat_map(|field| field.to_le_bytes()).collect()
    }

    /// Reads the section; `forms` and `entities` are lengths of theirs in bytes.
    ///
    /// # Errors
    /// Numbers that the sections cannot hold.
    pub fn read(bytes: &[u8], forms: usize, entities: usize) -> Result<Self> {
        let mut numbers = Self::default();
        for (i, field) in numbers.fields().into_iter().enumerate() {
            *field = u32_at(bytes, 4 * i);
        }
        let form = numbers.place_bits.saturating_add(numbers.class_bits);
        let entity = numbers.first_bits.saturating_add(numbers.group_bits).saturating_add(numbers.extra_bits);
        let entities = entities.saturating_sub(entity::base_bytes(&numbers));
        let fits = |count: u64, width: u32, length: usize| count * u64::from(width) <= length as u64 * 8;
        let widths = numbers.fields().into_iter().skip(2).all(|width| *width <= 32);
        let sound = widths
            && (numbers.place_bits > 0 && numbers.first_bits > 0)
            && fits(u64::from(numbers.forms), form, forms)
            && fits(u64::from(numbers.entities) + 2, entity, entities);
        if sound { Ok(numbers) } else { Err(damaged("numbers")) }
    }
}

fn damaged(what: &str) -> Error {
    Error::dictionary(format!("this dictionary is damaged or cut ({what}): rebuild it with exonym build"))
}

/// Appends a variable number.
pub fn push_variable(mut number: u32, out: &mut Vec<u8>) {
    while number > 0x7f {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Reads a variable number at byte `at`: the number, and where it ends.
#[inline]
pub fn variable(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
    let first = *bytes.get(at)?;
    if first < 0x80 {
        return Some((u32::from(first), at + 1));
    }
    let mut number = u32::from(first & 0x7f);
    for i in 1..5 {
        let byte = *bytes.get(at.checked_add(i)?)?;
        number |= u32::from(byte & 0x7f) << (7 * i);
        if byte < 0x80 {
            return Some((number, at + i + 1));
        }
    }
    None
}

/// The text with its variable length at byte `at`, and where it ends; nothing if it is damaged.
#[inline]
pub fn text_at(bytes: &[u8], at: usize) -> Option<(&str, usize)> {
    let (length, start) = variable(bytes, at)?;
    let end = start.checked_add(length as usize)?;
    Some((std::str::from_utf8(bytes.get(start..end)?).ok()?, end))
}

/// Appends the names of one list of the section [`SectionKind::Names`].
pub fn push_names(names: &[&str], out: &mut Vec<u8>) {
    out.extend_from_slice(&(names.len() as u32).to_le_bytes());
    for name in names {
        push_variable(name.len() as u32, out);
        out.extend_from_slice(name.as_bytes());
    }
}

/// The lists of names of the section; what is damaged is left out.
pub fn read_names(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut at = 0;
    let mut lists = Vec::new();
    while at + 4 <= bytes.len() {
        let mut names = Vec::new();
        let count = u32_at(bytes, at);
        at += 4;
        for _ in 0..count {
            let Some((name, end)) = text_at(bytes, at) else { return lists };
            names.push(name.to_owned());
            at = end;
        }
        lists.push(names);
    }
    lists
}

/// No year.
pub const NO_YEAR: i16 = i16::MIN;
/// No coordinate.
pub const NO_COORDINATE: i32 = i32::MIN;

/// Width in bits of numbers up to `largest`.
pub fn width(largest: u32) -> u32 {
    32 - largest.leading_zeros()
}

/// Number `index` of a list of u32.
pub fn number(bytes: &[u8], index: usize) -> Option<u32> {
    let start = index.checked_mul(4)?;
    bytes.get(start..start.checked_add(4)?).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}
