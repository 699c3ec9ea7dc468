//! Opening: time to the first answer, trusted and with every byte checked.
//!
//! `cargo bench -p exonym-benches --bench open -- d2m`: names of dictionaries; without them
//! `d100k` and `d2m`; with `d10m` also `d100k` stacked on it. The file is in the system's memory, since it was just written.

use std::path::Path;
use std::time::Instant;

use exonym::dict::layout::Check;
use exonym::{Dictionary, Stack};
use exonym_benches::choice::Choice;
use exonym_benches::clock::{median, percentile};
use exonym_benches::data::Gazetteer;
use exonym_benches::keys::Keys;
use exonym_benches::ours;
use exonym_benches::table::{Table, figure, write_json};
use serde_json::json;

/// Times that a file is opened each way; the median is of these, not of rounds.
const TIMES: usize = 101;

fn main() {
    let mut rows = Vec::new();
    let columns = ["dictionary", "fuzzy index", "bytes", "trusted µs", "trusted p99 µs", "checked µs", "checked GB/s"];
    let mut table = Table::new(&columns);
    for gazetteer in Choice::read(&[Gazetteer::D100k, Gazetteer::D2m]).gazetteers {
        let (Some(path), Some(keys)) = (gazetteer.table(), Keys::of(gazetteer)) else { continue };
        let keys = keys.list();
        for (shown, indexed) in [("no", ours::build(&path)), ("yes", ours::build_fuzzy(&path))] {
            let bytes = indexed.size();
            drop(indexed);
            let path = path.with_extension(if shown == "yes" { "fuzzy.exo" } else { "exo" });
            let first = keys[keys.len() / 2];
            let (mut trusted, mut checked) = (Vec::new(), Vec::new());
            for _ in 0..TIMES {
                trusted.push(micros(&path, first, |p| Dictionary::open_trusted(p)));
                checked.push(micros(&path, first, |p| Dictionary::open(p)));
            }
            let slowest = percentile(trusted.clone(), 99);
            let (trusted, checked) = (median(trusted), median(checked));
            let speed = bytes as f64 / 1e3 / checked;
            table.row([
                gazetteer.to_string(),
                shown.to_owned(),
                bytes.to_string(),
                figure(trusted),
                figure(slowest),
                figure(checked),
                figure(speed),
            ]);
            rows.push(json!({
                "dictionary": gazetteer.as_str(),
                "fuzzy_index": shown == "yes",
                "bytes": bytes,
                "trusted_us": trusted,
                "trusted_p99_us": slowest,
                "checked_us": checked,
                "checked_gb_per_s": speed,
            }));
        }
    }
    let overlays = overlays();
    if !rows.is_empty() {
        println!("\nOpening and the first answer, wall time, median of {TIMES}");
        table.print();
        if let Some(overlays) = overlays {
            println!("\nOpening d10m, every byte checked, with d100k on top, and the first answer, wall time");
            overlays.print();
        }
        write_json("open", rows);
    }
}

/// A delta of 100,000 forms on ten million, if the large one was asked for.
fn overlays() -> Option<Table> {
    if !Choice::read(&[]).gazetteers.contains(&Gazetteer::D10m) {
        return None;
    }
    let [small, large] = [Gazetteer::D100k, Gazetteer::D10m].map(|g| g.table().map(|t| t.with_extension("exo")));
    let (small, large) = (small?, large?);
    if !small.exists() {
        ours::build(&small.with_extension("tsv"));
    }
    let mut table = Table::new(&["check", "ms together", "of it joining"]);
    for (name, check) in [("every byte", Check::Everything), ("trusted", Check::Trusted)] {
        let (mut whole, mut joining) = (Vec::new(), Vec::new());
        for _ in 0..5 {
            let start = Instant::now();
            let layers = [&large, &small].map(|path| Dictionary::open_with(path, check).expect("just made"));
            let opened = start.elapsed();
            let stack = Stack::new(layers.to_vec());
            assert!(!stack.hits("kyiv").is_empty());
            whole.push(start.elapsed().as_secs_f64() * 1e3);
            joining.push((start.elapsed() - opened).as_secs_f64() * 1e3);
        }
        table.row([name.to_owned(), figure(median(whole)), figure(median(joining))]);
    }
    Some(table)
}

fn micros(path: &Path, key: &str, open: impl Fn(&Path) -> exonym::Result<Dictionary>) -> f64 {
    let start = Instant::now();
    let dictionary = open(path).expect("the dictionary that was just made");
    let found = dictionary.keys().get(key).is_some();
    let time = start.elapsed();
    assert!(found, "{key} is a key");
    time.as_secs_f64() * 1e6
}
