//! The whole command: `exonym annotate` to JSON lines with the built-in dictionary, case rules and
//! linking, over English news, with one thread, with two, and as two copies at once.
//!
//! `cargo bench -p exonym-benches --bench whole`. CPU time is user and system time of the processes,
//! as the kernel counts it, in steps of 10 ms.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use exonym_benches::clock::median;
use exonym_benches::data::{shared, work, write_whole};
use exonym_benches::table::{Table, figure, times, write_json};
use flate2::read::GzDecoder;
use serde_json::{Value, json};

/// Pairs of runs.
const PAIRS: usize = 9;
/// Bytes that an input has at least.
const INPUT: usize = 128 << 20;

fn main() {
    let Some(program) = program() else { return };
    let Some(articles) = articles() else { return };
    let inputs = [
        Input::new("news, language given", "jsonl", &articles, |doc, text| {
            format!("{}\n", json!({"doc": doc, "lang": "en", "text": text}))
        }),
        Input::new("news, language guessed", "jsonl", &articles, |doc, text| {
            format!("{}\n", json!({"doc": doc, "text": text}))
        }),
        Input::new("one long text", "text", &articles, |_, text| format!("{text}\n\n")),
    ];
    // The built-in dictionary is made before anything is timed.
    run(&program, &inputs[0], 1, 1);
    let rows: Vec<Row> = inputs.iter().map(|input| Row::measure(&program, input)).collect();
    let mut table = Table::new(&[
        "input",
        "MB",
        "MB/s of CPU, 1 job",
        "CPU, 2 jobs to 1",
        "wall, 1 job to 2, best",
        "median",
        "two copies, best",
        "median",
    ]);
    for row in &rows {
        table.row(row.cells());
    }
    table.print();
    write_json("whole", rows.iter().map(Row::json).collect());
}

/// The release binary, built now.
fn program() -> Option<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    let built =
        Command::new(cargo).args(["build", "--release", "--bin", "exonym", "--manifest-path"]).arg(manifest).status();
    let program = work().join("../release/exonym");
    if built.is_ok_and(|s| s.success()) && program.exists() {
        return Some(program);
    }
    println!("left out: {} is not there, and cargo could not build it", program.display());
    None
}

/// Names and texts of news articles; nothing if they are absent, which is then said.
fn articles() -> Option<Vec<(String, String)>> {
    let path = shared().join("data/linking/geo/geovirus.jsonl.gz");
    let Ok(file) = File::open(&path) else {
        println!("left out: {} is not there", path.display());
        return None;
    };
    let mut lines = String::new();
    GzDecoder::new(file).read_to_string(&mut lines).expect("packed articles in UTF-8");
    let article = |line: &str| {
        let fields: Value = serde_json::from_str(line).ok()?;
        Some((fields["doc"].as_str()?.to_owned(), fields["text"].as_str()?.to_owned()))
    };
    Some(lines.lines().filter_map(article).collect())
}

/// A file of articles, repeated to its size.
struct Input {
    name: &'static str,
    format: &'static str,
    path: PathBuf,
    bytes: u64,
}

impl Input {
    fn new(
        name: &'static str,
        format: &'static str,
        articles: &[(String, String)],
        write: impl Fn(&str, &str) -> String,
    ) -> Self {
        let path = work().join(format!("{}.{format}", name.replace([' ', ','], "-")));
        let once: String = articles.iter().map(|(doc, text)| write(doc, text)).collect();
        if !path.exists() {
            write_whole(&path, once.repeat(INPUT.div_ceil(once.len())).as_bytes());
        }
        let bytes = fs::metadata(&path).expect("the input just written").len();
        Self { name, format, path, bytes }
    }
}

/// Wall time and, where the system tells it, CPU time.
#[derive(Clone, Copy)]
struct Time {
    wall: f64,
    cpu: f64,
}

/// Runs `copies` of the command at once.
fn run(program: &Path, input: &Input, jobs: usize, copies: usize) -> Time {
    let (start, before) = (Instant::now(), cpu_of_children());
    let children: Vec<Child> = (0..copies)
        .map(|_| {
            Command::new(program)
                .args(["annotate", "--format", "jsonl", "--input", input.format, "--jobs", &jobs.to_string()])
                .arg(&input.path)
                .env("EXONYM_CACHE", work().join("cache"))
                .stdout(Stdio::null())
                .spawn()
                .expect("the program that was just there")
        })
        .collect();
    for mut child in children {
        assert!(child.wait().is_ok_and(|s| s.success()), "the command failed on {}", input.path.display());
    }
    Time { wall: start.elapsed().as_secs_f64(), cpu: (cpu_of_children() - before).as_secs_f64() }
}

/// CPU time of all processes that were started and have ended; nothing passes where there is no
/// `/proc`.
fn cpu_of_children() -> Duration {
    /// The kernel tells time to programs in hundredths of a second.
    const TICK: Duration = Duration::from_millis(10);
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The fields after the name, which stands in brackets and may hold blanks.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |i: usize| fields.get(i).and_then(|f| f.parse::<u32>().ok()).unwrap_or(0);
    TICK * (ticks(13) + ticks(14))
}

struct Row {
    input: &'static str,
    bytes: u64,
    one: Vec<Time>,
    two: Vec<Time>,
    copies: Vec<Time>,
}

impl Row {
    fn measure(program: &Path, input: &Input) -> Self {
        let mut row =
            Self { input: input.name, bytes: input.bytes, one: Vec::new(), two: Vec::new(), copies: Vec::new() };
        for _ in 0..PAIRS {
            row.one.push(run(program, input, 1, 1));
            row.two.push(run(program, input, 2, 1));
            row.copies.push(run(program, input, 1, 2));
        }
        row
    }

    fn speed(&self) -> f64 {
        let cpu = median(self.one.iter().map(|t| t.cpu).collect());
        self.bytes as f64 / 1e6 / if cpu > 0.0 { cpu } else { median(self.one.iter().map(|t| t.wall).collect()) }
    }

    fn cpu_ratio(&self) -> f64 {
        median(self.one.iter().zip(&self.two).map(|(one, two)| two.cpu / one.cpu).collect())
    }

    /// How many times as much is done in a second, pair by pair; `work` of `other` to that of one job.
    fn gains(&self, other: &[Time], work: f64) -> Vec<f64> {
        self.one.iter().zip(other).map(|(one, other)| work * one.wall / other.wall).collect()
    }

    fn cells(&self) -> Vec<String> {
        let best = |gains: Vec<f64>| times(gains.into_iter().reduce(f64::max));
        let middle = |gains: Vec<f64>| times(Some(median(gains)));
        let (two, copies) = (self.gains(&self.two, 1.0), self.gains(&self.copies, 2.0));
        vec![
            self.input.to_owned(),
            figure(self.bytes as f64 / 1e6),
            figure(self.speed()),
            times(Some(self.cpu_ratio())),
            best(two.clone()),
            middle(two),
            best(copies.clone()),
            middle(copies),
        ]
    }

    fn json(&self) -> Value {
        let list = |times: &[Time]| times.iter().map(|t| json!({"wall": t.wall, "cpu": t.cpu})).collect::<Value>();
        json!({
            "input": self.input,
            "bytes": self.bytes,
            "megabytes a second of CPU": self.speed(),
            "CPU of two jobs to one": self.cpu_ratio(),
            "wall of one job to two": self.gains(&self.two, 1.0),
            "wall of two copies": self.gains(&self.copies, 2.0),
            "one job": list(&self.one),
            "two jobs": list(&self.two),
            "two copies": list(&self.copies),
        })
    }
}
