//! Properties that hold for any text: offsets slice, folding is stable, builds are reproducible.

use exonym::Annotator;
use exonym::dict::build::Builder;
use exonym::rewrite::Normalizer;
use exonym::text::{self, LineEnd, OffsetMap, Unit, segment};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::common::{Random, builtin, root, shared};

/// Characters of all kinds, weighted to the ones that cause trouble.
fn random_text(random: &mut Random) -> String {
    const ODD: &[char] = &[
        'İ', 'ı', 'ß', 'ﬁ', '𐐂', '\u{301}', '\u{308}', '\u{ad}', '\u{200d}', '👩', '\u{fe0f}', '\0', '\r', '\n', '\t',
        '\'', '’', '-', '.', ' ', 'K', 'к', 'ά', 'ي', '\u{654}', 'ב', '澤', 'ー', 'ｶ', 'ﾞ', '각', 'ᄀ', 'ᅡ', 'ั', 'क', '्',
        '\u{feff}', '½', '²', '・', '״', '#', '@', '`',
    ];
    (0..random.below(24))
        .map(|_| {
            if random.below(4) == 0 {
                char::from_u32(random.below(0x2_ffff) as u32).unwrap_or(' ')
            } else {
                random.pick(ODD)
            }
        })
        .collect()
}

#[test]
fn folding_any_text() {
    let mut random = Random(7);
    for _ in 0..20_000 {
        let text = random_text(&mut random);
        let folded = text::fold(&text, LineEnd::Blank);
        let mut end = 0;
        for piece in folded.pieces() {
            assert!(piece.src >= end && piece.src < piece.src_end, "{text:?}");
            end = piece.src_end;
        }
        let mut key_end = 0;
        for token in folded.tokens() {
            assert_eq!(token.key, key_end, "{text:?}");
            assert!(text.get(token.src as usize..token.src_end as usize).is_some(), "{text:?}");
            key_end = token.key_end;
        }
        assert_eq!(key_end as usize, folded.key().len(), "{text:?}");
        let clusters: Vec<usize> = text.grapheme_indices(true).map(|(i, _)| i).chain([text.len()]).collect();
        for token in folded.tokens() {
            for at in [token.src, token.src_end] {
                assert!(clusters.contains(&(at as usize)), "{text:?}: an edge inside a cluster");
            }
        }
        let parts: String = segment::paragraphs(&text).into_iter().map(|r| text[r].to_owned()).collect();
        assert_eq!(parts, text);
    }
}

#[test]
fn keys_are_stable() {
    let mut random = Random(11);
    let mut unstable = Vec::new();
    for _ in 0..20_000 {
        let text = random_text(&mut random);
        let key = text::key(&text);
        if text::key(&key) != key {
            let again = text::key(&key);
            unstable.push((text, key, again));
        }
    }
    // Signs that stand loose may join when what was between them is taken off; names have none.
    assert!(
        unstable.len() < 20_000 / 50,
        "{} unstable, such as {:?}",
        unstable.len(),
        &unstable[..5.min(unstable.len())]
    );
}

