//! From sorted records to the map of keys, the postings, the accelerator and the fuzzy index.
//!
//! Invariant: keys come in byte order and places rise with them; what comes out does not hang on
//! the number of threads.

use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::thread;

use super::lists::{Batch, Lists};
use super::sort::Sorted;
use super::spool::Spool;
use super::step::Watch;
use crate::dict::accelerator::Collector;
use crate::dict::fuzzy;
use crate::dict::layout::Numbers;
use crate::error::{Error, Result};

/// The parts of the file that are sorted by key.
pub(super) struct Index {
    /// Bytes of the `fst` map.
    pub keys: Spool,
    /// Bytes of the postings.
    pub postings: Spool,
    /// Bytes of the accelerator.
    pub accelerator: Vec<u8>,
    /// Bytes of the index for fuzzy search, if there is to be one.
    pub fuzzy: Option<Spool>,
    /// Place of each form in the postings.
    pub places: Vec<u32>,
    /// Number of each form's attributes.
    pub attributes: Vec<u32>,
    /// Number of keys.
    pub count: usize,
}

/// Writes the postings and what leads to them. `attribute` gives the number of packed attributes.
pub(super) fn index(
    mut sorted: Sorted,
    numbers: &Numbers,
    attribute: impl FnMut(u32) -> u32,
    mut fuzzy: Option<fuzzy::Collector>,
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
            turn(&mut fuzzy, &batch)?;
        }
    } else {
        thread::scope(|scope| {
            let (map, collector) = (&mut map, &mut collector);
            let mut beside = vec![
                Beside::new(scope, move |batch| map.add(batch)),
                Beside::new(scope, move |batch| collect(collector, batch)),
            ];
            if fuzzy.is_some() {
                let fuzzy = &mut fuzzy;
                beside.push(Beside::new(scope, move |batch| turn(fuzzy, batch)));
            }
            let given = (|| {
                while let Some(batch) = lists.next(&mut sorted, watch)? {
                    let batch = Arc::new(batch);
                    // A thread that has stopped says why when it is joined.
                    if beside.iter().any(|thread| thread.feed.send(Arc::clone(&batch)).is_err()) {
                        break;
                    }
                }
                Ok(())
            })();
            beside.into_iter().try_for_each(Beside::join)?;
            given
        })?;
    }
    // What is sorted by key makes room for what is sorted backwards.
    drop(sorted);
    let fuzzy = fuzzy.map(fuzzy::Collector::finish).transpose()?;
    let Lists { postings, places, attributes, count, .. } = lists;
    Ok(Index { keys: map.finish()?, postings, accelerator: collector.finish(), fuzzy, places, attributes, count })
}

fn collect(collector: &mut Collector, batch: &Batch) -> Result<()> {
    batch.each(|key, place, begins| collector.add(key, place, begins))
}

/// A thread that takes the keys beside the others.
struct Beside<'s> {
    feed: mpsc::SyncSender<Arc<Batch>>,
    thread: thread::ScopedJoinHandle<'s, Result<()>>,
}

impl<'s> Beside<'s> {
    fn new(scope: &'s thread::Scope<'s, '_>, mut take: impl FnMut(&Batch) -> Result<()> + Send + 's) -> Self {
        let (feed, fed) = mpsc::sync_channel::<Arc<Batch>>(4);
        Self { feed, thread: scope.spawn(move || fed.iter().try_for_each(|batch| take(&batch))) }
    }

    /// Waits until everything fed is taken.
    fn join(self) -> Result<()> {
        drop(self.feed);
        let stopped = |_| Error::source_file("a thread of the build stopped: build again with --jobs 1");
        self.thread.join().map_err(stopped)?
    }
}

/// Gives the keys to the collector of the fuzzy index, if there is one.
fn turn(fuzzy: &mut Option<fuzzy::Collector>, batch: &Batch) -> Result<()> {
    fuzzy.as_mut().map_or(Ok(()), |fuzzy| batch.each(|key, _, _| fuzzy.add(key)))
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
