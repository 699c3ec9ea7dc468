//! Reading and writing the two tab-separated source tables.
//!
//! Invariant: every fault is reported with file and line, a faulty line is left out, and the rest
//! is read; what is read is NFC.

use std::fmt::Write as _;

use super::line::Columns;
pub use super::line::{canonical_kind, slug};
use super::row::{EntityRow, FormRow, Risk};
use crate::error::{Error, Result};

/// Columns of an entities table, in canonical order.
pub const ENTITY_COLUMNS: &[&str] =
    &["id", "type", "same_as", "country", "lat", "lon", "gender", "prior", "from", "to", "note"];
/// Columns of a forms table, in canonical order.
pub const FORM_COLUMNS: &[&str] = &["id", "lang", "form", "role", "case", "risk", "from", "to", "source", "date"];

/// What a table without its own columns says by default.
#[derive(Debug, Clone, Default)]
pub struct Defaults {
    /// Names of the columns of tables without a header line.
    pub columns: Option<Vec<String>>,
    /// Type of entities whose line or table names none.
    pub kind: Option<String>,
    /// Language of forms whose line or table names none.
    pub lang: Option<String>,
    /// Source code of forms whose line or table names none.
    pub source: Option<String>,
}

/// The rows of one or more tables, each with its line for later messages, and all faults.
#[derive(Debug, Default)]
pub struct Tables {
    /// Rows of entities tables.
    pub entities: Vec<(EntityRow, Line)>,
    /// Rows of forms tables.
    pub forms: Vec<(FormRow, Line)>,
    /// What was wrong; the faulty lines are left out.
    pub faults: Vec<Error>,
    /// Names of the files read, for [`Line::file`].
    pub files: Vec<String>,
    /// Whether any entities table was read.
    pub has_entities_table: bool,
}

/// Where a row came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Index in [`Tables::files`].
    pub file: u32,
    /// Line from 1.
    pub number: u32,
}

impl Tables {
    /// Reads one table, `name` being its path in messages. Faults are collected, not returned.
    pub fn read(&mut self, name: &str, bytes: &[u8], defaults: &Defaults) {
        let file = self.files.len() as u32;
        self.files.push(name.to_owned());
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
            Err(e) => {
                let line = bytes[..e.valid_up_to()].iter().filter(|&&b| b == b'\n').count() + 1;
                self.faults.push(Error::source_file("this table is not UTF-8: save it as UTF-8 and build again").at(
                    name,
                    line as u64,
                    0,
                ));
                return;
            }
        };
        if let Err(fault) = self.read_lines(name, text, file, defaults) {
            self.faults.push(fault);
        }
    }

    fn read_lines(&mut self, name: &str, text: &str, file: u32, defaults: &Defaults) -> Result<()> {
        let mut lines = text.lines().enumerate().map(|(i, line)| (i as u32 + 1, line));
        let Some(columns) = Columns::begin(name, &mut lines.by_ref().map(|(_, line)| line), defaults)? else {
            return Ok(());
        };
        self.has_entities_table |= !columns.are_of_forms();
        let mut fields = Vec::new();
        for (number, line) in lines.filter(|(_, line)| !line.is_empty()) {
            let line_ref = Line { file, number };
            let row = columns.split(line, &mut fields).and_then(|row| {
                if columns.are_of_forms() {
                    row.form(defaults).map(|form| self.forms.push((form.to_row(), line_ref)))
                } else {
                    row.entity(defaults).map(|entity| self.entities.push((entity, line_ref)))
                }
            });
            if let Err(message) = row {
                self.faults.push(Error::source_file(message).at(name, u64::from(number), 0));
            }
        }
        Ok(())
    }

    /// An error at the line of a row.
    pub fn fault_at(&self, line: Line, message: impl Into<String>) -> Error {
        let file = self.files.get(line.file as usize).map_or("", String::as_str);
        Error::source_file(message).at(file, u64::from(line.number), 0)
    }
}

/// Writes entities as a canonical table: sorted by id, columns that are empty everywhere left out.
pub fn write_entities(rows: &[EntityRow]) -> String {
    let mut rows: Vec<&EntityRow> = rows.iter().collect();
    rows.sort_by(|a, b| a.id.cmp(&b.id));
    let number = |v: Option<f64>| v.map(|v| format!("{v}")).unwrap_or_default();
    let year = |v: Option<i16>| v.map(|v| v.to_string()).unwrap_or_default();
    let cells = rows.iter().map(|r| {
        let mut same_as = r.same_as.clone();
        same_as.sort();
        vec![
            r.id.clone(),
            r.kind.clone(),
            same_as.join(","),
            r.country.clone(),
            number(r.lat),
            number(r.lon),
            r.gender.clone(),
            r.prior.map(|p| format!("{p}")).unwrap_or_default(),
            year(r.from),
            year(r.to),
            r.note.clone(),
        ]
    });
    write_table(ENTITY_COLUMNS, 2, cells.collect())
}

