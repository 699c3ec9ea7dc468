//! Annotations as JSON lines, schema version 1 (`docs/schemas/annotations-1.json`).
//!
//! Invariant: one object a document; ours win over equal fields of the input, which go to
//! `input_…`; offsets refer to the text as delivered.

use std::borrow::Cow;

use super::document::Input;
use super::json::{Text, push_number, push_score, push_string};
use crate::dict::Stack;
use crate::link::Annotation;
use crate::text::Unit;

/// Which id of an entity is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ids {
    /// Its own.
    #[default]
    Own,
    /// Its Wikidata id, if it has one, else its own.
    Wikidata,
    /// Its GeoNames id, if it has one, else its own.
    Geonames,
}

impl Ids {
    fn choose<'s>(self, stack: &'s Stack, annotation: &Annotation<'s>) -> &'s str {
        let prefix = match self {
            Ids::Own => return annotation.entity,
            Ids::Wikidata => "wikidata:",
            Ids::Geonames => "geonames:",
        };
        let ids = stack.ids(annotation.entity_ref);
        ids.into_iter().find(|id| id.starts_with(prefix)).unwrap_or(annotation.entity)
    }
}

/// How types are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Types {
    /// `person` `place` `organisation` `event` `product`.
    #[default]
    Words,
    /// `PER` `LOC` `ORG` `EVT` `PRO`.
    Conll,
}

impl Types {
    fn write(self, kind: &str) -> &str {
        match (self, kind) {
            (Types::Conll, "person") => "PER",
            (Types::Conll, "place") => "LOC",
            (Types::Conll, "organisation") => "ORG",
            (Types::Conll, "event") => "EVT",
            (Types::Conll, "product") => "PRO",
            (_, kind) => kind,
        }
    }
}

/// What is written of each document.
#[derive(Debug, Clone, Default)]
pub struct Output {
    /// Unit of the offsets.
    pub unit: Unit,
    /// Which ids.
    pub ids: Ids,
    /// Which types.
    pub types: Types,
    /// Whether annotations name the source of their form.
    pub cite: Cite,
    /// Whether the text is written too.
    pub text: KeepText,
}

/// Whether annotations name the source of their form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cite {
    /// No.
    #[default]
    Nothing,
    /// A field `source`.
    Source,
}

/// Whether the text is written too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeepText {
    /// No.
    #[default]
    Drop,
    /// A field `text`.
    Keep,
}

/// Fields that are ours.
const OURS: [&str; 4] = ["doc", "lang", "offsets", "annotations"];

impl Output {
    /// Appends the start of a document's object, up to and with `"annotations":[`.
    pub fn begin(&self, out: &mut Vec<u8>, input: &Input<'_>, lang: &str) {
        let ours = [("doc", &*input.doc), ("lang", lang), ("offsets", self.unit.as_str())];
        for (i, (name, value)) in ours.iter().enumerate() {
            out.push(if i == 0 { b'{' } else { b',' });
            push_string(out, name);
            out.push(b':');
            push_string(out, value);
        }
        let mut fields: Vec<(Cow<'_, str>, &str)> = Vec::with_capacity(input.fields.len());
        for (name, value) in &input.fields {
            let name = if OURS.contains(&&**name) {
                let same = |v: &str| serde_json::from_str::<Text<'_>>(value).is_ok_and(|Text(text)| text == v);
                if ours.iter().any(|(n, v)| n == name && same(v)) {
                    continue;
                }
                Cow::Owned(format!("input_{name}"))
            } else {
                Cow::Borrowed(&**name)
            };
            // An input may have the name that a field of ours drove out another to.
            match fields.iter_mut().find(|(n, _)| name.starts_with("input_") && *n == name) {
                Some(known) => known.1 = value,
                None => fields.push((name, value)),
            }
        }
        for (name, value) in fields {
            out.push(b',');
            push_string(out, &name);
            out.push(b':');
            out.extend_from_slice(value.as_bytes());
        }
        if self.text == KeepText::Keep {
            out.extend_from_slice(b",\"text\":");
            push_string(out, &input.text);
        }
        out.extend_from_slice(b",\"annotations\":[");
    }

    /// Appends one annotation; `start` and `end` are in the output's unit.
    pub fn annotation(&self, out: &mut Vec<u8>, stack: &Stack, annotation: &Annotation<'_>, start: u64, end: u64) {
        out.extend_from_slice(b"{\"start\":");
        push_number(out, start);
        out.extend_from_slice(b",\"end\":");
        push_number(out, end);
        out.extend_from_slice(b",\"form\":");
        push_string(out, annotation.form);
        out.extend_from_slice(b",\"entity\":");
        push_string(out, self.ids.choose(stack, annotation));
        out.extend_from_slice(b",\"type\":");
        push_string(out, self.types.write(annotation.kind));
        out.extend_from_slice(b",\"label\":");
        push_string(out, annotation.label);
        out.extend_from_slice(b",\"score\":");
        push_score(out, annotation.score);
        out.extend_from_slice(b",\"stage\":");
        push_string(out, annotation.stage.as_str());
        if self.cite == Cite::Source {
            out.extend_from_slice(b",\"source\":");
            push_string(out, annotation.source);
        }
        out.push(b'}');
    }

    /// Appends the end of a document's object and its line.
    pub fn end(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"]}\n");
    }
}
