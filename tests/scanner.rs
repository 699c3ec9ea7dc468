//! The fast scanner against the slow walk: random text over all scripts, both kinds of spans, real
//! text where it is at hand. A failure prints a ready reproduction.

use exonym::Dictionary;
use exonym::annotate::fast::{self, Proclitics, Reading, Scratch, Small, Spans};
use exonym::annotate::{Found, reference};
use exonym::dict::build::Builder;
use exonym::name::Languages;
use exonym::text::{self, LineEnd};

use crate::common::{Random, shared};

/// Words, parts of words and single letters of many scripts.
const ATOMS: &[&str] = &[
    "New",
    "new",
    "NEW",
    "York",
    "England",
    "Kyiv",
    "KYIV",
    "US",
    "U.S.",
    "U.",
    "S",
    "s",
    "J.",
    "D.",
    "D",
    "Vance",
    "HOME",
    "HATO",
    "НАТО",
    "HАТО",
    "Łódź",
    "Straße",
    "ﬁn",
    "ŋ",
    "Œuvre",
    "I",
    "İ",
    "ı",
    "Київ",
    "в",
    "В.",
    "Ёлка",
    "елка",
    "В'я",
    "Вя",
    "Αθήνα",
    "ΑΘΗΝΑ",
    "Երևան",
    "თბილისი",
    "كييف",
    "وكييف",
    "كِييف",
    "لا",
    "ﻻ",
    "ב",
    "קייב",
    "בקייב",
    "שָׁלוֹם",
    "基辅",
    "基",
    "輔",
    "东京都",
    "タイ",
    "タイトル",
    "ル",
    "ｶﾞ",
    "키이우",
    "에서",
    "우",
    "กรุงเทพ",
    "ก",
    "นำ",
    "नई",
    "दिल्ली",
    "မြန်မာ",
    "e\u{301}",
    "a\u{308}",
    "𝐀",
    "😀",
    "👨‍👩‍👧",
    "3",
    "42",
    "3.14",
    "²",
    "G7",
    "G²",
    "₁",
    "ª",
    "Ⅷ",
    "㎏",
    "…",
    "ﷺ",
    "den",
    "l",
    "d",
    "A",
    "b",
    "x",
    "Ǆ",
    "ǆ",
    "ß",
    "ẞ",
    "ﬀ",
    "Ａ",
    "ｂ",
    "１",
    "ʼ",
    "ـ",
    "١٢",
    "ꙮ",
    "\u{1100}",
    "ᄒ",
    "각",
    "supercalifragilisticexpialidocious",
    "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    "internationalisation",
];
const JOINTS: &[&str] = &[
    " ", " ", " ", " ", " ", "", "", "-", "'", "’", ".", ". ", ", ", ",", "\n", "-\n", "\n\n", "\r\n", ".\n", "\n- ",
    "\n* ", "/", "_", "·", "・", "‧", ":", ";", "\u{ad}", "\u{200b}", "\u{200c}", "\u{200d}", " – ", "—", "\"", "״",
    "״", "&", "$", "€", "\u{a0}", "  ", "\t", "(", ")", "«", "»", "„", "“", "!", "?", "。", "、", "，", "：", "．",
    "|", "\0", "\u{b}", "\u{2028}", "\u{2029}", "•", "~", "^", "@", "#", "%", "+", "'s ", "’s.", "'s,", "l'", "dell'",
    "\u{301}", "\u{5be}", "`", "´", "\u{feff}", "\u{85}",
];
pub const LANGS: &[&str] = &["en", "fr", "tr", "uk", "ko", "ar", "he", "und"];

pub fn random_text(random: &mut Random, most: usize) -> String {
    let mut out = String::new();
    for _ in 0..1 + random.below(most) {
        out.push_str(random.pick(ATOMS));
        out.push_str(random.pick(JOINTS));
        if random.below(40) == 0 {
            let c = char::from_u32(random.below(0x3_0000) as u32).unwrap_or('x');
            out.push(c);
        }
    }
    out
}

/// Forms cut from what the texts are made of, so that they meet often.
pub fn random_dictionary(random: &mut Random) -> (Dictionary, Vec<String>) {
    let mut forms = Vec::new();
    for _ in 0..1 + random.below(24) {
        let form: String = random_text(random, 3).chars().filter(|c| !c.is_control()).collect();
        let form = form.trim().to_owned();
        let key = text::key(&form);
        if !key.is_empty() && !key.contains(text::letter::BREAK) && !forms.contains(&form) {
            forms.push(form);
        }
    }
    let lines: String = forms.iter().enumerate().map(|(i, f)| format!("e{i}\tund\t{f}\talias\n")).collect();
    let mut builder = Builder::default();
    builder.table("t", format!("id\tlang\tform\trole\n{lines}").as_bytes());
    (builder.finish().expect("builds").open().expect("opens"), forms)
}

