//! What folding does to one grapheme cluster: NFKC, full case fold, NFD, marks off by script,
//! letter table, NFC, until it no longer changes.
//!
//! Invariant: `fold_cluster` of its own result is that result. The tables come from Unicode
//! (through `unicode-normalization` and `icu_casemap`), from `deunicode` for Latin letters that do
//! not decompose, and from Unihan for Han; every code point is tested against a recorded hash.

use std::collections::HashMap;
use std::sync::OnceLock;

use icu_casemap::CaseMapper;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script, UnicodeScript};

use crate::embedded;

/// How the characters of a cluster behave when text is cut into tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Letter or digit of a script that writes blanks between words.
    Word,
    /// A Hangul syllable or jamo.
    Hangul,
    /// Katakana and its long mark.
    Kana,
    /// Han, hiragana, Thai, Lao, Khmer, Burmese, Tibetan …: an edge on both sides.
    Ideograph,
    /// Any apostrophe or geresh.
    Apostrophe,
    /// Hyphen, dash, underscore, slash: an edge, and a blank in keys.
    Hyphen,
    /// Dot between the words of a foreign name in Han and kana: an edge, and a blank in keys.
    Interpunct,
    /// Blank other than a line end.
    Blank,
    /// Line end: `\n`, `\r\n`, `\r`, form feed, next line, line separator.
    Newline,
    /// Paragraph separator and list bullets: nothing matches across.
    Break,
    /// Full stop.
    Dot,
    /// Signs that hold a word together between letters or digits (UAX #29 MidLetter, MidNum).
    Joiner,
    /// Superscript, subscript or circled digit: an edge.
    Super,
    /// Invisible: zero-width signs, soft hyphen, marks of direction.
    Invisible,
    /// Everything else.
    Other,
}

/// The class of a cluster, from its first character.
pub fn class(first: char) -> Class {
    match first {
        'a'..='z' | 'A'..='Z' | '0'..='9' => Class::Word,
        ' ' | '\t' => Class::Blank,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' => Class::Newline,
        '\u{2029}' => Class::Break,
        '•' | '‣' | '◦' | '▪' | '●' | '■' => Class::Break,
        '\'' | '`' | '´' | '‘' | '’' | '‛' | '′' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʾ' | 'ʿ' | 'ˈ' | '՚' | '׳' | 'ꞌ' | '＇' => {
            Class::Apostrophe
        }
        '-'
        | '_'
        | '/'
        | '‐'..='―'
        | '⁄'
        | '∕'
        | '−'
        | '\u{5be}'
        | '\u{58a}'
        | '゠'
        | '﹘'
        | '﹣'
        | '－'
        | '＿'
        | '／'
        | '﹍'..='﹏'
        | '‿'
        | '⁀'
        | '⁔' => Class::Hyphen,
        '・' | '･' | '‧' | '·' => Class::Interpunct,
        '.' | '．' | '﹒' => Class::Dot,
        ':' | '：' | '"' | '״' | ',' | ';' | '\u{387}' | '，' => Class::Joiner,
        'ー' | 'ｰ' => Class::Kana,
        c if c.is_ascii() => Class::Other,
        c if is_invisible(c) => Class::Invisible,
        c if c.is_whitespace() => Class::Blank,
        c => class_by_property(c),
    }
}

fn class_by_property(c: char) -> Class {
    let plain = std::iter::once(c).nfkc().next().unwrap_or(c);
    if plain.is_ascii_digit() && !c.is_ascii_digit() && !('０'..='９').contains(&c) {
        // Mathematical digits are letters of a style; superscripts and the like are not Nd.
        return if ('\u{1d7ce}'..='\u{1d7ff}').contains(&c) { Class::Word } else { Class::Super };
    }
    if !(plain.is_alphanumeric() || is_combining_mark(plain)) || !(c.is_alphanumeric() || is_combining_mark(c)) {
        return Class::Other;
    }
    match plain.script() {
        Script::Hangul => Class::Hangul,
        Script::Katakana => Class::Kana,
        Script::Han
        | Script::Hiragana
        | Script::Thai
        | Script::Lao
        | Script::Khmer
        | Script::Myanmar
        | Script::Tibetan
        | Script::Bopomofo
        | Script::Yi
        | Script::Tai_Le
        | Script::New_Tai_Lue
        | Script::Tai_Tham
        | Script::Tai_Viet
        | Script::Balinese
        | Script::Javanese
        | Script::Nushu
        | Script::Tangut => Class::Ideograph,
        _ => Class::Word,
    }
}

/// Signs that show nothing and that folding takes off.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// The key of a break: the paragraph separator, which breaks by itself.
pub const BREAK: char = '\u{2029}';
const TATWEEL: char = '\u{640}';
const HAMZA_ABOVE: char = '\u{654}';

/// Whether the mark after `base` (both decomposed) is taken off.
fn mark_off(base: char, mark: char) -> bool {
    match base.script() {
        Script::Latin | Script::Greek => true,
        Script::Hebrew => true,
        Script::Arabic => mark != HAMZA_ABOVE || !matches!(base, 'و' | 'ي' | 'ى' | 'ی'),
        Script::Cyrillic => match mark {
            '\u{300}' | '\u{301}' => is_cyrillic_vowel(base),
            '\u{308}' => base == 'е',
            _ => false,
        },
        _ => false,
    }
}

fn is_cyrillic_vowel(c: char) -> bool {
    matches!(c, 'а' | 'е' | 'и' | 'і' | 'о' | 'у' | 'ы' | 'э' | 'ю' | 'я' | 'є' | 'ѣ' | 'ѵ' | 'ү' | 'ө' | 'ә')
}

