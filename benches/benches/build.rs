//! Building: CPU time, peak memory and bytes a form, each in a process of its own.
//!
//! `cargo bench -p exonym-benches --bench build -- d2m d10m`: names of dictionaries; without them
//! `d2m`. Each with and without an index for fuzzy search.

use std::fs;
use std::path::Path;
use std::process::Command;

use cpu_time::ProcessTime;
use exonym::dict::build::FuzzyIndex;
use exonym_benches::choice::Choice;
use exonym_benches::clock::{median, rounds};
use exonym_benches::data::Gazetteer;
use exonym_benches::ours;
use exonym_benches::table::{Table, figure, write_json};
use serde_json::{Value, json};

/// Set for the process that builds: the table.
const CHILD: &str = "EXONYM_BENCH_CHILD";
/// Set for the process that builds: with an index for fuzzy search.
const FUZZY: &str = "EXONYM_BENCH_FUZZY";
/// Set for the process that builds: how many threads; as many as there are cores if it is not.
const JOBS: &str = "EXONYM_BENCH_JOBS";

fn main() {
    if let Some(table) = std::env::var_os(CHILD) {
        let jobs = std::env::var(JOBS).ok().map(|jobs| jobs.parse().expect("a number of threads"));
        let fuzzy = if std::env::var_os(FUZZY).is_some() { FuzzyIndex::Present } else { FuzzyIndex::Absent };
        println!("{}", build(Path::new(&table), jobs, fuzzy));
        return;
    }
    let mut rows = Vec::new();
    let columns = [
        "dictionary",
        "fuzzy index",
        "forms",
        "keys",
        "CPU s",
        "wall s",
        "all cores: wall s",
        "CPU s",
        "peak MiB",
        "file bytes",
        "bytes a form",
    ];
    let mut table = Table::new(&columns);
    for gazetteer in Choice::read(&[Gazetteer::D2m]).gazetteers {
        let Some(path) = gazetteer.table() else { continue };
        for fuzzy in [FuzzyIndex::Absent, FuzzyIndex::Present] {
            let runs: Vec<Value> = (0..rounds()).map(|_| in_child(&path, Some(1), fuzzy)).collect();
            let wide: Vec<Value> = (0..rounds()).map(|_| in_child(&path, None, fuzzy)).collect();
            let shown = if fuzzy == FuzzyIndex::Present { "yes" } else { "no" };
            let middle_of =
                |runs: &[Value], field: &str| median(runs.iter().map(|r| r[field].as_f64().unwrap_or(0.0)).collect());
            let middle = |field: &str| middle_of(&runs, field);
            let per_form = middle("bytes") / middle("forms");
            table.row([
                gazetteer.to_string(),
                shown.to_owned(),
                middle("forms").to_string(),
                middle("keys").to_string(),
                figure(middle("cpu_s")),
                figure(middle("wall_s")),
                figure(middle_of(&wide, "wall_s")),
                figure(middle_of(&wide, "cpu_s")),
                figure(middle("peak_kib").max(middle_of(&wide, "peak_kib")) / 1024.0),
                middle("bytes").to_string(),
                figure(per_form),
            ]);
            rows.push(json!({
                "dictionary": gazetteer.as_str(),
                "fuzzy_index": fuzzy == FuzzyIndex::Present,
                "rounds": runs.len(),
                "forms": middle("forms"),
                "keys": middle("keys"),
                "cpu_s": middle("cpu_s"),
                "wall_s": middle("wall_s"),
                "all_cores_wall_s": middle_of(&wide, "wall_s"),
                "all_cores_cpu_s": middle_of(&wide, "cpu_s"),
                "peak_mib": middle("peak_kib").max(middle_of(&wide, "peak_kib")) / 1024.0,
                "bytes": middle("bytes"),
                "bytes_per_form": per_form,
            }));
        }
    }
    if !rows.is_empty() {
        println!(
            "\nFrom the table to the file of the dictionary, fold and sort included; first one thread, then all cores"
        );
        table.print();
        write_json("build", rows);
    }
}

/// Builds in a fresh process, since the peak of a process never falls.
fn in_child(table: &Path, jobs: Option<usize>, fuzzy: FuzzyIndex) -> Value {
    let mut program = Command::new(std::env::current_exe().expect("the path of the running program"));
    if let Some(jobs) = jobs {
        program.env(JOBS, jobs.to_string());
    }
    if fuzzy == FuzzyIndex::Present {
        program.env(FUZZY, "1");
    }
    let said = program.env(CHILD, table).output().expect("this program a second time");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    serde_json::from_slice(&said.stdout).expect("a line of JSON")
}

fn build(table: &Path, jobs: Option<usize>, fuzzy: FuzzyIndex) -> Value {
    let (cpu, wall) = (ProcessTime::now(), std::time::Instant::now());
    let out = table.with_extension(if fuzzy == FuzzyIndex::Present { "fuzzy.exo" } else { "exo" });
    let built = ours::compile(table, &out, jobs, fuzzy);
    // Of all threads, should the builder use several.
    let (cpu, wall) = (cpu.elapsed(), wall.elapsed());
    json!({
        "forms": built.forms,
        "keys": built.keys,
        "bytes": built.size,
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
