//! Offsets of a text in bytes, code points and UTF-16 units.
//!
//! Invariant: offsets are half-open and refer to the text as delivered; every conversion is from
//! bytes, which are what the library uses inside.

use std::fmt;
use std::str::FromStr;

/// What an offset counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unit {
    /// Unicode code points (Python `str` indices).
    #[default]
    Codepoints,
    /// Bytes of UTF-8.
    Bytes,
    /// UTF-16 code units (JavaScript, Java).
    Utf16,
}

impl Unit {
    /// The name in output and options.
    pub fn as_str(self) -> &'static str {
        match self {
            Unit::Codepoints => "codepoints",
            Unit::Bytes => "bytes",
            Unit::Utf16 => "utf16",
        }
    }

    /// How many units `text` has.
    pub fn len(self, text: &str) -> u64 {
        let n = match self {
            Unit::Bytes => text.len(),
            Unit::Codepoints => text.chars().count(),
            // A character of four bytes is two units.
            Unit::Utf16 => text.chars().count() + text.bytes().filter(|&b| b >= 0xf0).count(),
        };
        n as u64
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Unit {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        [Unit::Codepoints, Unit::Bytes, Unit::Utf16]
            .into_iter()
            .find(|u| u.as_str() == word)
            .ok_or_else(|| format!("\"{word}\" is not one of: codepoints bytes utf16"))
    }
}

/// Converts byte offsets of one text to another unit, walking on from the last one asked for.
///
/// Cost: one pass over the text when the offsets come in rising order; an earlier offset starts
/// again from the beginning.
#[derive(Debug, Clone)]
pub struct OffsetMap<'t> {
    text: &'t str,
    unit: Unit,
    byte: usize,
    units: u64,
}

impl<'t> OffsetMap<'t> {
    /// A map for `text` into `unit`.
    pub fn new(text: &'t str, unit: Unit) -> Self {
        Self { text, unit, byte: 0, units: 0 }
    }

    /// The offset of byte `byte` in the map's unit. A byte inside a character counts as its end;
    /// one past the text counts as the end of the text.
    pub fn get(&mut self, byte: usize) -> u64 {
        let mut byte = byte.min(self.text.len());
        while !self.text.is_char_boundary(byte) {
            byte += 1;
        }
        if byte < self.byte {
            self.byte = 0;
            self.units = 0;
        }
        let part = &self.text[self.byte..byte];
        self.units += if part.is_ascii() { part.len() as u64 } else { self.unit.len(part) };
        self.byte = byte;
        self.units
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_count_astral_combining_and_joined_characters() {
        let text = "𐐂 👩‍👩‍👧 e\u{301} Київ\r\n";
        let byte = text.find('К').unwrap();
        for (unit, expected) in [
            (Unit::Codepoints, text[..byte].chars().count() as u64),
            (Unit::Bytes, byte as u64),
            (Unit::Utf16, text[..byte].encode_utf16().count() as u64),
        ] {
            let mut map = OffsetMap::new(text, unit);
            assert_eq!(map.get(text.len()), unit.len(text));
            assert_eq!(map.get(byte), expected, "{unit}");
            assert_eq!(map.get(byte + 1), expected + if unit == Unit::Bytes { 2 } else { 1 });
        }
    }
}
