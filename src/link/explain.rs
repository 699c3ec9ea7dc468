//! `why`: what became of a name in a text, stage by stage.
//!
//! Invariant: it tells what the annotator did, from the same run, and decides nothing itself.

use std::fmt::Write as _;

use super::annotator::Annotator;
use super::claim::Grouping;
use super::context::Context;
use super::court::{Decision, Outcome};
use super::worker::Worker;
use crate::annotate::document::Settings;
use crate::annotate::spelling::Bar;
use crate::annotate::{Document, Mention, Scanner, Wanted};
use crate::dict::lookup::Hit;
use crate::dict::{EntityRef, Role, Stage};
use crate::error::Result;
use crate::text::{self, Folded, OffsetMap, Unit};

impl Bar {
    fn as_str(self) -> &'static str {
        match self {
            Bar::Case => "the capitals of the text do not meet the form's case rule",
            Bar::OtherMarks => "the text has marks that the form has not",
            Bar::PlainWord => "without its marks it is an ordinary word of the text's language",
            Bar::Role => "forms of this role are not matched in running text",
            Bar::Skipped => "it lies in an address, code, handle, time-zone id or part of a hashtag",
            Bar::Silenced => "a \"never\" form covers it",
        }
    }
}

impl Annotator {
    /// Says, in lines for a person, what became of `name` in `text`.
    ///
    /// # Errors
    /// A damaged dictionary that was opened trusted.
    pub fn explain(&self, text: &str, name: &str, settings: Settings) -> Result<String> {
        self.stack().guarded(|| self.explain_unguarded(text, name, settings))
    }

    fn explain_unguarded(&self, text: &str, name: &str, settings: Settings) -> Result<String> {
        let stack = self.stack();
        let key = text::key(name);
        let mut out = String::new();
        let _ = writeln!(out, "key        {key}");
        let hits = stack.hits(&key);
        if hits.is_empty() {
            let _ = writeln!(out, "dictionary no form has this key, exact or folded");
            let lang = settings.lang.as_deref().unwrap_or("und");
            let near = stack.lookup(name, lang)?;
            for c in near.iter().filter(|c| c.stage == Stage::Fuzzy).take(3) {
                let _ = writeln!(
                    out,
                    "fuzzy      {} \"{}\" at distance {}; running text is not searched so",
                    stack.id(c.entity),
                    c.form.text(),
                    c.distance
                );
            }
        }
        for line in self.explain_forms(&hits) {
            let _ = writeln!(out, "dictionary {line}");
        }
        let document = Document::new(text, None, &settings, self.language_data());
        let _ = writeln!(out, "text       language {}", document.lang);
        let mentions = Scanner::default().scan(&document, stack, self.language_data(), Wanted::All);
        let mut trace = Vec::new();
        let mut worker = Worker::new(self, Grouping::OneByOne);
        worker.run(text, settings.lang.as_deref(), &mut Context::default(), Some(&mut trace));
        let mut map = OffsetMap::new(text, Unit::Codepoints);
        let mut found = false;
        let wanted: Vec<EntityRef> = hits.iter().map(|h| h.entity).collect();
        for mention in mentions.iter().filter(|m| {
            *m.spelling.key == *key
                || m.spelling
                    .matches
                    .iter()
                    .any(|f| wanted.contains(&f.hit.entity) && text::key(f.hit.form.text()) == key)
        }) {
            found = true;
            let (start, end) = (map.get(mention.range.start), map.get(mention.range.end));
            let _ = writeln!(out, "{start}–{end}  \"{}\"", &text[mention.range.clone()]);
            self.explain_mention(mention, &trace, &mut out);
        }
        if !found {
            let _ = writeln!(out, "text       {}", why_absent(&text::fold(text, document.settings.line_end), &key));
        }
        Ok(out)
    }

    /// One line for the forms of an entity that differ in language only.
    fn explain_forms(&self, hits: &[Hit<'_>]) -> Vec<String> {
        let mut lines: Vec<(String, Vec<&str>, String)> = Vec::new();
        for hit in hits {
            let form = &hit.form;
            let id = if self.stack().is_any(hit.entity) { "*" } else { self.stack().id(hit.entity) };
            let head = format!("{id} \"{}\"", form.text());
            let tail = format!(
                "{}{}, case {}, risk {}, source {}",
                form.role(),
                if hit.variant { " by a made key" } else { "" },
                form.case(),
                form.risk(),
                if form.source().is_empty() { "unknown" } else { form.source() },
            );
            match lines.iter_mut().find(|(h, _, t)| (h, t) == (&head, &tail)) {
                Some((_, langs, _)) => langs.push(form.lang()),
                None => lines.push((head, vec![form.lang()], tail)),
            }
        }
        lines.into_iter().map(|(head, langs, tail)| format!("{head} ({}) {tail}", langs.join(" "))).collect()
    }

    fn explain_mention(&self, mention: &Mention<'_>, trace: &[Decision], out: &mut String) {
        let stack = self.stack();
        let mut told: Vec<EntityRef> = Vec::new();
        let mut barred: Vec<String> = Vec::new();
        for m in &mention.spelling.matches {
            let entity = m.hit.entity;
            let id = if stack.is_any(entity) { "*" } else { stack.id(entity) };
            if let Some(bar) = m.barred {
                let never = m.hit.form.role() == Role::Never;
                let reason = if never { "silences what it covers" } else { bar.as_str() };
                let line = format!("  {id}: no, {reason}");
                if !barred.contains(&line) {
                    let _ = writeln!(out, "{line}");
                    barred.push(line);
                }
                continue;
            }
            if told.contains(&entity) {
                continue;
            }
            told.push(entity);
            for decision in trace.iter().filter(|d| d.range == mention.range && d.entity == entity) {
                let line = match &decision.outcome {
                    Outcome::Accepted { score, stage, needs } => {
                        let needs: Vec<&str> = needs.iter().map(|n| n.as_str()).collect();
                        let met = if needs.is_empty() {
                            String::new()
                        } else {
                            format!(", evidence met for: {}", needs.join(", "))
                        };
                        format!("yes, {stage}, score {score}{met}")
                    }
                    Outcome::Refused(refusal) => format!("no, evidence needed and not found: {}", refusal.0.as_str()),
                    Outcome::Outranked => "no, another entity of the same form has more weight here".to_owned(),
                    Outcome::Overlapped => "no, a longer or earlier span covers it".to_owned(),
                };
                let _ = writeln!(out, "  {id}: {line}");
            }
        }
    }
}

/// Why a key that is asked for is no span of the text.
fn why_absent(folded: &Folded, key: &str) -> &'static str {
    if key.is_empty() {
        "the name has no letters"
    } else if folded.key().contains(key) {
        "its letters stand there, but not between edges (inside a word, or before an ending that is not listed), or no dictionary has them"
    } else {
        "its letters do not stand there, also not folded"
    }
}
