//! The one wrapper for values that must not be printed, copied or left in memory.

use core::fmt;

use zeroize::Zeroize;

/// A secret: boxed, wiped on drop, no `Copy`, no `Clone`, no comparison, and a `Debug` that prints its type only.
pub struct Secret<T: Zeroize>(Box<T>);

impl<T: Zeroize + Default> Secret<T> {
    /// Moves the value in and wipes the place it came from.
    pub fn take(value: &mut T) -> Self {
        let mut inside = Self::of(T::default());
        core::mem::swap(inside.expose_mut(), value);
        value.zeroize();
        inside
    }

    /// Builds the value in place, so that no copy is left on the stack of the caller.
    pub fn fill(write: impl FnOnce(&mut T)) -> Self {
        let mut inside = Self::of(T::default());
        write(inside.expose_mut());
        inside
    }
}

impl<T: Zeroize> Secret<T> {
    /// Wraps a value whose memory is on the heap already (a `Vec`, a `Box`).
    pub fn of(value: T) -> Self {
        Self(Box::new(value))
    }

    /// Wraps a value in its box, without moving it.
    pub fn boxed(value: Box<T>) -> Self {
        Self(value)
    }

    /// The only way to look inside; greppable in review.
    #[must_use]
    pub fn expose(&self) -> &T {
        &self.0
    }

    /// The only way to change it; greppable in review.
    pub fn expose_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

/// Overwrites the stack below its caller: 256 KiB, about ten microseconds.
///
/// Arithmetic leaves copies of its operands on the stack, in frames that are gone and that nothing else wipes. Whoever
/// runs a session calls this after every call that it made.
#[inline(never)]
#[expect(clippy::large_stack_arrays, reason = "the stack is what is wiped")]
pub fn wipe_stack() {
    let mut below = [0_u8; 1 << 18];
    below.zeroize();
    core::hint::black_box(&below);
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret<{}>", core::any::type_name::<T>())
    }
}
