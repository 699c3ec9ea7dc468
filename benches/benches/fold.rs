//! Speed of folding, beside what programs fold with today.
//!
//! `cargo bench -p exonym-benches --bench fold -- english`: names of texts; without them all nine.
//! Ours makes tokens and offsets as well; the peers make a string and nothing else.

use exonym::text::{self, LineEnd};
use exonym_benches::choice::Choice;
use exonym_benches::clock::{Engine, Tally, rounds, take_turns};
use exonym_benches::table::{Table, figure, times, write_json};
use serde_json::json;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

fn main() {
    let mut rows = Vec::new();
    let mut table = Table::new(&["text", "MB", "exonym", "NFKD chain", "to_lowercase", "ours / chain", "ours / lower"]);
    for text in Choice::read(&[]).texts {
        let Some(raw) = text.slice() else { continue };
        let raw = raw.as_str();
        let laps = take_turns(vec![
            Engine::new("exonym", || made(text::fold(raw, LineEnd::Blank).key())),
            Engine::new("NFKD chain", || made(&chain(raw))),
            Engine::new("to_lowercase", || made(&raw.to_lowercase())),
        ]);
        let [ours, chain, lower] = &laps[..] else { unreachable!("three engines, three laps") };
        let speeds = [ours, chain, lower].map(|lap| lap.speed(raw.len()));
        let ratios = [chain, lower].map(|peer| ours.ratio(&[peer]));
        let cells = speeds.map(figure).into_iter().chain(ratios.map(times));
        table.row([text.to_string(), figure(raw.len() as f64 / 1e6)].into_iter().chain(cells));
        rows.push(json!({
            "text": text.to_string(),
            "bytes": raw.len(),
            "rounds": rounds(),
            "mb_per_s": {"exonym": speeds[0], "NFKD chain": speeds[1], "to_lowercase": speeds[2]},
            "ours_divided_by": {"NFKD chain": ratios[0], "to_lowercase": ratios[1]},
        }));
    }
    if !rows.is_empty() {
        println!("\nMB/s of raw text, one thread, median of {} rounds", rounds());
        table.print();
        write_json("fold", rows);
    }
}

fn made(folded: &str) -> Tally {
    let mut tally = Tally::default();
    tally.add(folded.len(), usize::from(folded.as_bytes().last().copied().unwrap_or(0)));
    tally
}

fn chain(raw: &str) -> String {
    raw.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}
