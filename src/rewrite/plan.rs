//! `normalize`: which names of a text become which, and which stay and why.
//!
//! Invariant: outside the edits the text stays byte for byte; every name that is found is either
//! edited, already canonical, or kept with a reason.

use std::ops::Range;

use super::title::title_around;
use crate::dict::lookup::{Marks, compare_marks};
use crate::dict::{EntityRef, Role, Stack};
use crate::error::Result;
use crate::link::{Annotation, Annotator};
use crate::text::script::script_of;
use crate::text::{self, case, lang};

/// Why a name that is found is not rewritten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kept {
    /// It is the house form already.
    Canonical,
    /// An acronym, short name or other name in good style.
    Short,
    /// A name of former times, which may be meant.
    Historic,
    /// The dictionary has no label in the language.
    NoLabel,
    /// It is written in another script than the label, as a quotation of the original.
    OtherScript,
    /// It stands in the title of a work.
    TitleOfWork,
    /// It carries an ending that cannot be put on the new form yet.
    Inflected,
}

impl Kept {
    /// The reason in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Kept::Canonical => "canonical",
            Kept::Short => "name in good style",
            Kept::Historic => "name of former times: rewrite by hand",
            Kept::NoLabel => "no label in this language",
            Kept::OtherScript => "other script than the label",
            Kept::TitleOfWork => "title of a work",
            Kept::Inflected => "carries an ending: rewrite by hand",
        }
    }
}

/// What becomes of one name.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit<'t> {
    /// The name.
    pub annotation: Annotation<'t>,
    /// What is written in its place, or why it stays.
    pub to: std::result::Result<String, Kept>,
}

/// A text with what becomes of its names.
#[derive(Debug, Clone, PartialEq)]
pub struct Rewrite<'t> {
    text: &'t str,
    /// Language of the text.
    pub lang: &'t str,
    /// Every name found, by start.
    pub edits: Vec<Edit<'t>>,
}

impl Rewrite<'_> {
    /// The text with all edits made.
    pub fn apply(&self) -> String {
        let mut out = String::with_capacity(self.text.len());
        let mut at = 0;
        for edit in &self.edits {
            if let Ok(to) = &edit.to {
                out.push_str(&self.text[at..edit.annotation.range.start]);
                out.push_str(to);
                at = edit.annotation.range.end;
            }
        }
        out.push_str(&self.text[at..]);
        out
    }

    /// Whether any name is rewritten.
    pub fn changes(&self) -> bool {
        self.edits.iter().any(|e| e.to.is_ok())
    }
}

/// Rewrites names to their canonical labels.
#[derive(Debug, Clone)]
pub struct Normalizer {
    annotator: Annotator,
    to: Option<String>,
}

impl Normalizer {
    /// A normaliser over an annotator; its overlap policy must be `longest`, its default.
    pub fn new(annotator: Annotator) -> Self {
        Self { annotator, to: None }
    }

    /// Language of the labels; that of the text around each name if not set.
    #[must_use]
    pub fn to(mut self, lang: impl Into<String>) -> Self {
        self.to = Some(lang.into());
        self
    }

    /// What becomes of the names of `text`.
    ///
    /// # Errors
    /// A damaged dictionary that was opened trusted.
    pub fn rewrite<'t>(&'t self, text: &'t str) -> Result<Rewrite<'t>> {
        let annotated = self.annotator.annotate_document(text, None)?;
        let edits = annotated
            .annotations
            .into_iter()
            .map(|annotation| {
                let to = self.target(text, &annotation);
                Edit { annotation, to }
            })
            .collect();
        Ok(Rewrite { text, lang: annotated.lang, edits })
    }

    /// The house form of the same kind as the one found: a label for a name, a surname for a surname.
    fn house_form(&self, annotation: &Annotation<'_>, lang: &str) -> std::result::Result<&str, Kept> {
        let stack = self.annotator.stack();
        let entity = annotation.entity_ref;
        match annotation.role {
            Role::Family => house_part(stack, entity, lang, Role::Family).ok_or(Kept::NoLabel),
            Role::Short | Role::Exonym => {
                // A name in good style stays, unless another language is asked for, which has its own.
                let own = stack.forms(entity).any(|f| f.text() == annotation.form && lang::same(f.lang(), lang));
                if own || self.to.is_none() {
                    return Err(Kept::Short);
                }
                only_short(stack, entity, lang).or_else(|| stack.label_in(entity, lang)).ok_or(Kept::NoLabel)
            }
            Role::Historic if self.to.is_none() => Err(Kept::Historic),
            Role::Code | Role::Adjective | Role::Demonym | Role::Never => Err(Kept::Short),
            _ => stack.label_in(entity, lang).ok_or(Kept::NoLabel),
        }
    }

    fn target(&self, text: &str, annotation: &Annotation<'_>) -> std::result::Result<String, Kept> {
        let lang = self.to.as_deref().unwrap_or(annotation.lang);
        let house = self.house_form(annotation, lang)?;
        if self.to.is_none() && script_of(house) != script_of(annotation.form) {
            return Err(Kept::OtherScript);
        }
        let cased = put_case(annotation.form, house, lang);
        if cased == annotation.form
            || text::key(&cased) == text::key(annotation.form) && compare_marks(annotation.form, &cased) == Marks::Same
        {
            return Err(Kept::Canonical);
        }
        let language = self.annotator.language_data().get(annotation.lang);
        if title_around(text, &annotation.range, language).is_some() {
            return Err(Kept::TitleOfWork);
        }
        if annotation.role == Role::Inflected || carries_ending(text, &annotation.range, language) {
            return Err(Kept::Inflected);
        }
        Ok(cased)
    }
}

fn only_short<'s>(stack: &'s Stack, entity: EntityRef, lang: &str) -> Option<&'s str> {
    let mut shorts = stack.forms(entity).filter(|f| f.role() == Role::Short && f.lang() == lang::primary(lang));
    let first = shorts.next()?;
    shorts.next().is_none().then(|| first.text())
}

/// The surname (or given name) that the label of the language contains.
fn house_part<'s>(stack: &'s Stack, entity: EntityRef, lang: &str, role: Role) -> Option<&'s str> {
    let label = text::key(stack.label_in(entity, lang)?);
    stack
        .forms(entity)
        .filter(|f| f.role() == role && f.lang() == lang::primary(lang))
        .map(|f| f.text())
        .filter(|part| label.contains(&text::key(part)))
        .max_by_key(|part| part.len())
}

/// Capitals of the name found, put on the house form.
fn put_case(found: &str, house: &str, lang: &str) -> String {
    match case::shape(found) {
        case::Shape::Upper if case::shape(house) != case::Shape::Upper => case::upper(house, lang),
        _ => house.to_owned(),
    }
}

/// Whether an ending that is not a plain possessive is attached to the name.
fn carries_ending(source: &str, range: &Range<usize>, language: &crate::name::Language) -> bool {
    /// Languages that put more than this after an apostrophe put case endings there.
    const POSSESSIVES_ONLY: usize = 2;
    let rest = &source[range.end..];
    let mut chars = rest.chars();
    match chars.next() {
        Some(c) if text::letter::class(c) == text::letter::Class::Apostrophe => {
            let ends_here = !chars.next().is_some_and(char::is_alphanumeric);
            !ends_here && language.possessives.len() > POSSESSIVES_ONLY
        }
        Some(c) => c.is_alphanumeric() && !language.particles.is_empty(),
        None => false,
    }
}
