//! Work done by several threads, taken up again in the order in which it was given out.
//!
//! Invariant: what comes out does not hang on the number of threads; at most four pieces a thread
//! are under way.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Mutex, mpsc};
use std::thread;

use crate::error::{Error, Result};

/// Gives each piece that `next` makes to `work`, and its result to `take`, in order. With one job
/// everything is done in this thread.
pub(super) fn in_order<T: Send, R: Send>(
    jobs: usize,
    mut next: impl FnMut() -> Result<Option<T>>,
    work: impl Fn(T) -> R + Sync,
    mut take: impl FnMut(R) -> Result<()>,
) -> Result<()> {
    if jobs <= 1 {
        while let Some(piece) = next()? {
            take(work(piece))?;
        }
        return Ok(());
    }
    let (give, given) = mpsc::channel::<(u64, T)>();
    let given = Mutex::new(given);
    thread::scope(|scope| {
        let (done, results) = mpsc::channel::<(u64, thread::Result<R>)>();
        for _ in 0..jobs {
            let (done, given, work) = (done.clone(), &given, &work);
            scope.spawn(move || {
                loop {
                    let piece = given.lock().map(|given| given.recv());
                    let Ok(Ok((number, piece))) = piece else { return };
                    // A panic is handed on, or the others would wait for this piece for ever.
                    let result = catch_unwind(AssertUnwindSafe(|| work(piece)));
                    if done.send((number, result)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(done);
        // Dropped at the end of this block, which ends the threads.
        let give = give;
        let (mut made, mut taken) = (0, 0);
        let mut early = BTreeMap::new();
        let mut more = true;
        loop {
            while more && made - taken < 4 * jobs as u64 {
                match next()? {
                    Some(piece) => {
                        give.send((made, piece)).map_err(|_| stopped())?;
                        made += 1;
                    }
                    None => more = false,
                }
            }
            if taken == made {
                return Ok(());
            }
            let (number, result) = results.recv().map_err(|_| stopped())?;
            early.insert(number, result);
            while let Some(result) = early.remove(&taken) {
                taken += 1;
                take(result.unwrap_or_else(|panic| resume_unwind(panic)))?;
            }
        }
    })
}

fn stopped() -> Error {
    Error::source_file("a thread of the build stopped: build again with --jobs 1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_of_threads_gives_the_same_order() {
        for jobs in [1, 2, 7] {
            let (mut pieces, mut out) = (0..1000_u64, Vec::new());
            let work = |i: u64| (0..i * i % 91).fold(i, |a, _| std::hint::black_box(a));
            let take = |i| {
                out.push(i);
                Ok(())
            };
            in_order(jobs, || Ok(pieces.next()), work, take).unwrap();
            assert!(out.into_iter().eq(0..1000), "{jobs}");
            let failed = in_order(jobs, || Ok(Some(1)), |i| i, |_| Err(Error::usage("enough")));
            assert_eq!(failed.unwrap_err().message(), "enough");
        }
    }
}
