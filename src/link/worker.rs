//! One thread's way through texts: candidates, case rule, overlap, evidence.
//!
//! Invariant: what evidence rejects frees its span, and the shorter spans in it are tried once. A
//! worker's answers hang on the text alone, never on the texts before it.

use std::ops::Range;
use std::rc::Rc;

use super::annotator::{Annotated, Annotation, Annotator, windows};
use super::claim::{Claims, Grouping, Maker, Memory};
use super::context::Context;
use super::evidence::{Case, Judge, Sides, reported_stage};
use super::need::{Need, Needs, Refusal};
use super::rank;
use super::word::Words;
use crate::annotate::document::Paragraph;
use crate::annotate::{Document, Mention, Overlap, Scanner, Wanted};
use crate::dict::{EntityRef, Stage};
use crate::error::Result;

/// Annotates one text after another, and keeps what it learns of spellings. One a thread.
pub struct Worker<'s> {
    annotator: &'s Annotator,
    maker: Maker<'s>,
    scanner: Scanner<'s>,
    memory: Memory<'s>,
    words: Words,
    open: Vec<(usize, Needs, f32)>,
    needs: Vec<Needs>,
}

/// What became of one match of one span.
#[derive(Debug, Clone)]
pub(super) enum Outcome {
    Accepted { score: f32, stage: Stage, needs: Vec<Need> },
    Refused(Refusal),
    Outranked,
    Overlapped,
}

/// A decision on one match, for explanations.
#[derive(Debug, Clone)]
pub(super) struct Decision {
    pub range: Range<usize>,
    pub entity: EntityRef,
    pub outcome: Outcome,
}

/// A mention with what is known of it so far.
struct Entry<'s> {
    mention: Mention<'s>,
    claims: Rc<Claims<'s>>,
    sides: Sides,
    /// Where what its claims need stands in the court's list, once it was found out.
    needs: Option<usize>,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Another span covers it.
    Covered,
    Accepted,
    Rejected,
}

impl<'s> Worker<'s> {
    pub(super) fn new(annotator: &'s Annotator, grouping: Grouping) -> Self {
        let maker = Maker { stack: annotator.stack(), languages: annotator.language_data(), grouping };
        Self {
            annotator,
            maker,
            scanner: Scanner::default(),
            memory: Memory::default(),
            words: Words::default(),
            open: Vec::new(),
            needs: Vec::new(),
        }
    }

    /// The names in `text` and its language; `lang` overrides the annotator's own setting.
    ///
    /// Cost: linear in `text`; text over 4 MiB is worked on in windows cut at line ends or blanks.
    ///
    /// # Errors
    /// A damaged dictionary that was opened trusted.
    pub fn annotate<'a>(&mut self, text: &'a str, lang: Option<&'a str>) -> Result<Annotated<'a>>
    where
        's: 'a,
    {
        let mut context = Context::default();
        let mut out: Option<Annotated<'a>> = None;
        for window in windows(text) {
            let mut part = self.annotate_window(&text[window.clone()], lang, &mut context)?;
            for annotation in &mut part.annotations {
                annotation.range.start += window.start;
                annotation.range.end += window.start;
            }
            match &mut out {
                Some(all) => all.annotations.append(&mut part.annotations),
                None => out = Some(part),
            }
        }
        let empty = || Annotated {
            lang: lang.or(self.annotator.settings().lang.as_deref()).unwrap_or("und"),
            annotations: Vec::new(),
        };
        Ok(out.unwrap_or_else(empty))
    }

