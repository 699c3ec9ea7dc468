//! The command line as people call it: contract, bad input, exit codes, and the README.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::common::root;

struct Bench {
    folder: tempfile::TempDir,
}

/// Exit code, standard output and standard error of a run.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Bench {
    /// A folder with a small dictionary `d.exo`.
    fn new() -> Self {
        let bench = Self { folder: tempfile::tempdir().expect("a folder") };
        bench.write(
            "e.tsv",
            b"id\ttype\tprior\tsame_as\nplace/kyiv\tplace\t0.9\twikidata:Q1899\nperson/x\tperson\t0.9\t\n",
        );
        bench.write("f.tsv", "id\tlang\tform\trole\nplace/kyiv\ten\tKyiv\tofficial\nplace/kyiv\ten\tKiev\talias\nplace/kyiv\tuk\tКиїв\tofficial\nperson/x\ten\tMaria Example\tofficial\n".as_bytes());
        let ran = bench.run(&["build", "e.tsv", "f.tsv", "-o", "d.exo"], b"");
        assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
        bench
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.folder.path().join(name), bytes).expect("written");
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).expect("readable")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_exonym"));
        command.args(arguments).current_dir(self.folder.path()).env("EXONYM_CACHE", self.folder.path().join("cache"));
        command
    }

    fn run(&self, arguments: &[&str], input: &[u8]) -> Ran {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("runs");
        let mut stdin = child.stdin.take().expect("piped");
        let input = input.to_owned();
        let writer = std::thread::spawn(move || {
            let _ = stdin.write_all(&input);
        });
        let output = child.wait_with_output().expect("ends");
        writer.join().expect("written");
        output.into()
    }

    /// Runs with the small dictionary only.
    fn small(&self, arguments: &[&str], input: &[u8]) -> Ran {
        let mut all = arguments.to_vec();
        all.extend(["--no-builtin", "--dict", "d.exo"]);
        self.run(&all, input)
    }
}

