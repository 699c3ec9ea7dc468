//! Language guess of a paragraph, by `whatlang`.
//!
//! Invariant: an unsure guess is no guess; tags are BCP 47 primary subtags, by the ISO 639 table
//! in `dictionaries/languages/codes.tsv`.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::embedded;

/// Bytes of a paragraph that are looked at; more changes the guess hardly ever.
const SAMPLE: usize = 1200;
/// Letters below which a guess is a coin's toss.
const LEAST: usize = 24;

/// The language of `text`, or `None` if that cannot be said with confidence.
///
/// Cost: bounded, at most the first 1,200 bytes are read.
pub fn guess(text: &str) -> Option<&'static str> {
    let mut end = text.len().min(SAMPLE);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let sample = &text[..end];
    // A script of one or two languages (Hebrew, Georgian) tells by itself, from a few letters already.
    let telling = whatlang::detect_script(sample)?.langs().len() <= 2;
    let letters = sample.chars().filter(|c| c.is_alphabetic()).count();
    if letters < if telling { LEAST / 4 } else { LEAST } {
        return None;
    }
    let info = whatlang::detect(sample)?;
    if !telling && !info.is_reliable() {
        return None;
    }
    codes().get(info.lang().code()).copied()
}

fn codes() -> &'static HashMap<&'static str, &'static str> {
    static CODES: OnceLock<HashMap<&'static str, &'static str>> = OnceLock::new();
    CODES.get_or_init(|| {
        embedded::text("languages/codes.tsv")
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once('\t').map(|(tag, code)| (code, tag)))
            .collect()
    })
}

/// The tag as the table of languages has it, if it does.
pub fn known(tag: &str) -> Option<&'static str> {
    codes().values().copied().find(|known| *known == tag)
}

/// The primary subtag: `zh` of `zh-Hant`.
pub fn primary(tag: &str) -> &str {
    tag.split(['-', '_']).next().unwrap_or(tag)
}

/// Whether a form tagged `form` belongs to a text in `text`: same primary subtag, or a form of no
/// or many languages, or a text of unknown language.
pub fn same(form: &str, text: &str) -> bool {
    let (form, text) = (primary(form), primary(text));
    form == text || matches!(form, "und" | "mul" | "") || matches!(text, "und" | "mul" | "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_guessed_and_scraps_are_not() {
        let cases = [
            ("The president of Ukraine met the leaders of three countries in Kyiv on Tuesday evening.", Some("en")),
            ("Президент України зустрівся з лідерами трьох країн у Києві у вівторок увечері.", Some("uk")),
            ("Der ukrainische Präsident hat am Dienstagabend in Kiew drei Regierungschefs empfangen.", Some("de")),
            ("ウクライナの大統領は火曜日の夜、キーウで三か国の首相と会談した。", Some("ja")),
            ("נשיא אוקראינה נפגש בפריז", Some("he")),
            ("Kyiv", None),
            ("", None),
            ("12 345", None),
        ];
        for (text, expected) in cases {
            assert_eq!(guess(text), expected, "{text}");
        }
    }
}
