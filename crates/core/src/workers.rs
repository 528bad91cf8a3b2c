//! Computing for several parties at the same time, on threads that the caller owns.
//!
//! A protocol has no thread of its own. Where a round computes the same for each of several parties, it makes one task
//! a party and has the [`Workers`] that it was given run them. Tasks draw nothing and share nothing that changes, so
//! what a round does is the same whoever works, in whatever order.

use core::fmt;

use crate::secret::wipe_stack;

/// Whoever runs a round's tasks: a pool of threads, or [`Alone`].
pub trait Workers: Send + Sync {
    /// Runs every task to its end, in any order and on any thread, and then returns.
    ///
    /// A task that panics is a bug in the protocol: the panic goes on in the caller, once no other task runs.
    fn run(&self, tasks: Vec<Task<'_>>);
}

/// What a round computes for one party.
pub struct Task<'a>(Box<dyn FnOnce() + Send + 'a>);

impl<'a> Task<'a> {
    /// A task that runs `work`.
    pub fn new(work: impl FnOnce() + Send + 'a) -> Self {
        Self(Box::new(work))
    }

    /// Runs it, and wipes what it leaves on the stack of this thread.
    pub fn run(self) {
        (self.0)();
        wipe_stack();
    }
}

impl fmt::Debug for Task<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").finish_non_exhaustive()
    }
}

/// One task after the other on the caller's thread: for a device with one core, and for tests.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alone;

impl Workers for Alone {
    fn run(&self, tasks: Vec<Task<'_>>) {
        tasks.into_iter().for_each(Task::run);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Mutex;

    use super::*;
    use crate::abort::Abort;
    use crate::each::FromEach;
    use crate::party::PartyIndex;

    /// The last task first.
    struct Backwards;

    impl Workers for Backwards {
        fn run(&self, tasks: Vec<Task<'_>>) {
            tasks.into_iter().rev().for_each(Task::run);
        }
    }

    /// Runs all but one.
    struct Idle;

    impl Workers for Idle {
        fn run(&self, tasks: Vec<Task<'_>>) {
            tasks.into_iter().skip(1).for_each(Task::run);
        }
    }

    fn each(values: impl IntoIterator<Item = u8>) -> FromEach<u8> {
        FromEach::of_all((0..).map(PartyIndex::new).zip(values).collect())
    }

    #[test]
    fn every_value_stays_with_its_party_in_whatever_order_the_tasks_are_run() {
        let workers: [(&dyn Workers, [u8; 3]); 2] = [(&Alone, [5, 6, 7]), (&Backwards, [7, 6, 5])];
        for (workers, order) in workers {
            let seen = Mutex::new(Vec::new());
            let doubled = each([5, 6, 7]).map_on(workers, |j, value| {
                seen.lock().unwrap().push(value);
                (j, 2 * value)
            });
            let expected = each([5, 6, 7]).map(|j, value| (j, 2 * value));
            assert_eq!(doubled, expected);
            assert_eq!(seen.into_inner().unwrap(), order);
        }
    }

    #[test]
    fn all_who_fail_are_named_each_for_its_own_check() {
        let odd = |_, value: u8| if value % 2 == 1 { Err(value) } else { Ok(value) };
        let expected = Abort::Blame(BTreeMap::from([1, 3].map(|j| (PartyIndex::new(j), j))));
        let workers: [&dyn Workers; 2] = [&Alone, &Backwards];
        for workers in workers {
            assert_eq!(each(0..4).check_each_on(workers, odd), Err(expected.clone()));
            assert_eq!(each([2, 4]).check_each_on(workers, odd), Ok(each([2, 4])));
        }
    }

    #[test]
    fn one_value_is_no_task() {
        assert_eq!(each([1]).map_on(&Idle, |_, value| value + 1), each([2]));
    }

    #[test]
    #[should_panic = "a task that was not run"]
    fn a_task_that_is_left_out_is_noticed() {
        let _ = each([1, 2]).map_on(&Idle, |_, value| value);
    }
}
