//! A text with its names marked inline: `[Kyiv](geonames:703448)`.
//!
//! Invariant: without the marks the text is as it was; `[`, `]` and `\` of the text are escaped by
//! `\`. Nested spans are written from the outermost only.

use crate::link::Annotation;

/// The text with marks.
pub fn write(text: &str, annotations: &[Annotation<'_>]) -> String {
    let mut out = String::with_capacity(text.len() + 32 * annotations.len());
    let mut at = 0;
    for annotation in annotations.iter() {
        if annotation.range.start < at {
            continue;
        }
        escape(&text[at..annotation.range.start], &mut out);
        out.push('[');
        escape(annotation.form, &mut out);
        out.push_str("](");
        out.push_str(annotation.entity);
        out.push(')');
        at = annotation.range.end;
    }
    escape(&text[at..], &mut out);
    out
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        if matches!(c, '[' | ']' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
}
