//! Reading and writing the two tab-separated source tables.
//!
//! Invariant: every fault is reported with file and line, a faulty line is left out, and the rest
//! is read; what is read is NFC.

use std::fmt::Write as _;
use std::str::FromStr;

use unicode_normalization::UnicodeNormalization;

use super::row::{CaseRule, EntityRow, FormRow, Risk, Role};
use crate::error::{Error, Result};
use crate::text;

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
        let columns: Vec<String> = match &defaults.columns {
            Some(columns) => columns.clone(),
            None => match lines.next() {
                Some((_, header)) => header.split('\t').map(|c| c.trim().to_owned()).collect(),
                None => return Ok(()),
            },
        };
        let is_forms = columns.iter().any(|c| c == "form");
        let known = if is_forms { FORM_COLUMNS } else { ENTITY_COLUMNS };
        for (i, column) in columns.iter().enumerate() {
            if !known.contains(&column.as_str()) && column != "-" {
                return Err(Error::source_file(format!(
                    "unknown column \"{column}\": a table of forms has {}, one of entities {}; \
                     a table without a header needs --columns (\"-\" skips a column)",
                    FORM_COLUMNS.join(" "),
                    ENTITY_COLUMNS.join(" ")
                ))
                .at(name, 1, i as u64 + 1));
            }
            if column != "-" && columns[..i].contains(column) {
                return Err(Error::source_file(format!("column \"{column}\" stands twice")).at(name, 1, 0));
            }
        }
        if !is_forms && !columns.iter().any(|c| c == "id") {
            return Err(Error::source_file(
                "the header names neither \"id\" nor \"form\": name the columns in the first line, or with --columns",
            )
            .at(name, 1, 0));
        }
        self.has_entities_table |= !is_forms;
        for (number, line) in lines {
            if line.is_empty() {
                continue;
            }
            let fields: Vec<&str> = line.split('\t').collect();
            let line_ref = Line { file, number };
            let row = if fields.len() != columns.len() {
                Err(format!(
                    "{} fields where the table has {} columns ({}): fields are separated by one tab",
                    fields.len(),
                    columns.len(),
                    columns.join(" ")
                ))
            } else {
                let get = |wanted: &str| columns.iter().position(|c| c == wanted).map_or("", |i| fields[i].trim());
                if is_forms {
                    form_row(get, defaults).map(|row| self.forms.push((row, line_ref)))
                } else {
                    entity_row(get, defaults).map(|row| self.entities.push((row, line_ref)))
                }
            };
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

type Field<T> = std::result::Result<T, String>;

fn optional<T: FromStr>(column: &str, value: &str) -> Field<Option<T>> {
    if value.is_empty() {
        return Ok(None);
    }
    value.parse().map(Some).map_err(|_| format!("{column}: \"{value}\" is not a number of its kind"))
}

fn check_id(id: &str) -> Field<()> {
    match id.chars().find(|c| c.is_whitespace() || c.is_control() || matches!(c, ',' | '|')) {
        Some(c) => Err(format!("id \"{id}\" holds {c:?}: ids have no blank, comma or |")),
        None if id.is_empty() => Err("the id is empty".to_owned()),
        None => Ok(()),
    }
}

fn check_lang(lang: &str) -> Field<()> {
    let well_formed = lang.split('-').enumerate().all(|(i, part)| {
        (if i == 0 { 2..=8 } else { 1..=8 }).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
    });
    if well_formed { Ok(()) } else { Err(format!("lang \"{lang}\" is not a BCP 47 tag such as uk or zh-Hant")) }
}

fn entity_row<'a>(get: impl Fn(&str) -> &'a str, defaults: &Defaults) -> Field<EntityRow> {
    let range = |column: &str, limit: f64| -> Field<Option<f64>> {
        match optional::<f64>(column, get(column))? {
            Some(v) if !(-limit..=limit).contains(&v) => {
                Err(format!("{column}: {v} is not within -{limit} and {limit}"))
            }
            v => Ok(v),
        }
    };
    let row = EntityRow {
        id: get("id").to_owned(),
        kind: match get("type") {
            "" => defaults.kind.clone().unwrap_or_default(),
            kind => canonical_kind(kind),
        },
        same_as: get("same_as").split(',').filter(|s| !s.is_empty()).map(str::to_owned).collect(),
        country: get("country").to_owned(),
        lat: range("lat", 90.0)?,
        lon: range("lon", 180.0)?,
        gender: get("gender").to_owned(),
        prior: optional("prior", get("prior"))?,
        from: optional("from", get("from"))?,
        to: optional("to", get("to"))?,
        note: get("note").to_owned(),
    };
    check_id(&row.id)?;
    row.same_as.iter().try_for_each(|id| check_id(id))?;
    if row.id == "*" {
        return Err("the id * stands for any entity and only in forms with role never".to_owned());
    }
    if let Some(p) = row.prior
        && !(p > 0.0 && p <= 1.0)
    {
        return Err(format!("prior: {p} is not above 0 and up to 1"));
    }
    if !(row.country.is_empty() || row.country.len() == 2 && row.country.bytes().all(|b| b.is_ascii_uppercase())) {
        return Err(format!("country \"{}\" is not an ISO 3166 code of two capitals", row.country));
    }
    if !matches!(row.gender.as_str(), "" | "m" | "f") {
        return Err(format!("gender \"{}\" is not m, f or empty", row.gender));
    }
    Ok(row)
}

