//! Documents from text and from JSON lines.
//!
//! Invariant: a document's text is exactly what was delivered; a bad document is an error with its
//! place, and the next one is read.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::json::{Body, Object, Text};
use crate::error::{Error, Result};

/// A document to work on.
#[derive(Debug, Clone, Default)]
pub struct Input<'a> {
    /// Its name in output.
    pub doc: Cow<'a, str>,
    /// Its text.
    pub text: Cow<'a, str>,
    /// Its language, if the input says so.
    pub lang: Option<Cow<'a, str>>,
    /// The other fields of the input object, in their order: name, and value as JSON.
    pub fields: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

/// Where documents come from: a name for messages.
#[derive(Debug, Clone)]
pub struct Source {
    /// Path as given, or `-`.
    pub name: String,
    /// Longest line of JSON lines, in bytes.
    pub max_line: usize,
}

impl Source {
    /// A document of plain text.
    ///
    /// # Errors
    /// Bytes that are not UTF-8, with line and byte column.
    pub fn text(&self, bytes: Vec<u8>) -> Result<Input<'static>> {
        let text = String::from_utf8(bytes).map_err(|e| self.not_utf8(e.as_bytes(), e.utf8_error().valid_up_to()))?;
        Ok(Input { doc: self.name.clone().into(), text: text.into(), ..Input::default() })
    }

    /// The error of bytes that are not UTF-8 from byte `at` on.
    pub fn not_utf8(&self, bytes: &[u8], at: usize) -> Error {
        let before = &bytes[..at.min(bytes.len())];
        let line = before.iter().filter(|&&b| b == b'\n').count() + 1;
        let column = at - before.iter().rposition(|&b| b == b'\n').map_or(0, |i| i + 1) + 1;
        let byte = bytes.get(at).copied().unwrap_or(0);
        Error::input(format!("not UTF-8: byte 0x{byte:02X} (byte {at} of the input); convert it to UTF-8 first")).at(
            &self.name,
            line as u64,
            column as u64,
        )
    }

    /// The document of line `number` of JSON lines, without its line end; nothing for an empty line.
    ///
    /// # Errors
    /// A line that is too long, not UTF-8, no object, or without a text; each with its place.
    pub fn json_line<'a>(&self, line: &'a [u8], number: u64) -> Result<Option<Input<'a>>> {
        if line.len() > self.max_line {
            return Err(self.too_long(number));
        }
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            return Ok(None);
        }
        let line = std::str::from_utf8(line).map_err(|e| {
            let at = e.valid_up_to();
            Error::input(format!("not UTF-8: byte 0x{:02X}; convert it to UTF-8 first", line[at])).at(
                &self.name,
                number,
                at as u64 + 1,
            )
        })?;
        match Object::read(line) {
            Some(object) => self.read_object(object, number),
            None => self.read_any(line, number),
        }
        .map(Some)
    }

    /// The error of a line over the limit.
    pub fn too_long(&self, number: u64) -> Error {
        let limit = self.max_line;
        Error::input(format!("this line is longer than {limit} bytes: cut it into documents, or raise --max-line"))
            .at(&self.name, number, 0)
    }

    fn read_object<'a>(&self, object: Object<'a>, number: u64) -> Result<Input<'a>> {
        let text = match object.body {
            Some(Body::Text(text)) => text,
            Some(Body::Other) => return Err(self.text_is_no_string(number)),
            None => return Err(self.no_text(number)),
        };
        let string = |wanted: &str| {
            let (_, value) = object.fields.iter().find(|(name, _)| name == wanted)?;
            serde_json::from_str::<Text<'a>>(value).ok().map(|Text(value)| value)
        };
        let lang = string("lang").filter(|lang| !lang.is_empty());
        let doc = string("doc").unwrap_or_else(|| format!("{}#{number}", self.name).into());
        let fields = object.fields.into_iter().map(|(name, value)| (name, Cow::Borrowed(value))).collect();
        Ok(Input { doc, text, lang, fields })
    }

    /// The same for a line of which only its whole value tells what it means, or what is wrong.
    fn read_any(&self, line: &str, number: u64) -> Result<Input<'static>> {
        let mut fields: Map<String, Value> = serde_json::from_slice(line.as_bytes()).map_err(|e| {
            let message = e.to_string();
            let message = message.split(" at line ").next().unwrap_or(&message).to_owned();
            let advice = if message.contains("surrogate") || message.contains("hex escape") {
                "a \\u escape holds half of a surrogate pair: write the character itself, or both halves"
            } else {
                "each line must be one JSON object with a field \"text\""
            };
            Error::input(format!("{message}; {advice}")).at(&self.name, number, e.column() as u64)
        })?;
        let text = match fields.shift_remove("text") {
            Some(Value::String(text)) => text,
            Some(_) => return Err(self.text_is_no_string(number)),
            None => return Err(self.no_text(number)),
        };
        let string = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
        let lang = string("lang").filter(|lang| !lang.is_empty()).map(Cow::Owned);
        let doc = string("doc").unwrap_or_else(|| format!("{}#{number}", self.name)).into();
        let fields = fields.into_iter().map(|(name, value)| (name.into(), value.to_string().into())).collect();
        Ok(Input { doc, text: text.into(), lang, fields })
    }

    fn text_is_no_string(&self, number: u64) -> Error {
        Error::input("the field \"text\" is not a string").at(&self.name, number, 0)
    }

    fn no_text(&self, number: u64) -> Error {
        Error::input("this object has no field \"text\": name the text so, or use --input text")
            .at(&self.name, number, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::lines::Blocks;

    #[test]
    fn every_line_is_a_document_or_an_error_with_its_place() {
        let source = Source { name: "in.jsonl".into(), max_line: 60 };
        let long = format!("{{\"text\":\"{}\"}}", "x".repeat(80));
        let input = format!(
            "{{\"text\":\"Kyiv\",\"doc\":\"a\",\"lang\":\"en\",\"n\":1}}\n\n{{\"text\":\"\\ud800\"}}\n{long}\n[1]\n{{\"a\":1}}\n{{\"text\":1}}\r\n{{\"text\":\"\"}}"
        );
        let mut bytes = input.into_bytes();
        bytes.extend_from_slice(b"\n{\"text\":\"\xff\"}");
        let mut read = Vec::new();
        let mut blocks = Blocks::new(&bytes[..], source.max_line);
        while let Some(block) = blocks.next().unwrap() {
            for (number, line) in block.lines() {
                match source.json_line(line, number) {
                    Ok(Some(d)) => read.push(format!("{}|{}|{:?}", d.doc, d.text, d.lang)),
                    Ok(None) => {}
                    Err(e) => read.push(e.to_string()),
                }
            }
        }
        let expected = [
            "a|Kyiv|Some(\"en\")",
            "in.jsonl:3:16: ",
            "in.jsonl:4: this line is longer than 60 bytes",
            "in.jsonl:5:",
            "in.jsonl:6: this object has no field \"text\"",
            "in.jsonl:7: the field \"text\" is not a string",
            "in.jsonl#8||None",
            "in.jsonl:9:10: not UTF-8: byte 0xFF",
        ];
        assert_eq!(read.len(), expected.len(), "{read:#?}");
        for (line, start) in read.iter().zip(expected) {
            assert!(line.starts_with(start), "{line} should start with {start}");
        }
    }

    #[test]
    fn both_readers_agree() {
        let source = Source { name: "in".into(), max_line: 1 << 20 };
        let lines = [
            r#"{"text":"Kyiv","doc":"a","lang":"en","n":1}"#,
            r#"{"doc":7,"lang":"","x":{"a":[1,2,{"b":null}],"c":"d"},"text":"a\nb\"c","y":-1.5}"#,
            r#"{"text":"\u0041\ud83d\ude00","doc":"é\t"}"#,
            r#"{"text":"a","text":"b","n":1,"n":2}"#,
            r#" { "text" : "a" } "#,
            r#"{"text":null}"#,
            r#"{"text":["a"]}"#,
            r#"{"text":{"a":1}}"#,
            r#"{"text":"a","n":1e999}"#,
            r#"{"text":"a","n":"\ud800"}"#,
            r#"{"text":"a"} x"#,
            r#"["text"]"#,
            "{",
        ];
        for line in lines {
            let told = |input: Result<Input<'_>>| match input {
                Ok(i) => format!("{:?}", (i.doc, i.text, i.lang, i.fields)),
                Err(e) => e.to_string(),
            };
            let quick = source.json_line(line.as_bytes(), 3).map(Option::unwrap_or_default);
            assert_eq!(told(quick), told(source.read_any(line, 3)), "{line}");
        }
    }

    #[test]
    fn text_that_is_not_utf8_tells_where() {
        let source = Source { name: "a.txt".into(), max_line: 0 };
        let error = source.text(b"ab\ncd\xffe".to_vec()).unwrap_err().to_string();
        assert!(error.starts_with("a.txt:2:3: not UTF-8: byte 0xFF (byte 5 of the input)"), "{error}");
    }
}
