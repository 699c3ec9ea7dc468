//! From sorted records to the map of keys, the postings and the accelerator.
//!
//! Invariant: keys come in byte order and places rise with them; what comes out does not hang on
//! the number of threads.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::thread;

use super::keys::Record;
use super::sort::Sorted;
use super::spool::Spool;
use super::step::{Stage, Watch};
use super::unwritable;
use crate::dict::accelerator::{Begins, Collector};
use crate::dict::layout::Numbers;
use crate::dict::layout::posting::{self, Entry, Text};
use crate::error::{Error, Result};

/// The parts of the file that are sorted by key.
pub(super) struct Index {
    /// Bytes of the `fst` map.
    pub keys: Spool,
    /// Bytes of the postings.
    pub postings: Spool,
    /// Bytes of the accelerator.
    pub accelerator: Vec<u8>,
    /// Place of each form in the postings.
    pub places: Vec<u32>,
    /// Number of each form's attributes; empty where all forms have the same.
    pub attributes: Vec<u32>,
    /// Number of keys.
    pub count: usize,
}

/// Keys with their places, handed on together.
#[derive(Default)]
struct Batch {
    text: String,
    /// End in the text, place, how a text that is the key may begin.
    keys: Vec<(usize, u32, Begins)>,
}

/// Bytes of keys that are handed on together.
const BATCH: usize = 1 << 16;

/// Writes the postings and what leads to them. `attribute` gives the number of packed attributes.
pub(super) fn index(
    mut sorted: Sorted,
    numbers: &Numbers,
    attribute: impl FnMut(u32) -> u32,
    jobs: usize,
    (folder, room): (PathBuf, usize),
    watch: &mut Watch,
) -> Result<Index> {
    let mut lists = Lists::new(numbers, attribute, Spool::new(folder.clone(), room));
    let mut map = Map::new(Spool::new(folder, room))?;
    let mut collector = Collector::default();
    if jobs <= 1 {
        while let Some(batch) = lists.next(&mut sorted, watch)? {
            map.add(&batch)?;
            collect(&mut collector, &batch)?;
        }
    } else {
        thread::scope(|scope| {
            let (to_map, for_map) = mpsc::sync_channel::<Arc<Batch>>(4);
            let (to_collector, for_collector) = mpsc::sync_channel::<Arc<Batch>>(4);
            let (map, collector) = (&mut map, &mut collector);
            let mapped = scope.spawn(move || for_map.iter().try_for_each(|batch| map.add(&batch)));
            let collected =
                scope.spawn(move || for_collector.iter().try_for_each(|batch| collect(collector, &batch)));
            let given = (|| {
                while let Some(batch) = lists.next(&mut sorted, watch)? {
                    let batch = Arc::new(batch);
                    // A thread that has stopped says why when it is joined.
                    if to_map.send(Arc::clone(&batch)).is_err() || to_collector.send(batch).is_err() {
                        break;
                    }
                }
                Ok(())
            })();
            drop((to_map, to_collector));
            for done in [mapped.join(), collected.join()] {
                done.map_err(|_| Error::source_file("a thread of the build stopped: build again with --jobs 1"))??;
            }
            given
        })?;
    }
    drop(sorted);
    let Lists { postings, places, attributes, count, .. } = lists;
    Ok(Index { keys: map.finish()?, postings, accelerator: collector.finish(), places, attributes, count })
}

fn collect(collector: &mut Collector, batch: &Batch) -> Result<()> {
    batch.each(|key, place, begins| collector.add(key, place, begins))
}

impl Batch {
    fn each(&self, mut take: impl FnMut(&str, u32, Begins) -> Result<()>) -> Result<()> {
        let mut start = 0;
        for &(end, place, begins) in &self.keys {
            take(&self.text[start..end], place, begins)?;
            start = end;
        }
        Ok(())
    }
}

/// The map of keys while it is written.
struct Map(fst::MapBuilder<Spool>);

impl Map {
    fn new(out: Spool) -> Result<Self> {
        fst::MapBuilder::new(out).map(Self).map_err(|e| failed(&e))
    }

    fn add(&mut self, batch: &Batch) -> Result<()> {
        batch.each(|key, place, _| self.0.insert(key, u64::from(place)).map_err(|e| failed(&e)))
    }

    fn finish(self) -> Result<Spool> {
        self.0.into_inner().map_err(|e| failed(&e))
    }
}

