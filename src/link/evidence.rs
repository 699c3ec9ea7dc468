//! What a mention needs before it is believed, and what meets the need.
//!
//! Invariant: a need is met by evidence that DESIGN §4 lists (another name of the entity in the
//! document, a title, a prominent entity with no rival) and by nothing else; where prominence
//! would prove too much, the need says so.

use std::ops::Range;
use std::rc::Rc;

use super::claim::{Claim, Claims, PROMINENT};
use super::context::Context;
use super::need::{Need, Needs};
use super::word::{Standing, Word, Words};
use crate::annotate::document::Paragraph;
use crate::annotate::near::Near;
use crate::annotate::{Document, Mention};
use crate::dict::{Role, Stack, Stage};
use crate::text::{self, case};

/// Prominence from which a bare surname needs no full name.
pub const KNOWN_BY_SURNAME: f32 = 0.8;

/// What stands beside a mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Neighbour {
    /// Nothing, or a word that says nothing.
    Plain,
    /// A word with a capital that nobody knows.
    Unknown,
    /// A word with a capital that is a name, but not one of this entity's.
    Name,
}

/// A word beside a mention, looked up when it is asked for.
#[derive(Debug, Clone)]
struct Side {
    range: Range<usize>,
    has_capital: bool,
    word: Option<Rc<Word>>,
    is_inside: Option<bool>,
}

/// What was found out of the surroundings of one mention.
#[derive(Debug, Clone, Default)]
pub(super) struct Sides {
    before: Option<Option<Side>>,
    after: Option<Option<Side>>,
    in_run: Option<bool>,
    headline: Option<bool>,
}

#[derive(Clone, Copy)]
enum At {
    Before,
    After,
}

/// Judges the claims of one document.
pub(super) struct Judge<'a, 't, 's> {
    pub document: &'a Document<'t>,
    pub stack: &'s Stack,
    pub near: &'a mut Near,
    pub words: &'a mut Words,
}

/// A mention that is judged.
#[derive(Clone, Copy)]
pub(super) struct Case<'a, 's> {
    pub mention: &'a Mention<'s>,
    pub claims: &'a Claims<'s>,
    pub paragraph: &'a Paragraph<'a>,
}

impl<'s> Judge<'_, '_, 's> {
    /// Everything that `claim` needs.
    pub fn needs(&mut self, case: Case<'_, 's>, claim: &Claim<'s>, sides: &mut Sides) -> Needs {
        let mut needs = claim.needs;
        if case.claims.is_plain {
            if case.mention.spelling.shape == case::Shape::Upper && self.is_in_run(case, sides) {
                needs.push(Need::PlainWordInCapitals);
            } else if !claim.is_exact_case {
                needs.push(Need::PlainWord);
            }
        }
        if !claim.stands_for_itself && self.touches(case, claim, sides) {
            needs.push(Need::Touching);
        }
        needs
    }

    /// The first need that nothing meets.
    pub fn unmet(
        &mut self,
        case: Case<'_, 's>,
        claim: &Claim<'s>,
        needs: Needs,
        context: Option<&Context>,
        sides: &mut Sides,
    ) -> Option<Need> {
        let (entity, prior, no_rival) = (claim.entity, claim.prior, claim.has_no_rival);
        let prominent = prior >= PROMINENT && no_rival;
        let otherwise = || context.is_some_and(|c| c.names_otherwise(entity, &case.mention.spelling.key));
        let named = || context.is_some_and(|c| c.names(entity));
        needs.iter().find(|&need| {
            let is_met = match need {
                Need::Sanctioned => otherwise(),
                Need::Surname => {
                    let start = case.mention.range.start;
                    let whole = || context.is_some_and(|c| c.nearest_whole(entity, start).is_some());
                    prior >= KNOWN_BY_SURNAME && no_rival || otherwise() || whole()
                }
                Need::Touching => otherwise() && !claim.is_family,
                Need::PlainWordInCapitals => named(),
                Need::Risky | Need::PlainWord => prominent || otherwise() || self.has_title(case, claim, sides),
                // A word of the text's own that is the name in some other language is that word.
                Need::ForeignForm if needs.contains(Need::PlainWord) => self.has_title(case, claim, sides),
                // In a language that nobody here can read prominence proves little.
                Need::ForeignForm => {
                    prominent && claim.is_known_language || named() || self.has_title(case, claim, sides)
                }
                Need::Short => prominent || named() || self.has_title(case, claim, sides),
            };
            !is_met
        })
    }

