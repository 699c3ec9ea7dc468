//! Fuzzy search: misspelt forms of a large dictionary, ours beside the Levenshtein automaton over
//! an `fst`.
//!
//! `cargo bench -p exonym-benches --bench fuzzy -- d100k`: names of dictionaries; without them
//! `d2m`. The automaton reads folded queries for free; all hits are drained. It finds nothing for
//! most queries beyond ASCII (issues 38 and 160 of `fst`) and ends early on them, so the ratio is
//! taken over ASCII queries alone.

use exonym::Dictionary;
use exonym::dict::Distance;
use exonym::dict::fuzzy::Near;
use exonym::text;
use exonym_benches::choice::Choice;
use exonym_benches::clock::{percentile, timed};
use exonym_benches::data::{self, Gazetteer};
use exonym_benches::keys::Keys;
use exonym_benches::ours;
use exonym_benches::random::Random;
use exonym_benches::table::{Table, figure, write_json};
use fst::automaton::Levenshtein;
use fst::{IntoStreamer as _, Streamer as _};
use serde_json::{Value, json};

const QUERIES: usize = 200;
const SEED: u64 = 2026;
/// States of one automaton: distance 2 on a long name needs more than the crate's own bound.
const STATES: usize = 1_000_000;

fn main() {
    let mut rows = Vec::new();
    for gazetteer in Choice::read(&[Gazetteer::D2m]).gazetteers {
        let (Some(path), Some(keys)) = (gazetteer.table(), Keys::of(gazetteer)) else { continue };
        let forms = gazetteer.read().expect("the table that was just there");
        let (queries, originals): (Vec<String>, Vec<String>) = misspelt(&forms).into_iter().unzip();
        let forms_count = data::lines(&forms).count();
        drop(forms);
        let indexed = ours::build_fuzzy(&path);
        let dictionary = ours::build(&path);
        let (more, key_count) = (indexed.size() - dictionary.size(), dictionary.key_count());
        let set = fst::Set::from_iter(keys.list()).expect("keys in order");
        let columns = ["engine", "distance", "p50 µs", "p99 µs", "hits", "queries with a hit"];
        let mut table = Table::new(&columns);
        let mut ratios = Vec::new();
        for distance in [Distance::One, Distance::Two] {
            let edits = distance.edits();
            let automaton: Vec<Answer> = queries.iter().map(|q| Answer::of_automaton(&set, q, edits)).collect();
            let mut row = |engine: &str, micros: Vec<f64>, hits: Vec<usize>| {
                let (middle, slow) = (percentile(micros.clone(), 50), percentile(micros, 99));
                let (sum, some) = (hits.iter().sum::<usize>(), hits.iter().filter(|&&h| h > 0).count());
                let [shown, middle_shown, slow_shown] = [edits.to_string(), figure(middle), figure(slow)];
                table.row([engine.to_owned(), shown, middle_shown, slow_shown, sum.to_string(), some.to_string()]);
                rows.push(json!({
                    "dictionary": gazetteer.as_str(), "engine": engine, "distance": edits, "queries": QUERIES,
                    "p50_us": middle, "p99_us": slow, "hits": sum, "queries_with_a_hit": some,
                }));
            };
            let (micros, found): (Vec<f64>, Vec<Vec<Near>>) =
                queries.iter().map(|q| of_ours(&indexed, q, distance)).unzip();
            let (slow, same): (Vec<f64>, Vec<Vec<Near>>) =
                queries.iter().map(|q| of_ours(&dictionary, q, distance)).unzip();
            for (((query, original), found), same) in queries.iter().zip(&originals).zip(&found).zip(&same) {
                let place = |hits: &[Near]| hits.iter().map(|n| (n.distance, n.key.clone())).collect::<Vec<_>>();
                assert_eq!(place(found), place(same), "{query}: the index changes what is found");
                let original = text::key(original);
                assert!(found.iter().any(|n| n.key == original), "{query}: {original} is {edits} away and not found");
            }
            let hits: Vec<usize> = found.iter().map(Vec::len).collect();
            let peer: Vec<f64> = automaton.iter().map(|a| a.make + a.walk).collect();
            ratios.push(ratio(gazetteer, edits, in_ascii(&queries, &peer) / in_ascii(&queries, &micros)));
            row("exonym, with index", micros, hits.clone());
            row("exonym, without", slow, hits);
            let hits = || automaton.iter().map(|a| a.hits).collect::<Vec<_>>();
            row("fst automaton", peer, hits());
            row("  its walk alone", automaton.iter().map(|a| a.walk).collect(), hits());
        }
        rows.extend(ratios);
        println!("\n{gazetteer}: {QUERIES} misspelt forms, {} keys, CPU time a query", set.len());
        let [form, key] = [forms_count, key_count].map(|n| figure(more as f64 / n as f64));
        println!("index: {more} bytes, {form} a form, {key} a key");
        table.print();
    }
    if !rows.is_empty() {
        write_json("fuzzy", rows);
    }
}

