//! What forms have in common: language, source, role and the like, one record for each
//! combination that occurs, since they are few.

use super::NO_YEAR;

/// Flag: put together from given and family name.
pub const COMPOSED: u8 = 1;
/// Flag: from a list of sanctioned persons; never linked on a bare name.
pub const SANCTIONED: u8 = 2;

/// The attributes of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AttributeRecord {
    /// Index of the language's name.
    pub lang: u16,
    /// Number of the role.
    pub role: u8,
    /// Number of the case rule.
    pub case: u8,
    /// Number of the risk.
    pub risk: u8,
    /// [`COMPOSED`], [`SANCTIONED`].
    pub flags: u8,
    /// Index of the source's name.
    pub source: u16,
    /// First year in use, or [`NO_YEAR`].
    pub from: i16,
    /// Last year in use, or [`NO_YEAR`].
    pub to: i16,
    /// Day taken over as yyyymmdd, 0 if unknown.
    pub date: u32,
}

impl AttributeRecord {
    /// Bytes of a record.
    pub const SIZE: usize = 16;

    /// What a damaged file gives: nothing that matches.
    pub const NONE: Self = Self {
        lang: u16::MAX,
        role: u8::MAX,
        case: u8::MAX,
        risk: u8::MAX,
        flags: 0,
        source: u16::MAX,
        from: NO_YEAR,
        to: NO_YEAR,
        date: 0,
    };

    /// Appends the record.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.lang.to_le_bytes());
        out.extend_from_slice(&self.source.to_le_bytes());
        out.extend_from_slice(&[self.role, self.case, self.risk, self.flags]);
        out.extend_from_slice(&self.from.to_le_bytes());
        out.extend_from_slice(&self.to.to_le_bytes());
        out.extend_from_slice(&self.date.to_le_bytes());
    }

    /// Reads record `index` of the section `bytes`.
    #[inline]
    pub fn read(bytes: &[u8], index: u32) -> Option<Self> {
        let b: &[u8; Self::SIZE] = bytes.get((index as usize).checked_mul(Self::SIZE)?..)?.first_chunk()?;
        Some(Self {
            lang: u16::from_le_bytes([b[0], b[1]]),
            source: u16::from_le_bytes([b[2], b[3]]),
            role: b[4],
            case: b[5],
            risk: b[6],
            flags: b[7],
            from: i16::from_le_bytes([b[8], b[9]]),
            to: i16::from_le_bytes([b[10], b[11]]),
            date: u32::from_le_bytes([b[12], b[13], b[14], b[15]]),
        })
    }
}