/// Appends the base of letter `c` (lower case, decomposed) to `out`.
fn push_base(c: char, out: &mut String) {
    match c {
        'a'..='z' => out.push(c),
        'ґ' => out.push('г'),
        'ٱ' | 'أ' | 'إ' | 'آ' => out.push('ا'),
        'ى' | 'ی' => out.push('ي'),
        'ک' => out.push('ك'),
        'ة' => out.push('ه'),
        TATWEEL => {}
        // A letter's dot folds away here as it does in text: a.m. in one character.
        '.' if out.ends_with(char::is_alphabetic) => {}
        c if !c.is_ascii() && c.is_alphabetic() && class(c) != Class::Apostrophe => match c.script() {
            Script::Latin => match deunicode::deunicode_char(c) {
                Some(base) if !base.is_empty() && base.bytes().all(|b| b.is_ascii_alphabetic()) => {
                    out.push_str(&base.to_ascii_lowercase());
                }
                _ => out.push(c),
            },
            Script::Han => out.push(simplified(c)),
            _ => out.push(c),
        },
        c => match class(c) {
            Class::Apostrophe => out.push('\''),
            Class::Hyphen | Class::Blank => out.push(' '),
            Class::Break => out.push(BREAK),
            _ => out.push(c),
        },
    }
}

/// The simplified twin of a traditional character, by Unihan; itself otherwise.
fn simplified(c: char) -> char {
    static TABLE: OnceLock<HashMap<char, char>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        embedded::text("letters/han.tsv")
            .lines()
            .skip(1)
            .filter_map(|line| {
                let mut chars = line.chars();
                let (from, tab, to) = (chars.next()?, chars.next()?, chars.next()?);
                (tab == '\t').then_some((from, to))
            })
            .collect()
    });
    table.get(&c).copied().unwrap_or(c)
}

fn fold_once(cluster: &str) -> String {
    let compatible: String = cluster.nfkc().collect();
    let lower = CaseMapper::new().fold_string(&compatible);
    let mut stripped = String::with_capacity(lower.len());
    let mut base = '\0';
    for c in lower.nfd() {
        if is_invisible(c) {
            continue;
        }
        if is_combining_mark(c) {
            // A mark on no letter (after a line end, say) would fall to another letter in the key.
            if !(base.is_alphanumeric() || is_combining_mark(base)) || mark_off(base, c) {
                continue;
            }
            stripped.push(c);
        } else {
            base = c;
            push_base(c, &mut stripped);
        }
    }
    stripped.nfc().collect()
}

/// The key of one grapheme cluster. Empty for what has none (invisible signs, tatweel).
pub fn fold_cluster(cluster: &str) -> String {
    let mut key = fold_once(cluster);
    // Compatibility, case and marks can each lay bare work for the others; four rounds are more
    // than any code point needs, and the table test holds the result to be stable.
    for _ in 0..3 {
        let again = fold_once(&key);
        if again == key {
            break;
        }
        key = again;
    }
    key
}

/// The cluster with its marks and letters kept: only width, compatibility and case taken off.
pub fn marked_cluster(cluster: &str) -> String {
    let compatible: String = cluster.chars().filter(|&c| !is_invisible(c)).nfkc().collect();
    CaseMapper::new().fold_string(&compatible).nfc().collect()
}

/// Whether a difference in marks between text and form tells two names apart in this script.
///
/// Points of Arabic and Hebrew, stress and the dots of ё are written or left out at will.
pub fn marks_distinguish(c: char) -> bool {
    matches!(c.script(), Script::Latin | Script::Greek)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_fold_as_the_design_says() {
        let cases = [
            ("K", "k"),
            ("É", "e"),
            ("ł", "l"),
            ("Ø", "o"),
            ("đ", "d"),
            ("Œ", "oe"),
            ("þ", "th"),
            ("ð", "d"),
            ("ħ", "h"),
            ("ŋ", "ng"),
            ("Æ", "ae"),
            ("ß", "ss"),
            ("ẞ", "ss"),
            ("ı", "i"),
            ("İ", "i"),
            ("ǆ", "dz"),
            ("ﬁ", "fi"),
            ("Ａ", "a"),
            ("ύ", "υ"),
            ("ς", "σ"),
            ("Й", "й"),
            ("й", "й"),
            ("Ў", "ў"),
            ("Ї", "ї"),
            ("ё", "е"),
            ("Ґ", "г"),
            ("а\u{301}", "а"),
            ("ѓ", "ѓ"),
            ("ќ", "ќ"),
            ("أ", "ا"),
            ("إ", "ا"),
            ("آ", "ا"),
            ("ى", "ي"),
            ("ی", "ي"),
            ("ک", "ك"),
            ("ة", "ه"),
            ("ؤ", "ؤ"),
            ("ئ", "ئ"),
            ("ء", "ء"),
            ("ـ", ""),
            ("بَ", "ب"),
            ("שׁ", "ש"),
            ("ヴ", "ヴ"),
            ("ｾﾞ", "ゼ"),
            ("ｰ", "ー"),
            ("澤", "泽"),
            ("國", "国"),
            ("का", "का"),
            ("กั", "กั"),
            ("ั", ""),
            ("각", "각"),
            ("\u{200b}", ""),
            ("և", "եւ"),
            ("ə", "ə"),
        ];
        for (cluster, expected) in cases {
            assert_eq!(fold_cluster(cluster), expected, "{cluster:?}");
        }
    }
}