fn failed(e: &fst::Error) -> Error {
    Error::source_file(format!("the keys could not be written: {e}"))
}

/// An entry of the list that is put together.
struct Item {
    form: u32,
    /// Entity and attributes; none in a variant.
    own: Option<(u32, u32)>,
    /// Where its text ends; it begins where the one before ends.
    end: usize,
}

/// Lists of postings while they are written.
struct Lists<'n, A> {
    numbers: &'n Numbers,
    attribute: A,
    postings: Spool,
    places: Vec<u32>,
    attributes: Vec<u32>,
    count: usize,
    done: u64,
    // The list of the key at hand.
    key: Vec<u8>,
    items: Vec<Item>,
    texts: String,
    small: bool,
    out: Vec<u8>,
    ended: bool,
}

impl<'n, A: FnMut(u32) -> u32> Lists<'n, A> {
    fn new(numbers: &'n Numbers, attribute: A, postings: Spool) -> Self {
        Self {
            numbers,
            attribute,
            postings,
            places: vec![0; numbers.forms as usize],
            attributes: vec![0; if numbers.attribute_bits > 0 { numbers.forms as usize } else { 0 }],
            count: 0,
            done: 0,
            key: Vec::new(),
            items: Vec::new(),
            texts: String::new(),
            small: false,
            out: Vec::new(),
            ended: false,
        }
    }

    /// The next keys, whose lists are then written.
    fn next(&mut self, sorted: &mut Sorted, watch: &mut Watch) -> Result<Option<Batch>> {
        let mut batch = Batch::default();
        let total = sorted.len();
        while !self.ended && batch.text.len() < BATCH {
            let Some(record) = sorted.next().map_err(unwritable)? else {
                self.close(&mut batch)?;
                self.ended = true;
                break;
            };
            let record = Record::read(record).ok_or_else(|| Error::source_file("a key was lost while sorting"))?;
            if record.key != self.key {
                self.close(&mut batch)?;
                self.key.extend_from_slice(record.key);
            }
            self.done += 1;
            self.small |= record.small;
            if let Some((_, _, text)) = record.own {
                self.texts.push_str(text);
            }
            let own = record.own.map(|(entity, packed, _)| (entity, (self.attribute)(packed)));
            self.items.push(Item { form: record.form, own, end: self.texts.len() });
        }
        watch.step(Stage::Writing, self.done, Some(total));
        Ok((!batch.keys.is_empty()).then_some(batch))
    }

    /// Writes the list of the key at hand.
    fn close(&mut self, batch: &mut Batch) -> Result<()> {
        let Some(last) = self.items.len().checked_sub(1) else { return Ok(()) };
        let place = u32::try_from(self.postings.len())
            .map_err(|_| Error::source_file("more than 4 GiB of forms: build several dictionaries and stack them"))?;
        let key = std::str::from_utf8(&self.key).map_err(|_| Error::source_file("a key was lost while sorting"))?;
        self.out.clear();
        // Texts that stand in full, with where.
        let mut written: Vec<(&str, usize)> = Vec::new();
        let mut start = 0;
        for (i, item) in self.items.iter().enumerate() {
            let text = &self.texts[start..item.end];
            start = item.end;
            let at = self.out.len();
            let text = match item.own {
                None if i == 0 => Text::Here(key),
                None => Text::Nowhere,
                Some(_) => match written.iter().find(|(known, _)| *known == text) {
                    Some((_, known)) => Text::Before((at - known) as u32),
                    None => Text::Here(text),
                },
            };
            let (value, attribute) = item.own.unwrap_or((item.form, 0));
            let entry = Entry { value, attribute, variant: item.own.is_none(), last: i == last, text };
            let head = posting::push(&entry, self.numbers, &mut self.out);
            if let Text::Here(text) = entry.text {
                written.push((text, at + head));
            }
            if item.own.is_some() {
                self.places[item.form as usize] = place + at as u32;
                if let Some(number) = self.attributes.get_mut(item.form as usize) {
                    *number = attribute;
                }
            }
        }
        batch.text.push_str(key);
        batch.keys.push((batch.text.len(), place, if self.small { Begins::Any } else { Begins::Large }));
        self.postings.write_all(&self.out).map_err(unwritable)?;
        self.count += 1;
        self.key.clear();
        self.items.clear();
        self.texts.clear();
        self.small = false;
        Ok(())
    }
}
