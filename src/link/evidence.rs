//! What a mention needs before it is believed, and what meets the need.
//!
//! Invariant: a need is met by evidence that DESIGN §4 lists (another name of the entity in the
//! document, a title, a prominent entity with no rival) and by nothing else; where prominence
//! would prove too much, the need says so.

use crate::annotate::document::Capitals;
use crate::annotate::{Document, Match, Mention};
use crate::dict::{CaseRule, EntityRef, Risk, Role, Stack, Stage};
use crate::name::{Language, Languages};
use crate::text::{Token, TokenKind, case, lang, letter};

use super::context::Context;

/// Prominence from which an entity without rival needs no other evidence.
pub const PROMINENT: f32 = 0.5;
/// Prominence from which a bare surname needs no full name.
pub const KNOWN_BY_SURNAME: f32 = 0.8;
/// A rival weakens prominence if it has this share of it.
const RIVAL: f32 = 0.5;

/// Why a match is not believed at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Need {
    /// The form is of another language than the text.
    ForeignForm,
    /// The form is an ordinary word of the text's language.
    PlainWord,
    /// The same in a run of capitals, where case tells nothing; prominence is not enough.
    PlainWordInCapitals,
    /// The form is marked as risky.
    Risky,
    /// The form is one or two letters of a kind that are words too often.
    Short,
    /// It touches an unknown word with a capital; prominence is not enough.
    Touching,
    /// It is a surname alone.
    Surname,
    /// It comes from a list of sanctioned persons; only another name is enough.
    Sanctioned,
}

impl Need {
    /// The need in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Need::ForeignForm => "form of another language",
            Need::PlainWord => "ordinary word of the language",
            Need::PlainWordInCapitals => "ordinary word among capitals",
            Need::Risky => "risky form",
            Need::Short => "very short form",
            Need::Touching => "touches an unknown word with a capital",
            Need::Surname => "surname alone",
            Need::Sanctioned => "from a list of sanctioned persons",
        }
    }
}

/// A need that nothing met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Refusal(pub Need);

/// What stands beside a mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Neighbour {
    /// Nothing, or a word that says nothing.
    Plain,
    /// A title.
    Title,
    /// A word with a capital that nobody knows.
    Unknown,
    /// A word with a capital that is a name, but not one of this entity's.
    Name,
}

/// Judges the matches of one document.
pub(super) struct Judge<'a, 't, 's> {
    pub document: &'a Document<'t>,
    pub stack: &'s Stack,
    pub languages: &'a Languages,
}

