//! What stands around names, asked lazily, against the eager way: the text folded whole, every
//! token's capitals judged.

use std::collections::BTreeSet;
use std::ops::Range;

use exonym::Stack;
use exonym::annotate::capitals::Capitals;
use exonym::annotate::{Document, Scanner, Settings, Wanted};
use exonym::name::Languages;
use exonym::text::{self, Folded, LineEnd, Token, TokenKind, case};

use crate::common::{Random, builtin, shared};
use crate::scanner::{LANGS, random_dictionary, random_text};

/// A text with all that is lazily read of it, read at once.
pub struct Eager<'t> {
    pub text: &'t str,
    pub folded: Folded,
    pub settings: Settings,
    lang: String,
    capitals: Vec<Capitals>,
}

impl<'t> Eager<'t> {
    /// Reads `text`, whose language the settings must tell.
    pub fn new(text: &'t str, settings: &Settings, languages: &Languages) -> Self {
        let (folded, lang) = (text::fold(text, settings.line_end), settings.lang.clone().expect("a language"));
        let mut eager = Self { text, folded, settings: settings.clone(), lang, capitals: Vec::new() };
        eager.capitals = eager.judge_capitals(languages);
        eager
    }

    pub fn lang_at(&self, _: usize) -> &str {
        &self.lang
    }

    pub fn tokens(&self) -> &[Token] {
        self.folded.tokens()
    }

    /// What the capitals at token `index` are worth.
    pub fn capitals_at(&self, index: usize) -> Capitals {
        self.capitals.get(index).copied().unwrap_or_default()
    }

