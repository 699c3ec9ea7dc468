//! Building: the same bytes whatever the order, threads and memory; what is put in is found again;
//! faults with their lines; a build that is killed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use exonym::dict::build::{Builder, FuzzyIndex, Policy};
use exonym::{Dictionary, text};
use fst::Streamer as _;

use crate::common::Random;

const NAMES: &[&str] = &[
    "Kyiv",
    "Kyiv Oblast",
    "Kyiv Oblast Council",
    "KYIV",
    "Kiev",
    "O'Connor",
    "O’Connor",
    "J. D. Vance",
    "U.S.",
    "Müller",
    "Muller",
    "Київ",
    "Києва",
    "Ки́їв",
    "基辅",
    "キーウ",
    "كييف",
    "กรุงเทพ",
    "San José",
    "San Jose",
    "Saint-Denis",
    "St. Denis",
    "iPhone",
    "of",
    "Łódź",
    "Zelenskyy",
    "Volodymyr",
];

/// Tables of entities and forms, with lines that join, repeat and disagree.
fn tables(random: &mut Random) -> Vec<(String, String)> {
    let mut entities = String::from("id\ttype\tsame_as\tcountry\tprior\tlat\tlon\tfrom\tnote\n");
    let mut forms = String::from("id\tlang\tform\trole\tsource\tdate\tcase\n");
    let ids = 40;
    for i in 0..ids {
        let other = match random.below(6) {
            0 => format!("x:{}", random.below(8)),
            1 => format!("wikidata:Q{}", random.below(1000)),
            _ => String::new(),
        };
        let kind = ["person", "place", ""][random.below(3)];
        let extra = ["\t\t\t\t\t", "UA\t0.5\t50.4\t30.5\t1991\ta note", "\t0.25\t\t\t\t"][random.below(3)];
        entities += &format!("e:{i}\t{kind}\t{other}\t{extra}\n");
    }
    for _ in 0..600 {
        let id = if random.below(30) == 0 { "*".to_owned() } else { format!("e:{}", random.below(ids + 1)) };
        let role = match id.as_str() {
            "*" => "never",
            _ => ["official", "alias", "family", "given", "short", "never"][random.below(6)],
        };
        let lang = ["en", "uk", "de", "ja", "und"][random.below(5)];
        let form = random.pick(NAMES);
        let source = ["", "cldr", "curated", "sanctions-eu"][random.below(4)];
        let date = ["", "2024-01-31"][random.below(2)];
        let case = ["", "", "any", "exact"][random.below(4)];
        forms += &format!("{id}\t{lang}\t{form}\t{role}\t{source}\t{date}\t{case}\n");
    }
    vec![("e.tsv".to_owned(), entities), ("f.tsv".to_owned(), forms)]
}

fn build(tables: &[(String, String)], jobs: usize, memory: usize, fuzzy: FuzzyIndex) -> (Vec<u8>, Vec<String>) {
    let mut builder = Builder::default().jobs(jobs).memory(memory).fuzzy_index(fuzzy);
    for (name, table) in tables {
        builder.table(name, table.as_bytes());
    }
    let built = builder.finish().expect("builds");
    (built.bytes, built.faults.iter().map(ToString::to_string).collect())
}

/// The same lines in another order, cut into two tables.
fn shuffled(random: &mut Random, table: &str) -> Vec<String> {
    let (header, lines) = table.split_once('\n').expect("a header");
    let mut lines: Vec<&str> = lines.lines().collect();
    for i in (1..lines.len()).rev() {
        lines.swap(i, random.below(i + 1));
    }
    let (one, other) = lines.split_at(random.below(lines.len()));
    [one, other].map(|lines| format!("{header}\n{}\n", lines.join("\n"))).to_vec()
}

#[test]
fn order_threads_and_memory_change_nothing() {
    let mut random = Random(5);
    for round in 0..6 {
        let tables = tables(&mut random);
        let fuzzy = if round % 2 == 0 { FuzzyIndex::Present } else { FuzzyIndex::Absent };
        let (bytes, faults) = build(&tables, 1, usize::MAX, fuzzy);
        assert!(!faults.is_empty(), "lines disagree");
        for (jobs, memory) in [(1, 0), (4, 0), (3, 20_000), (2, usize::MAX)] {
            let (again, same_faults) = build(&tables, jobs, memory, fuzzy);
            assert!(again == bytes && same_faults == faults, "{jobs} jobs, {memory} bytes");
        }
        let mut parts: Vec<(String, String)> = tables
            .iter()
            .flat_map(|(name, table)| shuffled(&mut random, table).into_iter().map(|t| (name.clone(), t)))
            .collect();
        parts.reverse();
        let (again, other_faults) = build(&parts, 2, 5_000, fuzzy);
        assert!(again == bytes, "another order");
        let messages = |faults: &[String]| -> BTreeSet<String> {
            faults.iter().map(|f| f.split_once(": ").expect("a place").1.to_owned()).collect()
        };
        assert_eq!(messages(&other_faults), messages(&faults));
    }
}

