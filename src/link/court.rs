//! Deciding on the mentions of one window: who is sure, who is believed, with which score.
//!
//! Invariant: what is noted as sure needs nothing from the document, so the order of the mentions
//! does not matter.

use std::ops::Range;
use std::rc::Rc;

use super::annotator::{Annotation, Annotator};
use super::claim::Claims;
use super::context::Context;
use super::evidence::{Case, Judge, Sides, reported_stage};
use super::need::{Need, Needs, Refusal};
use super::rank;
use crate::annotate::Mention;
use crate::annotate::document::Paragraph;
use crate::dict::{EntityRef, Stage};

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
pub(super) struct Entry<'s> {
    pub mention: Mention<'s>,
    pub claims: Rc<Claims<'s>>,
    pub sides: Sides,
    /// Where what its claims need stands in the court's list, once it was found out.
    pub needs: Option<usize>,
    pub state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Another span covers it.
    Covered,
    Accepted,
    Rejected,
}

/// Decides on the entries of one window.
pub(super) struct Court<'c, 'a, 's> {
    pub judge: Judge<'c, 'a, 's>,
    pub annotator: &'s Annotator,
    pub open: &'c mut Vec<(usize, Needs, f32)>,
    pub needs: &'c mut Vec<Needs>,
    pub annotations: Vec<Annotation<'a>>,
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
    pub fn note_if_sure(&mut self, entry: &mut Entry<'s>, context: &mut Context) {
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

    pub fn decide(&mut self, entry: &mut Entry<'s>, context: &Context, trace: &mut Option<&mut Vec<Decision>>) {
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