    fn has_title(&mut self, case: Case<'_, 's>, claim: &Claim<'s>, sides: &mut Sides) -> bool {
        claim.is_person
            && [At::Before, At::After].into_iter().any(|at| {
                self.side(case, sides, at);
                let Some(side) = sides.at(at) else {
                    return false;
                };
                self.word(case, side).is_title
            })
    }

    fn touches(&mut self, case: Case<'_, 's>, claim: &Claim<'s>, sides: &mut Sides) -> bool {
        let nouns_capitalised = case.paragraph.language.nouns_capitalised;
        let touches = match self.neighbour(case, claim, sides, At::Before) {
            // A name before a surname is another person's given name.
            Neighbour::Name => claim.is_family,
            Neighbour::Unknown => !nouns_capitalised,
            Neighbour::Plain => false,
        };
        let touches =
            touches || !nouns_capitalised && self.neighbour(case, claim, sides, At::After) == Neighbour::Unknown;
        touches && !self.is_in_headline(case, sides)
    }

    fn neighbour(&mut self, case: Case<'_, 's>, claim: &Claim<'s>, sides: &mut Sides, at: At) -> Neighbour {
        self.side(case, sides, at);
        let Some(side) = sides.at(at).as_mut().filter(|s| s.has_capital) else {
            return Neighbour::Plain;
        };
        let word = self.word(case, side);
        match &word.standing {
            Standing::Plain | Standing::Title => Neighbour::Plain,
            Standing::Name { entities, .. } if entities.contains(&claim.entity) => Neighbour::Plain,
            Standing::Name { is_part: true, .. } => Neighbour::Name,
            Standing::Name { .. } => Neighbour::Plain,
            Standing::Unknown if self.is_initial_of(&word.key, claim) || self.is_inside_known_name(side) => {
                Neighbour::Plain
            }
            Standing::Unknown => Neighbour::Unknown,
        }
    }

    /// Finds the word at a side of the mention.
    fn side(&mut self, case: Case<'_, 's>, sides: &mut Sides, at: At) {
        let document = self.document;
        let place = match at {
            At::Before => &mut sides.before,
            At::After => &mut sides.after,
        };
        place.get_or_insert_with(|| {
            let span = &case.mention.range;
            let range = match at {
                At::Before => self.near.before(document, span),
                At::After => self.near.after(document, span),
            }?;
            let has_capital = case::begins_with_capital(&document.text[range.clone()]);
            Some(Side { range, has_capital, word: None, is_inside: None })
        });
    }

    fn word(&mut self, case: Case<'_, 's>, side: &mut Side) -> Rc<Word> {
        let text = &self.document.text[side.range.clone()];
        side.word.get_or_insert_with(|| self.words.get(self.stack, case.paragraph, text)).clone()
    }

    fn is_in_run(&mut self, case: Case<'_, 's>, sides: &mut Sides) -> bool {
        *sides.in_run.get_or_insert_with(|| self.near.is_in_run(self.document, &case.mention.range))
    }

    fn is_in_headline(&mut self, case: Case<'_, 's>, sides: &mut Sides) -> bool {
        *sides.headline.get_or_insert_with(|| self.near.is_in_headline(self.document, &case.mention.range))
    }

    /// A single letter that begins a given name of the entity.
    fn is_initial_of(&self, key: &str, claim: &Claim<'s>) -> bool {
        let mut chars = key.chars();
        let (Some(letter), None) = (chars.next(), chars.next()) else {
            return false;
        };
        self.stack
            .forms(claim.entity)
            .filter(|f| f.role() == Role::Given)
            .any(|f| text::key(f.text()).starts_with(letter))
    }

    /// Whether the word is the edge of a longer form beside the mention (two names in a row).
    fn is_inside_known_name(&mut self, side: &mut Side) -> bool {
        let stack = self.stack;
        let is_known = |key: &str| stack.hits(key).iter().any(|h| h.form.role() != Role::Never);
        *side.is_inside.get_or_insert_with(|| self.near.is_inside(self.document, &side.range, is_known))
    }
}

impl Sides {
    /// The word at a side, if one was found there.
    fn at(&mut self, at: At) -> &mut Option<Side> {
        match at {
            At::Before => self.before.get_or_insert(None),
            At::After => self.after.get_or_insert(None),
        }
    }
}

/// The stage that an accepted claim is reported with.
pub(super) fn reported_stage(claim: &Claim<'_>, needs: Needs) -> Stage {
    if needs.contains(Need::Surname) && claim.prior < KNOWN_BY_SURNAME { Stage::Coreference } else { claim.stage }
}
