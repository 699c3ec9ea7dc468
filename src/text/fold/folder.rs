//! The walk over the clusters of a text that makes its tokens and its key.
//!
//! Invariant: every cluster is visited once; what the walk pushes rises in key and in source.

use unicode_segmentation::UnicodeSegmentation;

use super::atom::{Atom, atoms, push_folded};
use super::{Folded, LineEnd, Piece, Token, TokenKind};
use crate::text::letter::{self, BREAK, Class};
use crate::text::lex::fact::{Fact, Kind};
use crate::text::twin;

pub(super) struct Folder<'t> {
    text: &'t str,
    line_end: LineEnd,
    atoms: Vec<Atom>,
    at: usize,
    out: Folded,
}

impl<'t> Folder<'t> {
    pub(super) fn new(text: &'t str, line_end: LineEnd) -> Self {
        let mut out = Folded::default();
        out.key.reserve(text.len());
        Self { text, line_end, atoms: atoms(text), at: 0, out }
    }

    pub(super) fn run(mut self) -> Folded {
        while self.at < self.atoms.len() {
            match self.class_at(self.at) {
                Class::Invisible if !self.soft_line_end() => self.at += 1,
                Class::Word => self.word(),
                Class::Kana => self.kana(),
                Class::Hangul => self.single(TokenKind::Syllable),
                Class::Ideograph => self.single(TokenKind::Ideograph),
                Class::Super => self.single(TokenKind::Super),
                Class::Apostrophe => self.apostrophe(),
                Class::Invisible | Class::Blank | Class::Newline | Class::Hyphen | Class::Break => self.blank(),
                Class::Interpunct if self.is_blank_interpunct(self.at) => self.blank(),
                Class::Dot | Class::Joiner | Class::Interpunct | Class::Other => self.sign(),
            }
        }
        self.out
    }

    fn class_at(&self, i: usize) -> Class {
        self.atoms.get(i).map_or(Class::Break, |a| a.class)
    }

