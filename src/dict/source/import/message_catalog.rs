//! GNU gettext message catalogues (`.mo`), as `libgeonames-common` ships place names.
//!
//! Invariant: every read is checked against the file's length; a damaged catalogue is an error.
//! Format: the gettext manual, "The Format of GNU MO Files".

use crate::error::{Error, Result};

/// The pairs of message id and translation, in the order of the file.
///
/// # Errors
/// Bytes that are no catalogue, or one that is cut.
pub fn read(bytes: &[u8]) -> Result<Vec<(&str, &str)>> {
    let cut = || Error::input("this message catalogue is cut or damaged");
    let word = |at: usize| -> Result<[u8; 4]> {
        let b = bytes.get(at..at.saturating_add(4)).ok_or_else(cut)?;
        Ok([b[0], b[1], b[2], b[3]])
    };
    let little = match word(0)? {
        [0xde, 0x12, 0x04, 0x95] => true,
        [0x95, 0x04, 0x12, 0xde] => false,
        _ => return Err(Error::input("this is no gettext message catalogue (.mo)")),
    };
    let number =
        |at: usize| word(at).map(|b| if little { u32::from_le_bytes(b) } else { u32::from_be_bytes(b) } as usize);
    let (count, ids, texts) = (number(8)?, number(12)?, number(16)?);
    if count > bytes.len() / 8 {
        return Err(cut());
    }
    let string = |table: usize, i: usize| -> Result<&str> {
        let at = table.checked_add(8 * i).ok_or_else(cut)?;
        let (length, start) = (number(at)?, number(at + 4)?);
        let bytes = start.checked_add(length).and_then(|end| bytes.get(start..end)).ok_or_else(cut)?;
        std::str::from_utf8(bytes).map_err(|_| Error::input("a message of this catalogue is not UTF-8"))
    };
    (0..count).map(|i| Ok((string(ids, i)?, string(texts, i)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A catalogue of one pair in the given byte order.
    fn catalogue(little: bool) -> Vec<u8> {
        let put = |n: u32| if little { n.to_le_bytes() } else { n.to_be_bytes() };
        let mut out = Vec::new();
        for n in [0x9504_12de, 0, 1, 28, 36, 0, 0, 6, 44, 8, 51] {
            out.extend(put(n));
        }
        out.extend_from_slice("703448\0Київ\0".as_bytes());
        out
    }

    #[test]
    fn both_byte_orders_and_every_cut() {
        for little in [true, false] {
            let bytes = catalogue(little);
            assert_eq!(read(&bytes).unwrap(), [("703448", "Київ")]);
            for length in 0..bytes.len() - 1 {
                assert!(read(&bytes[..length]).is_err(), "{length}");
            }
        }
        assert!(read(b"no catalogue at all").is_err());
    }
}
