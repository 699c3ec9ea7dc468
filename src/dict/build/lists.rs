//! The lists of postings, in key order.
//!
//! Invariant: places rise with the keys. A key with one form whose spelling the next key's begins
//! with waits for that key, so that the spelling stands once; at most [`LINKS`] wait.

use std::io::Write as _;

use super::keys::Record;
use super::sort::Sorted;
use super::spool::Spool;
use super::step::{Stage, Watch};
use super::unwritable;
use crate::dict::accelerator::Begins;
use crate::dict::layout::posting::{self, Of, Text, word_bytes};
use crate::dict::layout::{Numbers, width};
use crate::error::{Error, Result};

/// Keys with their places, handed on together.
#[derive(Default)]
pub(super) struct Batch {
    text: String,
    /// End in the text, place, how a text that is the key may begin.
    keys: Vec<(usize, u32, Begins)>,
}

/// Bytes of keys that are handed on together.
const BATCH: usize = 1 << 16;

impl Batch {
    fn push(&mut self, key: &str, place: u32, begins: Begins) {
        self.text.push_str(key);
        self.keys.push((self.text.len(), place, begins));
    }

    /// Gives each key with its place.
    pub(super) fn each(&self, mut take: impl FnMut(&str, u32, Begins) -> Result<()>) -> Result<()> {
        let mut start = 0;
        for &(end, place, begins) in &self.keys {
            take(&self.text[start..end], place, begins)?;
            start = end;
        }
        Ok(())
    }
}

/// The list of a key while it is put together.
#[derive(Default)]
struct List {
    key: Vec<u8>,
    items: Vec<Item>,
    texts: Vec<u8>,
    small: bool,
}

/// An entry of a list.
struct Item {
    form: u32,
    /// Entity and attributes; none in a variant.
    own: Option<(u32, u32)>,
    /// Where its text ends; it begins where the one before ends.
    end: usize,
}

impl List {
    fn clear(&mut self) {
        self.key.clear();
        self.items.clear();
        self.texts.clear();
        self.small = false;
    }

    /// Writes the list; gives where its first text begins, and tells each form's place from the
    /// list's own start.
    fn write(&self, numbers: &Numbers, out: &mut Vec<u8>, mut place: impl FnMut(&Item, u32)) -> usize {
        let origin = out.len();
        // Texts that stand in full, with where.
        let mut written: Vec<(&[u8], usize)> = Vec::new();
        let (mut start, mut first) = (0, 0);
        let last = self.items.len() - 1;
        for (i, item) in self.items.iter().enumerate() {
            let text = &self.texts[start..item.end];
            start = item.end;
            let at = out.len() - origin;
            let (of, text) = match item.own {
                None if i == 0 => (Of::Variant(item.form), Text::Here(&self.key)),
                None => (Of::Variant(item.form), Text::Nowhere),
                Some((entity, attribute)) => {
                    let known = written.iter().find(|(known, _)| *known == text);
                    let text = known.map_or(Text::Here(text), |(_, known)| Text::Before(at - known));
                    (Of::Form(entity, attribute), text)
                }
            };
            let (length, begin) = posting::push(of, text, i == last, numbers, out);
            if let Text::Here(text) = text
                && last > 0
            {
                written.push((text, at + length));
            }
            if i == 0 {
                first = begin;
            }
            place(item, at as u32);
        }
        first
    }
}

/// A key with one form, of which the spelling may be the beginning of the next key's.
struct Link {
    form: u32,
    own: (u32, u32),
    begins: Begins,
    /// Where its key, and then its spelling, ends; the key begins where the link before ends.
    key_end: usize,
    end: usize,
    /// How far ahead its spelling stands, once that is known.
    ahead: usize,
}

/// Most links that wait for a spelling, so that it stands near.
const LINKS: usize = 16;

/// Lists of postings while they are written.
pub(super) struct Lists<'n, A> {
    numbers: &'n Numbers,
    attribute: A,
    /// What is written of them.
    pub postings: Spool,
    /// Place of each form.
    pub places: Vec<u32>,
    /// Number of each form's attributes.
    pub attributes: Vec<u32>,
    /// Number of keys.
    pub count: usize,
    done: u64,
    /// The list of the key at hand.
    hand: List,
    /// Keys before it that wait.
    links: Vec<Link>,
    link_texts: Vec<u8>,
    // Memory to be used again.
    spare: List,
    out: Vec<u8>,
    tail: Vec<u8>,
    ended: bool,
}

impl<'n, A: FnMut(u32) -> u32> Lists<'n, A> {
    /// No list yet; they will be written to `postings`.
    pub(super) fn new(numbers: &'n Numbers, attribute: A, postings: Spool) -> Self {
        Self {
            numbers,
            attribute,
            postings,
            places: vec![0; numbers.forms as usize],
            attributes: vec![0; numbers.forms as usize],
            count: 0,
            done: 0,
            hand: List::default(),
            links: Vec::new(),
            link_texts: Vec::new(),
            spare: List::default(),
            out: Vec::new(),
            tail: Vec::new(),
            ended: false,
        }
    }