/// Writes forms as a canonical table: sorted by id, language, form; empty columns left out.
pub fn write_forms(rows: &[FormRow]) -> String {
    let mut rows: Vec<&FormRow> = rows.iter().collect();
    rows.sort_by(|a, b| (&a.id, &a.lang, &a.form).cmp(&(&b.id, &b.lang, &b.form)));
    let year = |v: Option<i16>| v.map(|v| v.to_string()).unwrap_or_default();
    let cells = rows.iter().map(|r| {
        vec![
            r.id.clone(),
            r.lang.clone(),
            r.form.clone(),
            r.role.to_string(),
            r.case.map(|c| c.to_string()).unwrap_or_default(),
            if r.risk == Risk::None { String::new() } else { r.risk.to_string() },
            year(r.from),
            year(r.to),
            r.source.clone(),
            r.date.clone(),
        ]
    });
    write_table(FORM_COLUMNS, 4, cells.collect())
}

fn write_table(columns: &[&str], always: usize, rows: Vec<Vec<String>>) -> String {
    let kept: Vec<usize> =
        (0..columns.len()).filter(|&i| i < always || rows.iter().any(|r| !r[i].is_empty())).collect();
    let mut out = kept.iter().map(|&i| columns[i]).collect::<Vec<_>>().join("\t");
    out.push('\n');
    for row in &rows {
        let line: Vec<&str> = kept.iter().map(|&i| row[i].as_str()).collect();
        let _ = writeln!(out, "{}", line.join("\t"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(table: &str) -> Vec<String> {
        let mut tables = Tables::default();
        tables.read("t.tsv", table.as_bytes(), &Defaults::default());
        tables.faults.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_fault_has_its_line_and_the_rest_is_read() {
        let cases: &[(&str, &[&str])] = &[
            ("id\tlang\tform\na\ten\tKyiv\n", &[]),
            ("id\tlang\tform\na b\ten\tKyiv\nc\ten\tLviv\n", &["t.tsv:2: id \"a b\" holds ' '"]),
            ("id\tlang\tform\na\ten\n\nb\ten\t \n", &["t.tsv:2: 2 fields where", "t.tsv:4: the form is empty"]),
            ("id\tlang\tform\trole\na\ten\tKyiv\tlabel\n", &["t.tsv:2: role: \"label\" is not one of: official"]),
            ("id\tlang\tform\na\tenglish!\tKyiv\n", &["t.tsv:2: lang \"english!\""]),
            ("id\tname\tform\n", &["t.tsv:1:2: unknown column \"name\""]),
            ("id\tid\tform\n", &["t.tsv:1: column \"id\" stands twice"]),
            ("name\nx\n", &["t.tsv:1:1: unknown column \"name\""]),
            ("id\ttype\tprior\na\tplace\t2\n", &["t.tsv:2: prior: 2 is not above 0"]),
            ("id\ttype\tcountry\na\tplace\tUkraine\n", &["t.tsv:2: country \"Ukraine\""]),
            ("id\ttype\tlat\na\tplace\tNaN\n", &["t.tsv:2: lat: NaN is not within"]),
            ("id\tform\tdate\na\tKyiv\tyesterday\n", &["t.tsv:2: date \"yesterday\""]),
            ("id\tform\trole\n*\tKyiv\talias\n", &["t.tsv:2: the id *"]),
            ("id\tform\na\t…\n", &[]),
            ("", &[]),
        ];
        for (table, expected) in cases {
            let found = faults(table);
            assert_eq!(found.len(), expected.len(), "{table:?}: {found:?}");
            for (fault, start) in found.iter().zip(*expected) {
                assert!(fault.starts_with(start), "{table:?}: {fault}");
            }
        }
    }

    #[test]
    fn headerless_tables_and_made_ids() {
        let mut tables = Tables::default();
        let defaults =
            Defaults { columns: Some(vec!["form".into()]), kind: Some("place".into()), ..Defaults::default() };
        tables.read("-", "Київ\nŁódź\n".as_bytes(), &defaults);
        let ids: Vec<&str> = tables.forms.iter().map(|(f, _)| f.id.as_str()).collect();
        assert_eq!(ids, ["place/kiyiv", "place/lodz"]);
    }

    #[test]
    fn writing_is_canonical_and_reads_back() {
        let table = "id\tlang\tform\trole\tsource\na\ten\tKyiv\tofficial\tcurated\na\tuk\tКиїв\tofficial\tcurated\n";
        let mut tables = Tables::default();
        tables.read("t", table.as_bytes(), &Defaults::default());
        let mut rows: Vec<FormRow> = tables.forms.into_iter().map(|(f, _)| f).collect();
        rows.reverse();
        assert_eq!(write_forms(&rows), table);
    }
}