    /// The names in one window of a longer text. `context` carries what earlier windows named,
    /// and takes up what this one names. Offsets are those of the window.
    ///
    /// # Errors
    /// A damaged dictionary that was opened trusted.
    pub fn annotate_window<'a>(
        &mut self,
        window: &'a str,
        lang: Option<&'a str>,
        context: &mut Context,
    ) -> Result<Annotated<'a>>
    where
        's: 'a,
    {
        self.annotator.stack().guarded(|| Ok(self.run(window, lang, context, None)))
    }

    /// The whole way of a window, with every decision noted in `trace`.
    pub(super) fn run<'a>(
        &mut self,
        text: &'a str,
        lang: Option<&'a str>,
        context: &mut Context,
        mut trace: Option<&mut Vec<Decision>>,
    ) -> Annotated<'a>
    where
        's: 'a,
    {
        let (stack, overlap) = (self.maker.stack, self.annotator.overlap_policy());
        let document = Document::new(text, lang, self.annotator.settings(), self.maker.languages);
        let mentions = self.scanner.scan(&document, stack, self.maker.languages, Wanted::Open);
        let mut entries: Vec<Entry<'s>> = mentions
            .into_iter()
            .filter_map(|mention| {
                let p = document.paragraph_at(mention.range.start)?;
                let span = &text[mention.range.clone()];
                let claims = self.memory.get(&self.maker, &mention.spelling, span, p.lang, p.language);
                Some(Entry { mention, claims, sides: Sides::default(), needs: None, state: State::Covered })
            })
            .collect();
        let chosen = overlap.select((0..entries.len()).collect(), |&i| entries[i].mention.range.clone());
        let Self { scanner, words, open, needs, annotator, .. } = self;
        needs.clear();
        let judge = Judge { document: &document, stack, near: &mut scanner.near, words };
        let mut court = Court { judge, annotator, open, needs, annotations: Vec::with_capacity(chosen.len()) };
        for &i in &chosen {
            court.note_if_sure(&mut entries[i], context);
        }
        for &i in &chosen {
            court.decide(&mut entries[i], context, &mut trace);
        }
        // What evidence rejected frees its span: the shorter ones are tried once.
        if overlap != Overlap::All && chosen.iter().any(|&i| entries[i].state == State::Rejected) {
            let ranges = |state| -> Vec<Range<usize>> {
                let with = chosen.iter().filter(|&&i| entries[i].state == state);
                with.map(|&i| entries[i].mention.range.clone()).collect()
            };
            let (taken, freed) = (ranges(State::Accepted), ranges(State::Rejected));
            let again: Vec<usize> = (0..entries.len())
                .filter(|&i| entries[i].state == State::Covered)
                .filter(|&i| {
                    let range = &entries[i].mention.range;
                    hits_any(&freed, range, |a, b| a.start < b.end && b.start < a.end)
                        && !hits_any(&taken, range, |a, b| match overlap {
                            Overlap::NoNested => a.start <= b.start && b.end <= a.end,
                            _ => a.start < b.end && b.start < a.end,
                        })
                })
                .collect();
            for i in overlap.select(again, |&i| entries[i].mention.range.clone()) {
                court.decide(&mut entries[i], context, &mut trace);
            }
        }
        let mut annotations = court.annotations;
        if let Some(trace) = trace {
            for entry in entries.iter().filter(|e| e.state == State::Covered) {
                trace.extend(entry.mention.spelling.matches.iter().map(|m| Decision {
                    range: entry.mention.range.clone(),
                    entity: m.hit.entity,
                    outcome: Outcome::Overlapped,
                }));
            }
        }
        context.offset += text.len();
        annotations.sort_by(|a, b| a.range.start.cmp(&b.range.start).then(b.range.end.cmp(&a.range.end)));
        Annotated { lang: document.lang, annotations }
    }
}

/// Decides on the entries of one window.
struct Court<'c, 'a, 's> {
    judge: Judge<'c, 'a, 's>,
    annotator: &'s Annotator,
    open: &'c mut Vec<(usize, Needs, f32)>,
    needs: &'c mut Vec<Needs>,
    annotations: Vec<Annotation<'a>>,
}

impl<'a, 's: 'a> Court<'_, 'a, 's> {
    /// What the claims of the entry need: an index into the list of needs, one a claim.
    fn needs(&mut self, entry: &mut Entry<'s>, paragraph: &Paragraph<'_>) -> usize {
        let Entry { mention, claims, sides, needs, .. } = entry;
        let case = Case { mention, claims, paragraph };
        *needs.get_or_insert_with(|| {
            let at = self.needs.len();
            self.needs.extend(claims.list.iter().map(|claim| self.judge.needs(case, claim, sides)));
            at
        })
    }

