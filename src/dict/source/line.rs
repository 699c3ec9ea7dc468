//! One line of a source table: which columns it has, what its fields say, what is wrong with them.
//!
//! Invariant: what is read is NFC and checked field by field; a message says which field is wrong
//! and what it should be.

use std::borrow::Cow;
use std::str::FromStr;

use unicode_normalization::UnicodeNormalization;

use super::row::{CaseRule, EntityRow, FormRow, Risk, Role};
use super::table::{Defaults, ENTITY_COLUMNS, FORM_COLUMNS};
use crate::error::{Error, Result};
use crate::text;

/// What a field holds, or the message of what is wrong with it.
pub type Field<T> = std::result::Result<T, String>;

/// The columns of a table: which they are and where they stand.
#[derive(Debug, Clone)]
pub struct Columns {
    names: Vec<String>,
    forms: bool,
    /// Where each known column stands, in canonical order.
    at: Vec<Option<usize>>,
}

/// One line cut into its fields.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'c, 'l> {
    columns: &'c Columns,
    line: &'l str,
    /// Where each field begins and ends.
    fields: &'c [(u32, u32)],
}

/// A line of a forms table as it is read, with nothing copied that need not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormLine<'l> {
    /// As in [`FormRow`].
    pub id: Cow<'l, str>,
    /// The spelling, NFC.
    pub form: Cow<'l, str>,
    /// What many lines have in common.
    pub common: Common<'l>,
}

/// What many forms have in common; every field as in [`FormRow`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "as in FormRow")]
pub struct Common<'l> {
    pub lang: &'l str,
    pub role: Role,
    pub case: Option<CaseRule>,
    pub risk: Risk,
    pub from: Option<i16>,
    pub to: Option<i16>,
    pub source: &'l str,
    pub date: &'l str,
}

impl FormLine<'_> {
    /// The same as a row of its own.
    pub fn to_row(&self) -> FormRow {
        let Common { lang, role, case, risk, from, to, source, date } = self.common;
        FormRow {
            id: self.id.clone().into_owned(),
            form: self.form.clone().into_owned(),
            lang: lang.to_owned(),
            source: source.to_owned(),
            date: date.to_owned(),
            role,
            case,
            risk,
            from,
            to,
        }
    }
}

impl Columns {
    /// The columns of the table `name`, from its defaults or the first of its lines; nothing if it
    /// has no line.
    ///
    /// # Errors
    /// A column that is not known or stands twice, or none of `id` and `form`.
    pub fn begin<'l>(
        name: &str,
        lines: &mut impl Iterator<Item = &'l str>,
        defaults: &Defaults,
    ) -> Result<Option<Self>> {
        let names: Vec<String> = match &defaults.columns {
            Some(columns) => columns.clone(),
            None => match lines.next() {
                Some(header) => header.split('\t').map(|c| c.trim().to_owned()).collect(),
                None => return Ok(None),
            },
        };
        let forms = names.iter().any(|c| c == "form");
        let known = if forms { FORM_COLUMNS } else { ENTITY_COLUMNS };
        for (i, column) in names.iter().enumerate() {
            if !known.contains(&column.as_str()) && column != "-" {
                return Err(Error::source_file(format!(
                    "unknown column \"{column}\": a table of forms has {}, one of entities {}; \
                     a table without a header needs --columns (\"-\" skips a column)",
                    FORM_COLUMNS.join(" "),
                    ENTITY_COLUMNS.join(" ")
                ))
                .at(name, 1, i as u64 + 1));
            }
            if column != "-" && names[..i].contains(column) {
                return Err(Error::source_file(format!("column \"{column}\" stands twice")).at(name, 1, 0));
            }
        }
        if !forms && !names.iter().any(|c| c == "id") {
            return Err(Error::source_file(
                "the header names neither \"id\" nor \"form\": name the columns in the first line, or with --columns",
            )
            .at(name, 1, 0));
        }
        let at = known.iter().map(|wanted| names.iter().position(|c| c == wanted)).collect();
        Ok(Some(Self { names, forms, at }))
    }

    /// Whether it is a table of forms, not of entities.
    pub fn are_of_forms(&self) -> bool {
        self.forms
    }

    /// Whether its forms cannot differ in what many have in common, for want of columns.
    pub fn are_alike(&self) -> bool {
        let own = [Column::Id as usize, Column::Form as usize];
        self.forms && self.at.iter().enumerate().all(|(i, at)| at.is_none() || own.contains(&i))
    }

    /// Cuts a line into fields; `fields` is memory to be used again.
    ///
    /// # Errors
    /// Another number of fields than columns.
    pub fn split<'c, 'l>(&'c self, line: &'l str, fields: &'c mut Vec<(u32, u32)>) -> Field<Fields<'c, 'l>> {
        fields.clear();
        let mut start = 0;
        for (at, _) in line.bytes().enumerate().filter(|(_, b)| *b == b'\t') {
            fields.push((start, at as u32));
            start = at as u32 + 1;
        }
        fields.push((start, line.len() as u32));
        if fields.len() != self.names.len() {
            return Err(format!(
                "{} fields where the table has {} columns ({}): fields are separated by one tab",
                fields.len(),
                self.names.len(),
                self.names.join(" ")
            ));
        }
        Ok(Fields { columns: self, line, fields })
    }
}

