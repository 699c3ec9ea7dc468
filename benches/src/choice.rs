//! Which dictionaries and texts a run is about: words on the command line, or in `EXONYM_BENCH`.
//!
//! Invariant: an unknown word ends the program with the list of known ones.

use crate::corpus::Text;
use crate::data::Gazetteer;

/// What to measure.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Dictionaries.
    pub gazetteers: Vec<Gazetteer>,
    /// Texts.
    pub texts: Vec<Text>,
}

impl Choice {
    /// The words of the command line, else those of `EXONYM_BENCH`. Without the name of a
    /// dictionary it is `usual`; without that of a text all nine.
    pub fn read(usual: &[Gazetteer]) -> Self {
        // Cargo adds --bench.
        let mut words: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
        if words.is_empty() {
            let listed = std::env::var("EXONYM_BENCH").unwrap_or_default();
            words = listed.split([' ', ',']).filter(|w| !w.is_empty()).map(str::to_owned).collect();
        }
        let mut choice = Self { gazetteers: Vec::new(), texts: Vec::new() };
        for word in words {
            if let Ok(gazetteer) = word.parse() {
                choice.gazetteers.push(gazetteer);
            } else if let Ok(text) = word.parse() {
                choice.texts.push(text);
            } else {
                let known: Vec<String> = Gazetteer::ALL
                    .iter()
                    .map(Gazetteer::to_string)
                    .chain(Text::ALL.iter().map(Text::to_string))
                    .collect();
                eprintln!("\"{word}\" is not one of: {}", known.join(" "));
                std::process::exit(2);
            }
        }
        if choice.gazetteers.is_empty() {
            choice.gazetteers.extend(usual);
        }
        if choice.texts.is_empty() {
            choice.texts.extend(Text::ALL);
        }
        choice
    }
}
