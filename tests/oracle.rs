//! The annotator's candidates against brute force: random dictionaries and texts over all scripts,
//! policies and case rules. A failure prints a ready reproduction.
//!
//! The oracle knows the rules of DESIGN §4 in the plainest way: it tries every pair of token
//! boundaries, folds the slice as a form is folded, and compares with every form of the dictionary.

use std::collections::BTreeSet;

use exonym::annotate::capitals::Capitals;
use exonym::annotate::document::CasePolicy;
use exonym::annotate::spelling::Bar;
use exonym::annotate::{Document, Overlap, Scanner, Settings, Wanted};
use exonym::dict::CaseRule;
use exonym::dict::build::Builder;
use exonym::name::Languages;
use exonym::text::{self, LineEnd, TokenKind, case};
use exonym::{Dictionary, Stack};

use crate::common::Random;
use crate::eager::Eager;

/// Words and signs of which names and texts are made; small, so that they meet often.
const ATOMS: &[&str] = &[
    "New",
    "new",
    "England",
    "Kyiv",
    "KYIV",
    "kyiv",
    "US",
    "U.S.",
    "J.",
    "D.",
    "Vance",
    "Łódź",
    "Lodz",
    "My",
    "Mỹ",
    "Київ",
    "ёлка",
    "елка",
    "НАТО",
    "HATO",
    "В'я",
    "Вя",
    "Αθήνα",
    "كييف",
    "و",
    "קייב",
    "ב",
    "基辅",
    "基",
    "輔",
    "タイ",
    "タイトル",
    "ル",
    "키이우",
    "에서",
    "우",
    "กรุง",
    "เทพ",
    "नई",
    "दिल्ली",
    "s",
    "den",
    "l",
    "A",
    "b",
    "3",
    "²",
    "G7",
];
const JOINTS: &[&str] = &[
    " ", " ", " ", "", "", "-", "'", "’", ".", ". ", ", ", "\n", "-\n", "\n\n", "/", "_", "·", "・", ":", "\u{ad}",
    "\u{200b}", " – ", "\"", "&", "$", "\u{a0}",
];
const LANGS: &[&str] = &["en", "fr", "tr", "uk", "ko", "und"];
const RULES: &[&str] = &["", "initial", "exact", "any"];

fn random_text(random: &mut Random, most: usize) -> String {
    let mut out = String::new();
    for _ in 0..1 + random.below(most) {
        out.push_str(random.pick(ATOMS));
        out.push_str(random.pick(JOINTS));
    }
    out
}

fn random_dictionary(random: &mut Random) -> (Dictionary, Vec<(String, CaseRule)>) {
    let mut table = String::from("id\tlang\tform\trole\tcase\n");
    let mut forms = Vec::new();
    let mut seen = BTreeSet::new();
    for i in 0..1 + random.below(12) {
        let form = random_text(random, 3).trim().replace(['\n', '\u{200b}', '\u{ad}'], "");
        let rule = random.pick(RULES);
        let key = text::key(&form);
        if key.is_empty() || key.contains(text::letter::BREAK) || !seen.insert(form.clone()) {
            continue;
        }
        table.push_str(&format!("e{i}\tund\t{form}\talias\t{rule}\n"));
        let rule = rule.parse().unwrap_or_else(|_| exonym::dict::build::default_case(&form));
        forms.push((form, rule));
    }
    let mut builder = Builder::default();
    builder.table("t", table.as_bytes());
    let built = builder.finish().expect("builds");
    assert!(built.faults.is_empty(), "{:?}\n{table}", built.faults);
    (built.open().expect("opens"), forms)
}

/// Every (start, end, form) that brute force finds, with the case rule met.
fn oracle(document: &Eager<'_>, forms: &[(String, CaseRule)], languages: &Languages) -> BTreeSet<(usize, usize)> {
    let tokens = document.tokens();
    let text = document.text;
    let mut out = BTreeSet::new();
    for i in 0..tokens.len() {
        for start in starts(document, i, languages) {
            for (j, last) in tokens.iter().enumerate().skip(i) {
                if last.kind == TokenKind::Break {
                    break;
                }
                if !ends(document, j, languages) {
                    continue;
                }
                let range = start as usize..last.src_end as usize;
                let slice = &text[range.clone()];
                for key in keys(document, i, j, start) {
                    for (form, rule) in forms {
                        let own = text::key(form) == key;
                        let variant = !own && variants(form).contains(&key);
                        if (own
                            && exonym::dict::lookup::compare_marks(slice, form) != exonym::dict::lookup::Marks::Other
                            || variant)
                            && meets(document, slice, i, form, *rule)
                        {
                            out.insert((range.start, range.end));
                        }
                    }
                }
            }
        }
    }
    out
}

