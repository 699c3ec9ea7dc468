//! A dictionary in which every name that looks Slavic has its case forms: what inflection at
//! build time costs in bytes and speed.
//!
//! Invariant: the forms are as many as real ones (6 to 12 a lemma) and share endings as they do;
//! nothing is claimed of their correctness. Languages are guessed from letters and endings.

use std::collections::HashSet;

use crate::data;

/// Lines `group<TAB>ending<TAB>case endings`.
const ENDINGS: &str = include_str!("../endings.tsv");

/// Endings and letters that make a Latin form look Polish or Czech, after lower-casing.
const POLISH: &[&str] = &["ski", "cki", "dzki", "ska", "cka", "wicz", "czyk", "owo", "ice", "ów", "ek", "czak", "iak"];
const POLISH_LETTERS: &str = "łąęśźżńćó";
const CZECH: &[&str] = &["ová", "ský", "cký", "ák", "ík", "ov", "ice", "ín"];
const CZECH_LETTERS: &str = "ěřůčťďňš";
/// Letters of other languages, which rule both out.
const OTHER_LETTERS: &str = "äöüßåæøçñâêîôûèìòùășțğışőűāēīūļķģņėįųœëïãõ'’-.";
/// Letters of Cyrillic alphabets whose cases these endings do not make.
const OTHER_CYRILLIC: &str = "қңғүұһөәіңљњћђџјѓќѕўӣҷҳъэ'’-.";

/// `table` and, behind it, the case forms of its Slavic names, under the id of their lemma.
pub fn with_case_forms(table: &str) -> String {
    let endings = Endings::read(ENDINGS);
    let mut seen: HashSet<(&str, String)> =
        data::lines(table).filter(|(_, f)| group(f).is_some()).map(|(id, f)| (id, f.to_owned())).collect();
    let mut out = table.trim_end().to_owned() + "\n";
    for (id, form) in data::lines(table) {
        let Some(group) = group(form) else { continue };
        for made in endings.case_forms(group, form) {
            if seen.insert((id, made.clone())) {
                out += &format!("{id}\t{made}\n");
            }
        }
    }
    out
}

/// The group of endings of a form of one or two words, if it looks Slavic.
fn group(form: &str) -> Option<&'static str> {
    let words = form.split(' ').count();
    let letters = form.chars().filter(|c| c.is_alphabetic()).count();
    if words > 2 || letters < 3 * words || form.split(' ').any(|w| !w.starts_with(char::is_uppercase)) {
        return None;
    }
    let lower = form.to_lowercase();
    let has = |letters: &str| lower.contains(|c| letters.contains(c));
    let ends = |endings: &[&str]| endings.iter().any(|e| lower.ends_with(e));
    let cyrillic = |c: char| c == ' ' || ('\u{430}'..='\u{45f}').contains(&c);
    if lower.chars().all(cyrillic) {
        let own = has("іїєґ") && !has("ыэё");
        return (own || !has(OTHER_CYRILLIC)).then_some("Cyrl");
    }
    let latin = |c: char| c == ' ' || c.is_ascii_lowercase() || ('\u{df}'..='\u{17f}').contains(&c);
    if !lower.chars().all(latin) || has(OTHER_LETTERS) {
        None
    } else if has(CZECH_LETTERS) || ends(CZECH) && has("áéíýúž") {
        Some("cs")
    } else if has(POLISH_LETTERS) || ends(POLISH) {
        Some("pl")
    } else {
        None
    }
}

struct Endings(Vec<(&'static str, &'static str, Vec<&'static str>)>);

impl Endings {
    fn read(table: &'static str) -> Self {
        let line = |line: &'static str| {
            let mut columns = line.split('\t');
            Some((columns.next()?, columns.next()?.trim_matches('*'), columns.next()?.split(' ').collect()))
        };
        Self(table.lines().filter(|l| !l.starts_with('#')).filter_map(line).collect())
    }

    /// Every word of the form in the same case, as far as both have one.
    fn case_forms(&self, group: &str, form: &str) -> Vec<String> {
        let words: Vec<Vec<String>> = form.split(' ').map(|word| self.cases(group, word)).collect();
        let most = words.iter().map(Vec::len).max().unwrap_or(0);
        let nth = |cases: &Vec<String>, i: usize| cases[i.min(cases.len() - 1)].clone();
        (1..most).map(|i| words.iter().map(|cases| nth(cases, i)).collect::<Vec<_>>().join(" ")).collect()
    }

    fn cases(&self, group: &str, word: &str) -> Vec<String> {
        let fits = |(g, ending, _): &&(&str, &str, Vec<&str>)| *g == group && word.ends_with(ending);
        // Endings in vowels that no line lists do not change.
        let Some((_, ending, cases)) = self.0.iter().find(fits) else { return vec![word.to_owned()] };
        if ending.is_empty() && word.ends_with(|c| "аеиоуыэюяіїєaeiouyáéíóúý".contains(c)) {
            return vec![word.to_owned()];
        }
        let stem = word.strip_suffix(ending).unwrap_or(word);
        cases.iter().map(|case| format!("{stem}{case}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups() {
        let cases = [
            ("Новак", Some("Cyrl")),
            ("Івано-Франківськ", None),
            ("Київ", Some("Cyrl")),
            ("Kowalski", Some("pl")),
            ("Łódź", Some("pl")),
            ("Nováková", Some("cs")),
            ("Washington", None),
            ("San José Norte", None),
            ("Ķekava", None),
        ];
        for (form, expected) in cases {
            assert_eq!(group(form), expected, "{form}");
        }
    }

    #[test]
    fn case_forms_share_a_stem() {
        let out = with_case_forms("a\tAnna Kowalska\nb\tParis\n");
        assert!(out.contains("a\tAnny Kowalskiej\n") && !out.contains("b\tParisa"), "{out}");
    }
}