#[test]
fn files_give_the_bytes_of_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    // Large enough for several blocks.
    let mut forms = String::from("\u{feff}id\tform\r\n");
    for i in 0..90_000 {
        forms += &format!("place/{}\t{} {}\r\n", i / 3, NAMES[i % NAMES.len()], i * 7919 % 90_000);
    }
    forms += "place/last\tKyiv";
    let path = folder.path().join("f.tsv");
    fs::write(&path, &forms).expect("written");
    let name = path.display().to_string();
    let (bytes, faults) = build(&[(name.clone(), forms.clone())], 1, usize::MAX, FuzzyIndex::Present);
    assert_eq!(faults, Vec::<String>::new());
    for (jobs, memory) in [(1, usize::MAX), (2, 1 << 20)] {
        let out = folder.path().join("d.exo");
        let fuzzy = FuzzyIndex::Present;
        let mut builder = Builder::default().jobs(jobs).memory(memory).folder(folder.path()).fuzzy_index(fuzzy);
        builder.table_file(&path).expect("reads");
        let written = builder.finish_to(&out).expect("builds");
        assert_eq!((written.forms, written.size), (90_001, bytes.len() as u64));
        assert!(fs::read(&out).expect("written") == bytes, "{jobs} jobs, {memory} bytes");
        assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 2, "nothing stays behind");
    }
    // A table that is not UTF-8 anywhere is left out as a whole, and says where.
    let mut broken = forms.into_bytes();
    let at = broken.len() - 20;
    broken[at] = 0xff;
    fs::write(&path, &broken).expect("written");
    let mut builder = Builder::default();
    builder.table_file(&path).expect("reads");
    let built = builder.finish().expect("builds");
    assert_eq!(built.forms, 0);
    assert_eq!(
        built.faults[0].to_string(),
        format!("{name}:90001: this table is not UTF-8: save it as UTF-8 and build again")
    );
    assert!(Builder::default().table_file(&folder.path().join("none.tsv")).is_err());
}

#[test]
fn what_is_put_in_is_found_again() {
    let mut random = Random(9);
    let mut expected: BTreeMap<(String, String, String), &str> = BTreeMap::new();
    let mut table = String::from("id\tlang\tform\trole\n");
    for _ in 0..3000 {
        let words = 1 + random.below(3);
        let form: Vec<&str> = (0..words).map(|_| random.pick(NAMES)).collect();
        let row = (format!("id:{}", random.below(700)), random.pick(&["en", "de", "zh"]).to_owned(), form.join(" "));
        let role = random.pick(&["alias", "exonym", "short"]);
        if expected.insert(row.clone(), role).is_none() {
            table += &format!("{}\t{}\t{}\t{role}\n", row.0, row.1, row.2);
        } else {
            expected.insert(row.clone(), table_role(&table, &row));
        }
    }
    let (bytes, faults) = build(&[("t".to_owned(), table)], 2, 50_000, FuzzyIndex::Absent);
    assert_eq!(faults, Vec::<String>::new());
    let dictionary = Dictionary::from_bytes(bytes).expect("opens");
    let mut found = BTreeMap::new();
    let mut last = String::new();
    for entity in dictionary.entities() {
        assert!(entity.id() > last.as_str());
        last = entity.id().to_owned();
        assert_eq!(dictionary.entity_by_id(entity.id()).map(|e| e.index()), Some(entity.index()));
        for form in entity.forms() {
            let row = (entity.id().to_owned(), form.lang().to_owned(), form.text().to_owned());
            assert_eq!(form.entity_index(), entity.index());
            found.insert(row, form.role().as_str());
            let place = dictionary.keys().get(text::key(form.text())).expect("its key");
            assert!(dictionary.postings(place).any(|(f, variant)| !variant
                && (f.entity_index(), f.lang(), f.text()) == (entity.index(), form.lang(), form.text())
                && (f.case(), f.risk(), f.source()) == (form.case(), form.risk(), form.source())));
        }
    }
    assert_eq!(found, expected);
    let (mut keys, mut variants) = (dictionary.keys().stream(), 0);
    while let Some((key, place)) = keys.next() {
        let key = std::str::from_utf8(key).expect("UTF-8");
        let spelling = dictionary.spelling(place).expect("a spelling");
        let mut forms = dictionary.postings(place).peekable();
        let own = forms.peek().is_some_and(|(_, variant)| !variant);
        assert!(forms.any(|(form, _)| form.text() == spelling) == own && (own || spelling == key), "{key}");
        variants += usize::from(!own);
        assert_eq!(text::key(spelling), key);
    }
    assert!(variants > 100, "{variants}");
}

