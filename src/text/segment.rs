//! Paragraphs of a text: the units of the language guess.
//!
//! Invariant: the paragraphs, put together, are the text.

use std::ops::Range;

/// Byte ranges of the paragraphs of `text`; a paragraph ends after a run of two or more line ends
/// (blanks between them allowed), and includes them. A very long one is cut after 64 KiB at a
/// line end, or at a blank if there is none, so that one guess never serves a whole book.
pub fn paragraphs(text: &str) -> Vec<Range<usize>> {
    const LONG: usize = 1 << 16;
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
}
