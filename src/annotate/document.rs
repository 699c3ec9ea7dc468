//! A text with what is known of it before names are looked for: how it is read, and the languages
//! of its paragraphs.
//!
//! Invariant: nothing is folded here; what stands around a name is read when it is asked for
//! ([`super::near`], [`super::skip`]). Offsets are bytes of the text as delivered.

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::fast::Proclitics;
use crate::name::{Language, Languages};
use crate::text::{LineEnd, segment};

/// How a document is read.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Language of the whole text; guessed for each paragraph if not given.
    pub lang: Option<String>,
    /// What a line end is.
    pub line_end: LineEnd,
    /// Whether URLs, e-mail, code, handles and time-zone ids are left alone.
    pub skipping: Skipping,
    /// Whether the case rules of forms hold.
    pub case: CasePolicy,
}

/// Whether some parts of a text are left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Skipping {
    /// URLs, e-mail, code, handles and time-zone ids are skipped.
    #[default]
    Identifiers,
    /// Everything is read.
    Nothing,
}

/// Whether the case rules of forms hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CasePolicy {
    /// Each form's own rule.
    #[default]
    Rule,
    /// Case is ignored.
    Any,
}

/// A part of a text in one language.
#[derive(Debug, Clone, Copy)]
pub struct Paragraph<'a> {
    /// One past its last byte.
    pub end: usize,
    /// BCP 47 tag, `und` if unsure.
    pub lang: &'a str,
    /// What is known of the language.
    pub language: &'a Language,
}

impl Paragraph<'_> {
    /// A hash of letters read in the paragraph's language.
    pub(crate) fn hash(&self, letters: &str) -> u64 {
        let seed = self.lang.bytes().take(8).fold(0, |seed, byte| seed << 8 | u64::from(byte));
        xxh3_64_with_seed(letters.as_bytes(), seed)
    }
}

/// A text ready for scanning.
#[derive(Debug)]
pub struct Document<'a> {
    /// The text as delivered.
    pub text: &'a str,
    /// Its language, `und` if unsure.
    pub lang: &'a str,
    /// How it was asked to be read.
    pub settings: &'a Settings,
    paragraphs: Vec<Paragraph<'a>>,
}

impl<'a> Document<'a> {
    /// Reads `text`, which must be shorter than 4 GiB; `lang` overrides the settings. Cost: a guess
    /// for each paragraph, none if the language is given.
    pub fn new(text: &'a str, lang: Option<&'a str>, settings: &'a Settings, languages: &'a Languages) -> Self {
        let given = lang.or(settings.lang.as_deref());
        let tagged: Vec<(Range<usize>, &'a str)> = match given {
            Some(lang) => vec![(0..text.len(), lang)],
            None => guessed(text, languages),
        };
        let lang = given.unwrap_or_else(|| majority(&tagged).unwrap_or("und"));
        let mut paragraphs: Vec<Paragraph<'a>> = Vec::with_capacity(tagged.len());
        for (range, lang) in tagged {
            match paragraphs.last_mut() {
                Some(last) if last.lang == lang => last.end = range.end,
                _ => paragraphs.push(Paragraph { end: range.end, lang, language: languages.get(lang) }),
            }
        }
        Self { text, lang, settings, paragraphs }
    }

    /// The paragraphs around byte `at`: neighbours in one language are one.
    pub fn paragraph_at(&self, at: usize) -> Option<&Paragraph<'a>> {
        let i = match &self.paragraphs[..] {
            [_] => 0,
            all => all.partition_point(|p| p.end <= at),
        };
        self.paragraphs.get(i).or(self.paragraphs.last())
    }

    /// The language at byte `at`.
    pub fn lang_at(&self, at: usize) -> &'a str {
        self.paragraph_at(at).map_or(self.lang, |p| p.lang)
    }

    /// What is known of the language at byte `at`.
    pub fn language_at(&self, at: usize, languages: &'a Languages) -> &'a Language {
        self.paragraph_at(at).map_or_else(|| languages.get(self.lang), |p| p.language)
    }

    /// Whether some language of the text writes words together with a name after them.
    pub fn proclitics(&self) -> Proclitics {
        if self.paragraphs.iter().all(|p| p.language.proclitics.is_empty()) {
            Proclitics::Absent
        } else {
            Proclitics::Possible
        }
    }
}

/// The paragraphs with their languages. One too short to tell takes the language that the document
/// is mostly in; if none can be told, the document as a whole decides.
fn guessed(text: &str, languages: &Languages) -> Vec<(Range<usize>, &'static str)> {
    let guesses: Vec<(Range<usize>, Option<&'static str>)> =
        segment::paragraphs(text).into_iter().map(|range| (range.clone(), languages.guess(&text[range]))).collect();
    let told = guesses.iter().filter_map(|(range, lang)| Some((range.clone(), (*lang)?)));
    let main = majority(&told.collect::<Vec<_>>()).or_else(|| languages.guess(text));
    guesses.into_iter().map(|(range, lang)| (range, lang.or(main).unwrap_or("und"))).collect()
}

/// The language of most bytes.
fn majority<'a>(paragraphs: &[(Range<usize>, &'a str)]) -> Option<&'a str> {
    let mut weights: Vec<(&str, usize)> = Vec::new();
    for (range, lang) in paragraphs {
        match weights.iter_mut().find(|(l, _)| l == lang) {
            Some((_, n)) => *n += range.len(),
            None => weights.push((lang, range.len())),
        }
    }
    weights.into_iter().max_by_key(|(_, n)| *n).map(|(lang, _)| lang)
}
