//! Speed of annotating, ours beside the peers, and whether ours is exact.
//!
//! `cargo bench -p exonym-benches --bench annotate -- d100k english`: names of dictionaries and
//! texts; without them `d100k` and `d2m`, and all nine texts.

use std::collections::BTreeSet;

use exonym::Dictionary;
use exonym_benches::choice::Choice;
use exonym_benches::clock::{Engine, Lap, Tally, rounds, take_turns, timed};
use exonym_benches::corpus::Text;
use exonym_benches::data::Gazetteer;
use exonym_benches::keys::Keys;
use exonym_benches::ours::{self, Found, Ours};
use exonym_benches::peers::{FoldedText, Peer};
use exonym_benches::table::{Table, figure, times, write_json};
use serde_json::{Map, Value, json};

const OURS: &str = "exonym";
const SPEEDS: [&str; 5] = [OURS, "daachorse bytes", "daachorse chars", "aho-corasick", "fst walk"];

fn main() {
    let choice = Choice::read(&[Gazetteer::D100k, Gazetteer::D2m]);
    let texts: Vec<(Text, String)> = choice.texts.iter().filter_map(|t| Some((*t, t.slice()?))).collect();
    let mut rows = Vec::new();
    for gazetteer in choice.gazetteers {
        let (Some(table), Some(keys)) = (gazetteer.table(), Keys::of(gazetteer)) else { continue };
        let dictionary = ours::build(&table);
        let keys = keys.list();
        let peers = Peer::all(&keys);
        println!(
            "\n{gazetteer}: {} forms, {} keys of ours, {} keys of the peers, {} bytes of ours",
            dictionary.form_count(),
            dictionary.key_count(),
            keys.len(),
            dictionary.size()
        );
        let measured: Vec<Row> = texts.iter().map(|(text, raw)| measure(*text, raw, &dictionary, &peers)).collect();
        print(&measured);
        rows.extend(measured.iter().map(|row| row.json(gazetteer)));
    }
    if !rows.is_empty() {
        write_json("annotate", rows);
    }
}

/// What was measured on one text.
struct Row {
    text: Text,
    bytes: usize,
    laps: Vec<Lap>,
    differences: usize,
}

fn measure(text: Text, raw: &str, dictionary: &Dictionary, peers: &[Peer]) -> Row {
    let mut ours = Ours::new(dictionary);
    let found: BTreeSet<Found> = ours.longest(raw).iter().copied().collect();
    let wanted: BTreeSet<Found> = ours::reference(dictionary, raw).into_iter().collect();
    let differences = found.symmetric_difference(&wanted).count();
    for other in found.symmetric_difference(&wanted).take(5) {
        let side = if found.contains(other) { "too much" } else { "missed" };
        println!("{text}: {side}: {other:?} {:?}", raw.get(other.start as usize..other.end as usize));
    }
    drop((found, wanted));

    let folded = FoldedText::new(raw);
    let mut engines = vec![Engine::new(OURS, || {
        let mut tally = Tally::default();
        ours.longest(raw).iter().for_each(|f| tally.add(f.start as usize, f.end as usize));
        tally
    })];
    engines.extend(peers.iter().map(|peer| Engine::new(peer.name(), || peer.run(&folded))));
    let (laps, time) = timed(|| take_turns(engines));
    eprintln!("{text}: {:.1} s", time.as_secs_f64());
    Row { text, bytes: raw.len(), laps, differences }
}

impl Row {
    fn lap(&self, name: &str) -> Option<&Lap> {
        self.laps.iter().find(|lap| lap.name == name)
    }

    /// Ours against the fastest peer of those that `belongs` says.
    fn ratio(&self, belongs: impl Fn(&str) -> bool) -> Option<f64> {
        let others: Vec<&Lap> = self.laps.iter().filter(|lap| belongs(lap.name)).collect();
        self.lap(OURS)?.ratio(&others)
    }

    fn ratios(&self) -> [(&'static str, Option<f64>); 3] {
        [
            ("faster daachorse", self.ratio(Peer::is_daachorse)),
            ("aho-corasick", self.ratio(|name| name == "aho-corasick")),
            ("fst walk", self.ratio(|name| name == "fst walk")),
        ]
    }

    fn json(&self, gazetteer: Gazetteer) -> Value {
        let speeds: Map<String, Value> =
            self.laps.iter().map(|lap| (lap.name.to_owned(), json!(lap.speed(self.bytes)))).collect();
        let matches: Map<String, Value> =
            self.laps.iter().map(|lap| (lap.name.to_owned(), json!(lap.tally.count))).collect();
        let ratios: Map<String, Value> =
            self.ratios().into_iter().map(|(name, r)| (name.to_owned(), json!(r))).collect();
        json!({
            "dictionary": gazetteer.as_str(),
            "text": self.text.to_string(),
            "bytes": self.bytes,
            "rounds": rounds(),
            "differences": self.differences,
            "mb_per_s": speeds,
            "matches": matches,
            "ours_divided_by": ratios,
        })
    }
}

fn print(rows: &[Row]) {
    println!("\nMB/s of raw text, one thread, median of {} rounds; the peers' text was folded for free", rounds());
    let mut speeds = Table::new(&[&["text", "MB"], SPEEDS.as_slice()].concat());
    for row in rows {
        let megabytes = figure(row.bytes as f64 / 1e6);
        let each = SPEEDS.map(|name| row.lap(name).map_or("-".to_owned(), |lap| figure(lap.speed(row.bytes))));
        speeds.row([row.text.to_string(), megabytes].into_iter().chain(each));
    }
    speeds.print();

    println!("ours divided by the peer, median over the rounds; matches; differences from the slow reference");
    let columns = ["text", "faster daachorse", "aho-corasick", "fst walk", "matches", "of the fst walk", "differences"];
    let mut ratios = Table::new(&columns);
    for row in rows {
        let count = |name| row.lap(name).map_or("-".to_owned(), |lap| lap.tally.count.to_string());
        let cells = row.ratios().map(|(_, r)| times(r));
        let rest = [count(OURS), count("fst walk"), row.differences.to_string()];
        ratios.row([row.text.to_string()].into_iter().chain(cells).chain(rest));
    }
    ratios.print();
}
