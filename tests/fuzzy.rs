//! Fuzzy and prefix search held against plain edit matrices over all keys.

use std::collections::BTreeSet;

use exonym::annotate::document::Settings;
use exonym::dict::build::{Builder, FuzzyIndex};
use exonym::dict::{Distance, Reach, Stage};
use exonym::{Annotator, Dictionary, Stack, text};

use crate::common::{self, Random};

/// Letters that keys keep, a script each, and a mixture that begins alike.
const SCRIPTS: &[&str] =
    &["abz", "абю", "αβω", "ابو", "אבת", "大中川山", "アイウ", "가나다", "กขค", "कखग", "𐌀𐌁𐌂", "aбא大𐌀 "];

fn dictionary(names: &BTreeSet<String>, fuzzy: FuzzyIndex) -> Dictionary {
    let mut table = String::from("id\tlang\tform\n");
    names.iter().for_each(|name| table += &format!("x:{}\tund\t{name}\n", name.replace(' ', "_")));
    let mut builder = Builder::default().fuzzy_index(fuzzy);
    builder.table("forms", table.as_bytes());
    let dictionary = builder.finish().expect("builds").open().expect("opens");
    assert_eq!(dictionary.has_fuzzy_index(), fuzzy == FuzzyIndex::Present);
    dictionary
}

/// Optimal string alignment by the whole matrix.
fn edits(a: &[char], b: &[char]) -> usize {
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let mut best = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                best = best.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    best = best.min(rows[i - 2][j - 2] + 1);
                }
                best
            };
        }
    }
    rows[a.len()][b.len()]
}

fn all_keys(dictionary: &Dictionary) -> Vec<(String, u64)> {
    dictionary.with_prefix("").map(|k| k.expect("a key")).map(|k| (k.key, k.place)).collect()
}

fn word(random: &mut Random, letters: &[char], most: usize) -> String {
    (0..1 + random.below(most)).map(|_| random.pick(letters)).collect()
}

/// `word` with up to three random edits.
fn misspelt(random: &mut Random, word: &str, letters: &[char]) -> String {
    let mut word: Vec<char> = word.chars().collect();
    for _ in 0..random.below(4) {
        let at = random.below(word.len() + 1);
        match random.below(4) {
            0 => word.insert(at, random.pick(letters)),
            1 if at < word.len() => drop(word.remove(at)),
            2 if at < word.len() => word[at] = random.pick(letters),
            3 if at + 1 < word.len() => word.swap(at, at + 1),
            _ => {}
        }
    }
    word.into_iter().collect()
}

#[test]
fn near_keys_are_what_the_whole_matrix_says() {
    let mut asked = 0;
    for seed in 0..120 {
        let mut random = Random(seed);
        let letters: Vec<char> = SCRIPTS[seed as usize % SCRIPTS.len()].chars().collect();
        let length = random.pick(&[3, 6, 12, 20]);
        let names: BTreeSet<String> = (0..1 + random.below(150)).map(|_| word(&mut random, &letters, length)).collect();
        let with = dictionary(&names, FuzzyIndex::Present);
        let without = dictionary(&names, FuzzyIndex::Absent);
        let keys = all_keys(&with);
        assert_eq!(keys, all_keys(&without), "seed {seed}");
        let words: Vec<&String> = names.iter().collect();
        for _ in 0..60 {
            let query = match random.below(3) {
                0 => word(&mut random, &letters, length),
                _ => {
                    let word = random.pick(&words);
                    misspelt(&mut random, word, &letters)
                }
            };
            let query = text::key(&query);
            let letters: Vec<char> = query.chars().collect();
            for distance in [Distance::Zero, Distance::One, Distance::Two] {
                let mut expected: Vec<(usize, &str, u64)> = keys
                    .iter()
                    .map(|(key, place)| (edits(&letters, &key.chars().collect::<Vec<_>>()), key.as_str(), *place))
                    .filter(|(edits, ..)| *edits <= usize::from(distance.edits()))
                    .collect();
                expected.sort_unstable();
                for dictionary in [&with, &without] {
                    let index = dictionary.has_fuzzy_index();
                    let found = dictionary.near(&query, distance, usize::MAX).expect("keys that can be read");
                    let shown: Vec<(usize, &str, u64)> =
                        found.iter().map(|n| (usize::from(n.distance.edits()), n.key.as_str(), n.place)).collect();
                    assert_eq!(
                        shown, expected,
                        "seed {seed}, query {query:?}, distance {distance}, index {index}, names {names:?}"
                    );
                    let few = dictionary.near(&query, distance, 3).expect("keys that can be read");
                    assert_eq!(few, found[..found.len().min(3)], "seed {seed}, query {query:?}, the best three");
                }
                asked += expected.len();
            }
        }
    }
    assert!(asked > 10_000, "too easy: {asked} near keys");
}

