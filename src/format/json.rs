//! JSON written and read by hand, where documents are many: strings out, one object's fields in.
//!
//! Invariant: what is written is what `serde_json` writes; what is read is what it reads, and where
//! this reader is not sure, `serde_json` decides.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Appends `text` as a JSON string.
pub(super) fn push_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let is_plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
    // Most strings are short and plain; without an early end the look is a few wide steps.
    if bytes.iter().fold(true, |plain, &byte| plain & is_plain(byte)) {
        out.extend_from_slice(bytes);
        out.push(b'"');
        return;
    }
    let mut from = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if is_plain(byte) {
            continue;
        }
        out.extend_from_slice(&bytes[from..at]);
        from = at + 1;
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x0c => out.extend_from_slice(b"\\f"),
            _ => {
                let digit = |n: u8| b"0123456789abcdef"[usize::from(n)];
                out.extend_from_slice(b"\\u00");
                out.extend([digit(byte >> 4), digit(byte & 15)]);
            }
        }
    }
    out.extend_from_slice(&bytes[from..]);
    out.push(b'"');
}

/// Appends a number.
pub(super) fn push_number(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// Appends a number in [0, 1] with at most three digits.
pub(super) fn push_score(out: &mut Vec<u8>, score: f32) {
    let thousandths = (f64::from(score) * 1000.0).round() as u64;
    push_number(out, thousandths / 1000);
    out.push(b'.');
    let digits = [thousandths / 100 % 10, thousandths / 10 % 10, thousandths % 10].map(|d| b'0' + d as u8);
    let needed = digits.iter().rposition(|&d| d != b'0').map_or(1, |i| i + 1);
    out.extend_from_slice(&digits[..needed]);
}

/// A string, borrowed from the line where it has no escapes.
pub(super) struct Text<'a>(pub Cow<'a, str>);

/// The value of the field `text`.
pub(super) enum Body<'a> {
    Text(Cow<'a, str>),
    Other,
}

/// The fields of one object: the text, and the others as they are written, in order.
#[derive(Default)]
pub(super) struct Object<'a> {
    pub body: Option<Body<'a>>,
    pub fields: Vec<(Cow<'a, str>, &'a str)>,
}

impl<'a> Object<'a> {
    /// Reads a line; nothing where it is no object, or only `serde_json` can say what it means.
    pub fn read(line: &'a str) -> Option<Self> {
        let object: Self = serde_json::from_str(line).ok()?;
        let names = || object.fields.iter().map(|(name, _)| name);
        let twice = object.fields.len() > 64 || names().enumerate().any(|(i, name)| names().take(i).any(|n| n == name));
        (!twice && object.fields.iter().all(|(_, value)| is_plain(value.as_bytes()))).then_some(object)
    }
}

/// Whether a value means the same to every reader: no halves of surrogate pairs, no huge numbers.
fn is_plain(value: &[u8]) -> bool {
    !value.windows(2).any(|pair| match pair {
        [b'\\', b'u'] => true,
        [b'0'..=b'9', b'e' | b'E'] => value[0] != b'"',
        _ => false,
    })
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut object = Object::default();
                while let Some(Text(name)) = map.next_key()? {
                    if name == "text" {
                        let body = Body::read(map.next_value::<&RawValue>()?.get());
                        object.body = Some(body.ok_or_else(|| serde::de::Error::custom("an odd string"))?);
                    } else {
                        object.fields.push((name, map.next_value::<&RawValue>()?.get()));
                    }
                }
                Ok(object)
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl<'de> Visitor<'de> for Name {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Name)
    }
}

impl<'a> Body<'a> {
    /// Of a value as it is written. `None` where only `serde_json` can say what is wrong.
    fn read(value: &'a str) -> Option<Self> {
        let Some(inner) = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
            return Some(Body::Other);
        };
        let Some(first) = memchr::memchr(b'\\', inner.as_bytes()) else {
            return Some(Body::Text(Cow::Borrowed(inner)));
        };
        // A string is never longer than it is written.
        let mut out = String::with_capacity(inner.len());
        let (mut rest, mut at) = (inner, first);
        loop {
            out.push_str(&rest[..at]);
            out.push(match rest.as_bytes().get(at + 1)? {
                b'n' => '\n',
                b't' => '\t',
                b'r' => '\r',
                b'b' => '\u{8}',
                b'f' => '\u{c}',
                &sign @ (b'"' | b'\\' | b'/') => char::from(sign),
                _ => return serde_json::from_str(value).ok().map(|text| Body::Text(Cow::Owned(text))),
            });
            rest = &rest[at + 2..];
            match memchr::memchr(b'\\', rest.as_bytes()) {
                Some(next) => at = next,
                None => {
                    out.push_str(rest);
                    return Some(Body::Text(Cow::Owned(out)));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_those_of_serde() {
        let every: String = ('\0'..'\u{180}').chain(['\u{2028}', '😀']).collect();
        let written = [
            serde_json::to_string(&every).unwrap(),
            r#""a\/b\u00e9\ud83d\ude00\n""#.to_owned(),
            r#""\\""#.to_owned(),
            r#""""#.to_owned(),
            r#""Kyiv""#.to_owned(),
            r#""\ud800""#.to_owned(),
            "12".to_owned(),
            "[\"a\"]".to_owned(),
        ];
        for value in &written {
            let found = match Body::read(value) {
                Some(Body::Text(text)) => Some(text.into_owned()),
                Some(Body::Other) | None => None,
            };
            assert_eq!(found, serde_json::from_str::<String>(value).ok(), "{value}");
        }
    }

    #[test]
    fn strings_and_scores_are_those_of_serde() {
        let every: String = ('\0'..'\u{180}').chain(['\u{2028}', '\u{7f}', '😀']).collect();
        for text in ["", "Kyiv", &every, "a\"b\\c\n"] {
            let mut out = Vec::new();
            push_string(&mut out, text);
            assert_eq!(String::from_utf8(out).unwrap(), serde_json::to_string(text).unwrap());
        }
        for thousandths in 0..=1000u32 {
            let score = thousandths as f32 / 1000.0;
            let mut out = Vec::new();
            push_score(&mut out, score);
            let expected = serde_json::to_string(&((f64::from(score) * 1000.0).round() / 1000.0)).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
        for number in [0, 9, 10, 12_345, u64::MAX] {
            let mut out = Vec::new();
            push_number(&mut out, number);
            assert_eq!(String::from_utf8(out).unwrap(), number.to_string());
        }
    }
}
