//! Where a name may begin and end among the tokens.
//!
//! Invariant: an edge is never inside a cluster; in spaced scripts it is a word boundary of
//! UAX #29, or at a sign that DESIGN §4 names: apostrophe with a listed ending or elision, hyphen,
//! change to a listed Hangul particle, listed proclitic.

use super::walk::View;
use crate::name::Language;
use crate::text::{Token, TokenKind};

/// Least letters of a name after a proclitic: shorter remains are too often another word.
const LEAST_AFTER_PROCLITIC: usize = 3;

fn adjacent(left: &Token, right: &Token) -> bool {
    left.src_end == right.src
}

fn is_wordlike(token: &Token) -> bool {
    matches!(token.kind, TokenKind::Word | TokenKind::Syllable)
}

/// Whether a name may begin at token `i`.
pub(super) fn may_begin(view: &View<'_, '_>, i: usize) -> bool {
    let tokens = view.folded.tokens();
    let token = &tokens[i];
    if token.glue || token.attached || matches!(token.kind, TokenKind::Blank | TokenKind::Break) {
        return false;
    }
    let Some(before) = i.checked_sub(1).map(|j| &tokens[j]) else {
        return true;
    };
    if before.glue {
        return false;
    }
    // The code of a currency ($US) is no name.
    if before.kind == TokenKind::Sign && adjacent(before, token) && is_currency(view.folded.token_key(before)) {
        return false;
    }
    if token.kind == TokenKind::Apostrophe {
        return !(is_wordlike(before) && adjacent(before, token));
    }
    if before.kind == TokenKind::Apostrophe && adjacent(before, token) && is_wordlike(token) {
        let Some(elided) = i.checked_sub(2).map(|j| &tokens[j]).filter(|t| is_wordlike(t) && adjacent(t, before))
        else {
            return true;
        };
        let language = view.language_at(token.src as usize);
        let elided = view.folded.token_key(elided);
        return language.elisions.iter().any(|e| e == elided);
    }
    true
}

/// Whether a name may end with token `i`.
pub(super) fn may_end(view: &View<'_, '_>, i: usize) -> bool {
    let tokens = view.folded.tokens();
    let token = &tokens[i];
    if token.glue || matches!(token.kind, TokenKind::Blank | TokenKind::Break) {
        return false;
    }
    let Some(next) = tokens.get(i + 1) else {
        return true;
    };
    if next.glue {
        return false;
    }
    // Nor is it before the sign (US$).
    if next.kind == TokenKind::Sign && adjacent(token, next) && is_currency(view.folded.token_key(next)) {
        return false;
    }
    let language = || view.language_at(token.src as usize);
    if next.attached {
        let rest = attached_rest(view, i + 1);
        return rest.is_some_and(|rest| language().particles.contains(&rest));
    }
    if next.kind == TokenKind::Apostrophe && adjacent(token, next) && is_wordlike(token) {
        let Some(after) = tokens.get(i + 2).filter(|t| is_wordlike(t) && adjacent(next, t)) else {
            return true;
        };
        if tokens.get(i + 3).is_some_and(|t| t.attached || t.glue) {
            return false;
        }
        let ending = view.folded.token_key(after);
        return language().possessives.iter().any(|p| p == ending);
    }
    true
}

fn is_currency(sign: &str) -> bool {
    matches!(sign, "$" | "€" | "£" | "¥" | "₽" | "₴" | "₹" | "₩" | "₪" | "₺")
}

/// The Hangul written directly after a name, if nothing else is.
fn attached_rest(view: &View<'_, '_>, from: usize) -> Option<String> {
    let mut rest = String::new();
    for token in view.folded.tokens()[from..].iter().take_while(|t| t.attached) {
        if token.kind != TokenKind::Syllable || rest.len() > 64 {
            return None;
        }
        rest.push_str(view.folded.token_key(token));
    }
    Some(rest)
}

/// Offsets in the key of token `i` at which a name may begin after a proclitic.
pub(super) fn after_proclitics(view: &View<'_, '_>, i: usize, language: &Language) -> Vec<u32> {
    let token = &view.folded.tokens()[i];
    if token.kind != TokenKind::Word || language.proclitics.is_empty() {
        return Vec::new();
    }
    let key = view.folded.token_key(token);
    language
        .proclitics
        .iter()
        .filter(|p| !p.is_empty())
        .filter_map(|p| key.strip_prefix(p.as_str()).map(|rest| (p.len(), rest)))
        .filter(|(_, rest)| rest.chars().count() >= LEAST_AFTER_PROCLITIC)
        .map(|(length, _)| token.key + length as u32)
        .filter(|&at| view.folded.piece_at(at).is_some())
        .collect()
}
