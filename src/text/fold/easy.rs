//! The key of a form whose characters fold one by one, without the walk over its clusters.
//!
//! Invariant: what this calls easy has the key that the walk gives it.

use super::atom::push_folded;
use crate::text::lex::fact::{Fact, Kind};

/// Appends the key of `form`, or says that only the walk can tell it; `out` then holds a part.
pub(super) fn push_key(form: &str, out: &mut String) -> bool {
    // Letters of the word so far and their scripts: dots after single letters fold away, and words
    // of several scripts are read in one.
    let (mut letters, mut scripts) = (0_u32, 0_u32);
    let (mut may_blank, mut marked) = (false, false);
    // The last letter that may take marks, and where its key begins.
    let (mut cluster, mut folded) = (None, out.len());
    for (at, c) in form.char_indices() {
        let fact = Fact::of(u32::from(c));
        let kind = fact.kind();
        match kind {
            Kind::Blank => {
                (letters, scripts) = (0, 0);
                cluster = None;
                if may_blank {
                    out.push(' ');
                    may_blank = false;
                }
                continue;
            }
            Kind::Word => {
                letters += 1;
                scripts |= fact.scripts();
                if scripts & (scripts.wrapping_sub(1)) != 0 {
                    return false;
                }
            }
            Kind::Hangul | Kind::Kana | Kind::Ideograph => (letters, scripts) = (0, 0),
            Kind::Sign => {
                // Marks may have joined letters to one.
                if c == '.' && (letters == 1 || marked) {
                    return false;
                }
                (letters, scripts) = (0, 0);
            }
            // A mark belongs to the letter before it.
            Kind::Hard => {
                let Some(start) = cluster.filter(|_| fact.is_mark()) else { return false };
                out.truncate(folded);
                push_folded(&form[start..at + c.len_utf8()], out);
                if out.len() == folded {
                    return false;
                }
                marked = true;
                continue;
            }
        }
        may_blank = true;
        cluster = (kind == Kind::Ideograph || kind == Kind::Word && scripts == 0).then_some(at);
        folded = out.len();
        push_fold(fact, out);
    }
    if out.ends_with(' ') && !may_blank {
        out.pop();
    }
    true
}

fn push_fold(fact: Fact, out: &mut String) {
    let bytes = fact.fold().to_le_bytes();
    match fact.fold_len() {
        1 => out.push(char::from(bytes[0])),
        length => out.push_str(std::str::from_utf8(&bytes[..length as usize]).unwrap_or_default()),
    }
}
