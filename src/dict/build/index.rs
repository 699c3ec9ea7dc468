//! From sorted records to the map of keys, the postings and the accelerator.
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
            let collected = scope.spawn(move || for_collector.iter().try_for_each(|batch| collect(collector, &batch)));
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
