//! The cores of this device: threads that live as long as a round's tasks, and no longer.
//!
//! A thread takes some ten microseconds to start and a task a millisecond or more, and one that has ended keeps
//! nothing: so there is no pool that waits between the rounds.
//!
//! ```
//! use quorate_core::workers::{Task, Workers};
//! use quorate_cores::Cores;
//!
//! let mut squares = [0; 4];
//! let tasks = squares.iter_mut().zip(1..).map(|(square, n)| Task::new(move || *square = n * n));
//! Cores::all().run(tasks.collect());
//! assert_eq!(squares, [1, 4, 9, 16]);
//! ```

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, available_parallelism, scope};
use std::vec::IntoIter;

use quorate_core::workers::{Task, Workers};

/// So many threads at once, the caller's included.
#[derive(Clone, Copy, Debug)]
pub struct Cores(pub NonZeroUsize);

impl Cores {
    /// As many as this process may use.
    pub fn all() -> Self {
        Self(available_parallelism().unwrap_or(NonZeroUsize::MIN))
    }
}

impl Workers for Cores {
    fn run(&self, tasks: Vec<Task<'_>>) {
        let helpers = self.0.get().min(tasks.len()).saturating_sub(1);
        let tasks = Mutex::new(tasks.into_iter());
        let work = || {
            while let Some(task) = next(&tasks) {
                task.run();
            }
        };
        scope(|scope| {
            for _ in 0..helpers {
                // If the system has no thread to give, those that run do its part.
                let _ = Builder::new().spawn_scoped(scope, work);
            }
            work();
        });
    }
}

/// No task runs while the lock is held, so none can have poisoned it.
fn next<'a>(tasks: &Mutex<IntoIter<Task<'a>>>) -> Option<Task<'a>> {
    tasks.lock().unwrap_or_else(PoisonError::into_inner).next()
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::*;

    fn cores(count: usize) -> Cores {
        Cores(NonZeroUsize::new(count).unwrap())
    }

    #[test]
    fn every_task_is_run_once_however_many_cores_there_are() {
        for count in [1, 2, 3, 64] {
            for tasks in 0..10 {
                let mut runs = vec![0; tasks];
                let tasks = runs.iter_mut().map(|run| Task::new(|| *run += 1));
                cores(count).run(tasks.collect());
                assert!(runs.iter().all(|&run| run == 1), "{count} cores: {runs:?}");
            }
        }
    }

    #[test]
    fn as_many_tasks_as_there_are_cores_run_at_the_same_time() {
        // Each waits until all have begun.
        let begun = Barrier::new(3);
        let tasks = (0..3).map(|_| Task::new(|| _ = begun.wait()));
        cores(3).run(tasks.collect());
    }

    #[test]
    fn one_core_is_the_callers_thread() {
        let mut ran_on = Vec::new();
        cores(1).run(vec![Task::new(|| ran_on.push(thread::current().id()))]);
        assert_eq!(ran_on, [thread::current().id()]);
    }

    #[test]
    fn a_panic_goes_on_in_the_caller_when_the_other_tasks_have_ended() {
        for which in 0..4 {
            let ended = AtomicUsize::new(0);
            let task = |i| {
                let ended = &ended;
                Task::new(move || {
                    assert_ne!(i, which, "a bug");
                    ended.fetch_add(1, Ordering::Relaxed);
                })
            };
            let run = || cores(2).run((0..4).map(task).collect());
            assert!(catch_unwind(AssertUnwindSafe(run)).is_err());
            assert_eq!(ended.into_inner(), 3);
        }
    }
}