fn table_role(table: &str, row: &(String, String, String)) -> &'static str {
    let start = format!("{}\t{}\t{}\t", row.0, row.1, row.2);
    let line = table.lines().find(|line| line.starts_with(&start)).expect("the first line of it");
    ["alias", "exonym", "short"].into_iter().find(|role| line.ends_with(role)).expect("a role")
}

#[test]
fn disagreeing_lines_are_reported_where_they_stand() {
    let entities = "id\ttype\tsame_as\tcountry\na\tplace\tb\tUA\nb\tperson\t\tUA\nc\tplace\t\t\n";
    let forms = "id\tlang\tform\trole\na\ten\tKyiv\tofficial\nb\ten\tKyiv\talias\na\ten\tKiev\tofficial\nd\ten\tLviv\tofficial\n\
                 d\ten\tLwów\tnever\na\ten\tKyiv\tofficial\n";
    let run = |policy: Policy| -> Vec<String> {
        let mut builder = Builder::default().policy(policy);
        builder.table("f", forms.as_bytes());
        builder.table("e", entities.as_bytes());
        builder.finish().expect("builds").faults.iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        run(Policy::Report),
        [
            "e:3: type \"person\" of \"b\" disagrees with \"place\" on another line of the same entity",
            "f:2: \"Kyiv\" is a second official form of a in en: \"Kiev\" is one already; make one of them an alias",
            "f:3: role alias of \"Kyiv\" (en) for b disagrees with role official on another line: keep one, or build with --policy strongest",
            "f:5: no table has an entity \"d\": add its line, or build the forms alone as an overlay",
        ]
    );
    assert_eq!(run(Policy::Strongest).len(), 2);
}

#[test]
fn a_type_for_all_goes_to_entities_without_a_line() {
    let defaults = exonym::dict::source::table::Defaults { kind: Some("place".to_owned()), ..Default::default() };
    let mut builder = Builder::default().defaults(defaults);
    builder.table("f", b"id\tform\na\tKyiv\n");
    let dictionary = builder.finish().expect("builds").open().expect("opens");
    assert_eq!(dictionary.entity(0).expect("one").kind(), "place");
}

#[test]
fn a_killed_build_leaves_the_old_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("d.exo");
    let start = |source: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_exonym"));
        command.args(["build", "--columns", "id,form", "--memory", "0", source, "-o"]).arg(&out);
        command.current_dir(folder.path()).stdin(Stdio::piped()).stderr(Stdio::null()).spawn().expect("runs")
    };
    let mut lines = String::new();
    for i in 0..60_000 {
        lines += &format!("place/{i}\t{} {i}\n", NAMES[i % NAMES.len()]);
    }
    fs::write(folder.path().join("few.tsv"), "a\tKyiv\n").expect("written");
    fs::write(folder.path().join("many.tsv"), &lines).expect("written");
    assert!(start("few.tsv").wait().expect("ends").success());
    let old = fs::read(&out).expect("written");
    // While it reads.
    let mut child = start("-");
    child.stdin.as_mut().expect("piped").write_all(&lines.as_bytes()[..lines.len() / 2]).expect("taken");
    child.kill().expect("killed");
    child.wait().expect("ends");
    assert!(fs::read(&out).expect("there") == old);
    assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 3, "nothing stays behind");
    // While it works, at several points.
    for wait in [20, 80, 200, 400, 800, 1600] {
        let mut child = start("many.tsv");
        std::thread::sleep(Duration::from_millis(wait));
        let ended = child.try_wait().expect("known");
        let _ = child.kill();
        child.wait().expect("ends");
        let dictionary = Dictionary::open(&out).expect("whole");
        assert!(dictionary.form_count() == 1 || dictionary.form_count() == 60_000);
        assert!(ended.is_none() || dictionary.form_count() == 60_000);
    }
}
