//! The runs of tokens with which a key begins, as hashes: what an accelerator stores.
//!
//! Invariant: an easy text whose key begins with `key` passes through exactly these hashes, up to
//! where the reading of the key ends.

use super::fact::{Fact, Kind};
use super::gap::{After, Gap, char_at, gap};
use super::hash::{self, Joint};
use super::lexeme::LONGEST;
use super::lexer::Read;
use super::{Flags, Lexer, SignStarts, wide};
use crate::text::LineEnd;

/// How far a key could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// To its end: the last hash is that of the key.
    Whole,
    /// To letters with dots, which a text writes in several ways: the last hash is that of the
    /// run with the first letter, and the slow fold must go on from there.
    Dotted,
    /// To what no easy text has: the hashes are those before it.
    Hard,
}

/// What follows the first token of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Second {
    /// Nothing that could be read.
    Unread,
    /// A sign, directly.
    Sign,
    /// Anything else.
    Token,
}

/// Puts the hash of every run of tokens that begins `key` into `out`.
pub fn prefixes(lexer: &mut Lexer, key: &str, out: &mut Vec<u64>) -> (Reading, Second) {
    if plain(key, out) {
        return (Reading::Whole, if out.len() > 1 { Second::Token } else { Second::Unread });
    }
    out.clear();
    let mut second = Second::Unread;
    wide::dispatch(Read { lexer, text: key, signs: &SignStarts::default() });
    let bytes = key.as_bytes();
    let (mut at, mut joint, mut run, mut j) = (0, Joint::Direct, 0, 0);
    loop {
        let lexemes = &lexer.lexemes;
        while lexemes.get(j).is_some_and(|l| (l.start as usize) < at) {
            j += 1;
        }
        let (c, len) = char_at(bytes, at);
        let fact = Fact::of(c);
        let (hash, end, after) = match lexemes.get(j).filter(|l| l.start as usize == at) {
            Some(lexeme) if lexeme.is_hard() => return (Reading::Hard, second),
            Some(lexeme) => {
                if lexeme.flags().any(Flags::INITIAL) || bytes[at..lexeme.end()].contains(&b'.') {
                    let letter = hash::short(u64::from(fact.fold()), 0);
                    out.push(if out.is_empty() { letter } else { hash::chain(run, joint, letter) });
                    return (Reading::Dotted, if out.len() == 2 { Second::Token } else { second });
                }
                (lexeme.hash, lexeme.end(), After::Word)
            }
            None if len > 0 && fact.kind() == Kind::Sign => {
                (hash::short(u64::from(fact.fold()), 0), at + len, After::of(c))
            }
            None => return (Reading::Hard, second),
        };
        run = if out.is_empty() { hash } else { hash::chain(run, joint, hash) };
        out.push(run);
        if out.len() == 2 {
            let sign = lexer.lexemes.get(j).is_none_or(|l| l.start as usize != at);
            second = if sign && joint == Joint::Direct { Second::Sign } else { Second::Token };
        }
        if end == bytes.len() {
            return (Reading::Whole, second);
        }
        (joint, at) = match gap(bytes, end, after, LineEnd::Blank) {
            Gap::Blank(next) => (Joint::Blank, next),
            Gap::Direct(next) => (Joint::Direct, next),
            Gap::End | Gap::Hard => return (Reading::Hard, second),
        };
    }
}

/// The same for a plain key. `false` if it is none.
fn plain(key: &str, out: &mut Vec<u64>) -> bool {
    out.clear();
    plain_runs(key, |run| out.push(run)).is_some()
}

/// The hash of a whole key of words of letters and digits of one script each, parted by blanks,
/// which most are; nothing of another.
pub fn whole(key: &str) -> Option<u64> {
    plain_runs(key, |_| {})
}

/// Tells each run of a plain key; gives the last.
fn plain_runs(key: &str, mut tell: impl FnMut(u64)) -> Option<u64> {
    let mut run = None;
    for word in key.split(' ') {
        let mut scripts = 0;
        for c in word.chars() {
            let fact = Fact::of(u32::from(c));
            let mut bytes = [0; 4];
            c.encode_utf8(&mut bytes);
            if fact.kind() != Kind::Word || fact.fold() != u32::from_le_bytes(bytes) {
                return None;
            }
            scripts |= fact.scripts();
        }
        if word.is_empty() || word.len() > LONGEST || scripts.count_ones() > 1 {
            return None;
        }
        let hash = hash::token(word.as_bytes());
        let next = run.map_or(hash, |run| hash::chain(run, Joint::Blank, hash));
        tell(next);
        run = Some(next);
    }
    run
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_keys_have_the_runs_that_the_lexer_reads() {
        let keys = ["kyiv", "new york", "j d vance", "київ 2024", "санкт петербург", "αθηνα", "a", "του x"];
        for key in keys {
            let (mut plainly, mut read) = (Vec::new(), Vec::new());
            assert!(plain(key, &mut plainly), "{key}");
            let mut lexer = Lexer::default();
            // A sign at the end sends the key the other way.
            let longer = format!("{key}!");
            assert!(!plain(&longer, &mut Vec::new()));
            assert_eq!(prefixes(&mut lexer, &longer, &mut read).0, Reading::Whole);
            assert_eq!(plainly, read[..plainly.len()], "{key}");
        }
        for key in ["u.s", "o'neill", "基辅", "東 京", "गा", "a  b", "", "키이우"] {
            assert!(!plain(key, &mut Vec::new()), "{key}");
        }
    }
}