#[test]
fn beginnings_are_what_a_filter_says() {
    for seed in 0..40 {
        let mut random = Random(seed);
        let letters: Vec<char> = SCRIPTS[seed as usize % SCRIPTS.len()].chars().collect();
        let names: BTreeSet<String> = (0..100).map(|_| word(&mut random, &letters, 6)).collect();
        let dictionary = dictionary(&names, FuzzyIndex::Absent);
        let keys = all_keys(&dictionary);
        for _ in 0..30 {
            let prefix = word(&mut random, &letters, 3);
            let expected: Vec<&(String, u64)> = keys.iter().filter(|(key, _)| key.starts_with(&prefix)).collect();
            let found: Vec<(String, u64)> =
                dictionary.with_prefix(&prefix).map(|k| k.expect("a key")).map(|k| (k.key, k.place)).collect();
            assert_eq!(found.iter().collect::<Vec<_>>(), expected, "seed {seed}, prefix {prefix:?}");
        }
    }
}

#[test]
fn long_and_empty_queries() {
    let long = "x".repeat(300);
    let names = BTreeSet::from([long.clone(), "y".repeat(256), "z".to_owned()]);
    for fuzzy in [FuzzyIndex::Present, FuzzyIndex::Absent] {
        let dictionary = dictionary(&names, fuzzy);
        let count = |query: &str| dictionary.near(query, Distance::Two, 9).expect("answers").len();
        assert_eq!(count(""), 1, "one letter is one edit");
        assert_eq!(count(&long), 1, "itself");
        assert_eq!(count(&long[1..]), 0, "too long for a search");
        assert_eq!(count(&"y".repeat(254)), 1);
        assert_eq!(count(&"q".repeat(10_000)), 0);
    }
}

#[test]
fn same_bytes_in_any_order_of_tables() {
    let tables =
        ["id\tlang\tform\nx:1\tund\tKyiv\nx:2\tund\tLviv\n", "id\tlang\tform\nx:3\tund\tKyïv\nx:1\tund\tKiev\n"];
    let build = |order: [usize; 2]| {
        let mut builder = Builder::default().fuzzy_index(FuzzyIndex::Present);
        order.iter().for_each(|&i| builder.table(&i.to_string(), tables[i].as_bytes()));
        builder.finish().expect("builds").bytes
    };
    assert_eq!(build([0, 1]), build([1, 0]));
}

fn towns() -> Stack {
    let below = common::dictionary(
        "place/kyiv|place|0.9\nplace/kyivets|place|0.1\nplace/lviv|place|0.6\nplace/lyiv|place|0.2\nplace/lodz|place|0.5\n\
         place/saint-denis|place|0.4\norg/nato|organisation|0.9\nplace/osaka|place|0.8",
        "place/kyiv|en|Kyiv|official\nplace/kyiv|uk|Київ|official\nplace/kyiv|und|KBP|code\nplace/kyivets|en|Kyivets|official\n\
         place/lviv|en|Lviv|official\nplace/lyiv|en|Lyiv|official\nplace/lodz|pl|Łódź|official\nplace/lodz|en|Lodz|exonym\n\
         place/saint-denis|fr|Saint-Denis|official\norg/nato|en|NATO|official\nplace/osaka|ja|大阪市|official\n*|en|Kyim|never",
    );
    let above = common::dictionary("place/kyiv|place|0.9", "place/kyiv|en|Kyyiv|alias\nplace/kyiv|en|Kyiv|never");
    Stack::new(vec![below, above])
}

