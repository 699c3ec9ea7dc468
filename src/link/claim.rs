//! The entities that a spelling may mean, with all that is known of each before its surroundings
//! are looked at; remembered by thread.
//!
//! Invariant: claims that decide alike are one, that of the first such form, and those that another
//! of the same entity always outweighs are none; so no answer changes.

use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;

use super::need::{Need, Needs};
use crate::annotate::memory::Memory;
use crate::annotate::{Match, Spelling};
use crate::dict::{CaseRule, EntityRef, Risk, Role, Stack, Stage};
use crate::name::{Language, Languages};
use crate::text::{TokenKind, lang, letter};

/// Prominence from which an entity without rival needs no other evidence.
pub const PROMINENT: f32 = 0.5;
/// A rival weakens prominence if it has this share of it.
const RIVAL: f32 = 0.5;

/// What one form of a spelling claims.
#[derive(Debug, Clone)]
pub(super) struct Claim<'s> {
    /// Index of the form among the spelling's matches.
    pub first: usize,
    /// Index of the last form that claims the same.
    pub last: usize,
    pub entity: EntityRef,
    pub id: &'s str,
    pub kind: &'s str,
    pub country: Arc<str>,
    pub prior: f32,
    /// No other entity that the spelling may mean comes near in prominence.
    pub has_no_rival: bool,
    pub is_person: bool,
    pub is_family: bool,
    pub stage: Stage,
    /// The form is of the text's language, or of all.
    pub is_own_language: bool,
    /// Somebody here can read the form's language, or need not.
    pub is_known_language: bool,
    /// The capitals of the form are its own.
    pub is_exact_case: bool,
    /// What touches it does not matter.
    pub stands_for_itself: bool,
    /// What it needs whatever stands around it.
    pub needs: Needs,
    /// Its label, once it was asked for.
    pub label: OnceCell<&'s str>,
}

impl Claim<'_> {
    /// Whether it differs from `other` in nothing that decides.
    fn claims_the_same(&self, other: &Self) -> bool {
        let facts = |c: &Self| {
            (
                (c.entity, c.is_family, c.stage, c.needs),
                (c.is_own_language, c.is_known_language, c.is_exact_case, c.stands_for_itself),
            )
        };
        facts(self) == facts(other)
    }

    /// Whether it is believed whenever `other` is, means the same, and always has more weight.
    fn outweighs(&self, other: &Self) -> bool {
        let facts = |c: &Self| (c.entity, c.is_family, c.stage, c.needs, c.is_exact_case, c.stands_for_itself);
        self.is_own_language
            && !other.is_own_language
            && !other.needs.contains(Need::ForeignForm)
            && facts(self) == facts(other)
    }
}

/// The claims of one spelling in one language.
#[derive(Debug, Default)]
pub(super) struct Claims<'s> {
    /// In the order of the spelling's matches; barred ones claim nothing.
    pub list: Vec<Claim<'s>>,
    /// The spelling is one ordinary word of the language.
    pub is_plain: bool,
}

/// Whether claims that decide alike are told one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grouping {
    Together,
    OneByOne,
}

/// What claims are made of.
#[derive(Clone, Copy)]
pub(super) struct Maker<'s> {
    pub stack: &'s Stack,
    pub languages: &'s Languages,
    pub grouping: Grouping,
}

