//! Building: CPU time, peak memory and bytes a form, each in a process of its own.
//!
//! `cargo bench -p exonym-benches --bench build -- d2m d10m`: names of dictionaries; without them
//! `d2m`.

use std::fs;
use std::path::Path;
use std::process::Command;

use cpu_time::ProcessTime;
use exonym_benches::choice::Choice;
use exonym_benches::clock::{median, rounds};
use exonym_benches::data::Gazetteer;
use exonym_benches::ours;
use exonym_benches::table::{Table, figure, write_json};
use serde_json::{Value, json};

/// Set for the process that builds.
const CHILD: &str = "EXONYM_BENCH_CHILD";

fn main() {
    if let Some(table) = std::env::var_os(CHILD) {
        println!("{}", build(Path::new(&table)));
        return;
    }
    let mut rows = Vec::new();
    let columns = ["dictionary", "forms", "keys", "CPU s", "wall s", "peak MiB", "file bytes", "bytes a form"];
    let mut table = Table::new(&columns);
    for gazetteer in Choice::read(&[Gazetteer::D2m]).gazetteers {
        let Some(path) = gazetteer.table() else { continue };
        let runs: Vec<Value> = (0..rounds()).map(|_| in_child(&path)).collect();
        let middle = |field: &str| median(runs.iter().map(|r| r[field].as_f64().unwrap_or(0.0)).collect());
        let per_form = middle("bytes") / middle("forms");
        table.row([
            gazetteer.to_string(),
            middle("forms").to_string(),
            middle("keys").to_string(),
            figure(middle("cpu_s")),
            figure(middle("wall_s")),
            figure(middle("peak_kib") / 1024.0),
            middle("bytes").to_string(),
            figure(per_form),
        ]);
        rows.push(json!({
            "dictionary": gazetteer.as_str(),
            "rounds": runs.len(),
            "forms": middle("forms"),
            "keys": middle("keys"),
            "cpu_s": middle("cpu_s"),
            "wall_s": middle("wall_s"),
            "peak_mib": middle("peak_kib") / 1024.0,
            "bytes": middle("bytes"),
            "bytes_per_form": per_form,
        }));
    }
    if !rows.is_empty() {
        println!("\nFrom the table to the bytes of the dictionary, fold and sort included, reading the file too");
        table.print();
        write_json("build", rows);
    }
}

/// Builds in a fresh process, since the peak of a process never falls.
fn in_child(table: &Path) -> Value {
    let program = std::env::current_exe().expect("the path of the running program");
    let said = Command::new(program).env(CHILD, table).output().expect("this program a second time");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    serde_json::from_slice(&said.stdout).expect("a line of JSON")
}

fn build(table: &Path) -> Value {
    let (cpu, wall) = (ProcessTime::now(), std::time::Instant::now());
    let built = ours::compile(table);
    // Of all threads, should the builder use several.
    let (cpu, wall) = (cpu.elapsed(), wall.elapsed());
    json!({
        "forms": built.forms,
        "keys": built.keys,
        "bytes": built.bytes.len(),
        "cpu_s": cpu.as_secs_f64(),
        "wall_s": wall.as_secs_f64(),
        "peak_kib": peak(),
    })
}

/// The highest resident memory so far in KiB; nothing where the system does not tell.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix("kB")?.trim().parse().ok())
}