/// Types in both habits: `PER` is `person`; types of the user's own are kept.
pub fn canonical_kind(kind: &str) -> String {
    match kind {
        "PER" | "PERSON" | "Person" => "person",
        "LOC" | "GPE" | "FAC" | "Place" | "location" => "place",
        "ORG" | "Organization" | "Organisation" | "organization" => "organisation",
        "EVT" | "EVENT" | "Event" => "event",
        "PRO" | "PRODUCT" | "Product" | "HumanProd" => "product",
        other => other,
    }
    .to_owned()
}

fn form_row<'a>(get: impl Fn(&str) -> &'a str, defaults: &Defaults) -> Field<FormRow> {
    let word = |column: &str| -> Field<Option<&'a str>> { Ok(Some(get(column)).filter(|v| !v.is_empty())) };
    let or = |value: &str, default: &Option<String>, last: &str| -> String {
        match value {
            "" => default.clone().unwrap_or_else(|| last.to_owned()),
            v => v.to_owned(),
        }
    };
    let form: String = get("form").nfc().collect();
    let mut row = FormRow {
        id: get("id").to_owned(),
        lang: or(get("lang"), &defaults.lang, "und"),
        role: word("role")?.map_or(Ok(Role::Alias), |w| w.parse().map_err(|e| format!("role: {e}")))?,
        case: word("case")?.map(|w| w.parse::<CaseRule>().map_err(|e| format!("case: {e}"))).transpose()?,
        risk: word("risk")?.map_or(Ok(Risk::None), |w| w.parse().map_err(|e| format!("risk: {e}")))?,
        from: optional("from", get("from"))?,
        to: optional("to", get("to"))?,
        source: or(get("source"), &defaults.source, ""),
        date: get("date").to_owned(),
        form,
    };
    if row.form.is_empty() {
        return Err("the form is empty".to_owned());
    }
    if let Some(c) = row.form.chars().find(|c| c.is_control()) {
        return Err(format!("the form holds the control character U+{:04X}", u32::from(c)));
    }
    let key = text::key(&row.form);
    if key.is_empty() || key.contains(text::letter::BREAK) || key.len() > 4096 {
        return Err(format!("the form \"{}\" has no letters to match, a bullet, or over 4,096 bytes", row.form));
    }
    if row.id.is_empty() {
        let kind = defaults.kind.as_deref().unwrap_or("entity");
        row.id = format!("{kind}/{}", slug(&row.form));
    }
    if row.id == "*" && row.role != Role::Never {
        return Err("the id * stands for any entity and goes with role never only".to_owned());
    }
    check_id(&row.id)?;
    check_lang(&row.lang)?;
    if !row.date.is_empty() {
        check_date(&row.date)?;
    }
    Ok(row)
}

fn check_date(date: &str) -> Field<()> {
    let b = date.as_bytes();
    let digits = |r: std::ops::Range<usize>| b[r].iter().all(u8::is_ascii_digit);
    if b.len() == 10 && b[4] == b'-' && b[7] == b'-' && digits(0..4) && digits(5..7) && digits(8..10) {
        Ok(())
    } else {
        Err(format!("date \"{date}\" is not YYYY-MM-DD"))
    }
}

/// A readable id part for tables without ids: ASCII, lower case, words joined by hyphens.
pub fn slug(form: &str) -> String {
    let ascii = deunicode::deunicode(form).to_lowercase();
    let words: Vec<&str> =
        ascii.split(|c: char| !c.is_ascii_alphanumeric() && c != '\'').filter(|w| !w.is_empty()).collect();
    let slug = words.join("-").replace('\'', "");
    if slug.is_empty() { format!("{:016x}", xxhash_rust::xxh3::xxh3_64(form.as_bytes())) } else { slug }
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
