//! The language of a paragraph: by the ordinary words of the languages that are known here, where
//! they tell, else by letters ([`crate::text::lang::guess`]).
//!
//! Invariant: words tell only where nearly all small ones are of one language; cousins without a
//! list here share too few with it. The answer hangs on the paragraph alone.

use super::language::Languages;
use crate::text::script::script_of;
use crate::text::{case, lang};

/// Bytes of a paragraph that are looked at.
const SAMPLE: usize = 1200;
/// Words that are asked for, and how many in a hundred must be of the language.
const ROUNDS: [(usize, usize); 2] = [(16, 75), (64, 68)];
/// Fewer words tell nothing; and as many more must come before the longer look tells.
const LEAST: usize = 8;

impl Languages {
    /// The language of a paragraph, or nothing if that cannot be said with confidence.
    ///
    /// Cost: bounded; some twenty words are looked up in most paragraphs of languages with a list.
    pub fn guess(&self, paragraph: &str) -> Option<&'static str> {
        self.by_words(paragraph).and_then(lang::known).or_else(|| lang::guess(paragraph))
    }

    fn by_words(&self, paragraph: &str) -> Option<&str> {
        let paragraph = sample(paragraph);
        let mut words: Vec<&str> = Vec::with_capacity(ROUNDS[0].0);
        let mut rest = small_words(paragraph);
        for (most, share) in ROUNDS {
            let known = words.len();
            words.extend(rest.by_ref().take(most - known));
            if words.len() < LEAST.max(2 * known) {
                return None;
            }
            let script = script_of(words[0]);
            let told = self.iter().filter(|l| l.script == script).find(|language| {
                let mut misses = 0;
                let allowed = words.len() * (100 - share) / 100;
                words.iter().all(|word| {
                    misses += usize::from(!language.is_word(word));
                    misses <= allowed
                })
            });
            if told.is_some() || words.len() < most {
                return told.filter(|_| is_mostly(paragraph, script)).map(|language| &*language.tag);
            }
        }
        None
    }
}

fn sample(paragraph: &str) -> &str {
    let mut end = paragraph.len().min(SAMPLE);
    while !paragraph.is_char_boundary(end) {
        end -= 1;
    }
    &paragraph[..end]
}

/// Runs of letters, all small, of a script with capitals.
fn small_words(sample: &str) -> impl Iterator<Item = &str> {
    sample
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty() && word.chars().all(|c| case::is_cased(c) && c.is_lowercase()))
}

/// Whether most letters are of `script`: a quotation is not the language of what is around it.
fn is_mostly(sample: &str, script: &str) -> bool {
    let beyond_ascii = sample.bytes().filter(|b| !b.is_ascii()).count();
    script == "Latn" && 4 * beyond_ascii <= sample.len() || script_of(sample) == script
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_tell_their_language_and_no_cousin() {
        let languages = Languages::builtin();
        let cases = [
            ("The president said that talks about the war would go on for as long as it takes.", Some("en")),
            ("Der Präsident hat gesagt, dass die Gespräche über den Krieg noch lange dauern werden.", Some("de")),
            ("Президент сказав, що переговори про війну будуть тривати так довго, як це потрібно.", Some("uk")),
            ("O presidente disse que as conversas sobre a guerra vão durar o tempo que for preciso.", None),
            ("Presidenten sa at samtalene om krigen vil vare så lenge som det er nødvendig for landet.", None),
            (
                "他说：The talks about the war would go on for as long as it takes，关于战争的谈判将持续下去，直到战争结束，双方都不会让步，这是总统昨天晚上在电视讲话中说的，他还说，这场战争已经持续了太久，各国都希望看到和平，但是和平需要各方的努力。",
                None,
            ),
            ("Kyiv", None),
            ("TALKS IN KYIV", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(languages.by_words(text), expected, "{text}");
        }
    }
}
