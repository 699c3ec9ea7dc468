//! Tables of keys and tokens, and the key of every code point.

use super::*;

#[test]
fn keys() {
    let cases = [
        ("Kyiv", "kyiv"),
        ("  New   York ", "new york"),
        ("Saint-Denis", "saint denis"),
        ("U.S.", "us"),
        ("U.S", "us"),
        ("J. D. Vance", "jd vance"),
        ("J.D. Vance", "jd vance"),
        ("George W. Bush", "george w bush"),
        ("В.Зеленський", "в зеленський"),
        ("В’ячеслав", "в'ячеслав"),
        ("Вʼячеслав", "в'ячеслав"),
        ("AT&T", "at&t"),
        ("Zelen\u{ad}skyy", "zelenskyy"),
        ("Zelen\u{ad}skyy\u{200b}", "zelenskyy"),
        ("ウォロディミル・ゼレンスキー", "ウォロディミル ゼレンスキー"),
        ("ウォロディミル＝ゼレンスキー", "ウォロディミル=ゼレンスキー"),
        ("弗拉基米尔·普京", "弗拉基米尔 普京"),
        ("Intel·lectual", "intel·lectual"),
        ("ארה״ב", "ארה\"ב"),
        ("Tpъмп", "тръмп"),
        ("new. England", "new. england"),
        ("a..", "a.."),
        ("New\nEngland", "new england"),
        ("СВЕТ_ЛАНА", "свет лана"),
    ];
    for (text, expected) in cases {
        assert_eq!(key(text), expected, "{text:?}");
        assert_eq!(key(expected), expected, "key of the key of {text:?}");
    }
}

/// Tokens as `kind:source`, with `!` for glue, `~` for a join, `|` for attached.
fn tokens(text: &str) -> String {
    let folded = fold(text, LineEnd::Blank);
    let mut out = Vec::new();
    for t in folded.tokens() {
        let kind = match t.kind {
            TokenKind::Word => "w",
            TokenKind::Syllable => "h",
            TokenKind::Kana => "k",
            TokenKind::Ideograph => "i",
            TokenKind::Blank => "_",
            TokenKind::Apostrophe => "'",
            TokenKind::Super => "s",
            TokenKind::Sign => ".",
            TokenKind::Break => "/",
        };
        out.push(format!(
            "{kind}{}{}{}{}",
            if t.glue { "!" } else { "" },
            if t.join { "~" } else { "" },
            if t.attached { "|" } else { "" },
            if matches!(t.kind, TokenKind::Word | TokenKind::Kana) {
                &text[t.src as usize..t.src_end as usize]
            } else {
                ""
            }
        ));
    }
    out.join(" ")
}

#[test]
fn token_kinds() {
    let cases = [
        ("Kyiv's", "wKyiv ' ws"),
        ("the U.S.-led", "wthe _ wU.S. _ wled"),
        ("example.com", "wexample .! wcom"),
        ("3.14, ok", "w3 .! w14 . _ wok"),
        ("Zelen-\nskyy", "wZelen _~ wskyy"),
        ("Zelen\u{ad}\nskyy", "wZelen _~ wskyy"),
        ("end.\nKyiv", "wend . / wKyiv"),
        ("a\n\nb", "wa / wb"),
        ("x\n- b", "wx / wb"),
        ("x • b", "wx / wb"),
        ("タイトル国", "kタイトル i"),
        ("EU가", "wEU h|"),
        ("키이우", "h h| h|"),
        ("Kyiv²", "wKyiv s"),
        ("W. Bush", "wW _ wBush"),
        ("В.Путин", "wВ _ wПутин"),
    ];
    for (text, expected) in cases {
        assert_eq!(tokens(text), expected, "{text:?}");
    }
}

#[test]
fn the_key_table_of_every_code_point() {
    let mut table = String::new();
    let mut unstable = Vec::new();
    for c in (0..=0x10ffff).filter_map(char::from_u32) {
        let text = c.to_string();
        let once = key(&text);
        if key(&once) != once {
            unstable.push(c);
        }
        let folded = fold(&text, LineEnd::Blank);
        for piece in folded.pieces() {
            assert!(text.is_char_boundary(piece.src as usize) && piece.src < piece.src_end, "{c:?}");
        }
        if once != text {
            table.push_str(&format!("{:x}\t{once}\n", u32::from(c)));
        }
    }
    assert!(unstable.is_empty(), "not stable: {unstable:?}");
    // A change here is a change of every dictionary: raise FOLD_VERSION with it.
    assert_eq!(
        format!("{:016x}", xxhash_rust::xxh3::xxh3_64(table.as_bytes())),
        "78368860231088a8",
        "fold version {FOLD_VERSION}, Unicode {}",
        unicode_version()
    );
}

#[test]
fn the_easy_way_is_the_walk() {
    const PARTS: &[&str] = &[
        "Kyiv", "a", "J", "5", ".", ".", " ", " ", "-", "–", "'", "’", "·", "・", "\u{301}", "\u{308}", "é", "ß", "ı",
        "İ", "ё", "й", "К", "к", "НАТО", "α", "ώ", "Ç", "ﬁ", "ب", "بَ", "ـ", "ש", "שׁ", "״", "क", "्", "ष", "ा", "ก", "ั",
        "東", "澤", "ひ", "カ", "ー", "ﾞ", "각", "ᄀ", "ა", "՚", "\u{ad}", "\u{200d}", "/", "&", ",", "½", "²", "𐐂",
        "•", "\u{2028}",
    ];
    let mut state = 1_u64;
    let mut below = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n
    };
    let mut easy = 0;
    for round in 0..300_000 {
        let mut form = String::new();
        for _ in 0..below(8) {
            match below(8) {
                0 => form.extend(char::from_u32(below(0x3_0000) as u32)),
                1 => form.extend(char::from_u32(below(0x700) as u32)),
                _ => form.push_str(PARTS[below(PARTS.len())]),
            }
        }
        let mut found = String::from("x");
        if super::easy::push_key(&form, &mut found) {
            easy += 1;
            assert_eq!(found[1..], key(&form), "{form:?}, round {round}");
        }
        let mut whole = String::from("x");
        key_into(&form, &mut whole);
        assert_eq!(whole[1..], key(&form), "{form:?}");
    }
    assert!(easy > 50_000, "{easy}");
}