impl Judge<'_, '_, '_> {
    /// Everything that `found` needs.
    pub fn needs(&self, mention: &Mention<'_>, found: &Match<'_>) -> Vec<Need> {
        let mut needs = Vec::new();
        let form = &found.hit.form;
        let text_lang = self.document.lang_at(mention.range.start);
        let language = self.languages.get(text_lang);
        let text = &self.document.text[mention.range.clone()];
        if form.is_sanctioned() {
            needs.push(Need::Sanctioned);
        }
        if form.role() == Role::Family {
            needs.push(Need::Surname);
        }
        if !lang::same(form.lang(), text_lang) && !self.own_form_has_same_text(mention, found, text_lang) {
            needs.push(Need::ForeignForm);
        }
        let in_run =
            self.document.capitals_at(mention.tokens.start) == Capitals::Run && case::shape(text) == case::Shape::Upper;
        if mention.tokens.len() == 1 && self.is_plain(mention, language) {
            if in_run {
                needs.push(Need::PlainWordInCapitals);
            } else if form.case() != CaseRule::Exact {
                needs.push(Need::PlainWord);
            }
        }
        if form.risk() == Risk::High {
            needs.push(Need::Risky);
        }
        if self.is_short(mention, form.case()) {
            needs.push(Need::Short);
        }
        if !self.stands_for_itself(mention, found) && self.touches(mention, found, language) {
            needs.push(Need::Touching);
        }
        needs
    }

    /// The first need that nothing meets.
    pub fn unmet(
        &self,
        mention: &Mention<'_>,
        found: &Match<'_>,
        needs: &[Need],
        context: Option<&Context>,
    ) -> Option<Need> {
        let entity = found.hit.entity;
        let prior = self.stack.prior(entity);
        let no_rival = self.has_no_rival(mention, entity, prior);
        let prominent = prior >= PROMINENT && no_rival;
        let title = needs.iter().any(|n| !matches!(n, Need::Sanctioned)) && self.has_title(mention, entity);
        let otherwise = context.is_some_and(|c| c.names_otherwise(entity, &mention.key));
        let named = context.is_some_and(|c| c.names(entity));
        let is_met = |need: Need| match need {
            Need::Sanctioned => otherwise,
            Need::Surname => {
                let whole = context.is_some_and(|c| c.nearest_whole(entity, mention.range.start).is_some());
                otherwise || whole || prior >= KNOWN_BY_SURNAME && no_rival
            }
            Need::Touching => otherwise && found.hit.form.role() != Role::Family,
            Need::PlainWordInCapitals => named,
            Need::Risky | Need::PlainWord => otherwise || title || prominent,
            // A word of the text's own that is the name in some other language is that word.
            Need::ForeignForm if needs.contains(&Need::PlainWord) => title,
            // In a language that nobody here can read prominence proves little.
            Need::ForeignForm => title || named || prominent && self.languages.knows(found.hit.form.lang()),
            Need::Short => title || prominent || named,
        };
        needs.iter().copied().find(|&need| !is_met(need))
    }

    /// The same entity has a form of the text's language that matches here as well.
    fn own_form_has_same_text(&self, mention: &Mention<'_>, found: &Match<'_>, text_lang: &str) -> bool {
        mention.matches.iter().any(|m| {
            m.barred.is_none()
                && m.hit.entity == found.hit.entity
                && m.hit.form.role() == found.hit.form.role()
                && lang::same(m.hit.form.lang(), text_lang)
        })
    }

    /// A word with marks of its own is only that word: My is plain, Mỹ is not.
    fn is_plain(&self, mention: &Mention<'_>, language: &Language) -> bool {
        let text = &self.document.text[mention.range.clone()];
        let marked = text.chars().any(|c| !c.is_ascii() && letter::marks_distinguish(c));
        if marked { language.is_word(&letter::marked_cluster(text)) } else { language.is_word(&mention.key) }
    }

    /// One or two clusters of scripts without blanks, or of a form whose capitals say little.
    fn is_short(&self, mention: &Mention<'_>, rule: CaseRule) -> bool {
        let tokens = &self.document.tokens()[mention.tokens.clone()];
        let clusters = tokens.iter().filter(|t| t.kind != TokenKind::Blank).count();
        match tokens.first().map(|t| t.kind) {
            Some(TokenKind::Ideograph | TokenKind::Syllable) => clusters <= 2,
            Some(TokenKind::Kana) => mention.key.chars().count() <= 2,
            _ => rule != CaseRule::Exact && mention.key.chars().filter(|c| c.is_alphanumeric()).count() <= 2,
        }
    }

    /// No other entity that the span may mean comes near in prominence.
    pub fn has_no_rival(&self, mention: &Mention<'_>, entity: EntityRef, prior: f32) -> bool {
        !mention
            .matches
            .iter()
            .any(|m| m.barred.is_none() && m.hit.entity != entity && self.stack.prior(m.hit.entity) >= RIVAL * prior)
    }

    fn has_title(&self, mention: &Mention<'_>, entity: EntityRef) -> bool {
        if self.stack.kind(entity) != "person" {
            return false;
        }
        let language = self.document.language_at(mention.range.start, self.languages);
        [self.before(mention), self.after(mention)]
            .into_iter()
            .flatten()
            .any(|t| language.is_title(self.document.folded.token_key(t)))
    }

    /// The word before, if only blanks of one line or a hyphen stand between.
    fn before(&self, mention: &Mention<'_>) -> Option<&Token> {
        let tokens = self.document.tokens();
        let last = mention.tokens.start.checked_sub(1)?;
        if tokens[last].kind != TokenKind::Blank || !self.is_touching_blank(&tokens[last]) {
            return None;
        }
        let word = &tokens[last.checked_sub(1)?];
        (word.kind == TokenKind::Word).then_some(word)
    }

    /// The word after, likewise.
    fn after(&self, mention: &Mention<'_>) -> Option<&Token> {
        let tokens = self.document.tokens();
        let blank = tokens.get(mention.tokens.end)?;
        if blank.kind != TokenKind::Blank || !self.is_touching_blank(blank) {
            return None;
        }
        tokens.get(mention.tokens.end + 1).filter(|t| t.kind == TokenKind::Word)
    }

    fn is_touching_blank(&self, token: &Token) -> bool {
        let source = self.document.source(token);
        let dash = |c: char| matches!(c, '–' | '—' | '―' | '/' | '_' | '⁄' | '−');
        source.chars().all(|c| c == ' ' || c == '\u{a0}' || c == '\u{202f}' || c == '\n' || c == '\r')
            || !source.contains(' ') && !source.contains(dash)
    }

    /// A person's name of two words or more, and the acronym of a prominent entity, are whole names
    /// whatever touches them.
    fn stands_for_itself(&self, mention: &Mention<'_>, found: &Match<'_>) -> bool {
        let acronym = found.hit.form.role() == Role::Short && found.hit.form.case() == CaseRule::Exact;
        if acronym && self.stack.prior(found.hit.entity) >= PROMINENT {
            return true;
        }
        let words = self.document.tokens()[mention.tokens.clone()].iter().filter(|t| t.kind == TokenKind::Word).count();
        words >= 2 && found.hit.form.role() != Role::Family && self.stack.kind(found.hit.entity) == "person"
    }

    fn touches(&self, mention: &Mention<'_>, found: &Match<'_>, language: &Language) -> bool {
        let family = found.hit.form.role() == Role::Family;
        let before = self.before(mention).map_or(Neighbour::Plain, |t| self.neighbour(t, found, language));
        let after = self.after(mention).map_or(Neighbour::Plain, |t| self.neighbour(t, found, language));
        let headline = self.document.capitals_at(mention.tokens.start) == Capitals::Headline;
        match before {
            // A name before a surname is another person's given name.
            Neighbour::Name if family && !headline => return true,
            Neighbour::Unknown if !language.nouns_capitalised && !headline => return true,
            _ => {}
        }
        after == Neighbour::Unknown && !language.nouns_capitalised && !headline
    }

    fn neighbour(&self, token: &Token, found: &Match<'_>, language: &Language) -> Neighbour {
        let source = self.document.source(token);
        if !case::begins_with_capital(source) || case::shape(source) == case::Shape::Uncased {
            return Neighbour::Plain;
        }
        let key = self.document.folded.token_key(token);
        if language.is_title(key) {
            return Neighbour::Title;
        }
        if language.is_word(key)
            || language.is_abbreviation(key)
            || language.may_precede_hyphen(key)
            || language.may_follow_hyphen(key)
            || key.chars().any(|c| c.is_numeric())
        {
            return Neighbour::Plain;
        }
        let hits = self.stack.hits(key);
        let known: Vec<_> = hits.iter().filter(|h| h.form.role() != Role::Never).collect();
        if known.iter().any(|h| h.entity == found.hit.entity) {
            return Neighbour::Plain;
        }
        if !known.is_empty() {
            let given = known.iter().any(|h| matches!(h.form.role(), Role::Given | Role::Family));
            return if given { Neighbour::Name } else { Neighbour::Plain };
        }
        if self.initial_of(key, found) || self.is_inside_known_name(token) {
            return Neighbour::Plain;
        }
        Neighbour::Unknown
    }

    /// A single letter that begins a given name of the entity.
    fn initial_of(&self, key: &str, found: &Match<'_>) -> bool {
        let mut chars = key.chars();
        let (Some(letter), None) = (chars.next(), chars.next()) else {
            return false;
        };
        self.stack
            .forms(found.hit.entity)
            .filter(|f| f.role() == Role::Given)
            .any(|f| crate::text::key(f.text()).starts_with(letter))
    }

    /// Whether the word is the edge of a longer form beside the mention (two names in a row).
    fn is_inside_known_name(&self, token: &Token) -> bool {
        let tokens = self.document.tokens();
        let Ok(i) = tokens.binary_search_by_key(&token.src, |t| t.src) else {
            return false;
        };
        // Names of two or three words that end or begin at the word.
        (1..=2usize).any(|n| {
            let back = i.checked_sub(2 * n).map(|start| start..i + 1);
            let on = Some(i..i + 2 * n + 1).filter(|r| r.end <= tokens.len());
            [back, on].into_iter().flatten().any(|range| {
                let words = &tokens[range];
                words.iter().step_by(2).all(|t| t.kind == TokenKind::Word)
                    && words.iter().skip(1).step_by(2).all(|t| t.kind == TokenKind::Blank)
                    && {
                        let key =
                            &self.document.folded.key()[words[0].key as usize..words[words.len() - 1].key_end as usize];
                        self.stack.hits(key).iter().any(|h| h.form.role() != Role::Never)
                    }
            })
        })
    }
}

/// The stage that an accepted match is reported with.
pub(super) fn reported_stage(found: &Match<'_>, needs: &[Need], prior: f32) -> Stage {
    if needs.contains(&Need::Surname) && prior < KNOWN_BY_SURNAME { Stage::Coreference } else { found.stage }
}
