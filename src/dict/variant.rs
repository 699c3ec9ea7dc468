//! Keys of a form beside its own: made once at build time, bounded, marked as variants.
//!
//! Invariant: a form has at most [`MOST`] variants; none equals its own key.

use crate::name::Language;
use crate::text;

/// Most variants of one form.
const MOST: usize = 8;

/// Other keys under which the form is found: without apostrophes, without or with the dots of
/// abbreviations, and with the plain respelling of its language's letters.
pub(super) fn variants(form: &str, key: &str, language: &Language) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut add = |variant: String| {
        if variant != key && !variant.is_empty() && !out.contains(&variant) && out.len() < MOST {
            out.push(variant);
        }
    };
    if key.contains('\'') {
        add(key.replace('\'', ""));
    }
    let words: Vec<&str> = key.split(' ').collect();
    let join = |map: &dyn Fn(&str) -> String| words.iter().map(|w| map(w)).collect::<Vec<_>>().join(" ");
    if words.iter().any(|w| dotted(w)) {
        add(join(&|w| if dotted(w) { w.trim_end_matches('.').to_owned() } else { w.to_owned() }));
    }
    if words.len() > 1 && words.iter().any(|w| language.is_abbreviation(w)) {
        add(join(&|w| if language.is_abbreviation(w) { format!("{w}.") } else { w.to_owned() }));
    }
    if !language.respell.is_empty() {
        let mut plain = form.to_owned();
        for (letter, respelling) in &language.respell {
            let large = text::case::upper(letter, &language.tag);
            plain = plain.replace(letter.as_str(), respelling);
            plain = plain.replace(large.as_str(), &text::case::capitalised(respelling, &language.tag));
        }
        if plain != form {
            add(text::key(&plain));
        }
    }
    out
}

/// A word of letters that ends in a dot.
fn dotted(word: &str) -> bool {
    word.len() > 1 && word.ends_with('.') && word.trim_end_matches('.').chars().all(char::is_alphabetic)
}
