//! Single letters with dots: `U.S.`, `J. D.`, the dot of `W. Bush`, as the slow fold joins them.
//!
//! Invariant: letters that could be of two scripts, and whatever is not easy beside them, are hard.

use super::fact::{Fact, Kind};
use super::gap::char_at;

/// Initials from a letter on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Initials {
    /// End of the token: with the last dot if there are several letters.
    pub end: usize,
    /// Where reading goes on: after the last dot.
    pub after: usize,
    /// Whether the last letter has a dot.
    pub dotted: bool,
}

/// What stands at a single letter that a dot follows.
pub(super) enum Found {
    /// Initials; their folded letters are in the buffer.
    Initials(Initials),
    /// A plain word: the dot is one of several.
    Word,
    /// Only the slow fold can say.
    Hard,
}

/// Most letters that are read here.
const MOST: usize = 32;

enum At {
    /// A single letter with a dot, which ends at the byte.
    Dotted(usize),
    /// A single letter without, which ends at the byte.
    Bare(usize),
    Other,
    Hard,
}

/// What stands at byte `at`, where a word begins or something else.
fn letter_at(bytes: &[u8], at: usize, out: &mut Vec<u8>, scripts: &mut u32) -> At {
    let (c, len) = char_at(bytes, at);
    let fact = Fact::of(c);
    match fact.kind() {
        _ if len == 0 => return At::Other,
        Kind::Hard if !matches!(c, 0x0a | 0x0d) => return At::Hard,
        Kind::Word => {}
        _ => return At::Other,
    }
    if !char::from_u32(c).is_some_and(char::is_alphabetic) {
        return At::Other;
    }
    let (next, next_len) = char_at(bytes, at + len);
    match Fact::of(next).kind() {
        Kind::Word => return At::Other,
        Kind::Hard if next_len > 0 && !matches!(next, 0x0a | 0x0d) => return At::Hard,
        _ => {}
    }
    let dotted = next == u32::from(b'.');
    if dotted {
        let (third, third_len) = char_at(bytes, at + len + 1);
        if third == u32::from(b'.') {
            return At::Other;
        }
        if third_len > 0 && Fact::of(third).kind() == Kind::Hard && !matches!(third, 0x0a | 0x0d) {
            return At::Hard;
        }
    }
    *scripts |= fact.scripts();
    fact.push_fold(out);
    if dotted { At::Dotted(at + len + 1) } else { At::Bare(at + len) }
}

/// Reads the initials that begin at byte `start`; their fold goes to `out`, which is cleared.
pub(super) fn read(bytes: &[u8], start: usize, out: &mut Vec<u8>) -> Found {
    out.clear();
    let mut scripts = 0;
    let mut after = match letter_at(bytes, start, out, &mut scripts) {
        At::Dotted(end) => end,
        At::Hard => return Found::Hard,
        At::Bare(_) | At::Other => return Found::Word,
    };
    let (mut letters, mut dotted) = (1, true);
    while dotted {
        let mut next = after;
        while bytes.get(next) == Some(&b' ') {
            next += 1;
        }
        let (c, len) = char_at(bytes, next);
        if len > 0 && (c == 0x09 || c > 0x7f && Fact::of(c).kind() == Kind::Blank) || letters > MOST {
            return Found::Hard;
        }
        let kept = out.len();
        match letter_at(bytes, next, out, &mut scripts) {
            At::Dotted(end) => after = end,
            At::Bare(end) if next == after => {
                after = end;
                dotted = false;
            }
            At::Hard => return Found::Hard,
            At::Bare(_) | At::Other => {
                out.truncate(kept);
                break;
            }
        }
        letters += 1;
    }
    if scripts.count_ones() > 1 {
        return Found::Hard;
    }
    let end = match (letters, dotted) {
        // The dot of a lone initial stays outside.
        (1, true) => after - 1,
        _ => after,
    };
    Found::Initials(Initials { end, after, dotted })
}
