//! The daily work: text in, names with their entities out.
//!
//! Invariant: candidates → case rule → overlap → evidence; what evidence rejects frees its span,
//! and the shorter spans in it are tried once. An annotation's form is the slice at its offsets.

use std::collections::HashSet;
use std::ops::Range;

use super::context::Context;
use super::evidence::{Judge, Need, Refusal, reported_stage};
use super::rank;
use crate::annotate::document::{CasePolicy, Skipping};
use crate::annotate::fast::{Scratch, Small};
use crate::annotate::{Document, Mention, Overlap, Settings, scan};
use crate::dict::{EntityRef, Role, Stack, Stage};
use crate::error::Result;
use crate::name::Languages;
use crate::text::LineEnd;

/// A name in a text, with the entity it means.
#[derive(Debug, Clone, PartialEq)]
pub struct Annotation<'t> {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// The slice of the text.
    pub form: &'t str,
    /// The entity in the annotator's stack.
    pub entity_ref: EntityRef,
    /// Id of the entity.
    pub entity: String,
    /// Type of the entity.
    pub kind: String,
    /// Label in the language asked for, else of the text.
    pub label: String,
    /// BCP 47 tag of the text around it.
    pub lang: String,
    /// Role of the form that matched.
    pub role: Role,
    /// Codes of the sources of that form, joined by `+`.
    pub source: String,
    /// 0 to 1.
    pub score: f32,
    /// How the entity was reached.
    pub stage: Stage,
}

/// A text with its annotations, by start.
#[derive(Debug, Clone, PartialEq)]
pub struct Annotated<'t> {
    /// Language of the text, `und` if unsure.
    pub lang: String,
    /// The names.
    pub annotations: Vec<Annotation<'t>>,
}

/// Finds names in texts. Immutable and shared between threads.
#[derive(Debug, Clone)]
pub struct Annotator {
    stack: Stack,
    languages: Languages,
    settings: Settings,
    overlap: Overlap,
    to: Option<String>,
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

/// Longest piece of text that is worked on as one document; longer text goes in windows.
const WINDOW: usize = 4 << 20;

impl Annotator {
    /// An annotator over a dictionary or a stack of them, with exonym's languages.
    pub fn new(stack: impl Into<Stack>) -> Self {
        Self {
            stack: stack.into(),
            languages: Languages::builtin(),
            settings: Settings::default(),
            overlap: Overlap::default(),
            to: None,
        }
    }

    /// Language of all texts; guessed for each paragraph if not set.
    #[must_use]
    pub fn lang(mut self, lang: impl Into<String>) -> Self {
        self.settings.lang = Some(lang.into());
        self
    }

    /// Language of the labels; that of the text if not set.
    #[must_use]
    pub fn labels_in(mut self, lang: impl Into<String>) -> Self {
        self.to = Some(lang.into());
        self
    }

    /// What happens to spans that overlap.
    #[must_use]
    pub fn overlap(mut self, overlap: Overlap) -> Self {
        self.overlap = overlap;
        self
    }

    /// Whether the case rules of forms hold.
    #[must_use]
    pub fn case(mut self, case: CasePolicy) -> Self {
        self.settings.case = case;
        self
    }

    /// Whether identifiers are skipped.
    #[must_use]
    pub fn skipping(mut self, skipping: Skipping) -> Self {
        self.settings.skipping = skipping;
        self
    }

    /// What a line end is.
    #[must_use]
    pub fn line_end(mut self, line_end: LineEnd) -> Self {
        self.settings.line_end = line_end;
        self
    }

    /// The languages in use.
    #[must_use]
    pub fn languages(mut self, languages: Languages) -> Self {
        self.languages = languages;
        self
    }

    /// The dictionaries in use.
    pub fn stack(&self) -> &Stack {
        &self.stack
    }

    pub(crate) fn language_data(&self) -> &Languages {
        &self.languages
    }

