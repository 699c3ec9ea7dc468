//! The nine texts: real sentences and news, by script.
//!
//! Invariant: a text is a leading slice without repetition, cut at a line end.

use std::fmt;
use std::fs;
use std::process::{Command, Stdio};
use std::str::FromStr;

use crate::data;

/// Megabytes (10^6 bytes) of each text, if there is so much.
const MEGABYTES: f64 = 8.0;

/// One of the nine texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text(&'static str);

impl Text {
    /// Every text; the first four have a bar to pass.
    pub const ALL: [Text; 9] = [
        Text("english"),
        Text("latin"),
        Text("cyrillic"),
        Text("cjk"),
        Text("arabic"),
        Text("hebrew"),
        Text("korean"),
        Text("thai"),
        Text("other"),
    ];

    /// Its leading slice of `EXONYM_BENCH_MB` megabytes (8 if not set); nothing if the data is
    /// absent, which is then said.
    pub fn slice(self) -> Option<String> {
        let folder = data::work().join("texts");
        if !folder.join("whole").exists() {
            let script = data::shared().join("eval/perf/make_corpus.py");
            // 0 megabytes asked for: every text once, without repetition.
            let made =
                Command::new("python3").arg(&script).arg(&folder).args(["--mb", "0"]).stdout(Stdio::null()).status();
            if !made.is_ok_and(|status| status.success()) {
                println!("left out: {self}, since python3 could not run {}", script.display());
                return None;
            }
            data::write_whole(&folder.join("whole"), b"");
        }
        let mut text = fs::read_to_string(folder.join(format!("{self}.txt"))).expect("a text that the script made");
        text.truncate(cut(&text, most()));
        Some(text)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

impl FromStr for Text {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|t| t.0 == word).ok_or(())
    }
}

fn most() -> usize {
    let megabytes = match std::env::var("EXONYM_BENCH_MB") {
        Ok(number) => number.parse().expect("EXONYM_BENCH_MB is a number of megabytes"),
        Err(_) => MEGABYTES,
    };
    (megabytes * 1e6) as usize
}

/// Where to cut: behind the last line end before `most`, or at a character boundary.
fn cut(text: &str, most: usize) -> usize {
    let upto = (0..=most.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0);
    if upto == text.len() { upto } else { text[..upto].rfind('\n').map_or(upto, |at| at + 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts() {
        let cases = [("ab\ncd\n", 5, 3), ("ab\ncd\n", 6, 6), ("абв", 3, 2), ("", 9, 0)];
        for (text, most, expected) in cases {
            assert_eq!(cut(text, most), expected, "{text:?} {most}");
        }
    }
}
