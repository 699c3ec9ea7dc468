//! What a language puts around names: possessives, elisions, particles, titles, common words.
//!
//! Invariant: all knowledge comes from `dictionaries/languages/<lang>.toml` and
//! `languages/words/<lang>.txt`; a language without a file has the union of all lists where a
//! list opens an edge, and no words. Lists are compared by key.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, OnceLock};

use serde::Deserialize;

use crate::embedded;
use crate::error::{Error, Result};
use crate::text::{key, lang};

/// Whether the given or the family name comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum NameOrder {
    /// Volodymyr Zelenskyy.
    #[default]
    GivenFamily,
    /// Orbán Viktor.
    FamilyGiven,
}

/// One language file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Language {
    /// BCP 47 tag.
    pub tag: String,
    /// English name of the language.
    pub name: String,
    /// ISO 639-3 code.
    pub iso639_3: String,
    /// ISO 15924 code of its usual script.
    pub script: String,
    /// Code of the file's source in `SOURCES.tsv`.
    pub source: String,
    /// Licence of the file.
    pub licence: String,
    /// Order of a foreigner's names.
    #[serde(default)]
    pub name_order: NameOrder,
    /// What stands between given and family name of a foreigner.
    pub joiner: String,
    /// Every noun has a capital, so that a capital tells little.
    #[serde(default)]
    pub nouns_capitalised: bool,
    /// Headlines put a capital on most words.
    #[serde(default)]
    pub titlecase_headlines: bool,
    /// What may follow a name after an apostrophe; "" is a bare apostrophe.
    pub possessives: Vec<String>,
    /// What may stand before a name with an apostrophe.
    pub elisions: Vec<String>,
    /// What is written together before a name, without a sign.
    pub proclitics: Vec<String>,
    /// What is written together after a name, without a sign.
    pub particles: Vec<String>,
    /// Words beside a person's name that are evidence of one.
    pub titles: Vec<String>,
    /// Words whose dot ends no sentence.
    pub abbreviations: Vec<String>,
    /// First parts that may be hyphenated to a name.
    pub before_hyphen: Vec<String>,
    /// Second parts that may be hyphenated to a name.
    pub after_hyphen: Vec<String>,
    /// Plain respellings of letters.
    #[serde(default)]
    pub respell: BTreeMap<String, String>,
    #[serde(skip)]
    keys: Keys,
}

#[derive(Debug, Default)]
struct Keys {
    words: OnceLock<HashSet<Box<str>>>,
    titles: HashSet<String>,
    before_hyphen: HashSet<String>,
    after_hyphen: HashSet<String>,
    abbreviations: HashSet<String>,
}

impl Language {
    /// Reads a language file.
    ///
    /// # Errors
    /// A key that is missing, unknown or of the wrong type, with its place in the file.
    pub fn parse(path: &str, text: &str) -> Result<Self> {
        let mut language: Language = toml::from_str(text).map_err(|e| {
            let start = e.span().map_or(0, |s| s.start).min(text.len());
            let line = text.as_bytes()[..start].iter().filter(|&&b| b == b'\n').count() + 1;
            Error::source_file(e.message().to_owned()).at(path, line as u64, 0)
        })?;
        let keys = |list: &[String]| list.iter().map(|w| key(w)).collect::<HashSet<_>>();
        language.keys.titles = keys(&language.titles);
        language.keys.before_hyphen = keys(&language.before_hyphen);
        language.keys.after_hyphen = keys(&language.after_hyphen);
        language.keys.abbreviations = keys(&language.abbreviations);
        for list in
            [&mut language.possessives, &mut language.elisions, &mut language.proclitics, &mut language.particles]
        {
            for item in list.iter_mut() {
                *item = key(item);
            }
            list.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
            list.dedup();
        }
        Ok(language)
    }

    /// Whether the word with this key, or with these marks in lower case, is an ordinary word.
    pub fn is_word(&self, word: &str) -> bool {
        self.words().contains(word)
    }

