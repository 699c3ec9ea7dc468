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
//! Invariant: [`Sections::parse`] with [`Check::Everything`] accepts a file only if every byte of
//! it is as it was written.

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

use crate::error::{Error, Result};
use crate::text::{FOLD_VERSION, unicode_version};

/// Version of this layout.
pub const LAYOUT_VERSION: u32 = 1;
const MAGIC: &[u8; 8] = b"exonym\x1a\n";
const FIXED: usize = 40;
const ENTRY: usize = 32;
const MOST_SECTIONS: u32 = 64;

/// What a section holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum SectionKind {
    /// The `fst` map from key to a place in the postings.
    Keys = 1,
    /// Lists of forms: their number, then form index and flags, u32 each.
    Postings = 2,
    /// Forms, sorted by entity and language.
    Forms = 3,
    /// Entities, sorted by id.
    Entities = 4,
    /// Every id and other id of an entity, sorted: string, entity.
    Ids = 5,
    /// Strings: length u32, then UTF-8.
    Strings = 6,
    /// Names of languages, types and sources, as string references.
    Names = 7,
    /// Sources, licences and options, as JSON.
    Provenance = 8,
    /// The scanning accelerator; may be absent.
    Accelerator = 9,
    /// The index for fuzzy search; may be absent.
    Fuzzy = 10,
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
        let damaged = |what: &str| {
            Error::dictionary(format!("this dictionary is damaged or cut ({what}): rebuild it with exonym build"))
        };
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

/// Puts sections together into a file.
pub fn assemble(sections: &[(SectionKind, Vec<u8>)]) -> Vec<u8> {
    let table_end = FIXED + ENTRY * sections.len();
    let mut body = Vec::new();
    let mut table = Vec::new();
    for (kind, bytes) in sections {
        let offset = table_end + 8 + body.len();
        let start = body.len();
        body.extend_from_slice(bytes);
        body.resize(body.len().next_multiple_of(8), 0);
        table.extend_from_slice(&(*kind as u32).to_le_bytes());
        table.extend_from_slice(&0u32.to_le_bytes());
        table.extend_from_slice(&(offset as u64).to_le_bytes());
        table.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        table.extend_from_slice(&xxh3_64(&body[start..]).to_le_bytes());
    }
    let mut out = Vec::with_capacity(table_end + 8 + body.len());
    out.extend_from_slice(MAGIC);
    for number in [LAYOUT_VERSION, FOLD_VERSION, unicode_version(), sections.len() as u32] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    out.extend_from_slice(&((table_end + 8 + body.len()) as u64).to_le_bytes());
    out.extend_from_slice(&xxh3_64(&body).to_le_bytes());
    out.extend_from_slice(&table);
    let hash = xxh3_64(&out);
    out.extend_from_slice(&hash.to_le_bytes());
    out.extend_from_slice(&body);
    out
}

/// Bytes of one form record.
pub const FORM_SIZE: usize = 24;
/// Bytes of one entity record.
pub const ENTITY_SIZE: usize = 48;
/// Bytes of one id record.
pub const ID_SIZE: usize = 8;
/// No year.
pub const NO_YEAR: i16 = i16::MIN;
/// No coordinate.
pub const NO_COORDINATE: i32 = i32::MIN;

/// Flag of a posting: its key is a made variant of the form, not the form's own key.
pub const POSTING_VARIANT: u32 = 1 << 31;
/// Flag of a form: put together from given and family name.
pub const FORM_COMPOSED: u8 = 1;
/// Flag of a form: from a list of sanctioned persons; never linked on a bare name.
pub const FORM_SANCTIONED: u8 = 2;

/// A form as it stands in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormRecord {
    /// Index of the entity.
    pub entity: u32,
    /// Reference of the spelling.
    pub text: u32,
    /// Index of the language's name.
    pub lang: u16,
    /// Index of the source's name.
    pub source: u16,
    /// Number of the role.
    pub role: u8,
    /// Number of the case rule.
    pub case: u8,
    /// Number of the risk.
    pub risk: u8,
    /// `FORM_…` flags.
    pub flags: u8,
    /// First year in use, or [`NO_YEAR`].
    pub from: i16,
    /// Last year in use, or [`NO_YEAR`].
    pub to: i16,
    /// Day taken over as yyyymmdd, 0 if unknown.
    pub date: u32,
}

