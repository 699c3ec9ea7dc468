//! Keys that an automaton accepts, in order, as they are asked for.
//!
//! Invariant: a key is read only when it is asked for; damage of a file that was opened trusted is
//! an error of the iterator, which then ends.

use fst::{Automaton, IntoStreamer as _, Streamer as _};

use crate::dict::Dictionary;
use crate::error::{Error, Result};

/// A key that an automaton accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted<S> {
    /// The key.
    pub key: String,
    /// Its place in the postings.
    pub place: u64,
    /// The automaton's state at its end, which may tell what the match cost.
    pub state: S,
}

/// Keys in order; see [`Dictionary::search`].
pub struct Keys<'d, A: Automaton> {
    dictionary: &'d Dictionary,
    /// The rest of the keys; `None` after the last.
    rest: Option<Result<fst::map::StreamWithState<'d, A>>>,
}

/// Accepts what begins with its bytes; the state is how many are read, `None` if another one was.
#[derive(Debug, Clone, Copy)]
pub struct Prefix<'p>(&'p [u8]);

impl Automaton for Prefix<'_> {
    type State = Option<usize>;

    fn start(&self) -> Option<usize> {
        Some(0)
    }

    fn is_match(&self, state: &Option<usize>) -> bool {
        *state == Some(self.0.len())
    }

    fn can_match(&self, state: &Option<usize>) -> bool {
        state.is_some()
    }

    fn will_always_match(&self, state: &Option<usize>) -> bool {
        self.is_match(state)
    }

    fn accept(&self, state: &Option<usize>, byte: u8) -> Option<usize> {
        let read = (*state)?;
        match self.0.get(read) {
            Some(own) => (*own == byte).then_some(read + 1),
            None => Some(read),
        }
    }
}

impl Dictionary {
    /// The keys that `automaton` accepts, in order, read as they are asked for. An automaton reads
    /// the bytes of keys. Cost: the beginnings of keys that it can go on from.
    ///
    /// ```
    /// # let mut builder = exonym::dict::build::Builder::default();
    /// # builder.table("f", b"id\tlang\tform\nplace/kyiv\ten\tKyiv\nplace/lviv\ten\tLviv\n");
    /// # let dictionary = builder.finish()?.open()?;
    /// let found = dictionary.search(fst::automaton::Subsequence::new("vv"));
    /// let keys: Vec<String> = found.map(|found| Ok(found?.key)).collect::<exonym::Result<_>>()?;
    /// assert_eq!(keys, ["lviv"]);
    /// # Ok::<(), exonym::Error>(())
    /// ```
    ///
    /// # Errors
    /// Each item may be one: a damaged dictionary that was opened trusted; it is the last then.
    pub fn search<A: Automaton<State: Clone>>(&self, automaton: A) -> Keys<'_, A> {
        let stream = self.guarded(|| Ok(self.keys().search_with_state(automaton).into_stream()));
        Keys { dictionary: self, rest: Some(stream) }
    }

    /// The keys that begin with `prefix`, in order, read as they are asked for.
    ///
    /// # Errors
    /// As [`Dictionary::search`].
    pub fn with_prefix<'a>(&'a self, prefix: &'a str) -> Keys<'a, Prefix<'a>> {
        self.search(Prefix(prefix.as_bytes()))
    }
}

impl<A: Automaton<State: Clone>> Iterator for Keys<'_, A> {
    type Item = Result<Accepted<A::State>>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut stream = match self.rest.take()? {
            Ok(stream) => stream,
            Err(damage) => return Some(Err(damage)),
        };
        let next = self.dictionary.guarded(|| {
            let Some((key, place, state)) = stream.next() else { return Ok(None) };
            let key = std::str::from_utf8(key).map_err(|_| {
                Error::dictionary("a key of this dictionary, opened trusted, is damaged: rebuild it with exonym build")
            })?;
            Ok(Some(Accepted { key: key.to_owned(), place, state }))
        });
        if matches!(next, Ok(Some(_))) {
            self.rest = Some(Ok(stream));
        }
        next.transpose()
    }
}
