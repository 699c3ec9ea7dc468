//! The daily work: text in, names with their entities out.
//!
//! Invariant: an annotation's form is the slice at its offsets. The way from text to annotations is
//! the [`Worker`]'s.

use std::ops::Range;

use super::claim::Grouping;
use super::context::Context;
use super::worker::Worker;
use crate::annotate::document::{CasePolicy, Skipping};
use crate::annotate::{Overlap, Settings};
use crate::dict::{EntityRef, Role, Stack, Stage};
use crate::error::Result;
use crate::name::Languages;
use crate::text::LineEnd;

/// A name in a text, with the entity it means; borrowed from the text and the dictionaries.
#[derive(Debug, Clone, PartialEq)]
pub struct Annotation<'a> {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// The slice of the text.
    pub form: &'a str,
    /// The entity in the annotator's stack.
    pub entity_ref: EntityRef,
    /// Id of the entity.
    pub entity: &'a str,
    /// Type of the entity.
    pub kind: &'a str,
    /// Label in the language asked for, else of the text.
    pub label: &'a str,
    /// BCP 47 tag of the text around it.
    pub lang: &'a str,
    /// Role of the form that matched.
    pub role: Role,
    /// Codes of the sources of that form, joined by `+`.
    pub source: &'a str,
    /// 0 to 1.
    pub score: f32,
    /// How the entity was reached.
    pub stage: Stage,
}

/// A text with its annotations, by start.
#[derive(Debug, Clone, PartialEq)]
pub struct Annotated<'a> {
    /// Language of the text, `und` if unsure.
    pub lang: &'a str,
    /// The names.
    pub annotations: Vec<Annotation<'a>>,
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

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(super) fn overlap_policy(&self) -> Overlap {
        self.overlap
    }

    /// A worker for one thread. Making one costs some 50 µs, and it grows faster with what it has
    /// seen: keep it for many texts.
    pub fn worker(&self) -> Worker<'_> {
        Worker::new(self, Grouping::Together)
    }

    /// The names in `text`, by start.
    ///
    /// Cost: that of a [`Worker`], made anew.
    ///
    /// # Errors
    /// A damaged dictionary that was opened trusted.
    pub fn annotate<'a>(&'a self, text: &'a str) -> Result<Vec<Annotation<'a>>> {
        Ok(self.annotate_document(text, None)?.annotations)
    }

    /// The names in `text` and its language; `lang` overrides the annotator's own setting.
    ///
    /// # Errors
    /// A damaged dictionary that was opened trusted.
    pub fn annotate_document<'a>(&'a self, text: &'a str, lang: Option<&'a str>) -> Result<Annotated<'a>> {
        self.worker().annotate(text, lang)
    }

    /// The names in one window of a longer text: see [`Worker::annotate_window`].
    ///
    /// # Errors
    /// A damaged dictionary that was opened trusted.
    pub fn annotate_window<'a>(
        &'a self,
        window: &'a str,
        lang: Option<&'a str>,
        context: &mut Context,
    ) -> Result<Annotated<'a>> {
        self.worker().annotate_window(window, lang, context)
    }

    /// In the language asked for, else the text's, else English, else the first.
    pub(super) fn label(&self, entity: EntityRef, text_lang: &str) -> &str {
        let lang = self.to.as_deref().unwrap_or(text_lang);
        self.stack
            .label_in(entity, lang)
            .or_else(|| self.stack.label_in(entity, text_lang))
            .unwrap_or_else(|| self.stack.label(entity, "en"))
    }
}

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
