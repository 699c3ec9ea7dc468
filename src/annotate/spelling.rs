//! The spellings of names that a thread has met: what a span's letters match, judged as far as
//! nothing around them matters.
//!
//! Invariant: a spelling says what would be found anew for the same letters, places and language;
//! the memory is bounded, and forgets by being overwritten.

use std::ops::Range;
use std::rc::Rc;

use super::document::{CasePolicy, Paragraph};
use super::extent::Extent;
use super::memory::Memory;
use crate::dict::lookup::{Hit, Marks, Stage, compare_marks};
use crate::dict::{CaseRule, EntityRef, Role, Stack};
use crate::name::Language;
use crate::text::{self, case, letter};

/// A form that a span matches.
#[derive(Debug, Clone)]
pub struct Match<'s> {
    /// The form and its entity.
    pub hit: Hit<'s>,
    /// `exact` or `folded`.
    pub stage: Stage,
    /// What stands against it before any evidence is asked for.
    pub barred: Option<Bar>,
}

/// Why a matching form is no mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bar {
    /// The case rule of the form is not met.
    Case,
    /// The text has marks that the form has not.
    OtherMarks,
    /// The text lacks the form's marks and is an ordinary word so.
    PlainWord,
    /// The form's role is not matched in running text.
    Role,
    /// It lies in a part that is skipped.
    Skipped,
    /// A `never` form covers it.
    Silenced,
}

/// The letters of a span with all forms that they match.
#[derive(Debug, Clone)]
pub struct Spelling<'s> {
    /// Its key.
    pub key: std::sync::Arc<str>,
    /// Its capitals.
    pub shape: case::Shape,
    /// Its tokens.
    pub extent: Extent,
    /// The forms.
    pub matches: Vec<Match<'s>>,
    /// Forms whose capitals are met in a run of capitals, with what else bars them.
    pub(super) in_run: Vec<(usize, Option<Bar>)>,
    /// The entities that it silences, nothing for all.
    pub(super) silences: Vec<Option<EntityRef>>,
}

impl Spelling<'_> {
    /// Whether any form is not barred.
    pub fn is_open(&self) -> bool {
        self.matches.iter().any(|m| m.barred.is_none())
    }
}

/// A place of postings that a span was found to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub layer: u16,
    pub place: u32,
    pub alike: bool,
}

#[derive(Debug)]
struct Slot<'s> {
    span: Box<str>,
    lang: Box<str>,
    places: Box<[Place]>,
    spelling: Rc<Spelling<'s>>,
}

/// The spellings met lately.
#[derive(Debug, Default)]
pub(super) struct Spellings<'s> {
    known: Memory<Box<Slot<'s>>, { 1 << 14 }>,
}

/// Bytes of the longest span that is remembered.
const LONGEST: usize = 256;

impl<'s> Spellings<'s> {
    /// The spelling of `text[range]`, which was found at `places`.
    pub fn get(
        &mut self,
        stack: &'s Stack,
        policy: CasePolicy,
        paragraph: &Paragraph<'_>,
        text: &str,
        range: &Range<usize>,
        places: &[Place],
    ) -> Rc<Spelling<'s>> {
        let span = &text[range.clone()];
        let after = &text[range.end..];
        let make = || Rc::new(judge(stack, policy, paragraph.language, span, Extent::of(span, after), places));
        if span.len() > LONGEST || Extent::hangs_on(span, after) {
            return make();
        }
        let slot = self.known.get(
            paragraph.hash(span),
            |known| *known.span == *span && *known.lang == *paragraph.lang && *known.places == *places,
            || {
                let (span, lang, places) = (span.into(), paragraph.lang.into(), places.into());
                Box::new(Slot { span, lang, places, spelling: make() })
            },
        );
        slot.spelling.clone()
    }
}

fn judge<'s>(
    stack: &'s Stack,
    policy: CasePolicy,
    language: &Language,
    span: &str,
    extent: Extent,
    places: &[Place],
) -> Spelling<'s> {
    // The reading as it stands wins over look-alikes of another script.
    let alike = places.iter().all(|p| p.alike);
    let mut hits = Vec::new();
    for p in places.iter().filter(|p| p.alike == alike) {
        stack.push_hits(usize::from(p.layer), u64::from(p.place), &mut hits);
    }
    let own = text::key(span);
    let key = match hits.first() {
        Some(hit) if alike => text::key(hit.form.text()),
        _ => own.clone(),
    };
    let mut spelling = Spelling {
        key: key.into(),
        shape: case::shape(span),
        extent,
        matches: Vec::with_capacity(hits.len()),
        in_run: Vec::new(),
        silences: Vec::new(),
    };
    for hit in hits {
        let form = hit.form.text();
        let marks = compare_marks(span, form);
        let stage = if marks == Marks::Same && !hit.variant { Stage::Exact } else { Stage::Folded };
        let after_case =
            (marks == Marks::Missing && distinguishing_marks(form) && language.is_word(&own)).then_some(Bar::PlainWord);
        let mut barred = if matches!(hit.form.role(), Role::Given | Role::Code | Role::Adjective | Role::Demonym) {
            Some(Bar::Role)
        } else if !hit.variant && marks == Marks::Other {
            Some(Bar::OtherMarks)
        } else if policy == CasePolicy::Rule && !case_met(span, &hit) {
            let in_capitals = matches!(spelling.shape, case::Shape::Upper | case::Shape::Uncased);
            if hit.form.case() == CaseRule::Exact && in_capitals {
                spelling.in_run.push((spelling.matches.len(), after_case));
            }
            Some(Bar::Case)
        } else {
            after_case
        };
        if hit.form.role() == Role::Never {
            if barred.is_none() {
                spelling.silences.push(silenced_by(stack, &hit));
            }
            barred = Some(Bar::Silenced);
        }
        spelling.matches.push(Match { hit, stage, barred });
    }
    spelling
}

/// The entity that a `never` form silences, nothing for all.
pub(super) fn silenced_by(stack: &Stack, hit: &Hit<'_>) -> Option<EntityRef> {
    (!stack.is_any(hit.entity)).then_some(hit.entity)
}

fn case_met(span: &str, hit: &Hit<'_>) -> bool {
    match hit.form.case() {
        CaseRule::Any => true,
        CaseRule::Initial => case::begins_with_capital(span),
        CaseRule::Exact => case::same_capitals(span, hit.form.text()),
    }
}

/// Whether a form has letters whose marks tell names apart.
fn distinguishing_marks(form: &str) -> bool {
    form.chars().any(|c| !c.is_ascii() && letter::marks_distinguish(c))
}
