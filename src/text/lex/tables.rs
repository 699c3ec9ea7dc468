//! Folds of whole blocks of characters, for folding a token at once.
//!
//! Invariant: an entry is what [`Fact`] says of the character; one whose fold leaves its block, or
//! that takes part in look-alikes as another script than its block's, has none. Made at the first
//! use of the block.

use std::sync::OnceLock;

use super::fact::{Fact, Kind};
use super::wide::{Block, LOWER, Latin, UPPER};

/// The fold of the block of two-byte characters to which `lead` belongs.
#[inline]
pub(super) fn block(lead: u8) -> &'static Block {
    static BLOCKS: [OnceLock<Block>; 8] = [const { OnceLock::new() }; 8];
    let i = usize::from(lead >> 2 & 7);
    BLOCKS[i].get_or_init(|| make_block(i as u32 * 256))
}

/// The fold of the letters of U+00C0 to U+017F that fold to one ASCII letter.
#[inline]
pub(super) fn latin() -> &'static Latin {
    static LATIN: OnceLock<Latin> = OnceLock::new();
    LATIN.get_or_init(|| {
        let mut table = [0; 192];
        for (entry, c) in table.iter_mut().zip(0xc0..) {
            let fact = Fact::of(c);
            let of_latin = fact.scripts() == Fact::of(u32::from(b'a')).scripts();
            if fact.kind() == Kind::Word && fact.fold_len() == 1 && of_latin {
                *entry = fact.fold() as u8;
            }
        }
        table
    })
}

fn make_block(first: u32) -> Block {
    let facts = || (first..first + 256).map(Fact::of);
    let mut block = Block { fold: [0; 256], case: [0; 256] };
    let count = |bit: u32| facts().filter(|f| f.kind() == Kind::Word && f.scripts() & bit != 0).count();
    let script = [1, 2, 4].into_iter().max_by_key(|&bit| count(bit)).unwrap_or(0);
    for (i, fact) in facts().enumerate().filter(|(_, f)| f.kind() == Kind::Word) {
        let fold = fact.fold();
        let code = (fold & 3) << 6 | fold >> 8 & 0x3f;
        let pair = fact.fold_len() == 2 && fold & 0xe0 == 0xc0;
        let inside = pair && (fold & 0x1f) << 6 | fold >> 8 & 0x3f == first + code;
        if inside && fact.scripts() & !script == 0 {
            block.fold[i] = code as u8;
        }
        block.case[i] = match (fact.is_upper(), fact.is_lower()) {
            (true, _) => UPPER,
            (_, true) => LOWER,
            _ => 0,
        };
    }
    block
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_a_block_fold_within_it() {
        let cases = [
            ('К', 'к'),
            ('ё', 'е'),
            ('Ґ', 'г'),
            ('й', 'й'),
            ('Ά', 'α'),
            ('ש', 'ש'),
            ('أ', 'ا'),
            ('Ē', '\0'),
            ('ǆ', '\0'),
        ];
        for (c, fold) in cases {
            let mut bytes = [0; 2];
            c.encode_utf8(&mut bytes);
            let entry = block(bytes[0]).fold[usize::from((bytes[0] & 3) << 6 | bytes[1] & 0x3f)];
            assert_eq!(u32::from(entry), u32::from(fold) & 0xff, "{c}");
        }
        let latin = |c: char| char::from(latin()[c as usize - 0xc0]);
        assert_eq!(['É', 'ł', 'ß', 'ı', '×'].map(latin), ['e', 'l', '\0', 'i', '\0']);
    }
}
