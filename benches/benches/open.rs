//! Opening: time to the first answer, trusted and with every byte checked.
//!
//! `cargo bench -p exonym-benches --bench open -- d2m`: names of dictionaries; without them
//! `d100k` and `d2m`. The file is in the system's memory, since it was just written.

use std::path::Path;
use std::time::Instant;

use exonym::Dictionary;
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
    let columns = ["dictionary", "bytes", "trusted µs", "trusted p99 µs", "checked µs", "checked GB/s"];
    let mut table = Table::new(&columns);
    for gazetteer in Choice::read(&[Gazetteer::D100k, Gazetteer::D2m]).gazetteers {
        let (Some(path), Some(keys)) = (gazetteer.table(), Keys::of(gazetteer)) else { continue };
        let bytes = ours::build(&path).size();
        let path = path.with_extension("exo");
        let keys = keys.list();
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
            bytes.to_string(),
            figure(trusted),
            figure(slowest),
            figure(checked),
            figure(speed),
        ]);
        rows.push(json!({
            "dictionary": gazetteer.as_str(),
            "bytes": bytes,
            "trusted_us": trusted,
            "trusted_p99_us": slowest,
            "checked_us": checked,
            "checked_gb_per_s": speed,
        }));
    }
    if !rows.is_empty() {
        println!("\nOpening and the first answer, wall time, median of {TIMES}");
        table.print();
        write_json("open", rows);
    }
}

fn micros(path: &Path, key: &str, open: impl Fn(&Path) -> exonym::Result<Dictionary>) -> f64 {
    let start = Instant::now();
    let dictionary = open(path).expect("the dictionary that was just made");
    let found = dictionary.keys().get(key).is_some();
    let time = start.elapsed();
    assert!(found, "{key} is a key");
    time.as_secs_f64() * 1e6
}