/// Variants of a form in no language: only the apostrophes and the dots of abbreviations.
fn variants(form: &str) -> Vec<String> {
    let key = text::key(form);
    let dotless: Vec<String> = key
        .split(' ')
        .map(|w| {
            let bare = w.trim_end_matches('.');
            if w.len() > 1 && bare.chars().all(char::is_alphabetic) { bare.to_owned() } else { w.to_owned() }
        })
        .collect();
    vec![key.replace('\'', ""), dotless.join(" ")]
}

fn meets(document: &Eager<'_>, slice: &str, first: usize, form: &str, rule: CaseRule) -> bool {
    if document.settings.case == CasePolicy::Any {
        return true;
    }
    let pattern = |s: &str| -> Vec<bool> { s.chars().filter(|&c| case::is_cased(c)).map(char::is_uppercase).collect() };
    match rule {
        CaseRule::Any => true,
        CaseRule::Initial => pattern(slice).first().is_none_or(|&capital| capital),
        CaseRule::Exact => {
            pattern(slice) == pattern(form)
                || document.capitals_at(first) == Capitals::Run
                    && pattern(slice).iter().all(|&c| c)
                    && pattern(slice).len() != 1
        }
    }
}

/// The keys that the tokens spell: with and without line-end hyphens, with look-alikes.
fn keys(document: &Eager<'_>, i: usize, j: usize, start: u32) -> Vec<String> {
    let tokens = document.tokens();
    let whole = start == tokens[i].src;
    let spell = |alternative: bool| {
        let mut keys = vec![String::new()];
        for (n, token) in tokens[i..=j].iter().enumerate() {
            let main = if n == 0 && !whole {
                let piece = document.folded.pieces().iter().find(|p| p.src == start).expect("a piece");
                &document.folded.key()[piece.key as usize..token.key_end as usize]
            } else {
                document.folded.token_key(token)
            };
            let mut readings = vec![main];
            if token.join {
                readings.push("");
            }
            if alternative && (n > 0 || whole) {
                readings.extend(document.folded.alternative(token));
            }
            keys = keys.iter().flat_map(|k| readings.iter().map(move |r| format!("{k}{r}"))).collect();
        }
        keys
    };
    spell(true)
}

fn word(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Word | TokenKind::Syllable)
}

fn starts(document: &Eager<'_>, i: usize, languages: &Languages) -> Vec<u32> {
    let tokens = document.tokens();
    let t = &tokens[i];
    let language = languages.get(document.lang_at(t.src as usize));
    let before = |n: usize| i.checked_sub(n).map(|k| &tokens[k]);
    let adjoins = |a: &text::Token, b: &text::Token| a.src_end == b.src;
    let bare = !t.glue
        && !t.attached
        && !matches!(t.kind, TokenKind::Blank | TokenKind::Break)
        && before(1).is_none_or(|b| !b.glue);
    let sign = t.kind == TokenKind::Apostrophe && before(1).is_some_and(|b| word(b.kind) && adjoins(b, t));
    let elided = word(t.kind)
        && before(1).is_some_and(|b| b.kind == TokenKind::Apostrophe && adjoins(b, t))
        && before(2).is_some_and(|b| {
            word(b.kind)
                && adjoins(b, &tokens[i - 1])
                && !language.elisions.contains(&document.folded.token_key(b).to_owned())
        });
    let money = before(1).is_some_and(|b| {
        b.kind == TokenKind::Sign && adjoins(b, t) && "$€£¥₽₴₹₩₪₺".contains(document.folded.token_key(b))
    });
    if !bare || sign || elided || money {
        return Vec::new();
    }
    let mut out = vec![t.src];
    if t.kind == TokenKind::Word {
        for piece in document.folded.pieces_in(t.key + 1..t.key_end) {
            let head = &document.folded.key()[t.key as usize..piece.key as usize];
            let rest = &document.folded.key()[piece.key as usize..t.key_end as usize];
            if language.proclitics.iter().any(|p| p == head) && rest.chars().count() >= 3 {
                out.push(piece.src);
            }
        }
    }
    out
}

