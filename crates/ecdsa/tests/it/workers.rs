//! Workers who run a round's tasks in another order than it made them, or all at the same time.

use quorate_core::workers::{Task, Workers};

/// The last task first, on the caller's thread.
pub(crate) struct Backwards;

impl Workers for Backwards {
    fn run(&self, tasks: Vec<Task<'_>>) {
        tasks.into_iter().rev().for_each(Task::run);
    }
}

/// Every task on a thread of its own.
pub(crate) struct AllAtOnce;

impl Workers for AllAtOnce {
    #[expect(clippy::disallowed_methods, reason = "the test program owns the threads")]
    fn run(&self, tasks: Vec<Task<'_>>) {
        std::thread::scope(|scope| {
            for task in tasks {
                scope.spawn(|| task.run());
            }
        });
    }
}
