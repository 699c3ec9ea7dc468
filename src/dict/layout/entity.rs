//! Entities: a packed record each, a group for what many have in common, extras for what few have.
//!
//! ```text
//! bases    first form of every sixteenth entity, u32; then the packed records
//! record   first form from that base on, group, where the extras begin, plus 1; 0 without extras
//! group    type u16, country 2 bytes, gender 1 byte, 3 bytes 0
//! extras   flags u8, then what they say: 1 prior f32; 2 latitude and longitude i32, in millionths
//!          of a degree; 4 first and last year i16; 8 note, 16 other ids joined by commas, each
//!          with a variable length
//! ```

use super::{NO_COORDINATE, NO_YEAR, Numbers, packed, push_variable, text_at};

const PRIOR: u8 = 1;
const COORDINATES: u8 = 2;
const YEARS: u8 = 4;
const NOTE: u8 = 8;
const SAME_AS: u8 = 16;

/// The record of an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntityRecord {
    /// First of its forms.
    pub first: u32,
    /// Number of its group.
    pub group: u32,
    /// Where its extras begin, plus 1.
    pub extra: u32,
}

/// Entities from one base to the next.
const BLOCK: usize = 16;

/// Bytes of the bases.
pub(super) fn base_bytes(numbers: &Numbers) -> usize {
    4 * (numbers.entities as usize + 2).div_ceil(BLOCK)
}

/// Width of the first forms from their bases on.
pub fn first_bits(firsts: &[u32]) -> u32 {
    let widest = firsts.chunks(BLOCK).filter_map(|block| Some(block.last()? - block.first()?)).max();
    super::width(widest.unwrap_or(0)).max(1)
}

/// The bytes of the section; the first forms of the records rise.
pub fn write(records: &[EntityRecord], numbers: &Numbers) -> Vec<u8> {
    let mut out: Vec<u8> = records.iter().step_by(BLOCK).flat_map(|record| record.first.to_le_bytes()).collect();
    let mut packer = packed::Packer::default();
    for block in records.chunks(BLOCK) {
        for record in block {
            packer.push(record.first - block[0].first, numbers.first_bits);
            packer.push(record.group, numbers.group_bits);
            packer.push(record.extra, numbers.extra_bits);
        }
    }
    out.extend(packer.finish());
    out
}

impl EntityRecord {
    /// Reads record `index` of the section `bytes`, which holds one more than `index`.
    #[inline]
    pub fn read(bytes: &[u8], index: u32, numbers: &Numbers) -> Self {
        let base = super::number(bytes, index as usize / BLOCK).unwrap_or(0);
        let bytes = bytes.get(base_bytes(numbers)..).unwrap_or_default();
        let (first, group) = (numbers.first_bits, numbers.group_bits);
        let at = u64::from(index) * u64::from(first + group + numbers.extra_bits);
        Self {
            first: base.saturating_add(packed::get(bytes, at, first)),
            group: packed::get(bytes, at + u64::from(first), group),
            extra: packed::get(bytes, at + u64::from(first + group), numbers.extra_bits),
        }
    }
}

/// What many entities have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupRecord {
    /// Index of the type's name.
    pub kind: u16,
    /// ISO 3166 code, or two zeros.
    pub country: [u8; 2],
    /// `m`, `f` or 0.
    pub gender: u8,
}

impl GroupRecord {
    const SIZE: usize = 8;

    /// What the entity that stands for any has, and what a damaged file gives.
    pub const NONE: Self = Self { kind: u16::MAX, country: [0; 2], gender: 0 };

    /// Appends the record.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.kind.to_le_bytes());
        out.extend_from_slice(&self.country);
        out.extend_from_slice(&[self.gender, 0, 0, 0]);
    }

    /// Reads record `index` of the section `bytes`.
    #[inline]
    pub fn read(bytes: &[u8], index: u32) -> Option<Self> {
        let b: &[u8; Self::SIZE] = bytes.get((index as usize).checked_mul(Self::SIZE)?..)?.first_chunk()?;
        Some(Self { kind: u16::from_le_bytes([b[0], b[1]]), country: [b[2], b[3]], gender: b[4] })
    }
}