#[test]
fn the_contract() {
    let bench = Bench::new();
    bench.write("a.txt", "Talks in Kiev".as_bytes());
    let cases: &[(&[&str], &str, &str)] = &[
        (
            &["annotate", "a.txt", "--lang", "en"],
            "",
            "{\"doc\":\"a.txt\",\"lang\":\"en\",\"offsets\":\"codepoints\",\"annotations\":[{\"start\":9,\"end\":13,\"form\":\"Kiev\",\"entity\":\"place/kyiv\",\"type\":\"place\",\"label\":\"Kyiv\",\"score\":0.98,\"stage\":\"exact\"}]}\n",
        ),
        (
            &[
                "annotate",
                "-",
                "--lang",
                "en",
                "--to",
                "uk",
                "--ids",
                "wikidata",
                "--types",
                "conll",
                "--offsets",
                "utf16",
            ],
            "😀 Kiev",
            "{\"doc\":\"-\",\"lang\":\"en\",\"offsets\":\"utf16\",\"annotations\":[{\"start\":3,\"end\":7,\"form\":\"Kiev\",\"entity\":\"wikidata:Q1899\",\"type\":\"LOC\",\"label\":\"Київ\",\"score\":0.98,\"stage\":\"exact\"}]}\n",
        ),
        (
            &["annotate", "--input", "jsonl", "-", "--offsets", "bytes"],
            "{\"id\":7,\"text\":\"Kyiv\",\"lang\":\"en\",\"doc\":\"x\",\"annotations\":[1]}\n",
            "{\"doc\":\"x\",\"lang\":\"en\",\"offsets\":\"bytes\",\"id\":7,\"input_annotations\":[1],\"annotations\":[{\"start\":0,\"end\":4,\"form\":\"Kyiv\",\"entity\":\"place/kyiv\",\"type\":\"place\",\"label\":\"Kyiv\",\"score\":0.98,\"stage\":\"exact\"}]}\n",
        ),
        (&["annotate", "--format", "count", "--lang", "en", "-"], "Kyiv and Kiev", "2\n"),
        (&["annotate", "--format", "marks", "--lang", "en", "-"], "[In] Kyiv", "\\[In\\] [Kyiv](place/kyiv)\n"),
        (
            &["annotate", "--keep-text", "--lang", "en", "-"],
            "",
            "{\"doc\":\"-\",\"lang\":\"en\",\"offsets\":\"codepoints\",\"text\":\"\",\"annotations\":[]}\n",
        ),
        (&["annotate", "--format", "count", "--only", "PER", "--lang", "en", "-"], "Kyiv and Maria Example", "1\n"),
        (&["annotate", "--format", "count", "--case", "any", "--lang", "en", "-"], "in kyiv", "1\n"),
        (&["annotate", "--format", "count", "--everywhere", "--lang", "en", "-"], "@Kyiv", "1\n"),
        (&["annotate", "--format", "count", "--lines", "--lang", "en", "-"], "Maria\nExample", "0\n"),
        (&["normalize", "--lang", "en", "-"], "Kiev's mayor\r\n", "Kyiv's mayor\r\n"),
        (&["normalize", "--lang", "en", "--diff", "-"], "Kiev\n", "--- -\n+++ -\n@@ -1 +1 @@\n-Kiev\n+Kyiv\n"),
        (&["normalize", "--lang", "en", "--report", "-"], "In Kiev\n", "-:1:4  change  Kiev  Kyiv  place/kyiv\n"),
        (&["lookup", "--format", "tsv", "Kiev", "Nobody"], "", "Kiev\tplace/kyiv\nNobody\t\n"),
        (&["lookup", "--format", "tsv", "--input", "tsv", "-"], "КИЇВ\tuk\n", "КИЇВ\tplace/kyiv\n"),
        (&["lookup", "--format", "tsv", "Kiyv", "Kyyv", "--distance", "0"], "", "Kiyv\t\nKyyv\t\n"),
        (&["lookup", "--format", "tsv", "Kiyv", "Kzzv", "--distance", "2"], "", "Kiyv\tplace/kyiv\nKzzv\tplace/kyiv\n"),
        (&["lookup", "--format", "tsv", "--prefix", "K"], "", "K\tplace/kyiv\n"),
        (
            &["lookup", "--input", "jsonl", "--limit", "1"],
            "{\"name\":\"Kiev\",\"lang\":\"en\"}\n",
            "{\"name\":\"Kiev\",\"candidates\":[{\"entity\":\"place/kyiv\",\"type\":\"place\",\"label\":\"Kyiv\",\"form\":\"Kiev\",\"lang\":\"en\",\"role\":\"alias\",\"score\":0.86,\"stage\":\"exact\"}]}\n",
        ),
    ];
    for (arguments, input, expected) in cases {
        let ran = bench.small(arguments, input.as_bytes());
        assert_eq!((ran.out.as_str(), ran.code), (*expected, 0), "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn bad_input_is_reported_with_its_place_and_the_rest_goes_on() {
    let bench = Bench::new();
    bench.write("good.txt", b"Kyiv");
    bench.write("bad.txt", b"Ky\niv\xff");
    std::fs::create_dir(bench.folder.path().join("news")).expect("made");
    bench.write("news/1.txt", b"Kyiv");
    bench.write("news/2.txt", b"\xfe");
    bench.write("news/.hidden", b"\xfe");
    bench.write("wrong.tsv", b"name\tid\nKyiv\tx\n");
    bench.write("lines.tsv", b"id\tlang\tform\nplace/a\ten\tAlpha\nplace b\ten\tBeta\nplace/c\ten\n");
    let mut cut = std::fs::read(bench.folder.path().join("d.exo")).expect("readable");
    cut[100] ^= 1;
    bench.write("damaged.exo", &cut);
    bench.write("cut.exo", &cut[..cut.len() / 2]);
    bench.write("empty.exo", b"");
    let lone = b"{\"text\":\"\\ud800\"}\n{\"text\":\"Kyiv\",\"lang\":\"en\"}\n";
    let long = format!("{{\"text\":\"{}\"}}\n{{\"text\":\"Kyiv\",\"lang\":\"en\"}}\n", "x".repeat(500));
    /// Arguments, input, exit code, lines on stdout, words on stderr.
    type Case<'a> = (&'a [&'a str], &'a [u8], i32, usize, &'a [&'a str]);
    let cases: &[Case<'_>] = &[
        (
            &["annotate", "bad.txt", "good.txt", "none.txt"],
            b"",
            1,
            1,
            &["bad.txt:2:3: not UTF-8: byte 0xFF", "none.txt: there is no such file", "2 faults"],
        ),
        (&["annotate", "news"], b"", 1, 1, &["2.txt:1:1: not UTF-8"]),
        (&["annotate", "--input", "jsonl"], lone, 1, 1, &["-:1:", "surrogate"]),
        (
            &["annotate", "--input", "jsonl", "--max-line", "100"],
            long.as_bytes(),
            1,
            1,
            &["-:1: this line is longer than 100 bytes", "--max-line"],
        ),
        (
            &["annotate", "--dict", "damaged.exo", "good.txt"],
            b"",
            1,
            0,
            &["damaged.exo: this dictionary is damaged", "rebuild"],
        ),
        (&["annotate", "--dict", "cut.exo", "good.txt"], b"", 1, 0, &["cut.exo: this dictionary is damaged"]),
        (&["annotate", "--dict", "empty.exo", "good.txt"], b"", 1, 0, &["empty.exo: this is no exonym dictionary"]),
        (&["annotate", "--dict", "f.tsv", "good.txt"], b"", 1, 0, &["f.tsv: this is no exonym dictionary"]),
        (&["dict", "verify", "d.exo", "damaged.exo"], b"", 1, 1, &["damaged.exo: "]),
        (
            &["build", "wrong.tsv", "-o", "w.exo"],
            b"",
            1,
            0,
            &["wrong.tsv:1:1: unknown column \"name\"", "nothing was written"],
        ),
        (
            &["build", "lines.tsv", "-o", "w.exo"],
            b"",
            1,
            0,
            &["lines.tsv:3: id \"place b\"", "lines.tsv:4: 2 fields", "w.exo: 1 entities"],
        ),
        (
            &["lookup", "--input", "jsonl"],
            b"{\"n\":1}\n{\"name\":\"Kyiv\"}\n\xff\n",
            1,
            1,
            &["-:1: this object has no field", "-:3: not UTF-8"],
        ),
        (&["annotate", "--nonsense"], b"", 2, 0, &["--nonsense"]),
        (&["lookup", "Kyiv", "--distance", "3"], b"", 2, 0, &["--distance", "[possible values: 0, 1, 2]"]),
        (&["annotate", "--offsets", "words", "good.txt"], b"", 2, 0, &["codepoints"]),
        (&["normalize", "--in-place"], b"Kiev", 2, 0, &["--in-place"]),
    ];
    for (arguments, input, code, lines, words) in cases {
        let ran = if matches!(arguments[0], "build" | "dict") {
            bench.run(arguments, input)
        } else {
            bench.small(arguments, input)
        };
        assert_eq!((ran.code, ran.out.lines().count()), (*code, *lines), "{arguments:?}\n{}{}", ran.out, ran.err);
        for word in *words {
            assert!(ran.err.contains(word), "{arguments:?} should say {word}: {}", ran.err);
        }
    }
}

#[test]
fn what_is_not_bad() {
    let bench = Bench::new();
    bench.write("empty.txt", b"");
    let ran = bench.small(&["annotate", "empty.txt"], b"");
    assert_eq!((ran.code, ran.out.lines().count()), (0, 1), "{}", ran.err);
    let ran = bench.small(&["annotate", "--lang", "en", "--format", "count", "-"], b"\0Kyiv\0");
    assert_eq!((ran.code, ran.out.as_str()), (0, "1\n"), "{}", ran.err);
    // A cache that can't be written is a warning: a file stands where the folder would be.
    bench.write("cache", b"");
    let ran = bench.run(&["annotate", "--lang", "en", "--format", "count", "-"], b"Kyiv");
    assert_eq!((ran.code, ran.out.as_str()), (0, "1\n"), "{}", ran.err);
    assert!(ran.err.contains("warning") && ran.err.contains("EXONYM_CACHE"), "{}", ran.err);
}

#[test]
fn in_place_replaces_files_as_a_whole() {
    let bench = Bench::new();
    bench.write("a.txt", "Kiev\0 and Київ\n".as_bytes());
    let ran = bench.small(&["normalize", "--lang", "en", "--in-place", "a.txt"], b"");
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    assert_eq!(bench.read("a.txt"), "Kyiv\0 and Київ\n");
}

#[test]
fn a_text_in_windows_gives_what_the_whole_gives() {
    let bench = Bench::new();
    let mut text = String::new();
    while text.len() < 9 << 20 {
        text.push_str("У мiстi Kyiv 😀 it rained on Maria Example for days and days. ");
    }
    bench.write("one-line.txt", text.as_bytes());
    let ran = bench.small(&["annotate", "one-line.txt", "--lang", "en"], b"");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let object: serde_json::Value = serde_json::from_str(&ran.out).expect("one object");
    let annotations = object["annotations"].as_array().expect("a list");
    assert_eq!(annotations.len(), text.matches("Kyiv").count() * 2);
    let chars: Vec<char> = text.chars().collect();
    for a in annotations.iter().step_by(1009).chain(annotations.last()) {
        let range = a["start"].as_u64().expect("a number") as usize..a["end"].as_u64().expect("a number") as usize;
        assert_eq!(chars[range].iter().collect::<String>(), a["form"].as_str().expect("a string"));
    }
}

#[test]
fn jobs_keep_the_order() {
    let bench = Bench::new();
    let lines: String =
        (0..500).map(|i| format!("{{\"doc\":\"{i}\",\"text\":\"Kyiv {i}\",\"lang\":\"en\"}}\n")).collect();
    let one = bench.small(&["annotate", "--input", "jsonl", "--jobs", "1"], lines.as_bytes());
    let four = bench.small(&["annotate", "--input", "jsonl", "--jobs", "4"], lines.as_bytes());
    assert_eq!(one.out.lines().count(), 500, "{}", one.err);
    assert!(one.out == four.out);
}

#[test]
fn the_cache_is_made_listed_and_cleared() {
    let bench = Bench::new();
    let ran = bench.run(&["annotate", "--lang", "en", "--format", "count", "-"], b"Kyiv");
    assert_eq!((ran.code, ran.out.as_str()), (0, "1\n"), "{}", ran.err);
    let listed = bench.run(&["cache", "list"], b"");
    assert_eq!(listed.out.lines().count(), 1, "{}", listed.out);
    assert_eq!(bench.run(&["cache", "clear"], b"").code, 0);
    assert_eq!(bench.run(&["cache", "list"], b"").out, "");
}

#[test]
fn outputs_keep_their_schemas() {
    let bench = Bench::new();
    let schema = |name: &str| -> serde_json::Value {
        let text = std::fs::read_to_string(root().join("docs/schemas").join(name)).expect("readable");
        serde_json::from_str(&text).expect("JSON")
    };
    let cases: &[(&[&str], &str, &str)] = &[
        (&["annotate", "--lang", "en", "--cite", "--keep-text", "-"], "Kyiv and Maria Example", "annotations-1.json"),
        (&["lookup", "Kyiv"], "", "lookup-1.json"),
        (&["lookup", "Kyvi"], "", "lookup-1.json"),
    ];
    for (arguments, input, name) in cases {
        let ran = bench.small(arguments, input.as_bytes());
        let value: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
        let mut faults = Vec::new();
        conforms(&value, &schema(name), name, &mut faults);
        assert!(faults.is_empty(), "{faults:?}");
    }
}

/// The part of JSON Schema that our schemas use: type, required, properties, items, enum, bounds.
fn conforms(value: &serde_json::Value, schema: &serde_json::Value, at: &str, faults: &mut Vec<String>) {
    let kind = match value {
        serde_json::Value::Object(_) => "object",
        serde_json::Value::Array(_) => "array",
        serde_json::Value::String(_) => "string",
        serde_json::Value::Number(n) if n.is_u64() => "integer",
        serde_json::Value::Number(_) => "number",
        _ => "other",
    };
    let wanted = schema["type"].as_str().unwrap_or(kind);
    if wanted != kind && !(wanted == "number" && kind == "integer") {
        faults.push(format!("{at}: {kind} is not {wanted}"));
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(|n| n.as_str()) {
        if value.get(name).is_none() {
            faults.push(format!("{at}: {name} is missing"));
        }
    }
    if let Some(properties) = schema["properties"].as_object() {
        for (name, value) in value.as_object().into_iter().flatten() {
            match properties.get(name) {
                Some(schema) => conforms(value, schema, &format!("{at}.{name}"), faults),
                None if schema["additionalProperties"] == serde_json::Value::Bool(false) => {
                    faults.push(format!("{at}: {name} is not in the schema"))
                }
                None => {}
            }
        }
    }
    for item in value.as_array().into_iter().flatten() {
        conforms(item, &schema["items"], &format!("{at}[]"), faults);
    }
    if let Some(list) = schema["enum"].as_array()
        && !list.contains(value)
    {
        faults.push(format!("{at}: {value} is not one of the schema's"));
    }
    let number = value.as_f64().unwrap_or(0.0);
    if schema["minimum"].as_f64().is_some_and(|m| number < m) || schema["maximum"].as_f64().is_some_and(|m| number > m)
    {
        faults.push(format!("{at}: {number} is out of bounds"));
    }
}

/// The commands of the README, run in the package's folder with the built program.
#[test]
fn the_readme_runs() {
    let bench = Bench::new();
    let readme = std::fs::read_to_string(root().join("README.md")).expect("readable");
    let mut ran = 0;
    for line in readme.lines() {
        let Some(command) = line.strip_prefix("cargo run --release -- ").or_else(|| line.strip_prefix("exonym "))
        else {
            continue;
        };
        let made = bench.folder.path().join("mine.exo");
        let command = command.split('#').next().unwrap_or("").trim().replace("mine.exo", &made.to_string_lossy());
        let script = format!("\"$EXONYM\" {command}");
        let output = Command::new("sh")
            .args(["-c", &script])
            .env("EXONYM", env!("CARGO_BIN_EXE_exonym"))
            .env("EXONYM_CACHE", bench.folder.path().join("cache"))
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
            .stdin(Stdio::null())
            .output()
            .expect("runs");
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        ran += 1;
    }
    assert!(ran >= 5, "{ran} commands");
}
