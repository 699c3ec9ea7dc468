//! What no name is looked for in: URLs, e-mail, file names, code, handles, time-zone ids; and
//! hashtags, which are a name only as a whole.
//!
//! Invariant: a name is left alone exactly if a skip among all those of the text bars it; skips do
//! not overlap, and lie on character boundaries.

mod kind;

use std::ops::Range;

use kind::{FULL_WIDTH_HASH, classify, code_spans, ends_chunk};

pub use kind::{Skip, SkipKind};

/// The skips of one text, found where they are asked for; kept from text to text.
///
/// Cost: a text costs a look for back-ticks; a question costs the chunk that it is about, once.
#[derive(Debug, Default)]
pub struct Skips {
    code: Vec<Range<usize>>,
    /// A part that holds nothing telling, and begins and ends with its chunks.
    plain: Range<usize>,
    /// The last chunk looked at, with what it is.
    chunk: Range<usize>,
    skip: Option<Skip>,
}

impl Skips {
    /// Turns to another text.
    pub fn turn_to(&mut self, text: &str) {
        self.code = code_spans(text);
        (self.plain, self.chunk, self.skip) = (0..0, 0..0, None);
    }

    /// Whether a name at `range` is left alone: a skip bars what touches it; a hashtag bars what is
    /// not all of it.
    pub fn bars(&mut self, text: &str, range: &Range<usize>) -> bool {
        let first = self.code.partition_point(|c| c.end <= range.start);
        if self.code.get(first).is_some_and(|c| c.start < range.end) {
            return true;
        }
        let within = |part: &Range<usize>| part.start <= range.start && range.end <= part.end;
        if within(&self.plain) || !within(&self.chunk) && self.is_plain(text, range) {
            return false;
        }
        let mut at = range.start;
        while at < range.end {
            self.classify_at(text, at);
            let bars = |s: &Skip| s.kind != SkipKind::Hashtag || s.range != *range;
            if self.skip.as_ref().is_some_and(|s| s.range.start < range.end && range.start < s.range.end && bars(s)) {
                return true;
            }
            let sign = text[self.chunk.end..].chars().next().map_or(1, char::len_utf8);
            at = self.chunk.end + sign;
        }
        false
    }

    /// Whether the chunks of `range` hold no sign that any skip has.
    fn is_plain(&mut self, text: &str, range: &Range<usize>) -> bool {
        let bytes = text.as_bytes();
        let mut start = range.start;
        while start > 0 {
            if self.plain.start < start && start <= self.plain.end {
                start = self.plain.start;
                break;
            }
            match look(text, start - 1) {
                Look::Plain => start -= 1,
                Look::Ends => break,
                Look::Tells => return false,
            }
        }
        let mut end = range.start;
        while end < bytes.len() {
            match look(text, end) {
                Look::Plain => end += 1,
                Look::Ends if end >= range.end => break,
                Look::Ends => end += 1,
                Look::Tells => return false,
            }
        }
        self.plain = start..end;
        true
    }

    /// Makes the chunk at byte `at` the one looked at; it is empty where a sign ends chunks.
    fn classify_at(&mut self, text: &str, at: usize) {
        if self.chunk.contains(&at) {
            return;
        }
        let start = text[..at].char_indices().rev().find(|&(_, c)| ends_chunk(c)).map_or(0, |(i, c)| i + c.len_utf8());
        let end = text[at..].char_indices().find(|&(_, c)| ends_chunk(c)).map_or(text.len(), |(i, _)| at + i);
        self.chunk = start.min(end)..end;
        let code = self.code.partition_point(|c| c.end <= start);
        let holds_code = self.code.get(code).is_some_and(|c| c.start < end);
        self.skip = if holds_code || start >= end { None } else { classify(text, start..end) };
    }
}

/// What a byte says of the chunk it stands in.
enum Look {
    Plain,
    /// It is of a sign that ends chunks.
    Ends,
    /// A skip may be here.
    Tells,
}

