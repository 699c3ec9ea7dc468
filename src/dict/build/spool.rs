//! A long row of bytes that is written once and read once: in memory while there is room, then in
//! a file that has no name and so vanishes with the process.
//!
//! Invariant: pieces come back in the order and with the borders in which they were pushed.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read as _, Seek as _, SeekFrom, Write};
use std::path::PathBuf;
use std::vec;

/// Size of a piece that is filled by writing.
const PIECE: usize = 1 << 20;

/// The row while it is written.
#[derive(Debug)]
pub(in crate::dict) struct Spool {
    folder: PathBuf,
    room: usize,
    used: usize,
    length: u64,
    memory: Vec<Vec<u8>>,
    file: Option<BufWriter<File>>,
    /// What was written and is not yet a piece.
    pending: Vec<u8>,
}

/// The row while it is read.
pub(in crate::dict) struct Pieces {
    memory: vec::IntoIter<Vec<u8>>,
    file: Option<BufReader<File>>,
}

impl Spool {
    /// An empty row with `room` bytes in memory, for the rest of which a file goes to `folder`.
    pub(in crate::dict) fn new(folder: PathBuf, room: usize) -> Self {
        Self { folder, room, used: 0, length: 0, memory: Vec::new(), file: None, pending: Vec::new() }
    }

    /// Appends a piece.
    pub(in crate::dict) fn push(&mut self, piece: Vec<u8>) -> io::Result<()> {
        self.length += piece.len() as u64;
        if self.file.is_none() {
            if self.used + piece.capacity() <= self.room {
                self.used += piece.capacity();
                self.memory.push(piece);
                return Ok(());
            }
            self.file = Some(BufWriter::with_capacity(1 << 16, tempfile::tempfile_in(&self.folder)?));
        }
        if let Some(file) = &mut self.file {
            file.write_all(&(piece.len() as u64).to_le_bytes())?;
            file.write_all(&piece)?;
        }
        Ok(())
    }

    /// Bytes written so far.
    pub(in crate::dict) fn len(&self) -> u64 {
        self.length + self.pending.len() as u64
    }

    /// Goes over to reading.
    pub(in crate::dict) fn read(mut self) -> io::Result<Pieces> {
        if !self.pending.is_empty() {
            let mut pending = std::mem::take(&mut self.pending);
            pending.shrink_to_fit();
            self.push(pending)?;
        }
        let file = match self.file {
            Some(file) => {
                let mut file = file.into_inner()?;
                file.seek(SeekFrom::Start(0))?;
                Some(BufReader::with_capacity(1 << 16, file))
            }
            None => None,
        };
        Ok(Pieces { memory: self.memory.into_iter(), file })
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.pending.extend_from_slice(bytes);
        if self.pending.len() >= PIECE {
            let full = std::mem::take(&mut self.pending);
            self.push(full)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Pieces {
    /// The next piece; its memory is the caller's.
    pub(in crate::dict) fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        if let Some(piece) = self.memory.next() {
            return Ok(Some(piece));
        }
        let Some(file) = &mut self.file else { return Ok(None) };
        let mut length = [0; 8];
        match file.read_exact(&mut length) {
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            done => done?,
        }
        let mut piece = vec![0; usize::try_from(u64::from_le_bytes(length)).map_err(io::Error::other)?];
        file.read_exact(&mut piece)?;
        Ok(Some(piece))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_come_back_from_memory_and_file() {
        for room in [0, 40, 1 << 20] {
            let mut spool = Spool::new(std::env::temp_dir(), room);
            let pieces: Vec<Vec<u8>> = (0..20).map(|i| vec![i; usize::from(i)]).collect();
            pieces.iter().for_each(|piece| spool.push(piece.clone()).unwrap());
            spool.write_all(b"tail").unwrap();
            assert_eq!(spool.len(), 190 + 4);
            let mut read = spool.read().unwrap();
            for piece in &pieces {
                assert_eq!(read.next().unwrap().as_ref(), Some(piece));
            }
            assert_eq!(read.next().unwrap(), Some(b"tail".to_vec()));
            assert_eq!(read.next().unwrap(), None);
        }
    }
}
