//! Sorting records of bytes, of which there may be more than memory holds.
//!
//! Invariant: records come back in byte order, whatever the room and the order they were pushed in.

use std::cmp::Ordering;
use std::fs::File;
use std::hint::black_box;
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::ops::Range;
use std::path::PathBuf;

/// Most bytes of records in memory, so that places fit 32 bits.
const MOST: usize = 1 << 31;
/// Bytes read at once from each sorted run.
const READ: usize = 1 << 17;
/// Groups that are sorted by whole comparison.
const SMALL: usize = 12;

/// A record in memory: eight of its bytes, where it begins and how long it is.
#[derive(Debug, Clone, Copy)]
struct Slot {
    prefix: u64,
    at: u32,
    length: u32,
}

/// Takes records in any order.
#[derive(Debug)]
pub(in crate::dict) struct Sorter {
    folder: PathBuf,
    room: usize,
    bytes: Vec<u8>,
    slots: Vec<Slot>,
    file: Option<BufWriter<File>>,
    written: u64,
    runs: Vec<Range<u64>>,
    count: u64,
}

/// Gives records in order.
pub(in crate::dict) struct Sorted {
    bytes: Vec<u8>,
    slots: Vec<Slot>,
    at: usize,
    file: Option<File>,
    runs: Vec<Run>,
    /// Runs that have a record, the one with the least last.
    order: Vec<usize>,
    /// Where the record given last came from, to be moved on.
    given: Option<Given>,
    count: u64,
}

#[derive(Debug, Clone, Copy)]
enum Given {
    Memory,
    Run,
}

/// A sorted run in the file.
struct Run {
    rest: Range<u64>,
    buffer: Vec<u8>,
    record: Range<usize>,
}

impl Sorter {
    /// A sorter that keeps up to `room` bytes in memory; runs go to a nameless file in `folder`.
    pub(in crate::dict) fn new(folder: PathBuf, room: usize) -> Self {
        let room = room.min(MOST);
        Self { folder, room, bytes: Vec::new(), slots: Vec::new(), file: None, written: 0, runs: Vec::new(), count: 0 }
    }

    /// Number of records so far.
    pub(in crate::dict) fn len(&self) -> u64 {
        self.count
    }

    /// Adds a record.
    pub(in crate::dict) fn push(&mut self, record: &[u8]) -> io::Result<()> {
        let used = self.bytes.len() + self.slots.len() * size_of::<Slot>();
        if used + record.len() > self.room && !self.slots.is_empty() {
            self.spill()?;
        }
        let at = self.bytes.len() as u32;
        self.bytes.extend_from_slice(record);
        self.slots.push(Slot { prefix: prefix(record, 0), at, length: record.len() as u32 });
        self.count += 1;
        Ok(())
    }

    fn spill(&mut self) -> io::Result<()> {
        sort(&mut self.slots, &self.bytes, 0);
        if self.file.is_none() {
            self.file = Some(BufWriter::with_capacity(1 << 16, tempfile::tempfile_in(&self.folder)?));
        }
        let Some(file) = &mut self.file else { return Ok(()) };
        let start = self.written;
        for slot in &self.slots {
            file.write_all(&slot.length.to_le_bytes())?;
            file.write_all(record(slot, &self.bytes))?;
            self.written += 4 + u64::from(slot.length);
        }
        self.runs.push(start..self.written);
        self.slots.clear();
        self.bytes.clear();
        Ok(())
    }

    /// Sorts what is in memory and goes over to giving.
    pub(in crate::dict) fn finish(mut self) -> io::Result<Sorted> {
        sort(&mut self.slots, &self.bytes, 0);
        let mut file = self.file.map(BufWriter::into_inner).transpose()?;
        let mut runs: Vec<Run> = Vec::new();
        for rest in self.runs {
            let mut run = Run { rest, buffer: Vec::new(), record: 0..0 };
            if let Some(file) = &mut file {
                run.next(file)?;
            }
            runs.push(run);
        }
        let mut order: Vec<usize> = (0..runs.len()).filter(|&i| !runs[i].record.is_empty()).collect();
        order.sort_by(|&a, &b| runs[b].get().cmp(runs[a].get()));
        let (bytes, slots) = (self.bytes, self.slots);
        Ok(Sorted { bytes, slots, at: 0, file, runs, order, given: None, count: self.count })
    }
}

impl Sorted {
    /// Number of all records.
    pub(in crate::dict) fn len(&self) -> u64 {
        self.count
    }

    /// The next record. Cost: a comparison, and one more for each doubling of the runs.
    pub(in crate::dict) fn next(&mut self) -> io::Result<Option<&[u8]>> {
        match self.given.take() {
            Some(Given::Memory) => self.at += 1,
            Some(Given::Run) => self.advance()?,
            None => {}
        }
        self.touch_ahead();
        let memory = self.slots.get(self.at).map(|slot| record(slot, &self.bytes));
        let run = self.order.last().map(|&i| self.runs[i].get());
        let given = match (memory, run) {
            (None, None) => return Ok(None),
            (Some(a), Some(b)) if a <= b => Given::Memory,
            (_, Some(_)) => Given::Run,
            (Some(_), None) => Given::Memory,
        };
        self.given = Some(given);
        Ok(match given {
            Given::Memory => memory,
            Given::Run => run,
        })
    }