#[inline]
fn look(text: &str, at: usize) -> Look {
    let bytes = text.as_bytes();
    match bytes[at] {
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => Look::Plain,
        b'@' | b'#' | b'/' | b'\\' => Look::Tells,
        // A dot at the end of a chunk is trimmed.
        b'.' => match bytes.get(at + 1) {
            _ if at > 0 && bytes[at - 1] == b'w' => Look::Tells,
            None | Some(b'.' | b',' | b';' | b':' | b'!' | b'?' | b'\'' | b'*') => Look::Plain,
            Some(&next) if next.is_ascii() && ends_chunk(char::from(next)) => Look::Plain,
            Some(_) => Look::Tells,
        },
        byte if byte.is_ascii() => {
            if ends_chunk(char::from(byte)) {
                Look::Ends
            } else {
                Look::Plain
            }
        }
        // First bytes of the signs beyond ASCII that tell or end; all others begin letters.
        0xc2 | 0xe1 | 0xe2 | 0xe3 | 0xef => match text[at..].chars().next() {
            Some(FULL_WIDTH_HASH) => Look::Tells,
            Some(c) if ends_chunk(c) => Look::Ends,
            _ => Look::Plain,
        },
        _ => Look::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::kind::time_zones;
    use super::*;

    /// All skips of a text, chunk by chunk from its start: the slow way that the lazy one is held against.
    fn find(text: &str) -> Vec<Skip> {
        let mut out = Vec::new();
        let code: Vec<Skip> = code_spans(text).into_iter().map(|range| Skip { range, kind: SkipKind::Code }).collect();
        let mut codes = code.iter().peekable();
        let mut start = None;
        let mut chunk = |range: Range<usize>, out: &mut Vec<Skip>| {
            while let Some(skip) = codes.peek()
                && skip.range.end <= range.start
            {
                out.push((*skip).clone());
                codes.next();
            }
            if codes.peek().is_none_or(|skip| skip.range.start >= range.end) {
                out.extend(classify(text, range));
            }
        };
        for (i, c) in text.char_indices() {
            if ends_chunk(c) {
                if let Some(s) = start.take() {
                    chunk(s..i, &mut out);
                }
            } else if start.is_none() {
                start = Some(i);
            }
        }
        if let Some(s) = start {
            chunk(s..text.len(), &mut out);
        }
        out.extend(codes.cloned());
        out.sort_by_key(|s| s.range.start);
        out
    }

    #[test]
    fn kinds() {
        use SkipKind::*;
        let cases: &[(&str, &[(&str, SkipKind)])] = &[
            ("see https://kyiv.ua/Kyiv.", &[("https://kyiv.ua/Kyiv", Url)]),
            ("詳細はhttps://kyiv.ua/Київ、", &[("https://kyiv.ua/Київ", Url)]),
            ("(www.kyiv.ua)", &[("www.kyiv.ua", Url)]),
            ("kyiv-post.com said", &[("kyiv-post.com", Url)]),
            ("mail press@kyiv.ua!", &[("press@kyiv.ua", Email)]),
            ("by @Kyiv and @zelensky_ua:", &[("@Kyiv", Handle), ("@zelensky_ua", Handle)]),
            ("TZ Europe/Kiev, Europe/Kyiv", &[("Europe/Kiev", TimeZone), ("Europe/Kyiv", TimeZone)]),
            ("Asia/Pacific Russia/Ukraine", &[]),
            (
                "kiev-map.png and /home/kiev/x ~/kiev C:\\Kiev",
                &[("kiev-map.png", FileName), ("/home/kiev/x", FileName), ("~/kiev", FileName), ("C:\\Kiev", FileName)],
            ),
            ("run `city = Kyiv` now", &[("`city = Kyiv`", Code)]),
            ("```\nKyiv\n```", &[("```\nKyiv\n```", Code)]),
            ("the ’80s `quoted' O`Neill", &[]),
            ("#Kyiv, #StandWith_Kyiv", &[("Kyiv", Hashtag), ("StandWith_Kyiv", Hashtag)]),
            ("Kyiv. Lviv.the end", &[]),
            ("U.S. and Kyiv/Lviv", &[]),
            ("", &[]),
        ];
        for (text, expected) in cases {
            let found: Vec<(&str, SkipKind)> = find(text).into_iter().map(|s| (&text[s.range], s.kind)).collect();
            assert_eq!(found, *expected, "{text}");
        }
    }

    #[test]
    fn every_time_zone_has_a_sign_that_tells() {
        assert!(time_zones().iter().all(|id| id.contains('/')));
    }

    #[test]
    fn asked_and_found_at_once_agree_on_random_text() {
        const ATOMS: &[&str] = &[
            "Kyiv", "kyiv", "www", "w", ".", ".", "/", "//", ":", "@", "#", "\u{ff03}", "`", "```", "~", "\\", " ",
            " ", "\n", "\u{a0}", "«", "»", "(", "\u{201c}", "\u{3001}", ",", "'", "!", "-", "_", "ua", "com", "png",
            "Київ", "基", "é", "Europe", "3", "\u{85}", "\u{2026}", "*", "[",
        ];
        let mut state = 1u64;
        let mut random = |n: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % n
        };
        let mut skips = Skips::default();
        for _ in 0..20_000 {
            let text: String = (0..random(24)).map(|_| ATOMS[random(ATOMS.len())]).collect();
            let all = find(&text);
            let bars = |range: &Range<usize>| {
                all.iter()
                    .filter(|s| s.range.start < range.end && range.start < s.range.end)
                    .any(|s| s.kind != SkipKind::Hashtag || s.range != *range)
            };
            let places: Vec<usize> = text.char_indices().map(|(i, _)| i).chain([text.len()]).collect();
            skips.turn_to(&text);
            let mut at = 0;
            while at + 1 < places.len() {
                let range = places[at]..places[(at + 1 + random(6)).min(places.len() - 1)];
                assert_eq!(skips.bars(&text, &range), bars(&range), "{text:?} {range:?}");
                at += random(4);
            }
        }
    }
}
