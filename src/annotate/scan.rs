//! Every span of a document that is a form of a dictionary, by key, edges, marks and case.
//!
//! Invariant: the mentions are exactly those that the brute-force oracle finds.

use std::ops::Range;

use super::document::{Capitals, CasePolicy, Document};
use super::fast::{self, Reading, Scratch, Small, Spans};
use super::skip::SkipKind;
use super::walk::{Found, View, walk_all};
use crate::dict::lookup::{Hit, Marks, Stage, compare_marks};
use crate::dict::{CaseRule, Role, Stack};
use crate::name::Languages;
use crate::text::case;

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

/// A span with all forms that it matches.
#[derive(Debug, Clone)]
pub struct Mention<'s> {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// Token indices, first and last + 1.
    pub tokens: Range<usize>,
    /// Its key.
    pub key: String,
    /// The forms.
    pub matches: Vec<Match<'s>>,
}

impl Mention<'_> {
    /// Whether any form is not barred.
    pub fn is_open(&self) -> bool {
        self.matches.iter().any(|m| m.barred.is_none())
    }
}

/// Every mention of `document`, by start and then by length; with [`Small::Any`] those too that
/// a case rule bars because they begin with a small letter.
///
/// Cost: linear in the text, and what each mention costs.
pub fn scan<'s>(
    document: &Document<'_>,
    stack: &'s Stack,
    languages: &Languages,
    small: Small,
    scratch: &mut Scratch,
) -> Vec<Mention<'s>> {
    let language = |at: usize| document.language_at(at, languages);
    let reading = Reading {
        line_end: document.settings.line_end,
        language: &language,
        proclitics: document.proclitics(languages),
        small: if document.settings.case == CasePolicy::Any { Small::Any } else { small },
        spans: Spans::All,
    };
    let mut raw: Vec<(Found, usize)> = Vec::new();
    let mut found = Vec::new();
    for (layer, dictionary) in stack.layers().iter().enumerate() {
        found.clear();
        if !fast::scan(document.text, dictionary, &reading, scratch, &mut found) {
            let view = View { folded: &document.folded, base: 0, language: &language };
            walk_all(&view, dictionary.keys().as_fst(), &mut found);
        }
        raw.extend(found.iter().map(|&f| (f, layer)));
    }
    raw.sort_unstable_by_key(|(f, layer)| (f.start, f.end, *layer, f.place));
    let mut mentions: Vec<Mention<'s>> = Vec::new();
    for group in raw.chunk_by(|(a, _), (b, _)| (a.start, a.end) == (b.start, b.end)) {
        // The reading as it stands wins over look-alikes of another script.
        let alike = group.iter().all(|(f, _)| f.alike);
        let mut hits = Vec::new();
        for (f, layer) in group.iter().filter(|(f, _)| f.alike == alike) {
            stack.push_hits(*layer, u64::from(f.place), &mut hits);
        }
        let range = group[0].0.start as usize..group[0].0.end as usize;
        let tokens = document.tokens_of(&range);
        let key = match hits.first() {
            Some(hit) if alike => crate::text::key(hit.form.text()),
            _ => crate::text::key(&document.text[range.clone()]),
        };
        let matches = hits.into_iter().map(|hit| judge(document, languages, hit, &range, &tokens)).collect();
        mentions.push(Mention { range, tokens, key, matches });
    }
    silence(&mut mentions, stack);
    mentions
}

fn judge<'s>(
    document: &Document<'_>,
    languages: &Languages,
    hit: Hit<'s>,
    range: &Range<usize>,
    tokens: &Range<usize>,
) -> Match<'s> {
    let text = &document.text[range.clone()];
    let marks = compare_marks(text, hit.form.text());
    let stage = if marks == Marks::Same && !hit.variant { Stage::Exact } else { Stage::Folded };
    let plain_word = || {
        let language = document.language_at(range.start, languages);
        marks == Marks::Missing && distinguishing_marks(hit.form.text()) && language.is_word(&crate::text::key(text))
    };
    let barred = if skipped(document, range) {
        Some(Bar::Skipped)
    } else if matches!(hit.form.role(), Role::Given | Role::Code | Role::Adjective | Role::Demonym) {
        Some(Bar::Role)
    } else if !hit.variant && marks == Marks::Other {
        Some(Bar::OtherMarks)
    } else if !case_met(document, text, tokens, hit.form.text(), hit.form.case()) {
        Some(Bar::Case)
    } else if plain_word() {
        Some(Bar::PlainWord)
    } else {
        None
    };
    Match { hit, stage, barred }
}

/// Whether a form has letters whose marks tell names apart.
fn distinguishing_marks(form: &str) -> bool {
    form.chars().any(|c| !c.is_ascii() && crate::text::letter::marks_distinguish(c))
}

/// A skip bars what touches it; a hashtag bars what is not all of it.
fn skipped(document: &Document<'_>, range: &Range<usize>) -> bool {
    let first = document.skips.partition_point(|s| s.range.end <= range.start);
    document.skips[first..]
        .iter()
        .take_while(|s| s.range.start < range.end)
        .any(|s| s.kind != SkipKind::Hashtag || s.range != *range)
}

fn case_met(document: &Document<'_>, text: &str, tokens: &Range<usize>, form: &str, rule: CaseRule) -> bool {
    if document.settings.case == CasePolicy::Any {
        return true;
    }
    match rule {
        CaseRule::Any => true,
        CaseRule::Initial => case::begins_with_capital(text),
        CaseRule::Exact => {
            case::same_capitals(text, form)
                || document.capitals_at(tokens.start) == Capitals::Run
                    && matches!(case::shape(text), case::Shape::Upper | case::Shape::Uncased)
        }
    }
}

/// Bars what lies inside a `never` form of the same entity, or of any.
fn silence(mentions: &mut [Mention<'_>], stack: &Stack) {
    let mut silencers = Vec::new();
    for mention in mentions.iter_mut() {
        for m in &mut mention.matches {
            if m.hit.form.role() == Role::Never {
                if m.barred.is_none() {
                    let entity = (!stack.is_any(m.hit.entity)).then_some(m.hit.entity);
                    silencers.push((mention.range.clone(), entity));
                }
                m.barred = Some(Bar::Silenced);
            }
        }
    }
    if silencers.is_empty() {
        return;
    }
    // Sorted by start; few, so the ones that begin before a mention are looked at from the last.
    let longest = silencers.iter().map(|(r, _)| r.len()).max().unwrap_or(0);
    for mention in mentions {
        let upto = silencers.partition_point(|(r, _)| r.start <= mention.range.start);
        for (range, entity) in silencers[..upto].iter().rev() {
            if mention.range.start - range.start > longest {
                break;
            }
            if range.end < mention.range.end {
                continue;
            }
            for m in &mut mention.matches {
                if entity.is_none_or(|e| e == m.hit.entity) && m.barred.is_none() {
                    m.barred = Some(Bar::Silenced);
                }
            }
        }
    }
}
