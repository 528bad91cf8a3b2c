//! How deep a call reaches on the stack: below it everything is painted, and afterwards the paint that is left is seen.

use std::fs::File;
use std::hint::black_box;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

const PAINT: u8 = 0xa5;
/// How far down is painted.
const FAR: usize = 1 << 19;
/// What the frames of painting and of looking may differ by.
const FRAME: usize = 1 << 12;

/// The deepest that a measured call has reached.
static DEEPEST: AtomicUsize = AtomicUsize::new(0);

/// Makes the call, and measures it.
pub(crate) fn measure(call: impl FnOnce()) {
    paint();
    apart(call);
    DEEPEST.fetch_max(reached(), Relaxed);
}

pub(crate) fn deepest() -> usize {
    DEEPEST.load(Relaxed)
}

#[inline(never)]
#[expect(clippy::large_stack_arrays, reason = "the stack is what is painted")]
fn paint() {
    black_box(&[black_box(PAINT); FAR]);
}

#[inline(never)]
fn apart(call: impl FnOnce()) {
    call();
}

/// Looked at by another thread, which does not write where it looks.
#[inline(never)]
fn reached() -> usize {
    let here = 0_u8;
    let below = black_box(&raw const here) as usize - FAR + FRAME;
    let look = || {
        let mut stack = vec![0; FAR - FRAME];
        File::open("/proc/self/mem").unwrap().read_exact_at(&mut stack, below as u64).unwrap();
        stack.iter().skip_while(|byte| **byte == PAINT).count()
    };
    thread::scope(|scope| scope.spawn(look).join().unwrap())
}
