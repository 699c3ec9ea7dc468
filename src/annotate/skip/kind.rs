//! What a chunk of a text is, if no name is looked for in it.
//!
//! Invariant: a skip lies within its chunk. Time-zone ids are data
//! (`dictionaries/identifiers/time-zones.txt`).

use std::collections::HashSet;
use std::ops::Range;
use std::sync::OnceLock;

use crate::embedded;

/// Why a part of a text is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SkipKind {
    /// A web address, or a bare domain.
    Url,
    /// An e-mail address.
    Email,
    /// A path or file name.
    FileName,
    /// Code between back-ticks.
    Code,
    /// An @handle.
    Handle,
    /// An id of the IANA time-zone database.
    TimeZone,
    /// A hashtag, without its sign; a name only as a whole.
    Hashtag,
}

/// A part of a text that is left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skip {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// Why.
    pub kind: SkipKind,
}

/// The number sign of East Asian width.
pub(super) const FULL_WIDTH_HASH: char = '\u{ff03}';

/// Blanks, and the brackets and quotes that no address holds.
pub(super) fn ends_chunk(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '<' | '>'
                | '"'
                | '«'
                | '»'
                | '“'
                | '”'
                | '„'
                | '、'
                | '。'
                | '，'
                | '「'
                | '」'
                | '『'
                | '』'
                | '（'
                | '）'
                | '('
                | ')'
                | '['
                | ']'
                | '{'
                | '}'
                | '|'
        )
}

fn trim(text: &str, mut range: Range<usize>) -> Range<usize> {
    let chunk = &text[range.clone()];
    let left = chunk.trim_start_matches(['\'', '’', '‘', '¿', '¡', '*', '…', ',', ';']);
    range.start += chunk.len() - left.len();
    let right = left.trim_end_matches(['\'', '’', '‘', '.', ',', ';', ':', '!', '?', '*', '…', '؟', '،']);
    range.end = range.start + right.len();
    range
}

/// What the chunk is.
pub(super) fn classify(text: &str, range: Range<usize>) -> Option<Skip> {
    let range = trim(text, range);
    let chunk = &text[range.clone()];
    let skip = |range: Range<usize>, kind| Some(Skip { range, kind });
    if let Some(at) = chunk.find("://") {
        let scheme = chunk[..at]
            .rfind(|c: char| !c.is_ascii_alphanumeric())
            .map_or(0, |i| i + chunk[i..].chars().next().map_or(1, char::len_utf8));
        return skip(range.start + scheme..range.end, SkipKind::Url);
    } else if chunk.starts_with("www.") && chunk.len() > 4 {
        return skip(range, SkipKind::Url);
    } else if let Some(at) = chunk.find('@') {
        let (before, after) = (&chunk[..at], &chunk[at + 1..]);
        let word = |s: &str| s.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        if !before.is_empty()
            && before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
            && after.contains('.')
            && word(after)
        {
            return skip(range, SkipKind::Email);
        } else if word(after) {
            let length = after.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).unwrap_or(after.len());
            return skip(range.start + at..range.start + at + 1 + length, SkipKind::Handle);
        }
    } else if let Some(at) = chunk.find(['#', FULL_WIDTH_HASH]) {
        let after = &chunk[at..];
        let sign = after.chars().next().map_or(1, char::len_utf8);
        let tag = &after[sign..];
        let length = tag.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(tag.len());
        if length > 0 {
            let start = range.start + at + sign;
            return skip(start..start + length, SkipKind::Hashtag);
        }
    } else if time_zones().contains(chunk) {
        return skip(range, SkipKind::TimeZone);
    } else if is_path(chunk) || is_file_name(chunk) {
        return skip(range, SkipKind::FileName);
    } else if is_domain(chunk) {
        return skip(range, SkipKind::Url);
    }
    None
}

fn is_path(chunk: &str) -> bool {
    let long = chunk.len() > 2;
    long && (chunk.starts_with("~/") || chunk.starts_with("./") || chunk.starts_with("../") || chunk.contains('\\'))
        || long && chunk.starts_with('/') && chunk[1..].contains('/')
}

/// The part after the last dot, if the chunk is one word of signs that file names have.
fn ending(chunk: &str) -> Option<&str> {
    let (stem, ending) = chunk.rsplit_once('.')?;
    let ends_in_word = stem.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '-' || c == ')');
    (ends_in_word && !ending.is_empty() && ending.bytes().all(|b| b.is_ascii_alphanumeric())).then_some(ending)
}

/// A name with an ending that files have. The list is of formats, not of a language.
fn is_file_name(chunk: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "7z", "avi", "bmp", "csv", "doc", "docx", "epub", "exe", "exo", "geojson", "gif", "gz", "htm", "html", "jpeg",
        "jpg", "js", "json", "jsonl", "kml", "log", "m4a", "md", "mkv", "mov", "mp3", "mp4", "odt", "ogg", "pdf",
        "php", "png", "ppt", "pptx", "py", "rar", "rs", "rtf", "svg", "tar", "tif", "tiff", "toml", "tsv", "txt",
        "wav", "webm", "webp", "xls", "xlsx", "xml", "yaml", "yml", "zip",
    ];
    ending(chunk).is_some_and(|e| ENDINGS.contains(&e.to_ascii_lowercase().as_str()))
}

/// `kyiv-post.com` or `kyiv.ua/news`: lower-case ASCII labels, the last of letters only.
fn is_domain(chunk: &str) -> bool {
    let host = chunk.split('/').next().unwrap_or(chunk);
    let mut labels = host.rsplit('.');
    let Some(top) = labels.next() else {
        return false;
    };
    let label = |l: &str| !l.is_empty() && l.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    host.contains('.')
        && (2..=6).contains(&top.len())
        && top.bytes().all(|b| b.is_ascii_lowercase())
        && labels.clone().all(label)
        && labels.any(|l| l.len() > 1)
}

pub(super) fn time_zones() -> &'static HashSet<&'static str> {
    static ZONES: OnceLock<HashSet<&'static str>> = OnceLock::new();
    ZONES.get_or_init(|| embedded::text("identifiers/time-zones.txt").lines().collect())
}

/// Text between back-ticks: one pair on a line, or fences of three.
pub(super) fn code_spans(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find('`').map(|i| at + i) {
        let ticks = text[open..].bytes().take_while(|&b| b == b'`').count();
        let body = open + ticks;
        let fence = &text[open..body];
        let limit = if ticks >= 3 { text.len() } else { text[body..].find('\n').map_or(text.len(), |i| body + i) };
        match text[body..limit].find(fence) {
            // A back-tick that closes at once, or opens after a letter, is an apostrophe.
            Some(close)
                if close > 0
                    && !text[..open].ends_with(char::is_alphanumeric)
                    && !text[body + close + ticks..].starts_with(char::is_alphanumeric) =>
            {
                let end = body + close + ticks;
                out.push(open..end);
                at = end;
            }
            _ => at = body,
        }
    }
    out
}
