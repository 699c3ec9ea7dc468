//! Titles of works among quotations: a book's or picture's name is not rewritten.
//!
//! Invariant: what is left alone by mistake is reported, what is direct speech is not left alone
//! where the quotation shows a sentence (an end sign inside, small words of length).

use std::ops::Range;

use crate::name::Language;
use crate::text::case;

/// Opening and closing quotation marks.
const PAIRS: &[(char, char)] = &[
    ('“', '”'),
    ('„', '“'),
    ('„', '”'),
    ('«', '»'),
    ('»', '«'),
    ('"', '"'),
    ('‘', '’'),
    ('‚', '‘'),
    ('『', '』'),
    ('《', '》'),
];
/// Longest title in bytes.
const LONGEST: usize = 160;

/// The quotation around `name` in `text`, if it reads as the title of a work.
pub(super) fn title_around(text: &str, name: &Range<usize>, language: &Language) -> Option<Range<usize>> {
    let line_start = text[..name.start].rfind('\n').map_or(0, |i| i + 1);
    let mut from = name.start.saturating_sub(LONGEST).max(line_start);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let mut to = (name.end + LONGEST).min(text.len());
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    for (at, open) in text[from..name.start].char_indices().rev() {
        let Some(close) = PAIRS.iter().find(|(o, _)| *o == open).map(|_| open) else {
            continue;
        };
        let inner_start = from + at + close.len_utf8();
        // A straight or single mark after a letter closes or elides: it opens nothing.
        let after_letter = text[..from + at].ends_with(|c: char| c.is_alphanumeric());
        if matches!(open, '"' | '‘') && after_letter {
            return None;
        }
        for (_, closing) in PAIRS.iter().filter(|(o, _)| *o == open) {
            if let Some(end) = text[name.end..to].find(*closing).map(|i| name.end + i) {
                let inner = inner_start..end;
                return is_title(text, &inner, name, open, language).then_some(inner);
            }
        }
        return None;
    }
    None
}

fn is_title(text: &str, inner: &Range<usize>, name: &Range<usize>, open: char, language: &Language) -> bool {
    let quoted = &text[inner.clone()];
    if quoted.contains('\n') || quoted.trim() == &text[name.clone()] {
        return false;
    }
    if matches!(open, '《' | '『') {
        return true;
    }
    if quoted.trim_end().ends_with(['.', ',', '!', '?', '…', ';', ':']) {
        return false;
    }
    let words: Vec<&str> = quoted.split_whitespace().collect();
    if words.len() < 2 || !case::begins_with_capital(quoted) {
        return false;
    }
    let all_capital = words
        .iter()
        .filter(|w| w.chars().filter(|c| c.is_alphabetic()).count() >= 4)
        .all(|w| case::begins_with_capital(w));
    if all_capital && words.len() <= 12 {
        return true;
    }
    // Where titles are written like sentences, a short quotation that nothing introduces.
    let introduced =
        text[..inner.start].trim_end_matches(['“', '„', '«', '»', '"', '‘', '‚', ' ']).ends_with([':', ',', '—', '–']);
    !language.titlecase_headlines && words.len() <= 5 && !introduced
}