#[test]
fn the_keys_of_all_forms_are_stable() {
    let stack = builtin();
    let mut faults = Vec::new();
    for entity in stack.layers()[0].entities() {
        for form in entity.forms() {
            let key = text::key(form.text());
            if text::key(&key) != key {
                faults.push(format!("{} {} {key}", entity.id(), form.text()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn spaced_words_are_those_of_uax_29() {
    // Every edge between letters of spaced scripts is a word boundary of UAX #29 or at a sign of ours.
    let mut random = Random(3);
    const PARTS: &[&str] = &[
        "Kyiv",
        "can't",
        "3.14",
        "a:b",
        "U.S.",
        "кі",
        "αβ",
        "e\u{301}",
        " ",
        ", ",
        ".",
        "–",
        "example.com",
        "x",
        "12",
    ];
    for _ in 0..5_000 {
        let text: String = (0..8).map(|_| random.pick(PARTS)).collect();
        let bounds: Vec<usize> = text.split_word_bound_indices().map(|(i, _)| i).chain([text.len()]).collect();
        let folded = text::fold(&text, LineEnd::Blank);
        let tokens = folded.tokens();
        for (i, token) in tokens.iter().enumerate().filter(|(_, t)| t.kind == text::TokenKind::Word && !t.glue) {
            let neighbour =
                |t: Option<&text::Token>| t.is_some_and(|t| t.glue || t.kind == text::TokenKind::Apostrophe);
            let initial = folded.token_key(token).chars().count() <= 3;
            let before = i.checked_sub(1).and_then(|k| tokens.get(k));
            if !neighbour(before)
                && !initial
                && before.is_none_or(|b| {
                    b.kind != text::TokenKind::Blank || b.src_end > b.src + 1 || text[b.src as usize..].starts_with(' ')
                })
            {
                assert!(bounds.contains(&(token.src as usize)), "{text:?} at {}", token.src);
            }
        }
    }
}

#[test]
fn annotating_and_rewriting_any_text() {
    let annotator = Annotator::new(builtin());
    let normalizer = Normalizer::new(annotator.clone());
    let mut random = Random(5);
    let names = ["Kyiv", "Kiev's", "Зеленський", "ゼレンスキー", "U.S.", "基辅", "NATO", "Putin", "Москва", "كييف"];
    for _ in 0..1_500 {
        let mut text = random_text(&mut random);
        for _ in 0..random.below(4) {
            text.push_str(random.pick(&names));
            text.push_str(&random_text(&mut random));
        }
        let annotations = annotator.annotate(&text).expect("annotates");
        for a in &annotations {
            assert_eq!(&text[a.range.clone()], a.form, "{text:?}");
            for unit in [Unit::Bytes, Unit::Codepoints, Unit::Utf16] {
                let mut map = OffsetMap::new(&text, unit);
                let (start, end) = (map.get(a.range.start) as usize, map.get(a.range.end) as usize);
                let slice: String = match unit {
                    Unit::Bytes => String::from_utf8_lossy(&text.as_bytes()[start..end]).into_owned(),
                    Unit::Codepoints => text.chars().skip(start).take(end - start).collect(),
                    Unit::Utf16 => String::from_utf16_lossy(&text.encode_utf16().collect::<Vec<_>>()[start..end]),
                };
                assert_eq!(slice, a.form, "{text:?} {unit}");
            }
        }
        let rewrite = normalizer.rewrite(&text).expect("rewrites");
        if !rewrite.changes() {
            assert_eq!(rewrite.apply(), text);
        }
    }
}

#[test]
fn the_same_tables_in_any_order_give_the_same_bytes() {
    let folder = root().join("dictionaries/entities");
    let mut names = ["media.entities.tsv", "media.forms.tsv", "world-persons.entities.tsv", "world-persons.forms.tsv"];
    let mut build = || {
        let mut builder = Builder::default();
        for name in names {
            builder.table(name, &std::fs::read(folder.join(name)).expect("readable"));
        }
        names.reverse();
        names.swap(0, 1);
        builder.finish().expect("builds").bytes
    };
    let first = build();
    assert!(first == build() && first == build());
}

#[test]
fn types_are_send_and_sync() {
    fn error<T: Send + Sync>() {}
    error::<exonym::Error>();
    fn check<T: Send + Sync + std::panic::UnwindSafe>() {}
    check::<exonym::Dictionary>();
    check::<exonym::Stack>();
    check::<Annotator>();
    check::<Normalizer>();
}

#[test]
fn real_documents_give_sound_offsets() {
    use std::io::Read as _;
    let Some(path) = shared("data/linking/slavicner/docs.jsonl.gz") else { return };
    let mut text = String::new();
    let gz = std::process::Command::new("gzip").arg("-dc").arg(path).stdout(std::process::Stdio::piped()).spawn();
    let Ok(mut child) = gz else { return };
    child.stdout.take().expect("piped").read_to_string(&mut text).expect("readable");
    let annotator = Annotator::new(builtin());
    for line in text.lines().step_by(8) {
        let document: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let text = document["text"].as_str().expect("a text");
        for a in annotator.annotate_document(text, document["lang"].as_str()).expect("annotates").annotations {
            assert_eq!(&text[a.range.clone()], a.form);
        }
    }
}
