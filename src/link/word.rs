//! Words beside names, and what they are to a name; remembered by thread.
//!
//! Invariant: a word says what would be found anew for the same letters and language; the memory
//! is bounded, and forgets by being overwritten.

use std::rc::Rc;

use crate::annotate::document::Paragraph;
use crate::annotate::memory::Memory;
use crate::dict::{EntityRef, Role, Stack};
use crate::name::Language;
use crate::text::{self, case};

/// What a word with a capital is.
#[derive(Debug)]
pub(super) enum Standing {
    /// Nothing that matters.
    Plain,
    /// A title.
    Title,
    /// A name of these entities; perhaps a person's given or family name.
    Name { entities: Vec<EntityRef>, is_part: bool },
    /// A word that nobody knows.
    Unknown,
}

/// A word beside a name.
#[derive(Debug)]
pub(super) struct Word {
    text: Box<str>,
    lang: Box<str>,
    pub key: String,
    pub is_title: bool,
    pub standing: Standing,
}

impl Word {
    fn new(stack: &Stack, language: &Language, word: &str, lang: &str) -> Self {
        let key = text::key(word);
        let is_title = language.is_title(&key);
        let standing = standing(stack, language, word, &key);
        Self { text: word.into(), lang: lang.into(), key, is_title, standing }
    }
}

fn standing(stack: &Stack, language: &Language, word: &str, key: &str) -> Standing {
    if !case::begins_with_capital(word) || case::shape(word) == case::Shape::Uncased {
        return Standing::Plain;
    }
    if language.is_title(key) {
        return Standing::Title;
    }
    let is_plain = language.is_word(key)
        || language.is_abbreviation(key)
        || language.may_precede_hyphen(key)
        || language.may_follow_hyphen(key)
        || key.chars().any(char::is_numeric);
    if is_plain {
        return Standing::Plain;
    }
    let hits = stack.hits(key);
    let known = hits.iter().filter(|h| h.form.role() != Role::Never);
    let entities: Vec<EntityRef> = known.clone().map(|h| h.entity).collect();
    if entities.is_empty() {
        return Standing::Unknown;
    }
    let is_part = known.clone().any(|h| matches!(h.form.role(), Role::Given | Role::Family));
    Standing::Name { entities, is_part }
}

/// The words met lately.
#[derive(Debug, Default)]
pub(super) struct Words {
    known: Memory<Rc<Word>, { 1 << 13 }>,
}

/// Bytes of the longest word that is remembered.
const LONGEST: usize = 64;

impl Words {
    /// What `word` is in the language of `paragraph`.
    pub fn get(&mut self, stack: &Stack, paragraph: &Paragraph<'_>, word: &str) -> Rc<Word> {
        let make = || Rc::new(Word::new(stack, paragraph.language, word, paragraph.lang));
        if word.len() > LONGEST {
            return make();
        }
        let is_it = |known: &Rc<Word>| *known.text == *word && *known.lang == *paragraph.lang;
        self.known.get(paragraph.hash(word), is_it, make).clone()
    }
}
