//! The slow, exact walk of folded text over the keys of a dictionary.
//!
//! Invariant: it finds every span that is a key and has its edges, nothing else; what is faster
//! is measured by it.

use super::edge;
use super::fast::{Reading, Spans};
use crate::dict::Dictionary;
use crate::name::Language;
use crate::text::{self, Folded, Token, TokenKind};

/// A folded part of a text with what its edges ask.
pub(super) struct View<'a, 'l> {
    /// The part, folded.
    pub folded: &'a Folded,
    /// Where the part begins in the text.
    pub base: usize,
    /// The language at a byte of the text.
    pub language: &'a dyn Fn(usize) -> &'l Language,
}

impl<'l> View<'_, 'l> {
    /// The language at a byte of the part.
    pub fn language_at(&self, at: usize) -> &'l Language {
        (self.language)(self.base + at)
    }
}

/// A span that is a key. Offsets are bytes of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Found {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Place of the key's postings.
    pub place: u32,
    /// Whether the span is read in another script than it is written in.
    pub alike: bool,
}

/// One state of the walk: the next token, the node, what the path has cost so far.
struct State {
    token: usize,
    node: usize,
    output: u64,
    alike: bool,
}

/// Whether a walk came to the end of the part with keys still open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// No longer key begins so.
    Inside,
    /// More text could give more.
    AtEnd,
}

/// Every span that begins at token `start` of the view.
pub(super) fn walk_from<D: AsRef<[u8]>>(
    view: &View<'_, '_>,
    keys: &fst::raw::Fst<D>,
    start: usize,
    out: &mut Vec<Found>,
) -> Ended {
    let mut ended = Ended::Inside;
    if !edge::may_begin(view, start) {
        return ended;
    }
    let token = view.folded.tokens()[start];
    let language = view.language_at(token.src as usize);
    let proclitics = edge::after_proclitics(view, start, language);
    for key_start in std::iter::once(token.key).chain(proclitics) {
        if walk(view, keys, start, key_start, out) == Ended::AtEnd {
            ended = Ended::AtEnd;
        }
    }
    ended
}

/// Every span of the view.
pub(super) fn walk_all<D: AsRef<[u8]>>(view: &View<'_, '_>, keys: &fst::raw::Fst<D>, out: &mut Vec<Found>) {
    for (i, token) in view.folded.tokens().iter().enumerate() {
        if !matches!(token.kind, TokenKind::Blank | TokenKind::Break) {
            walk_from(view, keys, i, out);
        }
    }
}

/// What [`super::fast::scan`] must tell of `text`, found by folding all of it and walking from
/// every token. For measuring and tests.
pub fn reference(text: &str, dictionary: &Dictionary, reading: &Reading<'_, '_>) -> Vec<Found> {
    let folded = text::fold(text, reading.line_end);
    let view = View { folded: &folded, base: 0, language: reading.language };
    let mut out = Vec::new();
    walk_all(&view, dictionary.keys().as_fst(), &mut out);
    out.sort_unstable_by_key(|f| (f.start, u32::MAX - f.end, f.alike, f.place));
    if reading.spans == Spans::Longest {
        let mut taken = 0;
        out.retain(|f| {
            let keep = f.start >= taken;
            if keep {
                taken = f.end;
            }
            keep
        });
    }
    out
}

fn walk<D: AsRef<[u8]>>(
    view: &View<'_, '_>,
    keys: &fst::raw::Fst<D>,
    start: usize,
    key_start: u32,
    out: &mut Vec<Found>,
) -> Ended {
    let tokens = view.folded.tokens();
    let whole = key_start == tokens[start].key;
    let src = match view.folded.piece_at(key_start) {
        Some(i) if !whole => view.folded.pieces()[i].src,
        _ => tokens[start].src,
    };
    let mut ended = Ended::Inside;
    let mut states = vec![State { token: start, node: keys.root().addr(), output: 0, alike: false }];
    while let Some(state) = states.pop() {
        let Some(token) = tokens.get(state.token) else {
            ended = Ended::AtEnd;
            continue;
        };
        if token.kind == TokenKind::Break {
            continue;
        }
        let first = state.token == start;
        for (reading, alike) in readings(view, token, first.then_some(key_start)) {
            let Some((node, output)) = feed(keys, state.node, state.output, reading) else {
                continue;
            };
            let alike = alike || state.alike;
            let at = keys.node(node);
            if token.kind != TokenKind::Blank && at.is_final() && edge::may_end(view, state.token) {
                out.push(Found {
                    start: src + view.base as u32,
                    end: token.src_end + view.base as u32,
                    place: (output + at.final_output().value()) as u32,
                    alike,
                });
            }
            if !at.is_empty() {
                states.push(State { token: state.token + 1, node, output, alike });
            }
        }
    }
    ended
}

/// How a token may be read: as it stands, as its look-alike, and a line-end hyphen as nothing.
fn readings<'v>(view: &View<'v, '_>, token: &Token, key_start: Option<u32>) -> impl Iterator<Item = (&'v str, bool)> {
    let from = key_start.unwrap_or(token.key);
    let main = &view.folded.key()[from as usize..token.key_end as usize];
    let alike = if from == token.key { view.folded.alternative(token) } else { None };
    let nothing = (token.kind == TokenKind::Blank && token.join).then_some("");
    [(Some(main), false), (alike, true), (nothing, false)].into_iter().filter_map(|(r, a)| Some((r?, a)))
}

/// Walks on from `node` along `key`.
fn feed<D: AsRef<[u8]>>(keys: &fst::raw::Fst<D>, mut node: usize, mut output: u64, key: &str) -> Option<(usize, u64)> {
    for &byte in key.as_bytes() {
        let at = keys.node(node);
        let transition = at.transition(at.find_input(byte)?);
        output = output.wrapping_add(transition.out.value());
        node = transition.addr;
    }
    Some((node, output))
}
