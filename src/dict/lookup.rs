//! Looking a name up: exact, then folded, then fuzzy.
//!
//! Invariant: the stages are tried in order and the search stops at the first that finds
//! anything; every candidate says its stage.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::fmt;

use super::dictionary::Form;
use super::fuzzy::{Distance, Reach, stage};
use super::source::row::Role;
use super::stack::{EntityRef, Stack};
use crate::error::Result;
use crate::text::{self, LineEnd, lang};

/// How a candidate was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// The letters and marks of a listed form; case, width, blanks and apostrophes may differ.
    Exact,
    /// The same key: marks, letters, hyphens or dots differ.
    Folded,
    /// A case form made at build time.
    Inflected,
    /// A form made by a target language's convention.
    Convention,
    /// A form made by a transliteration scheme.
    Scheme,
    /// A form near by typing errors.
    Fuzzy,
    /// A part of a name whose whole stands in the same document.
    Coreference,
}

impl Stage {
    /// The name in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Exact => "exact",
            Stage::Folded => "folded",
            Stage::Inflected => "inflected",
            Stage::Convention => "convention",
            Stage::Scheme => "scheme",
            Stage::Fuzzy => "fuzzy",
            Stage::Coreference => "coreference",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A form of a stack with its entity.
#[derive(Debug, Clone, Copy)]
pub struct Hit<'s> {
    /// The entity.
    pub entity: EntityRef,
    /// The form.
    pub form: Form<'s>,
    /// Whether the key is a made variant of the form.
    pub variant: bool,
    /// Index of the layer.
    pub layer: usize,
}

/// An entity that a name may mean.
#[derive(Debug, Clone)]
pub struct Candidate<'s> {
    /// The entity.
    pub entity: EntityRef,
    /// The form that was found.
    pub form: Form<'s>,
    /// How.
    pub stage: Stage,
    /// Edits between the keys; not zero in the stage fuzzy alone.
    pub distance: Distance,
    /// 0 to 1, best first.
    pub score: f32,
}

/// How the marks of a text stand to those of a form with the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marks {
    /// The same letters and marks.
    Same,
    /// The text lacks marks of the form, or differs in what scripts write or leave out at will.
    Missing,
    /// The text has marks that the form has not: another name.
    Other,
}

/// Compares the marks of `text` with those of `form`; both must have the same key, or `form` a
/// variant with the key of `text`.
pub fn compare_marks(text: &str, form: &str) -> Marks {
    if text == form {
        return Marks::Same;
    }
    let (t, f) = (marked(text), marked(form));
    if t.iter().map(|(_, _, m)| m.as_str()).eq(f.iter().map(|(_, _, m)| m.as_str())) {
        return Marks::Same;
    }
    for (start, plain, mark) in &t {
        let distinguishes = mark.chars().next().is_some_and(text::letter::marks_distinguish);
        if !plain && distinguishes && !f.iter().any(|(s, _, m)| s == start && m == mark) {
            return Marks::Other;
        }
    }
    Marks::Missing
}

/// Each cluster: where its key starts, whether it is its own key, and itself without case.
fn marked(source: &str) -> Vec<(u32, bool, String)> {
    let folded = text::fold(source, LineEnd::Blank);
    let start = u32::from(folded.key().starts_with(' '));
    let pieces = folded.pieces();
    let mut out = Vec::with_capacity(pieces.len());
    for (i, piece) in pieces.iter().enumerate() {
        let end = pieces.get(i + 1).map_or(folded.key().len(), |p| p.key as usize);
        let key = &folded.key()[piece.key as usize..end];
        if key == " " || key == "'" {
            out.push((piece.key.saturating_sub(start), true, key.to_owned()));
            continue;
        }
        let mark = text::letter::marked_cluster(&source[piece.src as usize..piece.src_end as usize]);
        out.push((piece.key.saturating_sub(start), mark == key, mark));
    }
    out
}