/// What few entities have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extras<'b> {
    /// Prominence; 0 if unknown.
    pub prior: f32,
    /// Latitude in millionths of a degree, or [`NO_COORDINATE`].
    pub lat: i32,
    /// Longitude in millionths of a degree, or [`NO_COORDINATE`].
    pub lon: i32,
    /// First year, or [`NO_YEAR`].
    pub from: i16,
    /// Last year, or [`NO_YEAR`].
    pub to: i16,
    /// The note.
    pub note: &'b str,
    /// Other ids, joined by commas.
    pub same_as: &'b str,
}

impl Default for Extras<'_> {
    fn default() -> Self {
        Self { prior: 0.0, lat: NO_COORDINATE, lon: NO_COORDINATE, from: NO_YEAR, to: NO_YEAR, note: "", same_as: "" }
    }
}

impl<'b> Extras<'b> {
    /// Appends the extras; gives what a record says of them.
    pub fn write(&self, out: &mut Vec<u8>) -> u32 {
        let none = Extras::default();
        let mut flags = 0;
        for (flag, has) in [
            (PRIOR, self.prior != none.prior),
            (COORDINATES, (self.lat, self.lon) != (none.lat, none.lon)),
            (YEARS, (self.from, self.to) != (none.from, none.to)),
            (NOTE, !self.note.is_empty()),
            (SAME_AS, !self.same_as.is_empty()),
        ] {
            flags |= if has { flag } else { 0 };
        }
        if flags == 0 {
            return 0;
        }
        out.push(flags);
        let place = out.len() as u32;
        if flags & PRIOR != 0 {
            out.extend_from_slice(&self.prior.to_bits().to_le_bytes());
        }
        if flags & COORDINATES != 0 {
            out.extend_from_slice(&self.lat.to_le_bytes());
            out.extend_from_slice(&self.lon.to_le_bytes());
        }
        if flags & YEARS != 0 {
            out.extend_from_slice(&self.from.to_le_bytes());
            out.extend_from_slice(&self.to.to_le_bytes());
        }
        for (flag, text) in [(NOTE, self.note), (SAME_AS, self.same_as)] {
            if flags & flag != 0 {
                push_variable(text.len() as u32, out);
                out.extend_from_slice(text.as_bytes());
            }
        }
        place
    }

    /// The prominence alone, which is asked for most.
    #[inline]
    pub fn prior(bytes: &[u8], extra: u32) -> f32 {
        let at = extra as usize;
        match bytes.get(at.wrapping_sub(1)..).and_then(<[u8]>::first_chunk::<5>) {
            Some(&[flags, a, b, c, d]) if flags & PRIOR != 0 => f32::from_le_bytes([a, b, c, d]),
            _ => 0.0,
        }
    }

    /// Reads what a record says; what is damaged is absent.
    pub fn read(bytes: &'b [u8], extra: u32) -> Self {
        let mut out = Self::default();
        if extra > 0 {
            let _ = out.fill(bytes, extra as usize);
        }
        out
    }

    fn fill(&mut self, bytes: &'b [u8], mut at: usize) -> Option<()> {
        let flags = *bytes.get(at.checked_sub(1)?)?;
        let four = |at: usize| bytes.get(at..)?.first_chunk::<4>().copied();
        if flags & PRIOR != 0 {
            self.prior = f32::from_le_bytes(four(at)?);
            at += 4;
        }
        if flags & COORDINATES != 0 {
            (self.lat, self.lon) = (i32::from_le_bytes(four(at)?), i32::from_le_bytes(four(at + 4)?));
            at += 8;
        }
        if flags & YEARS != 0 {
            let [a, b, c, d] = four(at)?;
            (self.from, self.to) = (i16::from_le_bytes([a, b]), i16::from_le_bytes([c, d]));
            at += 4;
        }
        if flags & NOTE != 0 {
            (self.note, at) = text_at(bytes, at)?;
        }
        if flags & SAME_AS != 0 {
            (self.same_as, _) = text_at(bytes, at)?;
        }
        Some(())
    }
}
