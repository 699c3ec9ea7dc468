//! Work shared by threads, its results written in the order of the input.
//!
//! Invariant: whatever the jobs cost, what waits to be written is bounded in number and in bytes;
//! a slow job holds the others up only when they have come so far. Each thread in turn takes the
//! next job, and whoever has the next result writes it, so that no thread only waits.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use exonym::{Error, Result};

/// Results a thread that wait to be written.
const AHEAD: u64 = 8;
/// Bytes that wait to be written before threads stop for the slowest one.
const WAITING: usize = 64 << 20;

/// A result that waits to be written.
pub trait Waits: Send {
    /// Bytes that it holds.
    fn bytes(&self) -> usize;
}

struct Queue<D> {
    taken: u64,
    written: u64,
    waiting: BTreeMap<u64, D>,
    bytes: usize,
    /// A thread is writing.
    writing: bool,
    failure: Option<Error>,
}

struct Shared<D> {
    queue: Mutex<Queue<D>>,
    moved: Condvar,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does all that `next` gives with `threads` threads: `work` does a job with the `tools` that its
/// thread keeps, `write` takes the results in the order of the jobs.
///
/// # Errors
/// The first error of `write`, after which nothing is written.
pub fn run<Job: Send, Done: Waits, Tools>(
    threads: usize,
    mut next: impl FnMut() -> Option<Job> + Send,
    tools: impl Fn() -> Tools + Sync,
    work: impl Fn(&mut Tools, Job) -> Done + Sync,
    mut write: impl FnMut(&mut Tools, Done) -> Result<()> + Send,
) -> Result<()> {
    if threads <= 1 {
        let mut tools = tools();
        while let Some(job) = next() {
            let done = work(&mut tools, job);
            write(&mut tools, done)?;
        }
        return Ok(());
    }
    let queue = Queue { taken: 0, written: 0, waiting: BTreeMap::new(), bytes: 0, writing: false, failure: None };
    let shared = Shared { queue: Mutex::new(queue), moved: Condvar::new() };
    let (next, write) = (Mutex::new(next), Mutex::new(write));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut tools = tools();
                let _alarm = Alarm(&shared);
                loop {
                    let mut input = lock(&next);
                    let Some(number) = shared.take(AHEAD * threads as u64) else { break };
                    let Some(job) = input() else { break };
                    drop(input);
                    let done = work(&mut tools, job);
                    shared.deliver(number, done, |done| lock(&write)(&mut tools, done));
                }
            });
        }
    });
    lock(&shared.queue).failure.take().map_or(Ok(()), Err)
}

/// Frees the others from waiting for the result of a thread that fell.
struct Alarm<'s, D>(&'s Shared<D>);

impl<D> Drop for Alarm<'_, D> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            lock(&self.0.queue).failure = Some(Error::input("a thread stopped at a fault of exonym itself"));
            self.0.moved.notify_all();
        }
    }
}

impl<D: Waits> Shared<D> {
    /// The number of the next job, once few enough results wait; nothing after a failure.
    fn take(&self, most: u64) -> Option<u64> {
        let mut queue = lock(&self.queue);
        while queue.failure.is_none()
            && (queue.taken - queue.written >= most || queue.bytes > WAITING && queue.taken > queue.written)
        {
            queue = self.moved.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        queue.failure.is_none().then(|| {
            queue.taken += 1;
            queue.taken - 1
        })
    }

    /// Puts a result in its place, and writes all whose turn it is if no other thread does.
    fn deliver(&self, number: u64, done: D, mut write: impl FnMut(D) -> Result<()>) {
        let mut queue = lock(&self.queue);
        queue.bytes += done.bytes();
        queue.waiting.insert(number, done);
        if queue.writing {
            return;
        }
        queue.writing = true;
        while queue.failure.is_none() {
            let turn = queue.written;
            let Some(done) = queue.waiting.remove(&turn) else { break };
            drop(queue);
            let bytes = done.bytes();
            let result = write(done);
            queue = lock(&self.queue);
            queue.bytes -= bytes;
            queue.written += 1;
            queue.failure = result.err();
            self.moved.notify_all();
        }
        queue.writing = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
    use std::time::Duration;

    impl Waits for u64 {
        fn bytes(&self) -> usize {
            8
        }
    }

    #[test]
    fn results_come_in_order_and_a_failure_ends_the_run() {
        for threads in [1, 2, 5] {
            for fails_at in [usize::MAX, 40] {
                let (mut jobs, mut written) = (0..300u64, Vec::new());
                // Some jobs are slow, so that results come out of order.
                let work = |(): &mut (), job: u64| {
                    if job.is_multiple_of(7) {
                        std::thread::sleep(Duration::from_micros(300));
                    }
                    job * job
                };
                let write = |(): &mut (), done| {
                    if written.len() == fails_at {
                        return Err(Error::input("full"));
                    }
                    written.push(done);
                    Ok(())
                };
                let result = run(threads, || jobs.next(), || (), work, write);
                assert_eq!(result.is_err(), fails_at == 40);
                let expected: Vec<u64> = (0..300u64.min(fails_at as u64)).map(|n| n * n).collect();
                assert_eq!(written, expected, "{threads}");
            }
        }
    }

    #[test]
    fn a_slow_job_holds_the_others_at_the_bound() {
        let (mut jobs, done) = (0..100u64, AtomicU64::new(0));
        let work = |(): &mut (), job: u64| match job {
            0 => {
                // The other thread has time to come to the bound, and then some more to go beyond it.
                for _ in 0..1000 {
                    if done.load(SeqCst) >= 2 * AHEAD - 1 {
                        break;
                    }
                    std::thread::sleep(Duration::from_millis(5));
                }
                std::thread::sleep(Duration::from_millis(20));
                done.load(SeqCst)
            }
            _ => done.fetch_add(1, SeqCst),
        };
        let mut written = Vec::new();
        let write = |(): &mut (), done| {
            written.push(done);
            Ok(())
        };
        run(2, || jobs.next(), || (), work, write).unwrap();
        assert_eq!(written.len(), 100);
        assert_eq!(written[0], 2 * AHEAD - 1, "done while the first job went on");
    }
}
