//! CPU time of the thread, engines in turns.
//!
//! Invariant: in every round each engine runs once over the same input, so that a ratio compares
//! two neighbouring runs; an engine that finds something else in a later round ends the program.

use std::hint::black_box;
use std::time::Duration;

use cpu_time::ThreadTime;

/// What an engine found: enough that no work can be left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Number of matches, or of bytes made.
    pub count: u64,
    /// Starts and ends, by exclusive or.
    pub places: u64,
}

impl Tally {
    /// Counts a match.
    pub fn add(&mut self, start: usize, end: usize) {
        self.count += 1;
        self.places ^= (start as u64) << 32 | end as u64;
    }
}

/// Something to time.
pub struct Engine<'a> {
    name: &'static str,
    run: Box<dyn FnMut() -> Tally + 'a>,
}

impl<'a> Engine<'a> {
    /// An engine called `name`.
    pub fn new(name: &'static str, run: impl FnMut() -> Tally + 'a) -> Self {
        Self { name, run: Box::new(run) }
    }
}

/// Times of one engine.
#[derive(Debug, Clone)]
pub struct Lap {
    /// The engine.
    pub name: &'static str,
    /// Seconds, a round each.
    pub seconds: Vec<f64>,
    /// What it found.
    pub tally: Tally,
}

impl Lap {
    /// Its median speed over `bytes`, in megabytes (10^6) a second.
    pub fn speed(&self, bytes: usize) -> f64 {
        median(self.seconds.iter().map(|s| bytes as f64 / 1e6 / s).collect())
    }

    /// How many times faster it is than the fastest of `others`: the median over the rounds.
    /// Nothing without others.
    pub fn ratio(&self, others: &[&Lap]) -> Option<f64> {
        if others.is_empty() {
            return None;
        }
        let round = |i: usize| others.iter().map(|o| o.seconds[i]).fold(f64::INFINITY, f64::min) / self.seconds[i];
        Some(median((0..self.seconds.len()).map(round).collect()))
    }
}

/// Rounds of a measurement: `EXONYM_BENCH_ROUNDS`, or 5.
pub fn rounds() -> usize {
    let asked = std::env::var("EXONYM_BENCH_ROUNDS").map_or(5, |n| n.parse().expect("EXONYM_BENCH_ROUNDS is a number"));
    asked.max(1)
}

/// Runs the engines in turns, [`rounds`] times each.
///
/// # Panics
/// An engine does not find the same in every round.
pub fn take_turns(mut engines: Vec<Engine<'_>>) -> Vec<Lap> {
    let mut laps: Vec<Lap> =
        engines.iter().map(|e| Lap { name: e.name, seconds: Vec::new(), tally: Tally::default() }).collect();
    for round in 0..rounds() {
        for (engine, lap) in engines.iter_mut().zip(&mut laps) {
            let (tally, time) = timed(&mut engine.run);
            assert!(round == 0 || tally == lap.tally, "{} finds other things in round {round}", engine.name);
            lap.tally = tally;
            lap.seconds.push(time.as_secs_f64());
        }
    }
    laps
}

/// What `run` gives and the CPU time that it took, at least a nanosecond.
pub fn timed<T>(run: impl FnOnce() -> T) -> (T, Duration) {
    let start = ThreadTime::now();
    let out = black_box(run());
    (out, start.elapsed().max(Duration::from_nanos(1)))
}

/// The middle of `numbers`, which are not none.
pub fn median(numbers: Vec<f64>) -> f64 {
    percentile(numbers, 50)
}

/// The number that `percent` of `numbers`, which are not none, do not exceed.
pub fn percentile(mut numbers: Vec<f64>, percent: usize) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[(numbers.len() * percent).div_ceil(100).max(1) - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn middle_and_end() {
        let numbers: Vec<f64> = (1..=200).rev().map(f64::from).collect();
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(percentile(numbers.clone(), 99), 198.0);
        assert_eq!(percentile(numbers, 100), 200.0);
    }

    #[test]
    fn ratio_is_against_the_fastest_of_each_round() {
        let lap = |seconds: &[f64]| Lap { name: "", seconds: seconds.to_vec(), tally: Tally::default() };
        let (ours, a, b) = (lap(&[1.0, 1.0, 1.0]), lap(&[2.0, 9.0, 4.0]), lap(&[5.0, 3.0, 5.0]));
        assert_eq!(ours.ratio(&[&a, &b]), Some(3.0));
        assert_eq!(ours.ratio(&[]), None);
    }
}
