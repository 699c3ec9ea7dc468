//! The house in order: layers, no language in code, canonical data, provenance, generated files.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use exonym::dict::provenance::read_sources;
use exonym::dict::source::table::{self, Defaults, Tables};
use unicode_normalization::UnicodeNormalization as _;

use crate::common::{golden, root};

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            out.extend(files(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            out.push(path);
        }
    }
    out.sort();
    out
}

fn relative(path: &Path, to: &str) -> String {
    path.strip_prefix(root().join(to)).expect("inside").to_string_lossy().replace('\\', "/")
}

/// Code of a file without its inline tests and comments.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("readable");
    let text = text.split("#[cfg(test)]").next().unwrap_or("");
    text.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n")
}

#[test]
fn modules_import_only_from_their_left() {
    const ORDER: &[&str] = &[
        "embedded", "error", "text", "rule", "scheme", "name", "dict", "annotate", "link", "rewrite", "format", "eval",
        "cli",
    ];
    let mut faults = Vec::new();
    for path in files(&root().join("src"), ".rs") {
        let name = relative(&path, "src");
        let module = name.split(['/', '.']).next().expect("a name").to_owned();
        if module == "lib" || module == "main" {
            continue;
        }
        let own = ORDER.iter().position(|m| *m == module);
        let Some(own) = own else {
            faults.push(format!("{name}: \"{module}\" is no room of the house"));
            continue;
        };
        let code = code(&path);
        for (at, _) in code.match_indices("crate::") {
            let rest = &code[at + 7..];
            let used: Vec<&str> = if let Some(group) = rest.strip_prefix('{') {
                group
                    .split('}')
                    .next()
                    .unwrap_or("")
                    .split(',')
                    .map(|p| p.trim().split("::").next().unwrap_or(""))
                    .collect()
            } else {
                vec![rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("")]
            };
            for used in used {
                if module == "cli" {
                    faults.push(format!("{name}: the command line uses the public API alone, not crate::{used}"));
                } else if let Some(other) = ORDER.iter().position(|m| *m == used)
                    && other > own
                {
                    faults.push(format!("{name}: {module} must not know {used}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn no_language_in_code() {
    // Quotation marks, dashes and bullets are punctuation of all languages, and letters are not.
    let mut faults = Vec::new();
    for path in files(&root().join("src"), ".rs") {
        let name = relative(&path, "src");
        if name.starts_with("text/") || name == "rule/native.rs" || name == "embedded.rs" {
            continue;
        }
        for (i, line) in code(&path).lines().enumerate() {
            if let Some(c) = line.chars().find(|c| !c.is_ascii() && c.is_alphabetic()) {
                faults.push(format!("src/{name}:{}: the letter {c} belongs in dictionaries/", i + 1));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn unsafe_code_is_in_two_files() {
    let with: Vec<String> = files(&root().join("src"), ".rs")
        .iter()
        .filter(|p| code(p).contains("unsafe {") || code(p).contains("unsafe fn"))
        .map(|p| relative(p, "src"))
        .collect();
    // The map of a file, and the wide instructions with their safe twin.
    assert_eq!(with, ["dict/map.rs", "text/lex/wide/x86.rs"]);
}

#[test]
fn no_invisible_characters_in_sources() {
    let mut faults = Vec::new();
    for folder in ["src", "tests", "docs", "examples"] {
        for path in files(&root().join(folder), "") {
            let Ok(text) = fs::read_to_string(&path) else { continue };
            if let Some(c) =
                text.chars().find(|c| exonym::text::letter::is_invisible(*c) && *c != '\u{200d}' && *c != '\u{200c}')
            {
                faults.push(format!("{}: U+{:04X}: write it as an escape", path.display(), u32::from(c)));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The tables of `dictionaries/entities`, read.
fn tables() -> Tables {
    let mut tables = Tables::default();
    for path in files(&root().join("dictionaries/entities"), ".tsv") {
        tables.read(&relative(&path, ""), &fs::read(&path).expect("readable"), &Defaults::default());
    }
    tables
}

#[test]
fn tables_are_canonical() {
    for path in files(&root().join("dictionaries/entities"), ".tsv") {
        let mut tables = Tables::default();
        let bytes = fs::read(&path).expect("readable");
        tables.read(&relative(&path, ""), &bytes, &Defaults::default());
        assert!(tables.faults.is_empty(), "{:?}", tables.faults);
        let written = if tables.has_entities_table {
            table::write_entities(&tables.entities.into_iter().map(|(r, _)| r).collect::<Vec<_>>())
        } else {
            table::write_forms(&tables.forms.into_iter().map(|(r, _)| r).collect::<Vec<_>>())
        };
        golden(&path, &written);
    }
}

#[test]
fn every_entity_has_its_line_and_every_form_its_source() {
    let tables = tables();
    let known: BTreeSet<&str> = tables
        .entities
        .iter()
        .flat_map(|(e, _)| std::iter::once(e.id.as_str()).chain(e.same_as.iter().map(String::as_str)))
        .collect();
    let text = fs::read_to_string(root().join("dictionaries/SOURCES.tsv")).expect("readable");
    let sources = read_sources("dictionaries/SOURCES.tsv", &text).expect("well formed");
    let codes: BTreeSet<&str> = sources.iter().map(|s| s.source.as_str()).collect();
    let mut faults = Vec::new();
    for source in &sources {
        if source.licence.is_empty() || source.origin.is_empty() || source.date.is_empty() {
            faults.push(format!("dictionaries/SOURCES.tsv: {} lacks origin, licence or date", source.source));
        }
    }
    for (form, line) in &tables.forms {
        if form.id != "*" && !known.contains(form.id.as_str()) {
            faults.push(tables.fault_at(*line, format!("no entity {}", form.id)).to_string());
        }
        if form.source.is_empty() || !form.source.split('+').all(|code| codes.contains(code)) {
            faults
                .push(tables.fault_at(*line, format!("source \"{}\" is not in SOURCES.tsv", form.source)).to_string());
        }
    }
    for (entity, line) in &tables.entities {
        if !matches!(entity.kind.as_str(), "person" | "place" | "organisation" | "event" | "product") {
            faults.push(tables.fault_at(*line, format!("type \"{}\"", entity.kind)).to_string());
        }
    }
    faults.truncate(30);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// `*` stands for any run of characters, slashes too.
fn covers(pattern: &str, name: &str) -> bool {
    let mut rest = name;
    let mut parts = pattern.split('*');
    let Some(tail) = rest.strip_prefix(parts.next().unwrap_or("")) else { return false };
    rest = tail;
    for part in parts {
        if part.is_empty() {
            return true;
        }
        let Some(at) = rest.rfind(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.is_empty()
}

#[test]
fn every_data_file_names_its_source() {
    let folder = root().join("dictionaries");
    let text = fs::read_to_string(folder.join("SOURCES.tsv")).expect("readable");
    let sources = read_sources("dictionaries/SOURCES.tsv", &text).expect("well formed");
    let patterns: Vec<&str> = sources.iter().flat_map(|s| s.file.split(", ")).collect();
    let names: Vec<String> = files(&folder, "").iter().map(|path| relative(path, "dictionaries")).collect();
    let orphans: Vec<&String> = names
        .iter()
        .filter(|name| !matches!(name.as_str(), "README.md" | "SOURCES.tsv"))
        .filter(|name| !patterns.iter().any(|pattern| covers(pattern, name)))
        .collect();
    assert!(orphans.is_empty(), "no line of SOURCES.tsv covers {orphans:?}");
    let idle: Vec<&&str> = patterns.iter().filter(|pattern| !names.iter().any(|name| covers(pattern, name))).collect();
    assert!(idle.is_empty(), "SOURCES.tsv speaks of no file with {idle:?}");
    assert!(!covers("entities/cities.*", "entities/countries.forms.tsv"));
}

#[test]
fn language_files_are_whole_and_canonical() {
    let folder = root().join("dictionaries/languages");
    let text = fs::read_to_string(root().join("dictionaries/SOURCES.tsv")).expect("readable");
    let mut faults = Vec::new();
    let mut tags = Vec::new();
    for path in files(&folder, ".toml") {
        let name = relative(&path, "");
        match exonym::name::Language::parse(&name, &fs::read_to_string(&path).expect("readable")) {
            Ok(language) => {
                if format!("{}.toml", language.tag) != path.file_name().expect("a name").to_string_lossy() {
                    faults.push(format!("{name}: tag {}", language.tag));
                }
                if !text.lines().any(|l| l.starts_with(&format!("{}\t", language.source)))
                    || language.licence.is_empty()
                {
                    faults.push(format!("{name}: source and licence"));
                }
                tags.push(language.tag.clone());
            }
            Err(e) => faults.push(e.to_string()),
        }
    }
    for wanted in ["ar", "cs", "de", "en", "es", "fa", "fr", "he", "it", "ja", "ko", "pl", "ru", "tr", "uk", "zh"] {
        if !tags.iter().any(|t| t == wanted) {
            faults.push(format!("dictionaries/languages/{wanted}.toml is missing"));
        }
    }
    for path in files(&folder.join("words"), ".txt") {
        let text = fs::read_to_string(&path).expect("readable");
        let words: BTreeSet<String> =
            text.lines().map(|w| w.nfc().collect()).filter(|w: &String| !w.is_empty()).collect();
        let written: String = words.iter().map(|w| format!("{w}\n")).collect();
        golden(&path, &written);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_embedded_list_is_the_folder() {
    let folder = root().join("dictionaries");
    let mut out = String::from(
        "//! Generated by `UPDATE_GOLDEN=1 cargo test embedded`: every data file under `dictionaries/`.\n//!\n\
         //! Invariant: list, sizes and hashes are those of the folder; a test holds them to it.\n\n\
         /// One data file.\n#[derive(Debug, Clone, Copy)]\npub struct File {\n    /// Path under `dictionaries/`.\n    pub path: &'static str,\n    \
         /// Its text.\n    pub text: &'static str,\n    /// Its size in bytes.\n    pub size: usize,\n    /// XXH3 of its text.\n    pub hash: u64,\n}\n\n\
         /// The text of a data file; empty if there is none of that path.\npub fn text(path: &str) -> &'static str {\n    \
         FILES.binary_search_by(|file| file.path.cmp(path)).map_or(\"\", |i| FILES[i].text)\n}\n\n",
    );
    let mut all = Vec::new();
    let mut list = String::new();
    let mut paths: Vec<(String, PathBuf)> = ["toml", "tsv", "txt", "rules"]
        .iter()
        .flat_map(|ending| files(&folder, &format!(".{ending}")))
        .map(|path| (relative(&path, "dictionaries"), path))
        .collect();
    paths.sort();
    for (name, path) in paths {
        let bytes = fs::read(&path).expect("readable");
        assert!(!bytes.contains(&b'\r'), "{name} has carriage returns");
        let hash = xxhash_rust::xxh3::xxh3_64(&bytes);
        all.extend_from_slice(name.as_bytes());
        all.extend_from_slice(&hash.to_le_bytes());
        list.push_str(&format!(
            "    File {{\n        path: \"{name}\",\n        text: include_str!(\"../dictionaries/{name}\"),\n        size: {},\n        hash: 0x{hash:016x},\n    }},\n",
            bytes.len()
        ));
    }
    out.push_str(&format!(
        "/// Hash of all files.\npub const HASH: &str = \"{:016x}\";\n\n/// Every file, by path.\npub static FILES: &[File] = &[\n{list}];\n",
        xxhash_rust::xxh3::xxh3_64(&all)
    ));
    golden(&root().join("src/embedded.rs"), &out);
}

#[test]
fn every_source_file_opens_with_what_it_is() {
    let mut faults = Vec::new();
    for folder in ["src", "tests"] {
        for path in files(&root().join(folder), ".rs") {
            let text = fs::read_to_string(&path).expect("readable");
            let first = text.lines().next().unwrap_or("");
            if !first.starts_with("//!") && !first.starts_with("#![doc") {
                faults.push(path.display().to_string());
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