    fn source(&self, token: &Token) -> &'t str {
        &self.text[token.src as usize..token.src_end as usize]
    }

    fn tokens_of(&self, range: &Range<usize>) -> Range<usize> {
        let tokens = self.tokens();
        let first = tokens.partition_point(|t| t.src_end as usize <= range.start);
        let end = tokens.partition_point(|t| (t.src as usize) < range.end);
        first..end
    }

    /// Index of the word before the tokens, if only blanks that touch stand between.
    fn before(&self, tokens: &Range<usize>) -> Option<usize> {
        let blank = tokens.start.checked_sub(1)?;
        let word = blank.checked_sub(1)?;
        (self.touches(blank) && self.tokens()[word].kind == TokenKind::Word).then_some(word)
    }

    /// The word after, likewise.
    fn after(&self, tokens: &Range<usize>) -> Option<usize> {
        let word = tokens.end + 1;
        (word < self.tokens().len() && self.touches(tokens.end) && self.tokens()[word].kind == TokenKind::Word)
            .then_some(word)
    }

    fn touches(&self, blank: usize) -> bool {
        let source = self.source(&self.tokens()[blank]);
        let dash = |c: char| matches!(c, '–' | '—' | '―' | '/' | '_' | '⁄' | '−');
        let blanks = source.chars().all(|c| c == ' ' || c == '\u{a0}' || c == '\u{202f}' || c == '\n' || c == '\r');
        self.tokens()[blank].kind == TokenKind::Blank && (blanks || !source.contains(' ') && !source.contains(dash))
    }

    /// The keys of two and three words that begin or end with word `i`.
    fn keys_around(&self, i: usize) -> BTreeSet<String> {
        let tokens = self.tokens();
        let ranges =
            [1usize, 2].into_iter().flat_map(|n| [i.checked_sub(2 * n).map(|s| s..i + 1), Some(i..i + 2 * n + 1)]);
        ranges
            .flatten()
            .filter(|r| r.end <= tokens.len())
            .map(|r| &tokens[r])
            .filter(|words| words.iter().step_by(2).all(|t| t.kind == TokenKind::Word))
            .filter(|words| words.iter().skip(1).step_by(2).all(|t| t.kind == TokenKind::Blank))
            .map(|words| self.folded.key()[words[0].key as usize..words[words.len() - 1].key_end as usize].to_owned())
            .collect()
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
        if words.is_empty() {
            return false;
        };
        if words.len() > 40 || !languages.get(&self.lang).titlecase_headlines {
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
}

enum RunStep {
    Counts,
    Goes,
    Ends,
}

fn check(text: &str, stack: &Stack, settings: &Settings, about: &str) {
    let languages = Languages::builtin();
    let eager = Eager::new(text, settings, &languages);
    let document = Document::new(text, None, settings, &languages);
    let mut scanner = Scanner::default();
    for mention in scanner.scan(&document, stack, &languages, Wanted::All) {
        let span = &mention.range;
        let tokens = eager.tokens_of(span);
        let place = || {
            let at = |i: usize| (0..=i.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0);
            let around = &text[at(span.start.saturating_sub(150))..at(span.end + 150)];
            format!("{about}\n{:?} at {span:?} in {around:?}\n{settings:?}", &text[span.clone()])
        };
        let range = |i: usize| eager.tokens()[i].src as usize..eager.tokens()[i].src_end as usize;
        let extent = mention.spelling.extent;
        let own = &eager.tokens()[tokens.clone()];
        let words = own.iter().filter(|t| t.kind == TokenKind::Word).count();
        let clusters = own.iter().filter(|t| t.kind != TokenKind::Blank).count();
        let expected = (own.len(), words, clusters, Some(own[0].kind));
        assert_eq!((extent.tokens, extent.words, extent.clusters, extent.first), expected, "{}", place());
        let near = &mut scanner.near;
        let (before, after) = (near.before(&document, span), near.after(&document, span));
        assert_eq!(before, eager.before(&tokens).map(range), "before {}", place());
        assert_eq!(after, eager.after(&tokens).map(range), "after {}", place());
        assert_eq!(near.capitals(&document, span), eager.capitals_at(tokens.start), "{}", place());
        let (left, right) = (eager.before(&tokens), eager.after(&tokens));
        for (word, i) in [(before, left), (after, right)].into_iter().filter_map(|(w, i)| w.zip(i)) {
            let mut keys = BTreeSet::new();
            near.is_inside(&document, &word, |key| {
                keys.insert(key.to_owned());
                false
            });
            assert_eq!(keys, eager.keys_around(i), "around {}", place());
            let key = eager.folded.token_key(&eager.tokens()[i]);
            assert_eq!(text::key(&text[word]), key, "key {}", place());
        }
    }
}

#[test]
fn lazy_and_eager_agree_on_random_text() {
    for seed in 0..6000 {
        let mut random = Random(seed);
        let (dictionary, _) = random_dictionary(&mut random);
        let mut text = random_text(&mut random, if seed % 100 == 0 { 2000 } else { 30 });
        match random.below(6) {
            0 => text = text.to_uppercase(),
            1 => text = text.replace(' ', " Word "),
            2 => text = text.replace(", ", " small "),
            _ => {}
        }
        let settings = Settings {
            lang: Some(random.pick(LANGS).to_owned()),
            line_end: if random.below(4) == 0 { LineEnd::Break } else { LineEnd::Blank },
            ..Settings::default()
        };
        check(&text, &Stack::from(dictionary), &settings, &format!("seed {seed}"));
    }
}

#[test]
fn lazy_and_eager_agree_on_real_text() {
    let stack = builtin();
    for lang in ["en", "de", "fr", "tr", "uk", "ru", "pl", "he", "ko", "ja", "zh", "th", "ar"] {
        let Some(path) = shared(&format!("data/linking/plain/{lang}.txt.gz")).filter(|p| p.exists()) else { continue };
        let Ok(out) = std::process::Command::new("gzip").arg("-dc").arg(path).output() else { return };
        let text = String::from_utf8_lossy(&out.stdout[..out.stdout.len().min(300_000)]).into_owned();
        let settings = Settings { lang: Some(lang.to_owned()), ..Settings::default() };
        check(&text, &stack, &settings, lang);
    }
}
