//! Importers: from a published format to the two source tables.
//!
//! Invariant: nothing is dropped silently: what is skipped is counted with its reason. Curated
//! rows win: an imported label gives way to a curated one of the same entity and language.

pub mod cldr;
pub mod geonames;
pub mod message_catalog;

use std::collections::{BTreeMap, HashMap, HashSet};

use super::row::{EntityRow, FormRow, Role};
use crate::text::script::script_of;

/// What an importer made.
#[derive(Debug, Default)]
pub struct Imported {
    /// Rows of the entities table.
    pub entities: Vec<EntityRow>,
    /// Rows of the forms table.
    pub forms: Vec<FormRow>,
    /// Records that were left out, by reason.
    pub skipped: BTreeMap<&'static str, u64>,
}

impl Imported {
    fn skip(&mut self, reason: &'static str) {
        *self.skipped.entry(reason).or_default() += 1;
    }

    /// Adds a form, unless the entity has it in that language already with a stronger role.
    fn form(&mut self, index: &mut HashMap<(String, String, String), usize>, row: FormRow) {
        if row.form.is_empty() || row.form.contains(['(', ')', '[', ']', '\t', '\n']) {
            self.skip("form with brackets, or empty");
            return;
        }
        let key = (row.id.clone(), row.lang.clone(), row.form.clone());
        match index.get(&key) {
            Some(&at) => {
                let old = &mut self.forms[at];
                old.role = old.role.min(row.role);
                if !old.source.split('+').any(|s| s == row.source) {
                    old.source = format!("{}+{}", old.source, row.source);
                }
            }
            None => {
                index.insert(key, self.forms.len());
                self.forms.push(row);
            }
        }
    }

    /// Makes room for curated rows: a form that they have is dropped, a label whose language has a
    /// curated one becomes an alias.
    pub fn give_way(&mut self, curated: &[FormRow]) {
        let has: HashSet<(&str, &str, &str)> =
            curated.iter().map(|f| (f.id.as_str(), f.lang.as_str(), f.form.as_str())).collect();
        let labelled: HashSet<(&str, &str)> =
            curated.iter().filter(|f| f.role == Role::Official).map(|f| (f.id.as_str(), f.lang.as_str())).collect();
        let before = self.forms.len();
        self.forms.retain(|f| !has.contains(&(f.id.as_str(), f.lang.as_str(), f.form.as_str())));
        *self.skipped.entry("form that is curated").or_default() += (before - self.forms.len()) as u64;
        for form in &mut self.forms {
            if form.role == Role::Official && labelled.contains(&(form.id.as_str(), form.lang.as_str())) {
                form.role = Role::Alias;
            }
        }
    }
}

/// The script that most of the labels of a language have.
fn majority_script<'a>(labels: impl Iterator<Item = &'a str>) -> &'static str {
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for form in labels {
        *counts.entry(script_of(form)).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, n)| *n).map_or("Zyyy", |(script, _)| script)
}

/// The BCP 47 tag of a POSIX or CLDR locale name; `None` for what names no language.
///
/// `zh_CN` is `zh-CN`, `sr@latin` is `sr-Latn`, `uk` stays.
pub fn tag_of_locale(locale: &str) -> Option<String> {
    let (base, modifier) = locale.split_once('@').unwrap_or((locale, ""));
    let script = match modifier {
        "" => "",
        "latin" => "-Latn",
        "cyrillic" => "-Cyrl",
        "devanagari" => "-Deva",
        _ => return None,
    };
    let base = base.replace('_', "-");
    let mut parts = base.split('-');
    let language = parts.next()?;
    let is_language = (2..=3).contains(&language.len()) && language.bytes().all(|b| b.is_ascii_lowercase());
    let rest_is_tag = parts.all(|p| (2..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()));
    (is_language && rest_is_tag).then(|| {
        // The script comes before the region.
        match base.split_once('-') {
            Some((language, rest)) if !script.is_empty() => format!("{language}{script}-{rest}"),
            _ => format!("{base}{script}"),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales_to_tags() {
        let cases = [
            ("uk", Some("uk")),
            ("zh_CN", Some("zh-CN")),
            ("sr@latin", Some("sr-Latn")),
            ("pt_BR", Some("pt-BR")),
            ("zh-Hant", Some("zh-Hant")),
            ("link", None),
            ("post", None),
            ("x", None),
            ("ca@valencia", None),
        ];
        for (locale, expected) in cases {
            assert_eq!(tag_of_locale(locale).as_deref(), expected, "{locale}");
        }
    }

    #[test]
    fn curated_rows_win() {
        let row = |lang: &str, form: &str, role| FormRow {
            id: "a".into(),
            lang: lang.into(),
            form: form.into(),
            role,
            ..FormRow::default()
        };
        let mut imported = Imported {
            forms: vec![
                row("en", "Mykolayiv", Role::Official),
                row("en", "Mykolaiv", Role::Alias),
                row("de", "Mykolajiw", Role::Official),
            ],
            ..Imported::default()
        };
        imported.give_way(&[row("en", "Mykolaiv", Role::Official)]);
        let left: Vec<String> = imported.forms.iter().map(|f| format!("{} {} {}", f.lang, f.form, f.role)).collect();
        assert_eq!(left, ["en Mykolayiv alias", "de Mykolajiw official"]);
    }
}
