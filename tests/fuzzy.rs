//! Fuzzy and prefix search held against plain edit matrices over all keys.

use std::collections::BTreeSet;

use exonym::dict::Distance;
use exonym::dict::build::{Builder, FuzzyIndex};
use exonym::{Dictionary, text};

use crate::common::Random;

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