impl<'s> Maker<'s> {
    fn make(&self, spelling: &Spelling<'s>, span: &str, text_lang: &str, language: &Language) -> Claims<'s> {
        let is_plain = spelling.extent.tokens == 1 && is_plain(span, &spelling.key, language);
        let mut claims = Claims { list: Vec::new(), is_plain };
        for (i, found) in spelling.matches.iter().enumerate().filter(|(_, m)| m.barred.is_none()) {
            let claim = self.claim(i, spelling, found, text_lang);
            match claims.list.iter_mut().find(|c| c.claims_the_same(&claim)) {
                Some(known) if self.grouping == Grouping::Together => known.last = i,
                _ => claims.list.push(claim),
            }
        }
        if self.grouping == Grouping::Together {
            let outweighed: Vec<usize> = (0..claims.list.len())
                .filter(|&i| claims.list.iter().any(|claim| claim.outweighs(&claims.list[i])))
                .collect();
            outweighed.into_iter().rev().for_each(|i| drop(claims.list.remove(i)));
        }
        claims
    }

    fn claim(&self, i: usize, spelling: &Spelling<'s>, found: &Match<'s>, text_lang: &str) -> Claim<'s> {
        let (entity, form) = (found.hit.entity, &found.hit.form);
        let prior = self.stack.prior(entity);
        let kind = self.stack.kind(entity);
        let is_family = form.role() == Role::Family;
        let is_own_language = lang::same(form.lang(), text_lang);
        let mut needs = Needs::default();
        if form.is_sanctioned() {
            needs.push(Need::Sanctioned);
        }
        if is_family {
            needs.push(Need::Surname);
        }
        if !is_own_language && !own_form_has_same_text(spelling, found, text_lang) {
            needs.push(Need::ForeignForm);
        }
        if form.risk() == Risk::High {
            needs.push(Need::Risky);
        }
        if is_short(spelling, form.case()) {
            needs.push(Need::Short);
        }
        let is_rival = |m: &Match<'_>| {
            m.barred.is_none() && m.hit.entity != entity && self.stack.prior(m.hit.entity) >= RIVAL * prior
        };
        // A person's name of two words or more, and the acronym of a prominent entity, are whole
        // names whatever touches them.
        let is_acronym = form.role() == Role::Short && form.case() == CaseRule::Exact && prior >= PROMINENT;
        let is_full_name = spelling.extent.words >= 2 && !is_family && kind == "person";
        Claim {
            first: i,
            last: i,
            entity,
            id: self.stack.id(entity),
            kind,
            country: self.stack.country(entity).into(),
            prior,
            has_no_rival: !spelling.matches.iter().any(is_rival),
            is_person: kind == "person",
            is_family,
            stage: found.stage,
            is_own_language,
            is_known_language: !needs.contains(Need::ForeignForm) || self.languages.knows(form.lang()),
            is_exact_case: form.case() == CaseRule::Exact,
            stands_for_itself: is_acronym || is_full_name,
            needs,
            label: OnceCell::new(),
        }
    }
}

/// The same entity has a form of the text's language that matches here as well.
fn own_form_has_same_text(spelling: &Spelling<'_>, found: &Match<'_>, text_lang: &str) -> bool {
    spelling.matches.iter().any(|m| {
        m.barred.is_none()
            && m.hit.entity == found.hit.entity
            && m.hit.form.role() == found.hit.form.role()
            && lang::same(m.hit.form.lang(), text_lang)
    })
}

/// A word with marks of its own is only that word: My is plain, Mỹ is not.
fn is_plain(span: &str, key: &str, language: &Language) -> bool {
    let marked = span.chars().any(|c| !c.is_ascii() && letter::marks_distinguish(c));
    if marked { language.is_word(&letter::marked_cluster(span)) } else { language.is_word(key) }
}

/// One or two clusters of scripts without blanks, or of a form whose capitals say little.
fn is_short(spelling: &Spelling<'_>, rule: CaseRule) -> bool {
    match spelling.extent.first {
        Some(TokenKind::Ideograph | TokenKind::Syllable) => spelling.extent.clusters <= 2,
        Some(TokenKind::Kana) => spelling.key.chars().count() <= 2,
        _ => rule != CaseRule::Exact && spelling.key.chars().filter(|c| c.is_alphanumeric()).count() <= 2,
    }
}

/// The claims made lately, by spelling.
#[derive(Debug, Default)]
pub(super) struct Known<'s> {
    made: Memory<(Rc<Spelling<'s>>, Rc<Claims<'s>>), { 1 << 14 }>,
}

impl<'s> Known<'s> {
    /// The claims of `spelling`, which `span` is written as.
    pub fn get(
        &mut self,
        maker: &Maker<'s>,
        spelling: &Rc<Spelling<'s>>,
        span: &str,
        text_lang: &str,
        language: &Language,
    ) -> Rc<Claims<'s>> {
        // A spelling that is held here keeps its place in memory for itself.
        let address = Rc::as_ptr(spelling) as u64;
        let (_, claims) = self.made.get(
            address.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32,
            |(known, _)| Rc::ptr_eq(known, spelling),
            || (spelling.clone(), Rc::new(maker.make(spelling, span, text_lang, language))),
        );
        claims.clone()
    }
}
