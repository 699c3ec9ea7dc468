//! Every span of a document that is a form of a dictionary, by key, edges, marks and case.
//!
//! Invariant: the mentions are exactly those that the brute-force oracle finds.

use std::ops::Range;
use std::rc::Rc;

use super::document::{CasePolicy, Document, Skipping};
use super::fast::{self, Reading, Scratch, Small, Spans};
use super::near::Near;
use super::skip::Skips;
use super::spelling::{Bar, Place, Spelling, Spellings, silenced_by};
use super::walk::{Found, View, walk_all};
use crate::dict::{EntityRef, Role, Stack};
use crate::name::Languages;
use crate::text;

/// A span with all forms that it matches.
#[derive(Debug, Clone)]
pub struct Mention<'s> {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// What its letters match, and what bars them here.
    pub spelling: Rc<Spelling<'s>>,
}

impl Mention<'_> {
    /// Whether any form is not barred.
    pub fn is_open(&self) -> bool {
        self.spelling.is_open()
    }

    /// Bars forms, in a copy of its own.
    fn rejudge(&mut self, bar: impl Fn(usize, &mut Spelling<'_>)) {
        let spelling = Rc::make_mut(&mut self.spelling);
        (0..spelling.matches.len()).for_each(|i| bar(i, spelling));
    }
}

/// Which mentions are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Those with a form that is not barred.
    Open,
    /// All, also what case rules bar because it begins with a small letter.
    All,
}

/// What scanning keeps from text to text; one a thread.
#[derive(Default)]
pub struct Scanner<'s> {
    scratch: Scratch,
    spellings: Spellings<'s>,
    skips: Skips,
    found: Vec<Found>,
    raw: Vec<(Found, u16)>,
    places: Vec<Place>,
    /// What stands around the names of the last text scanned.
    pub near: Near,
}

impl<'s> Scanner<'s> {
    /// Every mention of `document` that is wanted, by start and then by length. A scanner must be
    /// used with one stack and one case policy only.
    ///
    /// Cost: linear in the text, and what each mention costs: little for spellings met before.
    pub fn scan(
        &mut self,
        document: &Document<'_>,
        stack: &'s Stack,
        languages: &Languages,
        wanted: Wanted,
    ) -> Vec<Mention<'s>> {
        self.near.turn_to_next();
        self.find(document, stack, languages, wanted);
        let skipping = document.settings.skipping == Skipping::Identifiers;
        if skipping && !self.raw.is_empty() {
            self.skips.turn_to(document.text);
        }
        let mut mentions: Vec<Mention<'s>> = Vec::with_capacity(self.raw.len());
        let mut silencers: Vec<(Range<usize>, Option<EntityRef>)> = Vec::new();
        for group in self.raw.chunk_by(|(a, _), (b, _)| (a.start, a.end) == (b.start, b.end)) {
            let range = group[0].0.start as usize..group[0].0.end as usize;
            self.places.clear();
            self.places.extend(group.iter().map(|(f, layer)| Place { layer: *layer, place: f.place, alike: f.alike }));
            let Some(paragraph) = document.paragraph_at(range.start) else { continue };
            let policy = document.settings.case;
            let spelling = self.spellings.get(stack, policy, paragraph, document.text, &range, &self.places);
            let mut mention = Mention { range, spelling };
            let matters = wanted == Wanted::All
                || mention.is_open()
                || !mention.spelling.silences.is_empty()
                || !mention.spelling.in_run.is_empty();
            if !matters {
                continue;
            }
            if skipping && self.skips.bars(document.text, &mention.range) {
                if wanted == Wanted::All {
                    mention.rejudge(|i, spelling| {
                        spelling.silences.clear();
                        if spelling.matches[i].hit.form.role() != Role::Never {
                            spelling.matches[i].barred = Some(Bar::Skipped);
                        }
                    });
                    mentions.push(mention);
                }
                continue;
            }
            if !mention.spelling.in_run.is_empty() && self.near.is_in_run(document, &mention.range) {
                lift_case(&mut mention, stack);
            }
            silencers.extend(mention.spelling.silences.iter().map(|&entity| (mention.range.clone(), entity)));
            mentions.push(mention);
        }
        silence(&mut mentions, &silencers);
        if wanted == Wanted::Open {
            mentions.retain(Mention::is_open);
        }
        mentions
    }

    /// Puts every span that is a key into `raw`, in order.
    fn find(&mut self, document: &Document<'_>, stack: &Stack, languages: &Languages, wanted: Wanted) {
        let language =
            |at: usize| document.paragraph_at(at).map_or_else(|| languages.get(document.lang), |p| p.language);
        let any = document.settings.case == CasePolicy::Any || wanted == Wanted::All;
        let reading = Reading {
            line_end: document.settings.line_end,
            language: &language,
            proclitics: document.proclitics(),
            small: if any { Small::Any } else { Small::Allowed },
            spans: Spans::All,
        };
        self.raw.clear();
        for (layer, dictionary) in stack.layers().iter().enumerate() {
            self.found.clear();
            if !fast::scan(document.text, dictionary, &reading, &mut self.scratch, &mut self.found) {
                let folded = text::fold(document.text, document.settings.line_end);
                let view = View { folded: &folded, base: 0, language: &language };
                walk_all(&view, dictionary.keys().as_fst(), &mut self.found);
            }
            self.raw.extend(self.found.iter().map(|&f| (f, layer as u16)));
        }
        self.raw.sort_unstable_by_key(|(f, layer)| (f.start, f.end, *layer, f.place));
    }
}

/// In a run of capitals the capitals of acronyms are met.
fn lift_case<'s>(mention: &mut Mention<'s>, stack: &Stack) {
    let spelling = Rc::make_mut(&mut mention.spelling);
    for (i, bar) in std::mem::take(&mut spelling.in_run) {
        let found = &mut spelling.matches[i];
        if found.hit.form.role() != Role::Never {
            found.barred = bar;
        } else if bar.is_none() {
            spelling.silences.push(silenced_by(stack, &found.hit));
        }
    }
}

/// Bars what lies inside a `never` form of the same entity, or of any.
fn silence(mentions: &mut [Mention<'_>], silencers: &[(Range<usize>, Option<EntityRef>)]) {
    // Sorted by start; few, so the ones that begin before a mention are looked at from the last.
    let Some(longest) = silencers.iter().map(|(r, _)| r.len()).max() else {
        return;
    };
    for mention in mentions {
        let upto = silencers.partition_point(|(r, _)| r.start <= mention.range.start);
        for (range, entity) in silencers[..upto].iter().rev() {
            if mention.range.start - range.start > longest {
                break;
            }
            if range.end < mention.range.end {
                continue;
            }
            mention.rejudge(|i, spelling| {
                let found = &mut spelling.matches[i];
                if entity.is_none_or(|e| e == found.hit.entity) && found.barred.is_none() {
                    found.barred = Some(Bar::Silenced);
                }
            });
        }
    }
}