fn ends(document: &Eager<'_>, j: usize, languages: &Languages) -> bool {
    let tokens = document.tokens();
    let t = &tokens[j];
    let language = languages.get(document.lang_at(t.src as usize));
    if t.glue || matches!(t.kind, TokenKind::Blank | TokenKind::Break) {
        return false;
    }
    let Some(next) = tokens.get(j + 1) else { return true };
    if next.glue {
        return false;
    }
    if next.kind == TokenKind::Sign && t.src_end == next.src && "$€£¥₽₴₹₩₪₺".contains(document.folded.token_key(next))
    {
        return false;
    }
    if next.attached {
        let run: Vec<_> = tokens[j + 1..].iter().take_while(|t| t.attached).collect();
        let rest: String = run.iter().map(|t| document.folded.token_key(t)).collect();
        return run.iter().all(|t| t.kind == TokenKind::Syllable) && language.particles.contains(&rest);
    }
    if next.kind == TokenKind::Apostrophe && word(t.kind) && t.src_end == next.src {
        return match tokens.get(j + 2) {
            Some(after) if word(after.kind) && next.src_end == after.src => {
                tokens.get(j + 3).is_none_or(|t| !t.attached && !t.glue)
                    && language.possessives.contains(&document.folded.token_key(after).to_owned())
            }
            _ => true,
        };
    }
    true
}

/// The overlap policies, in the plainest way.
fn policy(spans: &BTreeSet<(usize, usize)>, overlap: Overlap) -> Vec<(usize, usize)> {
    let mut sorted: Vec<_> = spans.iter().copied().collect();
    sorted.sort_by_key(|&(s, e)| (s, std::cmp::Reverse(e)));
    let mut out: Vec<(usize, usize)> = Vec::new();
    for span in sorted {
        let drop = match overlap {
            Overlap::All => false,
            Overlap::Longest => out.iter().any(|o| span.0 < o.1),
            Overlap::NoNested => spans.iter().any(|o| *o != span && o.0 <= span.0 && span.1 <= o.1),
        };
        if !drop {
            out.push(span);
        }
    }
    out
}

fn check(seed: u64) {
    let mut random = Random(seed);
    let (dictionary, forms) = random_dictionary(&mut random);
    let text = random_text(&mut random, 14);
    let settings = Settings {
        lang: Some(random.pick(LANGS).to_owned()),
        line_end: if random.below(4) == 0 { LineEnd::Break } else { LineEnd::Blank },
        case: if random.below(4) == 0 { CasePolicy::Any } else { CasePolicy::Rule },
        skipping: exonym::annotate::document::Skipping::Nothing,
    };
    let languages = Languages::builtin();
    let document = Document::new(&text, None, &settings, &languages);
    let stack = Stack::from(dictionary);
    let mut scanner = Scanner::default();
    let mentions = scanner.scan(&document, &stack, &languages, Wanted::All);
    let reproduction = || format!("seed {seed}\nforms {forms:?}\ntext {text:?}\nsettings {settings:?}");
    for m in &mentions {
        assert!(text.is_char_boundary(m.range.start) && text.is_char_boundary(m.range.end), "{}", reproduction());
    }
    // Ordinary words are the evidence's matter.
    let found: BTreeSet<(usize, usize)> = mentions
        .iter()
        .filter(|m| m.spelling.matches.iter().any(|f| matches!(f.barred, None | Some(Bar::PlainWord))))
        .map(|m| (m.range.start, m.range.end))
        .collect();
    let eager = Eager::new(&text, &settings, &languages);
    let expected = oracle(&eager, &forms, &languages);
    assert_eq!(found, expected, "{}", reproduction());
    for overlap in Overlap::ALL {
        let selected: Vec<(usize, usize)> = overlap.select(found.iter().copied().collect(), |&(s, e)| s..e);
        assert_eq!(selected, policy(&expected, overlap), "{overlap}\n{}", reproduction());
    }
}

#[test]
fn brute_force_and_the_scanner_agree() {
    for seed in 0..6000 {
        check(seed);
    }
}