    /// Puts the entry into the context if it needs nothing from the document.
    fn note_if_sure(&mut self, entry: &mut Entry<'s>, context: &mut Context) {
        let document = self.judge.document;
        let Some(paragraph) = document.paragraph_at(entry.mention.range.start) else { return };
        let first = self.needs(entry, paragraph);
        let case = Case { mention: &entry.mention, claims: &entry.claims, paragraph };
        let mut best: Option<(f32, usize)> = None;
        for (i, claim) in entry.claims.list.iter().enumerate() {
            let needs = self.needs[first + i];
            if self.judge.unmet(case, claim, needs, None, &mut entry.sides).is_some() {
                continue;
            }
            let weight = if entry.claims.list.len() == 1 { 1.0 } else { rank::weight(&entry.mention, claim, None) };
            let is_better = best.is_none_or(|(w, b)| {
                let other = &entry.claims.list[b];
                weight.total_cmp(&w).then_with(|| other.id.cmp(claim.id)).then(claim.last.cmp(&other.last)).is_ge()
            });
            if is_better {
                best = Some((weight, i));
            }
        }
        if let Some((_, best)) = best {
            let claim = &entry.claims.list[best];
            let whole = (!claim.is_family).then_some(entry.mention.range.end);
            context.note(claim.entity, &claim.country, &entry.mention.spelling.key, whole);
        }
    }

    fn decide(&mut self, entry: &mut Entry<'s>, context: &Context, trace: &mut Option<&mut Vec<Decision>>) {
        let document = self.judge.document;
        let Some(paragraph) = document.paragraph_at(entry.mention.range.start) else { return };
        let first = self.needs(entry, paragraph);
        let case = Case { mention: &entry.mention, claims: &entry.claims, paragraph };
        let list = &entry.claims.list;
        let decision =
            |i: usize, outcome| Decision { range: entry.mention.range.clone(), entity: list[i].entity, outcome };
        self.open.clear();
        for (i, claim) in list.iter().enumerate() {
            let needs = self.needs[first + i];
            // One claim has all the weight.
            let weight = if list.len() == 1 { 1.0 } else { rank::weight(&entry.mention, claim, Some(context)) };
            match self.judge.unmet(case, claim, needs, Some(context), &mut entry.sides) {
                None => self.open.push((i, needs, weight)),
                Some(need) => {
                    if let Some(trace) = trace {
                        trace.push(decision(i, Outcome::Refused(Refusal(need))));
                    }
                }
            }
        }
        // One voice an entity: its strongest form.
        let open = &mut *self.open;
        open.sort_by(|a, b| b.2.total_cmp(&a.2).then_with(|| list[a.0].id.cmp(list[b.0].id)));
        let (mut kept, mut total) = (0, 0.0);
        for n in 0..open.len() {
            let entity = list[open[n].0].entity;
            if open[..kept].iter().all(|(i, _, _)| list[*i].entity != entity) {
                total += open[n].2;
                open[kept] = open[n];
                kept += 1;
            }
        }
        open.truncate(kept);
        let Some(&(best, needs, weight)) = open.first() else {
            entry.state = State::Rejected;
            return;
        };
        let claim = &list[best];
        let stage = reported_stage(claim, needs);
        let score = rank::score(stage, weight / total, needs.len());
        if let Some(trace) = trace {
            trace.push(decision(best, Outcome::Accepted { score, stage, needs: needs.iter().collect() }));
            trace.extend(open[1..].iter().map(|(i, _, _)| decision(*i, Outcome::Outranked)));
        }
        entry.state = State::Accepted;
        let form = &entry.mention.spelling.matches[claim.first].hit.form;
        self.annotations.push(Annotation {
            range: entry.mention.range.clone(),
            form: &document.text[entry.mention.range.clone()],
            entity_ref: claim.entity,
            entity: claim.id,
            kind: claim.kind,
            label: claim.label.get_or_init(|| self.annotator.label(claim.entity, paragraph.lang)),
            lang: paragraph.lang,
            role: form.role(),
            source: form.source(),
            score,
            stage,
        });
    }
}

/// Whether any of the sorted or unsorted few `ranges` stands so to `range`.
fn hits_any(
    ranges: &[Range<usize>],
    range: &Range<usize>,
    stands: impl Fn(&Range<usize>, &Range<usize>) -> bool,
) -> bool {
    // Both lists rise by start; what ends before `range` begins can't matter, and neither what
    // starts after its end, so only a neighbourhood is looked at.
    let from = ranges.partition_point(|r| r.start + LONGEST_NAME < range.start);
    ranges[from..].iter().take_while(|r| r.start < range.end).any(|r| stands(r, range))
}

/// Bytes that no span exceeds: a form's key has at most 4,096, and blanks of the text may widen it.
const LONGEST_NAME: usize = 1 << 16;
