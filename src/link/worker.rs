//! One thread's way through texts: candidates, case rule, overlap, evidence.
//!
//! Invariant: what evidence rejects frees its span, and the shorter spans in it are tried once. A
//! worker's answers hang on the text alone, never on the texts before it.

use std::ops::Range;

use super::annotator::{Annotated, Annotator, windows};
use super::claim::{Grouping, Known, Maker};
use super::context::Context;
use super::court::{Court, Decision, Entry, Outcome, State};
use super::evidence::{Judge, Sides};
use super::need::Needs;
use super::word::Words;
use crate::annotate::{Document, Overlap, Scanner, Wanted};
use crate::error::Result;

/// Annotates one text after another, and keeps what it learns of spellings. One a thread.
pub struct Worker<'s> {
    annotator: &'s Annotator,
    maker: Maker<'s>,
    scanner: Scanner<'s>,
    known: Known<'s>,
    words: Words,
    open: Vec<(usize, Needs, f32)>,
    needs: Vec<Needs>,
    /// Of the last text, to be used again.
    context: Context,
}

impl<'s> Worker<'s> {
    pub(super) fn new(annotator: &'s Annotator, grouping: Grouping) -> Self {
        let maker = Maker { stack: annotator.stack(), languages: annotator.language_data(), grouping };
        Self {
            annotator,
            maker,
            scanner: Scanner::default(),
            known: Known::default(),
            words: Words::default(),
            open: Vec::new(),
            needs: Vec::new(),
            context: Context::default(),
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
        let mut context = std::mem::take(&mut self.context);
        context.clear();
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
        self.context = context;
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
                let claims = self.known.get(&self.maker, &mention.spelling, span, p.lang, p.language);
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