impl<'l> Fields<'_, 'l> {
    /// The field of the column with this canonical number; empty if the table has none.
    fn get(&self, column: usize) -> &'l str {
        let range = self.columns.at[column].and_then(|at| self.fields.get(at));
        range.map_or("", |&(start, end)| self.line[start as usize..end as usize].trim())
    }

    /// The line of a table of entities.
    ///
    /// # Errors
    /// What is wrong with a field.
    pub fn entity(&self, defaults: &Defaults) -> Field<EntityRow> {
        let get = |column: &str| self.get(ENTITY_COLUMNS.iter().position(|c| *c == column).unwrap_or(0));
        entity_row(get, defaults)
    }

    /// The fields of an entity in canonical order.
    pub fn entity_fields(&self) -> impl Iterator<Item = &'l str> {
        (0..ENTITY_COLUMNS.len()).map(|column| self.get(column))
    }

    /// The line of a table of forms.
    ///
    /// # Errors
    /// What is wrong with a field.
    pub fn form(&self, defaults: &'l Defaults) -> Field<FormLine<'l>> {
        form_line(self, defaults)
    }
}

fn optional<T: FromStr>(column: &str, value: &str) -> Field<Option<T>> {
    if value.is_empty() {
        return Ok(None);
    }
    value.parse().map(Some).map_err(|_| format!("{column}: \"{value}\" is not a number of its kind"))
}

fn check_id(id: &str) -> Field<()> {
    let plain = |b: u8| b.is_ascii_graphic() && !matches!(b, b',' | b'|');
    if !id.is_empty() && id.bytes().all(plain) {
        return Ok(());
    }
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

/// The entity of fields that were once checked, in canonical order with tabs between them.
///
/// # Errors
/// What is wrong with a field.
pub fn entity_of_fields(fields: &str, defaults: &Defaults) -> Field<EntityRow> {
    let fields: Vec<&str> = fields.split('\t').collect();
    let get = |column: &str| {
        let at = ENTITY_COLUMNS.iter().position(|c| *c == column);
        at.and_then(|at| fields.get(at)).copied().unwrap_or("")
    };
    entity_row(get, defaults)
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

/// Columns of a forms table; the numbers are places in [`FORM_COLUMNS`].
#[derive(Clone, Copy)]
enum Column {
    Id,
    Lang,
    Form,
    Role,
    Case,
    Risk,
    From,
    To,
    Source,
    Date,
}

fn form_line<'l>(row: &Fields<'_, 'l>, defaults: &'l Defaults) -> Field<FormLine<'l>> {
    let word = |column: Column| Some(row.get(column as usize)).filter(|v| !v.is_empty());
    let or = |column: Column, default: &'l Option<String>, last: &'static str| -> &'l str {
        word(column).or(default.as_deref()).unwrap_or(last)
    };
    let form = composed(row.get(Column::Form as usize));
    let common = Common {
        lang: or(Column::Lang, &defaults.lang, "und"),
        role: word(Column::Role).map_or(Ok(Role::Alias), |w| w.parse().map_err(|e| format!("role: {e}")))?,
        case: word(Column::Case).map(|w| w.parse::<CaseRule>().map_err(|e| format!("case: {e}"))).transpose()?,
        risk: word(Column::Risk).map_or(Ok(Risk::None), |w| w.parse().map_err(|e| format!("risk: {e}")))?,
        from: optional("from", row.get(Column::From as usize))?,
        to: optional("to", row.get(Column::To as usize))?,
        source: or(Column::Source, &defaults.source, ""),
        date: row.get(Column::Date as usize),
    };
    if form.is_empty() {
        return Err("the form is empty".to_owned());
    }
    if !is_plain(&form) {
        check_form(&form)?;
    }
    let id = match row.get(Column::Id as usize) {
        "" => {
            let kind = defaults.kind.as_deref().unwrap_or("entity");
            Cow::Owned(format!("{kind}/{}", slug(&form)))
        }
        id => Cow::Borrowed(id),
    };
    if id == "*" && common.role != Role::Never {
        return Err("the id * stands for any entity and goes with role never only".to_owned());
    }
    check_id(&id)?;
    check_lang(common.lang)?;
    if !common.date.is_empty() {
        check_date(common.date)?;
    }
    Ok(FormLine { id, form, common })
}

fn composed(form: &str) -> Cow<'_, str> {
    if form.is_ascii() || unicode_normalization::is_nfc(form) {
        Cow::Borrowed(form)
    } else {
        Cow::Owned(form.nfc().collect())
    }
}

/// Whether the form surely has a key: printable ASCII of which one is a letter or digit.
fn is_plain(form: &str) -> bool {
    form.len() <= 1024
        && form.bytes().all(|b| b.is_ascii_graphic() || b == b' ')
        && form.bytes().any(|b| b.is_ascii_alphanumeric())
}

fn check_form(form: &str) -> Field<()> {
    if let Some(c) = form.chars().find(|c| c.is_control()) {
        return Err(format!("the form holds the control character U+{:04X}", u32::from(c)));
    }
    let mut key = String::new();
    text::key_into(form, &mut key);
    if key.is_empty() || key.contains(text::letter::BREAK) || key.len() > 4096 {
        return Err(format!("the form \"{form}\" has no letters to match, a bullet, or over 4,096 bytes"));
    }
    Ok(())
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
