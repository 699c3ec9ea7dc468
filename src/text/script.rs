//! Script of a text, as an ISO 15924 code.
//!
//! Invariant: a text of no script (digits, signs) is `Zyyy`.

use unicode_script::{Script, UnicodeScript};

/// The script that most letters of `text` have, `Zyyy` if none has one.
///
/// Han together with kana is `Jpan`. Cost: one pass.
pub fn script_of(text: &str) -> &'static str {
    let mut counts: Vec<(Script, usize)> = Vec::new();
    for c in text.chars() {
        let script = c.script();
        if matches!(script, Script::Common | Script::Inherited | Script::Unknown) {
            continue;
        }
        match counts.iter_mut().find(|(s, _)| *s == script) {
            Some((_, n)) => *n += 1,
            None => counts.push((script, 1)),
        }
    }
    let has = |wanted: Script| counts.iter().any(|(s, _)| *s == wanted);
    if has(Script::Han) && (has(Script::Hiragana) || has(Script::Katakana)) {
        return "Jpan";
    }
    counts.iter().max_by_key(|(_, n)| *n).map_or("Zyyy", |(script, _)| script.short_name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn majority_script() {
        let cases = [
            ("Kyiv", "Latn"),
            ("Київ", "Cyrl"),
            ("基辅", "Hani"),
            ("キーウ", "Kana"),
            ("岸田ふみ", "Jpan"),
            ("كييف", "Arab"),
            ("2024", "Zyyy"),
            ("", "Zyyy"),
        ];
        for (text, expected) in cases {
            assert_eq!(script_of(text), expected, "{text}");
        }
    }
}