    /// The next keys, whose lists are then written.
    pub(super) fn next(&mut self, sorted: &mut Sorted, watch: &mut Watch) -> Result<Option<Batch>> {
        let mut batch = Batch::default();
        let total = sorted.len();
        while !self.ended && batch.text.len() < BATCH {
            let Some(record) = sorted.next().map_err(unwritable)? else {
                self.close(&mut batch)?;
                self.release(&mut batch)?;
                self.ended = true;
                break;
            };
            let record = Record::read(record).ok_or_else(lost)?;
            if record.key != self.hand.key {
                self.close(&mut batch)?;
                self.hand.key.extend_from_slice(record.key);
            }
            self.done += 1;
            let hand = &mut self.hand;
            hand.small |= record.small;
            if let Some((_, _, text)) = record.own {
                hand.texts.extend_from_slice(text);
            }
            let own = record.own.map(|(entity, packed, _)| (entity, (self.attribute)(packed)));
            hand.items.push(Item { form: record.form, own, end: hand.texts.len() });
        }
        watch.step(Stage::Writing, self.done, Some(total));
        Ok((!batch.keys.is_empty()).then_some(batch))
    }

    /// Writes the list of the key at hand, or has it wait.
    fn close(&mut self, batch: &mut Batch) -> Result<()> {
        let Some(first) = self.hand.items.first() else { return Ok(()) };
        let begins = self.links.last().is_some_and(|link| {
            let spelling = &self.link_texts[link.key_end..link.end];
            first.own.is_some() && self.hand.texts[..first.end].starts_with(spelling)
        });
        if !begins || self.links.len() == LINKS {
            self.release(batch)?;
        }
        if let [Item { form, own: Some(own), .. }] = self.hand.items[..] {
            self.link_texts.extend_from_slice(&self.hand.key);
            let key_end = self.link_texts.len();
            self.link_texts.extend_from_slice(&self.hand.texts);
            let begins = begins_of(self.hand.small);
            self.links.push(Link { form, own, begins, key_end, end: self.link_texts.len(), ahead: 0 });
        } else {
            let hand = std::mem::take(&mut self.hand);
            self.write(&hand, batch)?;
            self.hand = hand;
        }
        self.hand.clear();
        Ok(())
    }

    /// Writes the lists that wait, of which the last has its spelling in full.
    fn release(&mut self, batch: &mut Batch) -> Result<()> {
        let Some(link) = self.links.pop() else { return Ok(()) };
        let start = self.links.last().map_or(0, |link| link.end);
        let mut list = std::mem::take(&mut self.spare);
        list.clear();
        list.key.extend_from_slice(&self.link_texts[start..link.key_end]);
        list.texts.extend_from_slice(&self.link_texts[link.key_end..link.end]);
        list.items.push(Item { form: link.form, own: Some(link.own), end: list.texts.len() });
        list.small = link.begins == Begins::Any;
        let written = self.write(&list, batch);
        self.spare = list;
        written
    }

    /// Writes the lists that wait and then `list`, with whose spelling theirs begin.
    fn write(&mut self, list: &List, batch: &mut Batch) -> Result<()> {
        let place = u32::try_from(self.postings.len())
            .map_err(|_| Error::source_file("more than 4 GiB of forms: build several dictionaries and stack them"))?;
        self.tail.clear();
        let first = list.write(self.numbers, &mut self.tail, |item, at| {
            if let Some((_, attribute)) = item.own {
                self.places[item.form as usize] = at;
                self.attributes[item.form as usize] = attribute;
            }
        });
        // From the last back, since how far a spelling is ahead hangs on what stands between.
        let (mut ahead, word) = (first, word_bytes(self.numbers));
        for link in self.links.iter_mut().rev() {
            ahead += link_bytes(word, ahead, link.end - link.key_end);
            link.ahead = ahead;
        }
        self.out.clear();
        let mut start = 0;
        for link in self.links.drain(..) {
            let key = std::str::from_utf8(&self.link_texts[start..link.key_end]).map_err(|_| lost())?;
            start = link.end;
            let at = place + self.out.len() as u32;
            batch.push(key, at, link.begins);
            let (entity, attribute) = link.own;
            let text = Text::Ahead(link.ahead, link.end - link.key_end);
            posting::push(Of::Form(entity, attribute), text, true, self.numbers, &mut self.out);
            self.places[link.form as usize] = at;
            self.attributes[link.form as usize] = attribute;
            self.count += 1;
        }
        self.link_texts.clear();
        let at = place + self.out.len() as u32;
        batch.push(std::str::from_utf8(&list.key).map_err(|_| lost())?, at, begins_of(list.small));
        for item in list.items.iter().filter(|item| item.own.is_some()) {
            self.places[item.form as usize] += at;
        }
        self.count += 1;
        self.out.extend_from_slice(&self.tail);
        self.postings.write_all(&self.out).map_err(unwritable)
    }
}

fn lost() -> Error {
    Error::source_file("a key was lost while sorting")
}

fn begins_of(small: bool) -> Begins {
    if small { Begins::Any } else { Begins::Large }
}

/// Bytes of an entry whose text begins `after` bytes behind its end and has `own` bytes.
fn link_bytes(word: usize, after: usize, own: usize) -> usize {
    let variable = |number: usize| width(number as u32).max(1).div_ceil(7) as usize;
    let fixed = word + variable(own);
    let way = (1..5).find(|&way| variable(2 * (fixed + way + after) + 1) == way).unwrap_or(5);
    fixed + way
}