    /// The names in `text`, by start.
    ///
    /// Cost: linear in `text`; text over 4 MiB is worked on in windows cut at line ends or blanks.
    ///
    /// # Errors
    /// A damaged dictionary that was opened trusted.
    pub fn annotate<'t>(&self, text: &'t str) -> Result<Vec<Annotation<'t>>> {
        Ok(self.annotate_document(text, None)?.annotations)
    }

    /// The names in `text` and its language; `lang` overrides the annotator's own setting.
    ///
    /// # Errors
    /// A damaged dictionary that was opened trusted.
    pub fn annotate_document<'t>(&self, text: &'t str, lang: Option<&str>) -> Result<Annotated<'t>> {
        let mut context = Context::default();
        let mut out: Option<Annotated<'t>> = None;
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
            lang: lang.or(self.settings.lang.as_deref()).unwrap_or("und").to_owned(),
            annotations: Vec::new(),
        };
        Ok(out.unwrap_or_else(empty))
    }

    /// The names in one window of a longer text. `context` carries what earlier windows named,
    /// and takes up what this one names. Offsets are those of the window.
    ///
    /// # Errors
    /// A damaged dictionary that was opened trusted.
    pub fn annotate_window<'t>(
        &self,
        window: &'t str,
        lang: Option<&str>,
        context: &mut Context,
    ) -> Result<Annotated<'t>> {
        self.stack.guarded(|| Ok(self.run(window, lang, context, None)))
    }

    /// The whole way of a window, with every decision noted in `trace`.
    pub(super) fn run<'t>(
        &self,
        text: &'t str,
        lang: Option<&str>,
        context: &mut Context,
        mut trace: Option<&mut Vec<Decision>>,
    ) -> Annotated<'t> {
        let mut settings = self.settings.clone();
        if let Some(lang) = lang {
            settings.lang = Some(lang.to_owned());
        }
        let document = Document::new(text, settings, &self.languages);
        let mentions: Vec<Mention<'_>> =
            scan::scan(&document, &self.stack, &self.languages, Small::Allowed, &mut Scratch::default())
                .into_iter()
                .filter(Mention::is_open)
                .collect();
        let judge = Judge { document: &document, stack: &self.stack, languages: &self.languages };

        let all: Vec<usize> = (0..mentions.len()).collect();
        let chosen = self.overlap.select(all, |&i| mentions[i].range.clone());
        self.note_sure(&judge, &mentions, &chosen, context);

        let mut accepted: Vec<(usize, Annotation<'t>)> = Vec::new();
        let mut rejected: Vec<usize> = Vec::new();
        let mut decided: HashSet<usize> = chosen.iter().copied().collect();
        let mut decide = |i: usize, trace: &mut Option<&mut Vec<Decision>>| match self.decide(
            &judge,
            &mentions[i],
            context,
            trace,
        ) {
            Some(annotation) => accepted.push((i, annotation)),
            None => rejected.push(i),
        };
        for &i in &chosen {
            decide(i, &mut trace);
        }
        // What evidence rejected frees its span: the shorter ones are tried once.
        if self.overlap != Overlap::All {
            let taken: Vec<Range<usize>> = accepted.iter().map(|(_, a)| a.range.clone()).collect();
            let freed: Vec<Range<usize>> = rejected.iter().map(|&i| mentions[i].range.clone()).collect();
            let again: Vec<usize> = (0..mentions.len())
                .filter(|i| !decided.contains(i))
                .filter(|&i| {
                    let range = &mentions[i].range;
                    hits_any(&freed, range, |a, b| a.start < b.end && b.start < a.end)
                        && !hits_any(&taken, range, |a, b| match self.overlap {
                            Overlap::NoNested => a.start <= b.start && b.end <= a.end,
                            _ => a.start < b.end && b.start < a.end,
                        })
                })
                .collect();
            for i in self.overlap.select(again, |&i| mentions[i].range.clone()) {
                decided.insert(i);
                if let Some(annotation) = self.decide(&judge, &mentions[i], context, &mut trace) {
                    accepted.push((i, annotation));
                }
            }
        }
        if let Some(trace) = trace {
            for (i, mention) in mentions.iter().enumerate().filter(|(i, _)| !decided.contains(i)) {
                let _ = i;
                trace.extend(mention.matches.iter().map(|m| Decision {
                    range: mention.range.clone(),
                    entity: m.hit.entity,
                    outcome: Outcome::Overlapped,
                }));
            }
        }
        context.offset += text.len();
        let mut annotations: Vec<Annotation<'t>> = accepted.into_iter().map(|(_, a)| a).collect();
        annotations.sort_by(|a, b| a.range.start.cmp(&b.range.start).then(b.range.end.cmp(&a.range.end)));
        Annotated { lang: document.lang, annotations }
    }

    /// Puts into the context what needs nothing from the document.
    fn note_sure(&self, judge: &Judge<'_, '_, '_>, mentions: &[Mention<'_>], chosen: &[usize], context: &mut Context) {
        for &i in chosen {
            let mention = &mentions[i];
            let lang = judge.document.lang_at(mention.range.start);
            let best = mention
                .matches
                .iter()
                .filter(|m| m.barred.is_none())
                .filter(|m| judge.unmet(mention, m, &judge.needs(mention, m), None).is_none())
                .max_by(|a, b| {
                    let weight = |m| rank::weight(&self.stack, mention, m, lang, None);
                    weight(a)
                        .total_cmp(&weight(b))
                        .then_with(|| self.stack.id(b.hit.entity).cmp(self.stack.id(a.hit.entity)))
                });
            if let Some(best) = best {
                let whole = (best.hit.form.role() != Role::Family).then_some(mention.range.end);
                context.note(&self.stack, best.hit.entity, &mention.key, whole);
            }
        }
    }

    fn decide<'t>(
        &self,
        judge: &Judge<'_, 't, '_>,
        mention: &Mention<'_>,
        context: &Context,
        trace: &mut Option<&mut Vec<Decision>>,
    ) -> Option<Annotation<'t>> {
        let text_lang = judge.document.lang_at(mention.range.start);
        let mut open = Vec::new();
        let mut total = 0.0;
        for found in mention.matches.iter().filter(|m| m.barred.is_none()) {
            let needs = judge.needs(mention, found);
            let weight = rank::weight(&self.stack, mention, found, text_lang, Some(context));
            match judge.unmet(mention, found, &needs, Some(context)) {
                None => open.push((found, needs, weight)),
                Some(need) => {
                    if let Some(trace) = trace {
                        trace.push(Decision {
                            range: mention.range.clone(),
                            entity: found.hit.entity,
                            outcome: Outcome::Refused(Refusal(need)),
                        });
                    }
                }
            }
        }
        // One voice an entity: its strongest form.
        open.sort_by(|a, b| {
            b.2.total_cmp(&a.2).then_with(|| self.stack.id(a.0.hit.entity).cmp(self.stack.id(b.0.hit.entity)))
        });
        let mut seen: HashSet<EntityRef> = HashSet::new();
        open.retain(|(m, _, weight)| {
            let new = seen.insert(m.hit.entity);
            if new {
                total += weight;
            }
            new
        });
        let (best, needs, weight) = open.first()?;
        let prior = self.stack.prior(best.hit.entity);
        let stage = reported_stage(best, needs, prior);
        let score = rank::score(stage, weight / total, needs.len());
        if let Some(trace) = trace {
            trace.push(Decision {
                range: mention.range.clone(),
                entity: best.hit.entity,
                outcome: Outcome::Accepted { score, stage, needs: needs.clone() },
            });
            trace.extend(open[1..].iter().map(|(m, _, _)| Decision {
                range: mention.range.clone(),
                entity: m.hit.entity,
                outcome: Outcome::Outranked,
            }));
        }
        let entity = best.hit.entity;
        let label_lang = self.to.as_deref().unwrap_or(text_lang);
        Some(Annotation {
            range: mention.range.clone(),
            form: &judge.document.text[mention.range.clone()],
            entity_ref: entity,
            entity: self.stack.id(entity).to_owned(),
            kind: self.stack.kind(entity).to_owned(),
            label: self.label(entity, label_lang, text_lang),
            lang: text_lang.to_owned(),
            role: best.hit.form.role(),
            source: best.hit.form.source().to_owned(),
            score,
            stage,
        })
    }

    /// In the language asked for, else the text's, else English, else the first.
    fn label(&self, entity: EntityRef, lang: &str, text_lang: &str) -> String {
        self.stack
            .label_in(entity, lang)
            .or_else(|| self.stack.label_in(entity, text_lang))
            .unwrap_or_else(|| self.stack.label(entity, "en"))
            .to_owned()
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

/// Byte ranges of windows: at most 4 MiB, cut after a line end, else a blank, else
/// between characters.
pub fn windows(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let mut end = (start + WINDOW).min(text.len());
        if end < text.len() {
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            let half = start + WINDOW / 2;
            let tail = &text.as_bytes()[half..end];
            if let Some(i) = tail.iter().rposition(|&b| b == b'\n').or_else(|| tail.iter().rposition(|&b| b == b' ')) {
                end = half + i + 1;
            }
        }
        out.push(start..end);
        start = end;
    }
    out
}