fn compare(text: &str, dictionary: &Dictionary, lang: &str, line_end: LineEnd, scratch: &mut Scratch, about: &str) {
    let languages = Languages::builtin();
    let language = |_| languages.get(lang);
    for spans in [Spans::All, Spans::Longest] {
        let proclitics =
            if languages.get(lang).proclitics.is_empty() { Proclitics::Absent } else { Proclitics::Possible };
        let reading = Reading { line_end, language: &language, proclitics, small: Small::Any, spans };
        let mut found = Vec::new();
        assert!(fast::scan(text, dictionary, &reading, scratch, &mut found));
        let sorted = |mut list: Vec<Found>| {
            list.sort_unstable();
            list
        };
        let (found, expected) = (sorted(found), sorted(reference(text, dictionary, &reading)));
        if found != expected {
            let missed: Vec<_> = expected.iter().filter(|f| !found.contains(f)).take(3).collect();
            let extra: Vec<_> = found.iter().filter(|f| !expected.contains(f)).take(3).collect();
            let slice = |f: &&Found| text.get(f.start as usize..f.end as usize).map(str::to_owned);
            let around = |f: &&Found| {
                let at = |i: usize| (0..=i.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0);
                text[at((f.start as usize).saturating_sub(12))..at(f.end as usize + 12)].to_owned()
            };
            panic!(
                "{about} {lang} {spans:?} {line_end:?}\nmissed {missed:?} {:?} {:?}\nextra {extra:?} {:?} {:?}",
                missed.iter().map(slice).collect::<Vec<_>>(),
                missed.iter().map(around).collect::<Vec<_>>(),
                extra.iter().map(slice).collect::<Vec<_>>(),
                extra.iter().map(around).collect::<Vec<_>>(),
            );
        }
    }
}

#[test]
fn fast_and_slow_agree_on_random_text() {
    let mut scratch = Scratch::default();
    for seed in 0..8000 {
        let mut random = Random(seed);
        let (dictionary, forms) = random_dictionary(&mut random);
        let most = if seed % 50 == 0 { 4000 } else { 24 };
        let mut text = random_text(&mut random, most);
        // A form of the dictionary here and there, as it stands.
        for _ in 0..random.below(4) {
            text.push_str(random.pick(JOINTS));
            // Parted at a line end now and then.
            let form = random.pick(&forms.iter().map(String::as_str).chain(["x"]).collect::<Vec<_>>());
            let cut = form.floor_char_boundary(random.below(form.len() + 1));
            match random.below(6) {
                0 => text.extend([&form[..cut], "-\n", &form[cut..]]),
                _ => text.push_str(form),
            }
        }
        text.push_str(&random_text(&mut random, 6));
        let line_end = if random.below(4) == 0 { LineEnd::Break } else { LineEnd::Blank };
        let lang = random.pick(LANGS);
        let about = format!(
            "seed {seed}\nforms {forms:?}\ntext {:?}",
            &text[..text.len().min(400).min(text.floor_char_boundary(400))]
        );
        compare(&text, &dictionary, lang, line_end, &mut scratch, &about);
    }
}

#[test]
fn fast_and_slow_agree_on_real_text() {
    let (Some(linking), Some(places)) = (shared("data/linking/plain"), shared("data/perf/d100k.tsv.gz")) else {
        return;
    };
    let unpack = |path: &std::path::Path| -> Vec<u8> {
        let output = std::process::Command::new("gzip").arg("-dc").arg(path).output().expect("gzip");
        output.stdout
    };
    let table = unpack(&places);
    let lines: Vec<&[u8]> = table.split(|&b| b == b'\n').step_by(4).collect();
    let mut builder = Builder::default().defaults(exonym::dict::source::table::Defaults {
        columns: Some(vec!["id".to_owned(), "form".to_owned()]),
        lang: Some("und".to_owned()),
        ..Default::default()
    });
    builder.table("t", &lines.join(&b'\n'));
    let dictionary = builder.finish().expect("builds").open().expect("opens");
    let mut scratch = Scratch::default();
    let mut files: Vec<_> = std::fs::read_dir(linking).expect("a folder").flatten().map(|e| e.path()).collect();
    files.sort();
    for path in files.iter().filter(|p| p.to_string_lossy().ends_with(".txt.gz")) {
        let text = String::from_utf8_lossy(&unpack(path)).into_owned();
        let part = &text[..text.floor_char_boundary(60_000.min(text.len()))];
        let lang = path.file_name().and_then(|n| n.to_str()).map_or("und", |n| n.split('.').next().unwrap_or("und"));
        for lang in [lang, "und"] {
            compare(part, &dictionary, lang, LineEnd::Blank, &mut scratch, &path.display().to_string());
        }
    }
}

#[test]
fn named_cases() {
    let cases: &[(&str, &str, &str)] = &[
        ("a hyphen at a line end parts a word", "Zelenskyy", "It was Zelen-\nskyy who came."),
        ("the second word of a name is parted", "Volodymyr Zelenskyy", "It was Volodymyr Zelen-\r\nskyy who came."),
        ("a hyphen beyond ASCII parts it", "Зеленський", "Це був Зелен\u{2010}\nський, так."),
        ("a sign that folds to another, where such a sign may begin a name", "S'hertogen", "at S`hertogen and `t"),
        ("a parted word after one that begins names", "New York", "in New Yo-\nrk and"),
    ];
    for (about, form, text) in cases {
        let mut builder = Builder::default();
        builder.table("t", format!("id\tlang\tform\trole\ne\tund\t{form}\talias\n").as_bytes());
        let dictionary = builder.finish().expect("builds").open().expect("opens");
        compare(text, &dictionary, "und", LineEnd::Blank, &mut Scratch::default(), about);
    }
}
