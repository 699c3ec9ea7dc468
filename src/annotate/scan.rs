//! Every span of a document that is a form of a dictionary, by key, edges, marks and case.
//!
//! Invariant: the mentions are exactly those that the brute-force oracle finds. This walk over the
//! `fst` is the slow, exact path; an accelerator must give the same.

use std::ops::Range;

use super::document::{Capitals, CasePolicy, Document};
use super::edge;
use super::skip::SkipKind;
use crate::dict::lookup::{Hit, Marks, Stage, compare_marks};
use crate::dict::{CaseRule, Dictionary, Role, Stack};
use crate::name::Languages;
use crate::text::{TokenKind, case};

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

/// Every mention of `document`, barred ones too, by start and then by length.
///
/// Cost: for every token the length of its longest path through the keys.
pub fn scan<'s>(document: &Document<'_>, stack: &'s Stack, languages: &Languages) -> Vec<Mention<'s>> {
    let mut raw = Vec::new();
    for (layer, dictionary) in stack.layers().iter().enumerate() {
        scan_layer(document, dictionary, layer, languages, &mut raw);
    }
    raw.sort_by(|a, b| {
        (a.start, a.end, a.tokens.start, a.tokens.end, &a.key, a.layer).cmp(&(
            b.start,
            b.end,
            b.tokens.start,
            b.tokens.end,
            &b.key,
            b.layer,
        ))
    });
    let mut mentions: Vec<Mention<'s>> = Vec::new();
    let mut i = 0;
    while i < raw.len() {
        let first = &raw[i];
        let same = raw[i..].iter().take_while(|r| (r.start, r.end) == (first.start, first.end)).count();
        let group = &raw[i..i + same];
        i += same;
        // The reading as it stands wins over look-alikes of another script.
        let main = group.iter().any(|r| !r.alternative);
        let mut hits = Vec::new();
        for found in group.iter().filter(|r| r.alternative != main) {
            stack.push_hits(found.layer, found.at, &mut hits);
        }
        let range = first.start as usize..first.end as usize;
        let tokens = first.tokens.start..first.tokens.end;
        let matches = hits.into_iter().map(|hit| judge(document, languages, hit, &range, &tokens)).collect();
        mentions.push(Mention { range, tokens, key: first.key.clone(), matches });
    }
    silence(&mut mentions, stack);
    mentions
}

struct Raw {
    start: u32,
    end: u32,
    tokens: Range<usize>,
    key: String,
    layer: usize,
    at: u64,
    alternative: bool,
}

/// One state of the walk: the next token, the node, what the path has cost so far.
struct State {
    token: usize,
    node: usize,
    output: u64,
    key: String,
    alternative: bool,
}

fn scan_layer(
    document: &Document<'_>,
    dictionary: &Dictionary,
    layer: usize,
    languages: &Languages,
    out: &mut Vec<Raw>,
) {
    for (start, token) in document.tokens().iter().enumerate() {
        let mut begins = Vec::new();
        if edge::may_begin(document, start, languages) {
            begins.push(token.key);
            begins.extend(edge::after_proclitics(document, start, document.language_at(token.src as usize, languages)));
        }
        for key_start in begins {
            walk(document, dictionary, layer, languages, start, key_start, out);
        }
    }
}

fn walk(
    document: &Document<'_>,
    dictionary: &Dictionary,
    layer: usize,
    languages: &Languages,
    start: usize,
    key_start: u32,
    out: &mut Vec<Raw>,
) {
    let tokens = document.tokens();
    let fst = dictionary.keys().as_fst();
    let src = if key_start == tokens[start].key {
        tokens[start].src
    } else {
        document.folded.piece_at(key_start).map_or(tokens[start].src, |i| document.folded.pieces()[i].src)
    };
    let mut states =
        vec![State { token: start, node: fst.root().addr(), output: 0, key: String::new(), alternative: false }];
    while let Some(state) = states.pop() {
        let Some(token) = tokens.get(state.token).filter(|t| t.kind != TokenKind::Break) else {
            continue;
        };
        let blank = token.kind == TokenKind::Blank;
        let main = if state.token == start {
            &document.folded.key()[key_start as usize..token.key_end as usize]
        } else {
            document.folded.token_key(token)
        };
        let other = if key_start == tokens[start].key || state.token != start {
            document.folded.alternative(token)
        } else {
            None
        };
        let nothing = (blank && token.join).then_some("");
        for (reading, alternative) in [(Some(main), false), (other, true), (nothing, false)] {
            let Some(reading) = reading else { continue };
            let Some((node, output)) = feed(fst, state.node, state.output, reading) else {
                continue;
            };
            let key = format!("{}{reading}", state.key);
            let alternative = alternative || state.alternative;
            let node_ref = fst.node(node);
            if !blank && node_ref.is_final() && edge::may_end(document, state.token, languages) {
                out.push(Raw {
                    start: src,
                    end: token.src_end,
                    tokens: start..state.token + 1,
                    key: key.clone(),
                    layer,
                    at: output + node_ref.final_output().value(),
                    alternative,
                });
            }
            if !node_ref.is_empty() {
                states.push(State { token: state.token + 1, node, output, key, alternative });
            }
        }
    }
}

/// Walks on from `node` along `bytes`.
fn feed<D: AsRef<[u8]>>(fst: &fst::raw::Fst<D>, mut node: usize, mut output: u64, key: &str) -> Option<(usize, u64)> {
    for &byte in key.as_bytes() {
        let at = fst.node(node);
        let transition = at.transition(at.find_input(byte)?);
        output = output.wrapping_add(transition.out.value());
        node = transition.addr;
    }
    Some((node, output))
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
