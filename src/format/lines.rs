//! Whole lines of a stream, in blocks that threads can share.
//!
//! Invariant: every line comes once, in order, with its number; a block holds little more than
//! 256 KiB or one line, and a line over the limit is passed over without being kept.

use std::io::{ErrorKind, Read, Result};
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes asked for at once.
const BLOCK: usize = 1 << 18;

/// Buffers of blocks that are done with, for the next: fresh memory costs more than reading.
#[derive(Debug, Clone, Default)]
struct Pool(Arc<Mutex<Vec<Vec<u8>>>>);

/// Most buffers kept.
const KEPT: usize = 32;
/// Largest buffer kept, in bytes.
const LARGEST: usize = 4 * BLOCK;

impl Pool {
    fn take(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    fn give(&self, mut buffer: Vec<u8>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < KEPT && (1..=LARGEST).contains(&buffer.capacity()) {
            buffer.clear();
            kept.push(buffer);
        }
    }
}

/// Whole lines.
#[derive(Debug, Default)]
pub struct Block {
    bytes: Vec<u8>,
    /// Number of its first line.
    first: u64,
    pool: Pool,
}

impl Drop for Block {
    fn drop(&mut self) {
        self.pool.give(std::mem::take(&mut self.bytes));
    }
}

impl Block {
    /// Bytes that it holds.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The lines with their numbers, without line ends. One over the limit comes cut, but still
    /// longer than the limit.
    pub fn lines(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let mut rest = &self.bytes[..];
        let mut number = self.first;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let (line, after) = match memchr::memchr(b'\n', rest) {
                Some(at) => (&rest[..at], &rest[at + 1..]),
                None => (rest, &rest[rest.len()..]),
            };
            rest = after;
            number += 1;
            Some((number - 1, line))
        })
    }
}

/// The blocks of a stream.
#[derive(Debug)]
pub struct Blocks<R> {
    reader: R,
    limit: usize,
    /// What was read after the last whole line.
    rest: Vec<u8>,
    /// Number of the next line.
    line: u64,
    ended: bool,
    pool: Pool,
}

impl<R: Read> Blocks<R> {
    /// The blocks of `reader`, with lines of at most `limit` bytes.
    pub fn new(reader: R, limit: usize) -> Self {
        Self { reader, limit, rest: Vec::new(), line: 1, ended: false, pool: Pool::default() }
    }

    /// The next block; it does not wait for more than one whole line.
    ///
    /// # Errors
    /// The reader's; the stream ends with it.
    #[expect(clippy::should_implement_trait, reason = "an iterator that fails would hide the end of the stream")]
    pub fn next(&mut self) -> Result<Option<Block>> {
        let mut bytes = std::mem::take(&mut self.rest);
        let mut seen = 0;
        // The head of a line over the limit, once it was cut.
        let mut cut = false;
        while !self.ended {
            if let Some(at) = memchr::memrchr(b'\n', &bytes[seen..]) {
                let end = seen + at + 1;
                self.rest = self.pool.take();
                self.rest.extend_from_slice(&bytes[end..]);
                bytes.truncate(end);
                return Ok(Some(self.block(bytes)));
            }
            if bytes.len() > self.limit.saturating_add(1) {
                bytes.truncate(self.limit + 1);
                cut = true;
            }
            seen = bytes.len();
            self.read_more(&mut bytes)?;
            if cut && let Some(end) = memchr::memchr(b'\n', &bytes[seen..]) {
                // Only the end of the long line counts; what follows it waits for the next call.
                self.rest.extend_from_slice(&bytes[seen + end + 1..]);
                bytes.truncate(seen);
                bytes.push(b'\n');
                return Ok(Some(self.block(bytes)));
            }
        }
        Ok((!bytes.is_empty()).then(|| self.block(bytes)))
    }

    fn read_more(&mut self, bytes: &mut Vec<u8>) -> Result<()> {
        let seen = bytes.len();
        bytes.resize(seen + BLOCK, 0);
        let read = loop {
            match self.reader.read(&mut bytes[seen..]) {
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        bytes.truncate(seen + *read.as_ref().unwrap_or(&0));
        self.ended = !matches!(read, Ok(1..));
        read.map(|_| ())
    }

    fn block(&mut self, bytes: Vec<u8>) -> Block {
        let first = self.line;
        self.line += memchr::memchr_iter(b'\n', &bytes).count() as u64;
        Block { bytes, first, pool: self.pool.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a few bytes at a time.
    struct Drops<'a>(&'a [u8], usize);

    impl Read for Drops<'_> {
        fn read(&mut self, out: &mut [u8]) -> Result<usize> {
            let n = self.1.min(self.0.len()).min(out.len());
            out[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }

    #[test]
    fn lines_come_once_with_their_numbers_however_the_stream_drops() {
        let text = b"one\n\nthree is longer than eight\nfour\r\nfive is long too\n\nseven";
        for drop in 1..=text.len() {
            let mut blocks = Blocks::new(Drops(text, drop), 8);
            let mut lines = Vec::new();
            while let Some(block) = blocks.next().unwrap() {
                lines.extend(
                    block
                        .lines()
                        .map(|(n, l)| (n, l.len() > 8, String::from_utf8_lossy(&l[..l.len().min(4)]).into_owned())),
                );
            }
            let expected = [
                (1, false, "one"),
                (2, false, ""),
                (3, true, "thre"),
                (4, false, "four"),
                (5, true, "five"),
                (6, false, ""),
                (7, false, "seve"),
            ];
            assert_eq!(lines, expected.map(|(n, long, l)| (n, long, l.to_owned())), "{drop}");
        }
    }
}
