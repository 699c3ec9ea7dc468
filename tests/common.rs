//! Small dictionaries, temporary folders and golden files for the tests.

use std::path::{Path, PathBuf};

use exonym::dict::build::Builder;
use exonym::{Dictionary, Stack};

/// The folder of the package.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Data beside the project for measuring; `None`, with a visible line, where it is absent.
pub fn shared(path: &str) -> Option<PathBuf> {
    let path = root().join("../shared").join(path);
    if path.exists() {
        return Some(path);
    }
    // Past the test harness, which would keep it to itself.
    let _ = std::io::Write::write_all(
        &mut std::io::stderr(),
        format!("skipped: {} is not there\n", path.display()).as_bytes(),
    );
    None
}

/// A dictionary from lines `id|type|prior` and `id|lang|form|role[|case[|risk]]`.
pub fn dictionary(entities: &str, forms: &str) -> Dictionary {
    let table = |header: &str, lines: &str, columns: usize| {
        let mut out = format!("{header}\n");
        for line in lines.lines().map(str::trim).filter(|l| !l.is_empty()) {
            let mut fields: Vec<&str> = line.split('|').collect();
            fields.resize(columns, "");
            out.push_str(&fields.join("\t"));
            out.push('\n');
        }
        out
    };
    let mut builder = Builder::default();
    builder.table("entities", table("id\ttype\tprior\tcountry\tsame_as", entities, 5).as_bytes());
    builder.table("forms", table("id\tlang\tform\trole\tcase\trisk", forms, 6).as_bytes());
    let built = builder.finish().expect("builds");
    assert!(built.faults.is_empty(), "{:?}", built.faults);
    built.open().expect("opens")
}

/// The built-in dictionary, made once for all tests.
pub fn builtin() -> Stack {
    static BUILTIN: std::sync::OnceLock<Dictionary> = std::sync::OnceLock::new();
    let dictionary = BUILTIN.get_or_init(|| {
        let built = exonym::dict::builtin::build().expect("builds");
        assert!(built.faults.is_empty(), "{}", built.faults.iter().map(|f| f.to_string() + "\n").collect::<String>());
        built.open().expect("opens")
    });
    Stack::from(dictionary.clone())
}

/// Whether golden and generated files are rewritten: `UPDATE_GOLDEN=1 cargo test`.
pub fn blessing() -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some()
}

/// Holds `actual` against the file at `path`; blessing rewrites the file.
pub fn golden(path: &Path, actual: &str) {
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    if expected == actual {
        return;
    }
    if blessing() {
        std::fs::create_dir_all(path.parent().expect("has a folder")).expect("can be made");
        std::fs::write(path, actual).expect("can be written");
        return;
    }
    let differs = expected.lines().zip(actual.lines()).enumerate().find(|(_, (a, b))| a != b);
    panic!(
        "{} is stale: {}\nUPDATE_GOLDEN=1 cargo test rewrites it; read the diff then",
        path.display(),
        differs.map_or_else(|| "lengths differ".to_owned(), |(i, (a, b))| format!("line {}:\n- {a}\n+ {b}", i + 1))
    );
}

/// A small reproducible random source (SplitMix64).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    pub fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}