/// The median over the queries in ASCII.
fn in_ascii(queries: &[String], micros: &[f64]) -> f64 {
    let of_ascii = queries.iter().zip(micros).filter(|(q, _)| text::key(q).is_ascii()).map(|(_, m)| *m);
    percentile(of_ascii.collect(), 50)
}

fn ratio(gazetteer: Gazetteer, distance: u8, ratio: f64) -> Value {
    json!({"dictionary": gazetteer.as_str(), "distance": distance, "ours_divided_by": {"fst automaton": ratio}})
}

/// What the automaton needed for a query, in microseconds.
struct Answer {
    make: f64,
    walk: f64,
    hits: usize,
}

impl Answer {
    fn of_automaton(set: &fst::Set<Vec<u8>>, query: &str, distance: u8) -> Self {
        let key = text::key(query);
        let (automaton, make) = timed(|| Levenshtein::new_with_limit(&key, u32::from(distance), STATES));
        let Ok(automaton) = automaton else {
            println!("left out: the automaton of \"{query}\" is too large");
            return Self { make: 0.0, walk: 0.0, hits: 0 };
        };
        let (hits, walk) = timed(|| {
            let mut stream = set.search(&automaton).into_stream();
            let mut hits = 0;
            while stream.next().is_some() {
                hits += 1;
            }
            hits
        });
        Self { make: make.as_secs_f64() * 1e6, walk: walk.as_secs_f64() * 1e6, hits }
    }
}

fn of_ours(dictionary: &Dictionary, query: &str, distance: Distance) -> (f64, Vec<Near>) {
    let (hits, time) = timed(|| ours::fuzzy(dictionary, query, distance));
    (time.as_secs_f64() * 1e6, hits)
}

/// Forms of five letters or more, each with one edit: two letters swapped, one changed, one left
/// out, one put in, by turns; with what they were. The first letter stays.
fn misspelt(table: &str) -> Vec<(String, String)> {
    let forms: Vec<&str> = data::lines(table).map(|(_, form)| form).collect();
    let mut random = Random::new(SEED);
    let mut out = Vec::new();
    while out.len() < QUERIES {
        let form = forms[random.below(forms.len())];
        let mut letters: Vec<char> = form.chars().collect();
        if letters.len() < 5 || !letters.iter().all(|c| c.is_alphabetic() || *c == ' ') {
            continue;
        }
        let at = 1 + random.below(letters.len() - 2);
        let other = letters[random.below(letters.len())];
        match out.len() % 4 {
            0 => letters.swap(at, at + 1),
            1 => letters[at] = other,
            2 => drop(letters.remove(at)),
            _ => letters.insert(at, other),
        }
        let query: String = letters.into_iter().collect();
        if text::key(&query) != text::key(form) {
            out.push((query, form.to_owned()));
        }
    }
    out
}
