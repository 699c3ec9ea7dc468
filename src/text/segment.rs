//! Paragraphs of a text: the units of the language guess.
//!
//! Invariant: the paragraphs, put together, are the text.

use std::ops::Range;

/// Byte ranges of the paragraphs of `text`; a paragraph ends after a run of two or more line ends
/// (blanks between them allowed), and includes them. A very long one is cut after 64 KiB at a
/// line end, or at a blank if there is none, so that one guess never serves a whole book.
///
/// Cost: a look for line ends.
pub fn paragraphs(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let is_blank = |b: u8| matches!(b, b' ' | b'\t' | b'\r');
    let mut out = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < bytes.len() {
        let line_end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |i| at + i);
        // No line end for long: at the next blank.
        let far = (start + 2 * LONG - 1).max(at);
        if let Some(blank) = bytes.get(far..line_end).and_then(|part| part.iter().position(|&b| is_blank(b))) {
            at = far + blank + 1;
            out.push(start..at);
            start = at;
            continue;
        }
        let mut line_ends = 0;
        at = line_end;
        while let Some(&b) = bytes.get(at).filter(|&&b| b == b'\n' || is_blank(b)) {
            at += 1;
            if b == b'\n' {
                line_ends += if at - start >= LONG { 2 } else { 1 };
            } else if at - start >= 2 * LONG {
                out.push(start..at);
                start = at;
                line_ends = 0;
            }
        }
        if line_ends >= 2 && at < bytes.len() {
            out.push(start..at);
            start = at;
        }
    }
    if start < text.len() {
        out.push(start..text.len());
    }
    out
}

const LONG: usize = 1 << 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_end_at_empty_lines_and_are_lossless() {
        let text = "Kyiv\nis here.\n \n\nЛьвів\r\n\r\nend";
        let parts: Vec<&str> = paragraphs(text).into_iter().map(|r| &text[r]).collect();
        assert_eq!(parts, ["Kyiv\nis here.\n \n\n", "Львів\r\n\r\n", "end"]);
        assert_eq!(parts.concat(), text);
        assert!(paragraphs("").is_empty());
    }

    fn byte_by_byte(text: &str) -> Vec<Range<usize>> {
        let bytes = text.as_bytes();
        let mut out = Vec::new();
        let (mut start, mut newlines) = (0, 0);
        for (i, &b) in bytes.iter().enumerate() {
            match b {
                b'\n' => {
                    newlines += 1;
                    if i + 1 - start >= LONG {
                        newlines = 2;
                    }
                }
                b' ' | b'\t' | b'\r' => {
                    if i + 1 - start >= 2 * LONG {
                        out.push(start..i + 1);
                        start = i + 1;
                        newlines = 0;
                    }
                }
                _ => {
                    if newlines >= 2 {
                        out.push(start..i);
                        start = i;
                    }
                    newlines = 0;
                }
            }
        }
        if start < text.len() {
            out.push(start..text.len());
        }
        out
    }

    #[test]
    fn quick_and_byte_by_byte_agree() {
        let mut state = 7u64;
        let mut random = |n: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % n
        };
        for round in 0..3000 {
            let mut text = String::new();
            for _ in 0..random(12) {
                match random(if round % 10 == 0 { 9 } else { 7 }) {
                    0 | 1 => text.push('\n'),
                    2 => text.push(' '),
                    3 => text.push_str("\r\n"),
                    4 => text.push_str("Київ"),
                    5 => text.push('\t'),
                    6 => text.push_str("Kyiv is"),
                    n => text.push_str(&if n == 7 { "x" } else { "x y\n" }.repeat(LONG / 3 + random(LONG))),
                }
            }
            assert_eq!(paragraphs(&text), byte_by_byte(&text), "{:?}", text.chars().take(200).collect::<String>());
        }
    }
}