    /// Has a record that comes soon fetched from memory, where records lie in no order.
    fn touch_ahead(&self) {
        const AHEAD: usize = 4;
        if let Some(slot) = self.slots.get(self.at + AHEAD) {
            let record = record(slot, &self.bytes);
            black_box((record.first(), record.last()));
        }
    }

    /// Moves the run with the least record on, and puts it where its next record belongs.
    fn advance(&mut self) -> io::Result<()> {
        let (Some(i), Some(file)) = (self.order.pop(), &mut self.file) else { return Ok(()) };
        self.runs[i].next(file)?;
        if self.runs[i].record.is_empty() {
            self.runs[i].buffer = Vec::new();
            return Ok(());
        }
        let own = self.runs[i].get();
        let place = self.order.partition_point(|&other| self.runs[other].get() > own);
        self.order.insert(place, i);
        Ok(())
    }
}

impl Run {
    fn get(&self) -> &[u8] {
        &self.buffer[self.record.clone()]
    }

    /// Goes to the next record; an empty one stands for the end.
    fn next(&mut self, file: &mut File) -> io::Result<()> {
        let start = self.record.end;
        self.fill(start, 4, file)?;
        let Some(head) = self.buffer.get(self.record.end..).and_then(<[u8]>::first_chunk::<4>) else {
            self.record = 0..0;
            return Ok(());
        };
        let length = u32::from_le_bytes(*head) as usize;
        let start = self.record.end + 4;
        self.fill(start, length, file)?;
        // Filling may have moved the buffer; the record then begins where it was moved to.
        let start = self.record.end + 4;
        self.record = start..start + length;
        if self.record.end > self.buffer.len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }

    /// Has `length` bytes from `at` on in the buffer, if the run has as many; what lies before the
    /// end of the last record is forgotten.
    fn fill(&mut self, at: usize, length: usize, file: &mut File) -> io::Result<()> {
        if at + length <= self.buffer.len() {
            return Ok(());
        }
        let gone = self.record.end;
        self.buffer.drain(..gone);
        self.record = 0..0;
        let want = (at - gone + length).max(READ) as u64;
        let count = want.min(self.rest.end - self.rest.start);
        let old = self.buffer.len();
        self.buffer.resize(old + count as usize, 0);
        file.seek(SeekFrom::Start(self.rest.start))?;
        file.read_exact(&mut self.buffer[old..])?;
        self.rest.start += count;
        Ok(())
    }
}

fn record<'b>(slot: &Slot, bytes: &'b [u8]) -> &'b [u8] {
    &bytes[slot.at as usize..slot.at as usize + slot.length as usize]
}

/// Eight bytes from `depth` on as a number of the same order, filled up with 0.
fn prefix(record: &[u8], depth: usize) -> u64 {
    let rest = record.get(depth..).unwrap_or_default();
    match rest.first_chunk::<8>() {
        Some(eight) => u64::from_be_bytes(*eight),
        None => {
            rest.iter().fold(0, |n, &b| n << 8 | u64::from(b)).checked_shl(8 * (8 - rest.len() as u32)).unwrap_or(0)
        }
    }
}

/// Sorts slots whose prefixes are those at `depth` and whose bytes before it are equal. Records are
/// visited once for every eight bytes they share, not once a comparison.
fn sort(slots: &mut [Slot], bytes: &[u8], depth: usize) {
    let tail = |slot: &Slot| record(slot, bytes).get(depth..).unwrap_or_default();
    let whole = |a: &Slot, b: &Slot| match a.prefix.cmp(&b.prefix) {
        Ordering::Equal => tail(a).cmp(tail(b)).then_with(|| a.length.cmp(&b.length)),
        unequal => unequal,
    };
    if slots.len() <= SMALL {
        slots.sort_unstable_by(whole);
        return;
    }
    slots.sort_unstable_by_key(|slot| slot.prefix);
    let next = depth + 8;
    for group in slots.chunk_by_mut(|a, b| a.prefix == b.prefix).filter(|group| group.len() > 1) {
        if group.len() <= SMALL {
            group.sort_unstable_by(whole);
        } else if group.iter().all(|slot| slot.length as usize <= next) {
            group.sort_unstable_by_key(|slot| slot.length);
        } else {
            group.iter_mut().for_each(|slot| slot.prefix = prefix(record(slot, bytes), next));
            sort(group, bytes, next);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_back_sorted_with_any_room() {
        let mut state = 7_u64;
        let mut below = |n: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % n
        };
        let mut records: Vec<Vec<u8>> = Vec::new();
        for i in 0..4000 {
            // Few letters, zeros among them, long equal beginnings.
            let mut record = vec![b'a'; below(20) as usize];
            record.extend((0..=below(12)).map(|_| below(3) as u8));
            records.push(record);
            if i % 500 == 0 {
                records.push(vec![1; 300_000]);
            }
        }
        let mut expected = records.clone();
        expected.sort();
        for room in [0, 100, 5000, usize::MAX] {
            let mut sorter = Sorter::new(std::env::temp_dir(), room);
            let some = if room == 0 { 300 } else { records.len() };
            records[..some].iter().for_each(|record| sorter.push(record).unwrap());
            let mut expected = if some < records.len() { records[..some].to_vec() } else { expected.clone() };
            expected.sort();
            let mut sorted = sorter.finish().unwrap();
            assert_eq!(sorted.len(), expected.len() as u64);
            for record in &expected {
                assert!(sorted.next().unwrap() == Some(record.as_slice()));
            }
            assert!(sorted.next().unwrap().is_none());
        }
    }
}