    fn cluster(&self, atom: &Atom) -> &'t str {
        &self.text[atom.start as usize..atom.end as usize]
    }

    /// The nearest visible atom before `i`.
    fn before(&self, i: usize) -> Option<&Atom> {
        self.atoms[..i].iter().rev().find(|a| a.class != Class::Invisible)
    }

    /// Index of the nearest visible atom from `i` on.
    fn visible_from(&self, mut i: usize) -> usize {
        while i < self.atoms.len() && self.atoms[i].class == Class::Invisible {
            i += 1;
        }
        i
    }

    fn soft_line_end(&self) -> bool {
        self.atoms[self.at].first == '\u{ad}' && self.class_at(self.at + 1) == Class::Newline
    }

    fn is_blank_interpunct(&self, i: usize) -> bool {
        let east = |c: Class| matches!(c, Class::Kana | Class::Ideograph | Class::Hangul);
        matches!(self.atoms[i].first, '・' | '･')
            || self.before(i).is_some_and(|a| east(a.class)) && east(self.class_at(self.visible_from(i + 1)))
    }

    fn push_token(&mut self, kind: TokenKind, key: usize, src: u32, src_end: u32) {
        let attached = matches!(kind, TokenKind::Word | TokenKind::Syllable)
            && self.out.tokens.last().is_some_and(|t| {
                matches!(t.kind, TokenKind::Word | TokenKind::Syllable) && !self.visible_between(t.src_end, src)
            });
        self.out.tokens.push(Token {
            kind,
            glue: false,
            join: false,
            attached,
            key: key as u32,
            key_end: self.out.key.len() as u32,
            src,
            src_end,
            alternative: None,
        });
    }

    fn visible_between(&self, from: u32, to: u32) -> bool {
        self.text[from as usize..to as usize].chars().any(|c| !letter::is_invisible(c))
    }

    /// Pushes the key of `cluster`, which covers `start..end`; what has no key widens its neighbour.
    fn push_piece(&mut self, cluster: &str, start: u32, end: u32) {
        let key = self.out.key.len();
        push_folded(cluster, &mut self.out.key);
        if self.out.key.len() > key {
            self.out.pieces.push(Piece { key: key as u32, src: start, src_end: end });
        } else if let Some(last) = self.out.pieces.last_mut()
            && last.src_end == start
        {
            last.src_end = end;
        }
    }

    fn single(&mut self, kind: TokenKind) {
        let atom = self.atoms[self.at];
        let key = self.out.key.len();
        self.push_piece(self.cluster(&atom), atom.start, atom.end);
        if self.out.key.len() > key {
            self.push_token(kind, key, atom.start, atom.end);
        }
        self.at += 1;
    }

    fn apostrophe(&mut self) {
        let atom = self.atoms[self.at];
        let key = self.out.key.len();
        self.out.key.push('\'');
        self.out.pieces.push(Piece { key: key as u32, src: atom.start, src_end: atom.end });
        self.push_token(TokenKind::Apostrophe, key, atom.start, atom.end);
        self.at += 1;
    }

    fn sign(&mut self) {
        let atom = self.atoms[self.at];
        let glue = self.is_glue(self.at);
        let key = self.out.key.len();
        if matches!(atom.first, '"' | '״') {
            self.out.key.push('"');
            self.out.pieces.push(Piece { key: key as u32, src: atom.start, src_end: atom.end });
        } else {
            self.push_piece(self.cluster(&atom), atom.start, atom.end);
        }
        self.at += 1;
        if self.out.key.len() == key {
            return;
        }
        if self.out.key[key..].chars().all(char::is_whitespace) {
            // Compatibility can turn a sign into a blank with a mark taken off.
            self.out.key.truncate(key);
            self.out.pieces.pop();
            self.push_blank(atom.start, atom.end);
            return;
        }
        self.push_token(TokenKind::Sign, key, atom.start, atom.end);
        if let Some(last) = self.out.tokens.last_mut() {
            last.glue = glue;
        }
    }

    /// UAX #29 rules 6, 7, 11 and 12: signs that hold letters or digits together.
    fn is_glue(&self, i: usize) -> bool {
        let after = self.visible_from(i + 1);
        let (Some(left), Some(right)) = (self.before(i), self.atoms.get(after)) else {
            return false;
        };
        if left.class != Class::Word || right.class != Class::Word {
            return false;
        }
        let digits = left.first.is_numeric() && right.first.is_numeric();
        let letters = !left.first.is_numeric() && !right.first.is_numeric();
        match self.atoms[i].first {
            '.' | '．' | '﹒' => digits || letters,
            ',' | ';' | '，' => digits,
            ':' | '：' | '\u{387}' | '·' | '‧' => letters,
            '"' | '״' => [left.first, right.first].iter().all(|c| ('\u{5d0}'..='\u{5f2}').contains(c)),
            _ => false,
        }
    }

    fn push_blank(&mut self, start: u32, end: u32) {
        if let Some(last) = self.out.tokens.last_mut()
            && last.kind == TokenKind::Blank
        {
            last.src_end = end;
            if let Some(piece) = self.out.pieces.last_mut() {
                piece.src_end = end;
            }
            return;
        }
        let key = self.out.key.len();
        self.out.key.push(' ');
        self.out.pieces.push(Piece { key: key as u32, src: start, src_end: end });
        self.push_token(TokenKind::Blank, key, start, end);
    }

    fn blank(&mut self) {
        let from = self.at;
        let (mut newlines, mut broken) = (0, false);
        let mut hyphen_end = false;
        while self.at < self.atoms.len() {
            let atom = self.atoms[self.at];
            match atom.class {
                Class::Blank | Class::Hyphen => {
                    // A dash at the head of a line is a bullet.
                    if atom.class == Class::Hyphen
                        && self.at > 0
                        && self.class_at(self.at - 1) == Class::Newline
                        && matches!(self.class_at(self.at + 1), Class::Blank)
                    {
                        broken = true;
                    }
                }
                Class::Newline => {
                    if newlines == 0 && self.at > 0 {
                        let last = self.atoms[self.at - 1];
                        hyphen_end = (last.class == Class::Hyphen || last.first == '\u{ad}')
                            && self.at - 1 == from
                            && self.before(from).is_some_and(|a| a.class == Class::Word);
                    }
                    newlines += 1;
                }
                Class::Break => broken = true,
                Class::Invisible => {}
                Class::Interpunct if self.is_blank_interpunct(self.at) => {}
                _ => break,
            }
            self.at += 1;
        }
        let next = self.atoms.get(self.at).copied();
        let star = newlines > 0 && next.is_some_and(|a| a.first == '*') && self.class_at(self.at + 1) == Class::Blank;
        let sentence_end = newlines > 0
            && self.before(from).is_some_and(|a| matches!(a.first, '.' | '!' | '?' | '…' | '。' | '！' | '？' | '．'));
        broken |= star || sentence_end || newlines >= 2 || (newlines == 1 && self.line_end == LineEnd::Break);
        let start = self.atoms[from].start;
        let end = self.atoms[self.at - 1].end;
        if broken {
            let key = self.out.key.len();
            self.out.key.push(BREAK);
            self.out.pieces.push(Piece { key: key as u32, src: start, src_end: end });
            self.push_token(TokenKind::Break, key, start, end);
            return;
        }
        self.push_blank(start, end);
        let join = hyphen_end && newlines == 1 && next.is_some_and(|a| a.class == Class::Word);
        if let Some(last) = self.out.tokens.last_mut() {
            last.join = join;
        }
    }

    /// End of the run of atoms of `class` from `i` on, with invisible signs inside it.
    fn run_end(&self, i: usize, class: Class) -> usize {
        let mut end = i;
        let mut j = i;
        while j < self.atoms.len() {
            match self.atoms[j].class {
                c if c == class => end = j + 1,
                Class::Invisible if self.class_at(j + 1) != Class::Newline => {}
                _ => break,
            }
            j += 1;
        }
        end
    }

    fn kana(&mut self) {
        let end = self.run_end(self.at, Class::Kana);
        let key = self.out.key.len();
        for i in self.at..end {
            let atom = self.atoms[i];
            self.push_piece(self.cluster(&atom), atom.start, atom.end);
        }
        let src = self.atoms[self.at].start;
        self.at = end;
        if self.out.key.len() > key {
            self.push_token(TokenKind::Kana, key, src, self.atoms[end - 1].end);
        }
    }

    fn word(&mut self) {
        if self.initials() {
            return;
        }
        let (from, end) = (self.at, self.run_end(self.at, Class::Word));
        self.at = end;
        if self.plain_word(from, end) {
            return;
        }
        let (src, src_end) = (self.atoms[from].start, self.atoms[end - 1].end);
        let word = &self.text[src as usize..src_end as usize];
        let key = self.out.key.len();
        let readings = if word.bytes().any(|b| b.is_ascii_digit()) {
            None
        } else {
            let scripts = word.chars().map(twin::script_bit).fold(0, |a, b| a | b);
            let mixed = scripts.count_ones() > 1;
            // Small words of one script (Все, Bce) are too often both.
            if mixed || word.chars().all(char::is_uppercase) { twin::readings(word, scripts) } else { None }
        };
        let main = readings.as_ref().map_or(word, |(main, _)| main.as_str()).to_owned();
        let mut rest = main.as_str();
        for i in from..end {
            let atom = self.atoms[i];
            let count = self.cluster(&atom).chars().count();
            let cut = rest.char_indices().nth(count).map_or(rest.len(), |(at, _)| at);
            let (cluster, tail) = rest.split_at(cut);
            rest = tail;
            if atom.class != Class::Invisible {
                self.push_piece(cluster, atom.start, atom.end);
            }
        }
        self.settle_mixed_key(key);
        if self.out.key.len() == key {
            return;
        }
        let alternative = readings.and_then(|(_, alternative)| alternative).map(|word| {
            let mut folded = String::new();
            for cluster in word.graphemes(true) {
                push_folded(cluster, &mut folded);
            }
            self.out.alternatives.push(folded);
            self.out.alternatives.len() as u32 - 1
        });
        self.push_token(TokenKind::Word, key, src, src_end);
        if let Some(last) = self.out.tokens.last_mut() {
            last.alternative = alternative;
        }
    }

    /// A word of letters that are clusters of their own, of one script, not all capitals: its key
    /// is theirs. `false` if it is none, and nothing was done.
    fn plain_word(&mut self, from: usize, end: usize) -> bool {
        let atoms = &self.atoms[from..end];
        let (mut scripts, mut capitals) = (0, true);
        for atom in atoms {
            let fact = Fact::of(u32::from(atom.first));
            let single = (atom.end - atom.start) as usize == atom.first.len_utf8();
            if !single || fact.kind() != Kind::Word {
                return false;
            }
            scripts |= fact.scripts();
            capitals &= fact.is_upper();
        }
        if capitals || scripts.count_ones() > 1 {
            return false;
        }
        let key = self.out.key.len();
        for atom in atoms {
            let fact = Fact::of(u32::from(atom.first));
            self.out.pieces.push(Piece { key: self.out.key.len() as u32, src: atom.start, src_end: atom.end });
            let fold = fact.fold().to_le_bytes();
            self.out.key.push_str(std::str::from_utf8(&fold[..fact.fold_len() as usize]).unwrap_or_default());
        }
        let (src, src_end) = (self.atoms[from].start, self.atoms[end - 1].end);
        self.push_token(TokenKind::Word, key, src, src_end);
        true
    }

    /// Letters can meet their twins only when folded (the dotless i in a Cyrillic word): a word
    /// whose key still mixes scripts is read once more.
    fn settle_mixed_key(&mut self, key: usize) {
        let folded = &self.out.key[key..];
        let scripts = folded.chars().map(twin::script_bit).fold(0, |a, b| a | b);
        if scripts.count_ones() < 2 {
            return;
        }
        let Some((settled, _)) = twin::readings(folded, scripts) else {
            return;
        };
        // Letter for letter, so the pieces keep their letters and only their bytes move.
        let mut bytes: Vec<(usize, usize)> = Vec::new();
        let (mut old, mut new) = (key, key);
        for (a, b) in folded.chars().zip(settled.chars()) {
            bytes.push((old, new));
            old += a.len_utf8();
            new += b.len_utf8();
        }
        for piece in self.out.pieces.iter_mut().rev().take_while(|p| p.key as usize >= key) {
            if let Ok(i) = bytes.binary_search_by_key(&(piece.key as usize), |(old, _)| *old) {
                piece.key = bytes[i].1 as u32;
            }
        }
        self.out.key.truncate(key);
        self.out.key.push_str(&settled);
    }

    /// Index after the dot that follows a one-letter word at `i`, if such a word stands there.
    fn initial_at(&self, i: usize) -> Option<usize> {
        if self.class_at(i) != Class::Word || !self.atoms[i].first.is_alphabetic() {
            return None;
        }
        (self.run_end(i, Class::Word) == i + 1
            && self.class_at(i + 1) == Class::Dot
            && self.class_at(i + 2) != Class::Dot)
            .then_some(i + 2)
    }

    /// Dots between single letters fold away: `U.S.`, `J. D.`, and the dot of `W. Bush`.
    fn initials(&mut self) -> bool {
        let joined = self.before(self.at).is_some_and(|a| a.class == Class::Word)
            && self.out.tokens.last().is_some_and(|t| t.glue);
        let Some(mut after) = self.initial_at(self.at).filter(|_| !joined) else {
            return false;
        };
        let first = self.at;
        let mut letters = vec![first];
        let mut last_dot = true;
        loop {
            // The next initial follows directly, or after blanks on the same line.
            let mut next = after;
            while self.class_at(next) == Class::Blank && next < self.atoms.len() {
                next += 1;
            }
            if let Some(end) = self.initial_at(next) {
                letters.push(next);
                after = end;
            } else if next == after
                && self.class_at(next) == Class::Word
                && next < self.atoms.len()
                && self.atoms[next].first.is_alphabetic()
                && self.run_end(next, Class::Word) == next + 1
                && self.class_at(next + 1) != Class::Dot
            {
                letters.push(next);
                after = next + 1;
                last_dot = false;
                break;
            } else {
                break;
            }
        }
        let key = self.out.key.len();
        for &i in &letters {
            let atom = self.atoms[i];
            self.push_piece(self.cluster(&atom), atom.start, atom.end);
        }
        let include_dot = last_dot && letters.len() > 1;
        let src_end = if include_dot || !last_dot { self.atoms[after - 1].end } else { self.atoms[first].end };
        let src = self.atoms[first].start;
        self.at = after;
        if self.out.key.len() > key {
            self.push_token(TokenKind::Word, key, src, src_end);
        }
        if last_dot && self.class_at(self.visible_from(after)) == Class::Word && after < self.atoms.len() {
            let dot = self.atoms[after - 1];
            let start = if include_dot { dot.end } else { dot.start };
            self.push_blank(start, dot.end);
        }
        true
    }
}