    /// Whether the word with this key is a title.
    pub fn is_title(&self, word: &str) -> bool {
        self.keys.titles.contains(word)
    }

    /// Whether the word with this key is an abbreviation.
    pub fn is_abbreviation(&self, word: &str) -> bool {
        self.keys.abbreviations.contains(word)
    }

    /// Whether the part with this key may stand before a hyphen and a name.
    pub fn may_precede_hyphen(&self, part: &str) -> bool {
        self.keys.before_hyphen.contains(part)
    }

    /// Whether the part with this key may follow a name and a hyphen.
    pub fn may_follow_hyphen(&self, part: &str) -> bool {
        self.keys.after_hyphen.contains(part)
    }

    fn words(&self) -> &HashSet<Box<str>> {
        self.keys.words.get_or_init(|| {
            embedded::text(&format!("languages/words/{}.txt", self.tag))
                .lines()
                .flat_map(|word| {
                    // As written, for texts with marks, and by key, for texts without.
                    let folded = (!word.is_ascii()).then(|| key(word).into());
                    std::iter::once(word.into()).chain(folded)
                })
                .collect()
        })
    }
}

/// All languages with a file, and what holds for the rest.
#[derive(Debug, Clone)]
pub struct Languages {
    list: Arc<Vec<Language>>,
    other: Arc<Language>,
}

impl Languages {
    /// The languages that come with exonym.
    pub fn builtin() -> Self {
        static BUILTIN: OnceLock<Languages> = OnceLock::new();
        BUILTIN
            .get_or_init(|| {
                let list = embedded::FILES
                    .iter()
                    .filter(|f| f.path.starts_with("languages/") && f.path.ends_with(".toml"))
                    .filter_map(|f| Language::parse(f.path, f.text).ok())
                    .collect();
                Languages::new(list)
            })
            .clone()
    }

    /// A set of languages.
    pub fn new(mut list: Vec<Language>) -> Self {
        list.sort_by(|a, b| a.tag.cmp(&b.tag));
        let union = |get: fn(&Language) -> &Vec<String>| {
            let mut all: Vec<String> = list.iter().flat_map(|l| get(l).iter().cloned()).collect();
            all.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
            all.dedup();
            all
        };
        let set = |get: fn(&Keys) -> &HashSet<String>| {
            list.iter().flat_map(|l| get(&l.keys).iter().cloned()).collect::<HashSet<_>>()
        };
        let other = Language {
            tag: "und".to_owned(),
            name: String::new(),
            iso639_3: String::new(),
            script: String::new(),
            source: String::new(),
            licence: String::new(),
            name_order: NameOrder::GivenFamily,
            joiner: " ".to_owned(),
            nouns_capitalised: false,
            titlecase_headlines: false,
            possessives: union(|l| &l.possessives),
            elisions: union(|l| &l.elisions),
            proclitics: Vec::new(),
            particles: union(|l| &l.particles),
            titles: Vec::new(),
            abbreviations: Vec::new(),
            before_hyphen: Vec::new(),
            after_hyphen: Vec::new(),
            respell: BTreeMap::new(),
            keys: Keys {
                words: OnceLock::from(HashSet::new()),
                titles: set(|k| &k.titles),
                before_hyphen: set(|k| &k.before_hyphen),
                after_hyphen: set(|k| &k.after_hyphen),
                abbreviations: set(|k| &k.abbreviations),
            },
        };
        Self { list: Arc::new(list), other: Arc::new(other) }
    }

    /// The language of `tag` by its primary subtag, or the one that stands for all without a file.
    pub fn get(&self, tag: &str) -> &Language {
        let primary = lang::primary(tag);
        self.list.iter().find(|l| l.tag == primary).unwrap_or(&self.other)
    }

    /// Whether the language of `tag` has a file.
    pub fn knows(&self, tag: &str) -> bool {
        self.list.iter().any(|l| l.tag == lang::primary(tag))
    }

    /// Every language with a file, by tag.
    pub fn iter(&self) -> impl Iterator<Item = &Language> {
        self.list.iter()
    }
}
