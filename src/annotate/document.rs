//! A text made ready for scanning: folded, languages guessed, capitals judged, skips found.
//!
//! Invariant: everything is told in byte offsets of the text as delivered and in token indices of
//! its folded form.

use std::ops::Range;

use super::fast::Proclitics;
use super::skip::{self, Skip};
use crate::name::{Language, Languages};
use crate::text::{self, Folded, LineEnd, Token, TokenKind, case, lang, segment};

/// How a document is read.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Language of the whole text; guessed for each paragraph if not given.
    pub lang: Option<String>,
    /// What a line end is.
    pub line_end: LineEnd,
    /// Whether URLs, e-mail, code, handles and time-zone ids are left alone.
    pub skipping: Skipping,
    /// Whether the case rules of forms hold.
    pub case: CasePolicy,
}

/// Whether some parts of a text are left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Skipping {
    /// URLs, e-mail, code, handles and time-zone ids are skipped.
    #[default]
    Identifiers,
    /// Everything is read.
    Nothing,
}

/// Whether the case rules of forms hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CasePolicy {
    /// Each form's own rule.
    #[default]
    Rule,
    /// Case is ignored.
    Any,
}

/// What the capitals around a token are worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Capitals {
    /// Running text.
    #[default]
    Text,
    /// A headline in which most words have a capital.
    Headline,
    /// A run of words in capitals.
    Run,
}

/// A text ready for scanning.
#[derive(Debug)]
pub struct Document<'t> {
    /// The text as delivered.
    pub text: &'t str,
    /// Its language, `und` if unsure.
    pub lang: String,
    /// The folded text.
    pub folded: Folded,
    /// Parts that are left alone.
    pub skips: Vec<Skip>,
    /// How it was asked to be read.
    pub settings: Settings,
    paragraphs: Vec<(Range<usize>, String)>,
    capitals: Vec<Capitals>,
}

impl<'t> Document<'t> {
    /// Prepares `text`, which must be shorter than 4 GiB. Cost: linear.
    pub fn new(text: &'t str, settings: Settings, languages: &Languages) -> Self {
        let paragraphs = paragraph_languages(text, settings.lang.as_deref());
        let lang = match &settings.lang {
            Some(lang) => lang.clone(),
            None => majority(&paragraphs),
        };
        let folded = text::fold(text, settings.line_end);
        let skips = match settings.skipping {
            Skipping::Identifiers => skip::find(text),
            Skipping::Nothing => Vec::new(),
        };
        let mut document = Self { text, lang, folded, skips, settings, paragraphs, capitals: Vec::new() };
        document.capitals = document.judge_capitals(languages);
        document
    }

    /// The language at byte `at`.
    pub fn lang_at(&self, at: usize) -> &str {
        let i = self.paragraphs.partition_point(|(range, _)| range.end <= at);
        self.paragraphs.get(i).map_or(self.lang.as_str(), |(_, lang)| lang)
    }

    /// What the capitals at token `index` are worth.
    pub fn capitals_at(&self, index: usize) -> Capitals {
        self.capitals.get(index).copied().unwrap_or_default()
    }