impl Stack {
    /// Every form with exactly this key. A form of a later layer replaces the same form of the
    /// same entity below it. Cost: the length of the key, a layer.
    pub fn hits(&self, key: &str) -> Vec<Hit<'_>> {
        let mut out = Vec::new();
        for (layer, dictionary) in self.layers().iter().enumerate() {
            if let Some(at) = dictionary.place(key) {
                self.push_hits(layer, at, &mut out);
            }
        }
        out
    }

    /// Appends the forms at a place in the postings of a layer.
    pub fn push_hits<'s>(&'s self, layer: usize, at: u64, out: &mut Vec<Hit<'s>>) {
        let Some(dictionary) = self.layers().get(layer) else {
            return;
        };
        for (form, variant) in dictionary.postings(at) {
            let entity = self.resolve(layer, form.entity_index());
            if layer > 0 {
                out.retain(|h: &Hit<'_>| {
                    h.layer == layer
                        || h.entity != entity
                        || h.form.text() != form.text()
                        || h.form.lang() != form.lang()
                });
            }
            out.push(Hit { entity, form, variant, layer });
        }
    }

    /// Who `name` may be, best first; at most one candidate an entity. What is found neither
    /// exactly nor folded is looked for with typing errors, as many as its length allows.
    ///
    /// # Errors
    /// A damaged dictionary that was opened trusted.
    pub fn lookup(&self, name: &str, lang: &str) -> Result<Vec<Candidate<'_>>> {
        self.lookup_within(name, lang, Reach::ByLength)
    }

    /// As [`Stack::lookup`], with a say in how many typing errors there may be.
    ///
    /// Cost: microseconds for what is found exactly or folded; else as
    /// [`Dictionary::near`](super::Dictionary::near).
    ///
    /// # Errors
    /// A damaged dictionary that was opened trusted, or more near names than can be read.
    pub fn lookup_within(&self, name: &str, lang: &str, reach: Reach) -> Result<Vec<Candidate<'_>>> {
        self.guarded(|| {
            let folded = text::fold(name, LineEnd::Blank);
            let mut keys = vec![text::key(name)];
            if let [token] = folded.tokens()
                && let Some(other) = folded.alternative(token)
            {
                keys.push(other.to_owned());
            }
            for key in &keys {
                let found = self.sure(key, name, lang);
                if !found.is_empty() {
                    return Ok(self.best_first(found));
                }
            }
            let mut found = Vec::new();
            for key in &keys {
                found.extend(stage::candidates(self, key, lang, reach)?);
            }
            Ok(self.best_first(found))
        })
    }

    /// Candidates with exactly this key, those of the best stage.
    fn sure(&self, key: &str, name: &str, lang: &str) -> Vec<Candidate<'_>> {
        let hits = self.hits(key).into_iter().filter(|h| h.form.role() != Role::Never);
        let mut found: Vec<Candidate<'_>> = hits.filter_map(|h| candidate(self, h, name, lang)).collect();
        if let Some(best) = found.iter().map(|c| c.stage).min() {
            found.retain(|c| c.stage == best);
        }
        found
    }

    fn best_first<'s>(&'s self, mut found: Vec<Candidate<'s>>) -> Vec<Candidate<'s>> {
        found.sort_by(|a, b| self.rank(a, b));
        let mut seen: HashSet<EntityRef> = HashSet::new();
        found.retain(|c| seen.insert(c.entity));
        found
    }

    /// Nearer, then higher score, then id.
    pub(super) fn rank(&self, a: &Candidate<'_>, b: &Candidate<'_>) -> Ordering {
        (a.distance.cmp(&b.distance))
            .then_with(|| b.score.total_cmp(&a.score))
            .then_with(|| self.id(a.entity).cmp(self.id(b.entity)))
    }

    /// What speaks for a hit whatever its stage: prominence, language, a whole name; 0 to 1.
    pub(super) fn weight(&self, hit: &Hit<'_>, lang: &str) -> f32 {
        let own = lang::same(hit.form.lang(), lang);
        let whole = !matches!(hit.form.role(), Role::Family | Role::Given);
        (0.5 + 0.4 * self.prior(hit.entity)) * if own { 1.0 } else { 0.9 } * if whole { 1.0 } else { 0.8 }
    }
}

fn candidate<'s>(stack: &Stack, hit: Hit<'s>, name: &str, lang: &str) -> Option<Candidate<'s>> {
    let stage = if hit.variant {
        Stage::Folded
    } else {
        match compare_marks(name.trim(), hit.form.text()) {
            Marks::Same => Stage::Exact,
            Marks::Missing => Stage::Folded,
            Marks::Other => return None,
        }
    };
    Some(Candidate::sure(stack, hit, stage, lang))
}

impl<'s> Candidate<'s> {
    /// A hit with the same key, exact or folded.
    pub(super) fn sure(stack: &Stack, hit: Hit<'s>, stage: Stage, lang: &str) -> Self {
        let score = stack.weight(&hit, lang) * if stage == Stage::Exact { 1.0 } else { 0.9 };
        Self { entity: hit.entity, form: hit.form, stage, distance: Distance::Zero, score }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_text_and_form() {
        use Marks::{Missing, Other, Same};
        let cases = [
            ("Kyiv", "Kyiv", Same),
            ("KYIV", "Kyiv", Same),
            ("My", "Mỹ", Missing),
            ("Mỹ", "Mỹ", Same),
            ("Zélensky", "Zelensky", Other),
            ("Walesa", "Wałęsa", Missing),
            ("Wałesa", "Wałęsa", Missing),
            ("Wałesa", "Walesa", Other),
            ("Lodz", "Łódź", Missing),
            ("Erdogan", "Erdoğan", Missing),
            ("Горбачёв", "Горбачев", Missing),
            ("Ки́їв", "Київ", Missing),
            ("Æbler", "Aebler", Other),
            ("Aebler", "Æbler", Missing),
            ("Strasse", "Straße", Missing),
            ("U.S.", "US", Same),
            ("Saint-Denis", "Saint Denis", Same),
            ("В’ячеслав", "В'ячеслав", Same),
        ];
        for (text, form, expected) in cases {
            assert_eq!(compare_marks(text, form), expected, "{text} {form}");
        }
    }
}
