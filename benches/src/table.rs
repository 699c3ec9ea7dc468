//! Tables for people on standard output, and the same figures as JSON for later runs.
//!
//! Invariant: every JSON file says on which machine, with which flags and on which day it was made.

use std::fs;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::data;

/// Rows under a head; the first column is set left, the others right.
#[derive(Debug, Clone, Default)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with the given columns.
    pub fn new(columns: &[&str]) -> Self {
        Self { rows: vec![columns.iter().map(|c| (*c).to_owned()).collect()] }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The table as Markdown that lines up.
    pub fn text(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |c: usize| self.rows.iter().filter_map(|r| r.get(c)).map(|s| s.chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(|c| width(c).max(3)).collect();
        let mut out = String::new();
        for (i, row) in self.rows.iter().enumerate() {
            for (c, &w) in widths.iter().enumerate() {
                let cell = row.get(c).map_or("", String::as_str);
                out += &if c == 0 { format!("| {cell:w$} ") } else { format!("| {cell:>w$} ") };
            }
            out += "|\n";
            if i == 0 {
                for (c, w) in widths.iter().enumerate() {
                    out +=
                        &if c == 0 { format!("|{} ", "-".repeat(w + 1)) } else { format!("|{}:", "-".repeat(w + 1)) };
                }
                out += "|\n";
            }
        }
        out
    }

    /// Prints the table with a line of air before it.
    pub fn print(&self) {
        println!("\n{}", self.text());
    }
}

/// A number with three digits that count.
pub fn figure(number: f64) -> String {
    match number {
        n if n >= 99.95 => format!("{n:.0}"),
        n if n >= 9.995 => format!("{n:.1}"),
        n => format!("{n:.2}"),
    }
}

/// A ratio, or a dash where there is none.
pub fn times(ratio: Option<f64>) -> String {
    ratio.map_or_else(|| "-".to_owned(), |r| format!("{}x", figure(r)))
}

/// Writes `rows` to `bench/<name>.json` in the target folder, with machine, flags and day, and
/// says where.
pub fn write_json(name: &str, rows: Vec<Value>) {
    let path = data::work().join(format!("{name}.json"));
    let report = json!({
        "bench": name,
        "date": date(),
        "machine": machine(),
        "flags": flags(),
        "compiler": compiler(),
        "rows": rows,
    });
    data::write_whole(&path, format!("{report:#}\n").as_bytes());
    println!("{} · {} · {} · also in {}", date(), machine(), flags(), path.display());
}

/// The model name of the processor.
pub fn machine() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{} ({cores} cores)", model.map_or(std::env::consts::ARCH, |(_, name)| name))
}

/// What the compiler was told, as far as a program can know: the wide instructions it may use
/// anywhere, and `RUSTFLAGS`.
pub fn flags() -> String {
    let wide: Vec<&str> = [("avx2", cfg!(target_feature = "avx2")), ("avx512bw", cfg!(target_feature = "avx512bw"))]
        .into_iter()
        .filter_map(|(name, on)| on.then_some(name))
        .collect();
    let wide = if wide.is_empty() { "default instructions".to_owned() } else { wide.join(" ") };
    let checks = if cfg!(debug_assertions) { ", debug" } else { "" };
    let given = std::env::var("RUSTFLAGS").map_or_else(|_| "no RUSTFLAGS".to_owned(), |f| format!("RUSTFLAGS={f}"));
    format!("{wide}{checks}, {given}")
}

fn compiler() -> String {
    let said = Command::new("rustc").arg("--version").output().map(|o| o.stdout).unwrap_or_default();
    String::from_utf8_lossy(&said).trim().to_owned()
}

/// Today, UTC, as `YYYY-MM-DD`.
fn date() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
    civil(seconds / 86_400)
}

/// The date of a day since 1970-01-01; years are counted from March, so that leap days end them.
fn civil(day: u64) -> String {
    let day = day + 719_468;
    let (era, of_era) = (day / 146_097, day % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{:02}", of_year - (153 * from_march + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days() {
        let cases = [(0, "1970-01-01"), (11_016, "2000-02-29"), (11_017, "2000-03-01"), (20_453, "2025-12-31")];
        for (day, expected) in cases {
            assert_eq!(civil(day), expected);
        }
    }

    #[test]
    fn columns_line_up() {
        let mut table = Table::new(&["text", "MB/s"]);
        table.row(["english".to_owned(), figure(617.2)]);
        assert_eq!(table.text(), "| text    | MB/s |\n|-------- |-----:|\n| english |  617 |\n");
    }
}