    /// The source of a token.
    pub fn source(&self, token: &Token) -> &'t str {
        &self.text[token.src as usize..token.src_end as usize]
    }

    /// The tokens.
    pub fn tokens(&self) -> &[Token] {
        self.folded.tokens()
    }

    /// Indices of the tokens that a span covers.
    pub fn tokens_of(&self, range: &Range<usize>) -> Range<usize> {
        let tokens = self.tokens();
        let first = tokens.partition_point(|t| t.src_end as usize <= range.start);
        let end = tokens.partition_point(|t| (t.src as usize) < range.end);
        first..end
    }

    /// Whether some language of the text writes words together with a name after them.
    pub fn proclitics(&self, languages: &Languages) -> Proclitics {
        if self.paragraphs.iter().all(|(_, lang)| languages.get(lang).proclitics.is_empty()) {
            Proclitics::Absent
        } else {
            Proclitics::Possible
        }
    }

    fn judge_capitals(&self, languages: &Languages) -> Vec<Capitals> {
        let tokens = self.tokens();
        let mut out = vec![Capitals::Text; tokens.len()];
        let mut line = 0;
        for end in 0..=tokens.len() {
            if end < tokens.len() && !self.ends_line(&tokens[end]) {
                continue;
            }
            if self.is_headline(line..end, languages) {
                out[line..end].fill(Capitals::Headline);
            }
            line = end + 1;
        }
        // Runs of three or more words in capitals.
        let mut run: Option<(usize, usize, usize)> = None;
        for i in 0..=tokens.len() {
            let step = tokens.get(i).map_or(RunStep::Ends, |t| self.run_step(t));
            match (step, run) {
                (RunStep::Counts, Some((start, _, n))) => run = Some((start, i + 1, n + 1)),
                (RunStep::Counts, None) => run = Some((i, i + 1, 1)),
                (RunStep::Goes, Some((start, _, n))) => run = Some((start, i + 1, n)),
                (RunStep::Goes, None) => {}
                (RunStep::Ends, ended) => {
                    if let Some((start, end, n)) = ended
                        && n >= 3
                    {
                        out[start..end.min(tokens.len())].fill(Capitals::Run);
                    }
                    run = None;
                }
            }
        }
        out
    }

    fn ends_line(&self, token: &Token) -> bool {
        token.kind == TokenKind::Break || token.kind == TokenKind::Blank && self.source(token).contains(['\n', '\r'])
    }

    /// A line of four words or more of which nearly all longer ones begin with a capital.
    fn is_headline(&self, tokens: Range<usize>, languages: &Languages) -> bool {
        let words: Vec<&Token> = self.tokens()[tokens].iter().filter(|t| t.kind == TokenKind::Word).collect();
        let Some(first) = words.first() else {
            return false;
        };
        if words.len() > 40 || !languages.get(self.lang_at(first.src as usize)).titlecase_headlines {
            return false;
        }
        let long: Vec<&str> = words.iter().map(|t| self.source(t)).filter(|w| w.chars().count() >= 4).collect();
        let capital = long.iter().filter(|w| case::begins_with_capital(w)).count();
        words.len() >= 4 && long.len() >= 3 && capital * 10 >= long.len() * 9
    }

    fn run_step(&self, token: &Token) -> RunStep {
        match token.kind {
            TokenKind::Blank | TokenKind::Apostrophe => RunStep::Goes,
            TokenKind::Sign if matches!(self.folded.token_key(token), "&" | "\"" | "“" | "”" | "«" | "»") => {
                RunStep::Goes
            }
            TokenKind::Word => {
                let word = self.source(token);
                match case::shape(word) {
                    case::Shape::Upper => RunStep::Counts,
                    case::Shape::Initial if word.chars().filter(|c| c.is_alphabetic()).count() == 1 => RunStep::Goes,
                    case::Shape::Lower if word == "s" => RunStep::Goes,
                    case::Shape::Uncased => RunStep::Goes,
                    _ => RunStep::Ends,
                }
            }
            _ => RunStep::Ends,
        }
    }

    /// The language data at byte `at`.
    pub fn language_at<'l>(&self, at: usize, languages: &'l Languages) -> &'l Language {
        languages.get(self.lang_at(at))
    }
}

enum RunStep {
    Counts,
    Goes,
    Ends,
}

fn paragraph_languages(text: &str, given: Option<&str>) -> Vec<(Range<usize>, String)> {
    if let Some(lang) = given {
        return vec![(0..text.len(), lang.to_owned())];
    }
    let guessed: Vec<(Range<usize>, Option<&str>)> =
        segment::paragraphs(text).into_iter().map(|range| (range.clone(), lang::guess(&text[range]))).collect();
    // A paragraph too short to tell takes the language that the document is mostly in, if the
    // whole is surer than its parts.
    let mut weights: Vec<(&str, usize)> = Vec::new();
    for (range, lang) in &guessed {
        if let Some(lang) = lang {
            match weights.iter_mut().find(|(l, _)| l == lang) {
                Some((_, n)) => *n += range.len(),
                None => weights.push((lang, range.len())),
            }
        }
    }
    let main = weights.iter().max_by_key(|(_, n)| *n).map(|(l, _)| *l).or_else(|| lang::guess(text));
    guessed.into_iter().map(|(range, lang)| (range, lang.or(main).unwrap_or("und").to_owned())).collect()
}

fn majority(paragraphs: &[(Range<usize>, String)]) -> String {
    let mut weights: Vec<(&str, usize)> = Vec::new();
    for (range, lang) in paragraphs {
        match weights.iter_mut().find(|(l, _)| l == lang) {
            Some((_, n)) => *n += range.len(),
            None => weights.push((lang, range.len())),
        }
    }
    weights.iter().max_by_key(|(_, n)| *n).map_or_else(|| "und".to_owned(), |(l, _)| (*l).to_owned())
}