impl FormRecord {
    /// Appends the record.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.entity.to_le_bytes());
        out.extend_from_slice(&self.text.to_le_bytes());
        out.extend_from_slice(&self.lang.to_le_bytes());
        out.extend_from_slice(&self.source.to_le_bytes());
        out.extend_from_slice(&[self.role, self.case, self.risk, self.flags]);
        out.extend_from_slice(&self.from.to_le_bytes());
        out.extend_from_slice(&self.to.to_le_bytes());
        out.extend_from_slice(&self.date.to_le_bytes());
    }

    /// Reads record `index` of the section `bytes`.
    pub fn read(bytes: &[u8], index: u32) -> Option<Self> {
        let start = (index as usize).checked_mul(FORM_SIZE)?;
        let b = bytes.get(start..start.checked_add(FORM_SIZE)?)?;
        Some(Self {
            entity: u32_at(b, 0),
            text: u32_at(b, 4),
            lang: u16::from_le_bytes([b[8], b[9]]),
            source: u16::from_le_bytes([b[10], b[11]]),
            role: b[12],
            case: b[13],
            risk: b[14],
            flags: b[15],
            from: i16::from_le_bytes([b[16], b[17]]),
            to: i16::from_le_bytes([b[18], b[19]]),
            date: u32_at(b, 20),
        })
    }
}

/// An entity as it stands in the file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EntityRecord {
    /// Reference of the id.
    pub id: u32,
    /// Reference of the other ids, joined by commas.
    pub same_as: u32,
    /// Reference of the note.
    pub note: u32,
    /// Index of the type's name.
    pub kind: u16,
    /// ISO 3166 code, or two zeros.
    pub country: [u8; 2],
    /// Prominence, 0 if unknown.
    pub prior: f32,
    /// Latitude in millionths of a degree, or [`NO_COORDINATE`].
    pub lat: i32,
    /// Longitude in millionths of a degree, or [`NO_COORDINATE`].
    pub lon: i32,
    /// First of its forms.
    pub forms: u32,
    /// Number of its forms.
    pub form_count: u32,
    /// First year, or [`NO_YEAR`].
    pub from: i16,
    /// Last year, or [`NO_YEAR`].
    pub to: i16,
    /// `m`, `f` or 0.
    pub gender: u8,
}

impl EntityRecord {
    /// Appends the record.
    pub fn write(&self, out: &mut Vec<u8>) {
        for number in [self.id, self.same_as, self.note] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out.extend_from_slice(&self.kind.to_le_bytes());
        out.extend_from_slice(&self.country);
        out.extend_from_slice(&self.prior.to_bits().to_le_bytes());
        out.extend_from_slice(&self.lat.to_le_bytes());
        out.extend_from_slice(&self.lon.to_le_bytes());
        out.extend_from_slice(&self.forms.to_le_bytes());
        out.extend_from_slice(&self.form_count.to_le_bytes());
        out.extend_from_slice(&self.from.to_le_bytes());
        out.extend_from_slice(&self.to.to_le_bytes());
        out.extend_from_slice(&[self.gender, 0, 0, 0, 0, 0, 0, 0]);
    }

    /// Reads record `index` of the section `bytes`.
    pub fn read(bytes: &[u8], index: u32) -> Option<Self> {
        let start = (index as usize).checked_mul(ENTITY_SIZE)?;
        let b = bytes.get(start..start.checked_add(ENTITY_SIZE)?)?;
        Some(Self {
            id: u32_at(b, 0),
            same_as: u32_at(b, 4),
            note: u32_at(b, 8),
            kind: u16::from_le_bytes([b[12], b[13]]),
            country: [b[14], b[15]],
            prior: f32::from_bits(u32_at(b, 16)),
            lat: u32_at(b, 20) as i32,
            lon: u32_at(b, 24) as i32,
            forms: u32_at(b, 28),
            form_count: u32_at(b, 32),
            from: i16::from_le_bytes([b[36], b[37]]),
            to: i16::from_le_bytes([b[38], b[39]]),
            gender: b[40],
        })
    }
}

/// Reads one number of a section of u32.
pub fn number(bytes: &[u8], index: usize) -> Option<u32> {
    let start = index.checked_mul(4)?;
    bytes.get(start..start.checked_add(4)?).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}

/// The string at `reference` of the strings section; empty if the file is damaged there.
pub fn string(bytes: &[u8], reference: u32) -> &str {
    let start = reference as usize;
    let length = u32_at(bytes, start) as usize;
    start
        .checked_add(4)
        .and_then(|from| bytes.get(from..from.checked_add(length)?))
        .and_then(|b| std::str::from_utf8(b).ok())
        .unwrap_or("")
}
