//! Case shapes of words, and putting a shape onto another word.
//!
//! Invariant: scripts without capitals, and Georgian, whose capitals are not used in text, have no
//! case; a text of no case meets every rule.

use std::str::FromStr;

use icu_casemap::CaseMapper;
use icu_locale_core::LanguageIdentifier;
use unicode_script::{Script, UnicodeScript};

/// The capitals of a text as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// No letter has case.
    Uncased,
    /// No capital.
    Lower,
    /// Begins with a capital and has a small letter, or is one capital.
    Initial,
    /// Capitals only, two or more.
    Upper,
    /// Begins small and has a capital.
    Mixed,
}

/// Whether `c` has case in running text.
pub fn is_cased(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphabetic();
    }
    (c.is_uppercase() || c.is_lowercase() || is_title(c)) && c.script() != Script::Georgian
}

/// The title-case digraphs (Dž), which are capitals that are not `Uppercase`.
fn is_title(c: char) -> bool {
    matches!(c, 'ǅ' | 'ǈ' | 'ǋ' | 'ǲ' | '\u{1f88}'..='\u{1faf}' | 'ᾼ' | 'ῌ' | 'ῼ') && !c.is_lowercase()
}

fn is_capital(c: char) -> bool {
    c.is_uppercase() || is_title(c)
}

/// The shape of `text`.
pub fn shape(text: &str) -> Shape {
    let mut cased = text.chars().filter(|&c| is_cased(c));
    let Some(first) = cased.next() else {
        return Shape::Uncased;
    };
    let (mut capitals, mut smalls) = (0, 0);
    for c in cased {
        if is_capital(c) { capitals += 1 } else { smalls += 1 }
    }
    match (is_capital(first), capitals, smalls) {
        (true, 1.., 0) => Shape::Upper,
        (true, _, _) => Shape::Initial,
        (false, 0, _) => Shape::Lower,
        (false, _, _) => Shape::Mixed,
    }
}

/// Whether the first letter with case is a capital; true where none has case.
pub fn begins_with_capital(text: &str) -> bool {
    text.chars().find(|&c| is_cased(c)).is_none_or(is_capital)
}

/// Whether both texts have capitals at the same of their letters with case.
pub fn same_capitals(a: &str, b: &str) -> bool {
    let pattern = |text: &'_ str| -> Vec<bool> { text.chars().filter(|&c| is_cased(c)).map(is_capital).collect() };
    pattern(a) == pattern(b)
}

/// `text` in capitals as the language writes them (Turkish İ, Greek without accents).
pub fn upper(text: &str, lang: &str) -> String {
    let language = LanguageIdentifier::from_str(lang).unwrap_or(LanguageIdentifier::UNKNOWN);
    CaseMapper::new().uppercase_to_string(text, &language).into_owned()
}

/// `text` with its first letter as a capital, the rest as it is.
pub fn capitalised(text: &str, lang: &str) -> String {
    // Dutch writes both letters of the digraph ij large.
    let first = match text.get(..2) {
        Some(ij) if ij.eq_ignore_ascii_case("ij") && super::lang::primary(lang) == "nl" => 2,
        _ => text.chars().next().map_or(0, char::len_utf8),
    };
    let (head, tail) = text.split_at(first);
    upper(head, lang) + tail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        let cases = [
            ("Kyiv", Shape::Initial),
            ("KYIV", Shape::Upper),
            ("kyiv", Shape::Lower),
            ("iPhone", Shape::Mixed),
            ("NATO", Shape::Upper),
            ("G7", Shape::Initial),
            ("基辅", Shape::Uncased),
            ("კიევი", Shape::Uncased),
            ("Ǆ", Shape::Initial),
            ("McDonald's", Shape::Initial),
            ("", Shape::Uncased),
            ("Київ", Shape::Initial),
        ];
        for (text, expected) in cases {
            assert_eq!(shape(text), expected, "{text}");
        }
    }

    #[test]
    fn capitals_are_put_by_language() {
        let cases = [
            ("istanbul", "tr", "İSTANBUL", "İstanbul"),
            ("istanbul", "en", "ISTANBUL", "Istanbul"),
            ("ijmuiden", "nl", "IJMUIDEN", "IJmuiden"),
            ("αθήνα", "el", "ΑΘΗΝΑ", "Αθήνα"),
            ("straße", "de", "STRASSE", "Straße"),
        ];
        for (text, lang, upper_case, initial) in cases {
            assert_eq!(upper(text, lang), upper_case, "{text} {lang}");
            assert_eq!(capitalised(text, lang), initial, "{text} {lang}");
        }
    }
}