#[test]
fn lookups_with_typing_errors() {
    use Reach::{ByLength, Within};
    let (none, one, two) = (Within(Distance::Zero), Within(Distance::One), Within(Distance::Two));
    /// Name, reach, then entity, stage and edits of each candidate.
    type Case<'a> = (&'a str, Reach, &'a [(&'a str, Stage, u8)]);
    let cases: &[Case<'_>] = &[
        ("Київ", ByLength, &[("place/kyiv", Stage::Exact, 0)]),
        ("Lviv", two, &[("place/lviv", Stage::Exact, 0)]),
        // One edit of four letters: the nearer, then the more prominent; a later layer silences a form.
        ("Lvyiv", ByLength, &[("place/lviv", Stage::Fuzzy, 1), ("place/lyiv", Stage::Fuzzy, 1)]),
        ("Lvyi", two, &[("place/lviv", Stage::Fuzzy, 2), ("place/lyiv", Stage::Fuzzy, 2)]),
        ("Lvyi", none, &[]),
        ("Saitn-Denis", ByLength, &[("place/saint-denis", Stage::Fuzzy, 1)]),
        ("saint  dnies", ByLength, &[("place/saint-denis", Stage::Fuzzy, 2)]),
        ("saint  dnies", one, &[]),
        ("大京市", ByLength, &[("place/osaka", Stage::Fuzzy, 1)]),
        // Other marks are an edit; codes and silenced names are never near.
        ("Lödz", ByLength, &[("place/lodz", Stage::Fuzzy, 1)]),
        ("KBQ", ByLength, &[]),
        ("Kyin", two, &[("place/kyiv", Stage::Fuzzy, 2), ("place/lyiv", Stage::Fuzzy, 2)]),
        ("", two, &[]),
        ("🙂", two, &[]),
    ];
    let stack = towns();
    for (name, reach, expected) in cases {
        let found = stack.lookup_within(name, "en", *reach).expect("answers");
        assert!(found.is_sorted_by(|a, b| a.score >= b.score), "{name}: {found:?}");
        let mut shown: Vec<(&str, Stage, u8)> =
            found.iter().map(|c| (stack.id(c.entity), c.stage, c.distance.edits())).collect();
        let mut expected = expected.to_vec();
        shown.sort();
        expected.sort();
        assert_eq!(shown, expected, "{name}");
    }
    let first = stack.lookup("Lvyiv", "en").expect("answers");
    assert_eq!(stack.id(first[0].entity), "place/lviv", "the more prominent");
    let why = Annotator::new(stack).explain("In Lvyiv", "Lvyiv", Settings::default()).expect("answers");
    assert!(why.contains("fuzzy      place/lviv \"Lviv\" at distance 1"), "{why}");
}

#[test]
fn names_that_begin_so() {
    let cases: &[(&str, usize, &[&str])] = &[
        ("ky", 9, &["place/kyivets", "place/kyiv"]),
        ("L", 9, &["place/lodz", "place/lviv", "place/lyiv"]),
        ("L", 2, &["place/lodz", "place/lviv"]),
        ("L", 0, &[]),
        ("saint-d", 9, &["place/saint-denis"]),
        ("大", 9, &["place/osaka"]),
        ("x", 9, &[]),
    ];
    let stack = towns();
    for (name, limit, expected) in cases {
        let found = stack.beginning_with(name, "en", *limit).expect("answers");
        let shown: Vec<&str> = found.iter().map(|c| stack.id(c.entity)).collect();
        assert_eq!(shown, *expected, "{name} {limit}");
    }
    assert_eq!(stack.beginning_with("", "en", 99).expect("answers").len(), 8, "everybody");
}

#[test]
fn damage_is_an_error_or_an_answer() {
    let names: BTreeSet<String> =
        ["kyiv", "kiev", "lviv", "київ", "大阪市", "大阪", "kyivets"].map(str::to_owned).into();
    let mut table = String::from("id\tlang\tform\n");
    names.iter().for_each(|name| table += &format!("x:1\tund\t{name}\n"));
    let mut builder = Builder::default().fuzzy_index(FuzzyIndex::Present);
    builder.table("forms", table.as_bytes());
    let bytes = builder.finish().expect("builds").bytes;
    // The fst crate panics on damaged bytes; the panics are caught and turned into errors.
    std::panic::set_hook(Box::new(|info| {
        let fst = info.location().is_some_and(|l| l.file().contains("fst"));
        if !fst {
            eprintln!("{info}");
        }
    }));
    for at in 0..bytes.len() {
        for flip in [0x01, 0x10, 0xff] {
            let mut damaged = bytes.clone();
            damaged[at] ^= flip;
            let Ok(dictionary) = Dictionary::from_bytes_trusted(damaged) else { continue };
            for query in ["kyvi", "lviv", "大京市", "иїв", ""] {
                let _ = dictionary.near(query, Distance::One, 10);
                let _ = dictionary.near(query, Distance::Two, usize::MAX);
                let prefix: String = query.chars().take(1).collect();
                let _ = dictionary.with_prefix(&prefix).take(100).count();
            }
            let stack = Stack::from(dictionary);
            let _ = stack.lookup("kyvi", "en");
            let _ = stack.beginning_with("k", "en", 10);
        }
    }
    let _ = std::panic::take_hook();
}
