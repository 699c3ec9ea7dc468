//! Look-alikes: a word that mixes Latin, Cyrillic and Greek is read in the script of its letters
//! that have no twin; if all have one, it has two readings.
//!
//! Invariant: a reading has as many characters as the word, and only the mixed scripts change.
//! Twins are letters that look the same in common type, by case (Unicode TR 39 lists more).

use std::sync::OnceLock;

use unicode_script::{Script, UnicodeScript};

/// Rows of twins: Latin, Cyrillic, Greek; a blank where a script has none.
const TWINS: &[[char; 3]] = &[
    ['A', 'А', 'Α'],
    ['B', 'В', 'Β'],
    ['C', 'С', ' '],
    ['E', 'Е', 'Ε'],
    ['H', 'Н', 'Η'],
    ['I', 'І', 'Ι'],
    ['J', 'Ј', ' '],
    ['K', 'К', 'Κ'],
    ['M', 'М', 'Μ'],
    ['N', ' ', 'Ν'],
    ['O', 'О', 'Ο'],
    ['P', 'Р', 'Ρ'],
    ['S', 'Ѕ', ' '],
    ['T', 'Т', 'Τ'],
    ['X', 'Х', 'Χ'],
    ['Y', 'У', 'Υ'],
    ['Z', ' ', 'Ζ'],
    ['a', 'а', ' '],
    ['c', 'с', ' '],
    ['e', 'е', ' '],
    ['i', 'і', ' '],
    ['j', 'ј', ' '],
    ['o', 'о', 'ο'],
    ['p', 'р', 'ρ'],
    ['s', 'ѕ', ' '],
    ['x', 'х', ' '],
    ['y', 'у', ' '],
    ['Ë', 'Ё', ' '],
    ['ë', 'ё', ' '],
    ['Ï', 'Ї', ' '],
    ['ï', 'ї', ' '],
    ['Æ', 'Ӕ', ' '],
    ['æ', 'ӕ', ' '],
    ['Ç', 'Ҫ', ' '],
    ['ç', 'ҫ', ' '],
    ['Ĕ', 'Ӗ', ' '],
    ['ĕ', 'ӗ', ' '],
    ['Ă', 'Ӑ', ' '],
    ['ă', 'ӑ', ' '],
    [' ', 'Г', 'Γ'],
    [' ', 'П', 'Π'],
    [' ', 'Ф', 'Φ'],
];

const COLUMNS: [Script; 3] = [Script::Latin, Script::Cyrillic, Script::Greek];

/// Bit of a script that takes part, 0 for any other.
pub(super) fn script_bit(c: char) -> u8 {
    /// Most letters met lie below.
    const MANY: usize = 0x600;
    static BITS: OnceLock<[u8; MANY]> = OnceLock::new();
    let bit = |c: char| COLUMNS.iter().position(|&s| s == c.script()).map_or(0, |column| 1 << column);
    let bits = BITS.get_or_init(|| std::array::from_fn(|c| char::from_u32(c as u32).map_or(0, bit)));
    bits.get(c as usize).copied().unwrap_or_else(|| bit(c))
}

fn column(c: char) -> Option<usize> {
    let bit = script_bit(c);
    (bit != 0).then(|| bit.trailing_zeros() as usize)
}

fn twin(c: char, to: usize) -> Option<char> {
    let row = TWINS.iter().find(|row| row.contains(&c) && c != ' ')?;
    Some(row[to]).filter(|&t| t != ' ')
}

/// The Cyrillic twin of a Latin letter, the Latin twin of a Cyrillic one.
pub(super) fn counterpart(c: char) -> Option<char> {
    match column(c) {
        Some(0) => twin(c, 1),
        Some(1) => twin(c, 0),
        _ => None,
    }
}

/// The word with every letter put into script column `to`, if each has a place there.
fn read_as(word: &str, to: usize) -> Option<String> {
    word.chars()
        .map(|c| match column(c) {
            Some(own) if own != to => twin(c, to),
            _ => Some(c),
        })
        .collect()
}

/// The readings of a word: the main one and, where all letters have twins, another.
/// `None` means that the word is read as it stands.
pub(super) fn readings(word: &str, scripts: u8) -> Option<(String, Option<String>)> {
    let columns: Vec<usize> = (0..3).filter(|i| scripts & (1 << i) != 0).collect();
    match columns.as_slice() {
        [] => None,
        [own] => {
            // A pure word in which every letter has a twin (HATO typed on a Latin keyboard).
            let other = match own {
                0 => 1,
                1 => 0,
                _ => return None,
            };
            if word.chars().filter(|&c| column(c).is_some()).count() < 2 {
                return None;
            }
            read_as(word, other).map(|alternative| (word.to_owned(), Some(alternative)))
        }
        mixed => {
            let possible: Vec<String> = mixed.iter().filter_map(|&to| read_as(word, to)).collect();
            let mut possible = possible.into_iter();
            possible.next().map(|first| (first, possible.next()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixed_words_are_read_in_the_script_of_letters_without_twin() {
        type Readings = Option<(&'static str, Option<&'static str>)>;
        let cases: &[(&str, Readings)] = &[
            // Cyrillic п has no small twin; the rest may be Latin.
            ("Tpъмп", Some(("Тръмп", None))),
            ("HATO", Some(("HATO", Some("НАТО")))),
            ("HАТО", Some(("HATO", Some("НАТО")))),
            ("Kyiv", None),
            ("Kуiv", Some(("Kyiv", None))),
            ("Київ", None),
            ("a", None),
        ];
        for (word, expected) in cases {
            let scripts = word.chars().map(script_bit).fold(0, |a, b| a | b);
            let expected = expected.map(|(a, b)| (a.to_owned(), b.map(str::to_owned)));
            assert_eq!(readings(word, scripts), expected, "{word}");
        }
    }
}
