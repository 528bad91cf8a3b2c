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

/// How much of the stack below its caller [`wipe_stack`] overwrites, in bytes.
///
/// The deepest call that opens a frame, runs a round and seals what it sends was measured at 87 KiB for DKLs23 (a signing
/// with AVX-512; 57 KiB without, a key generation 80 KiB) and at 13 KiB for Ed25519, built as the product is. The test
/// that searches memory measures it again, as it was built itself.
pub const WIPED: usize = 128 << 10;

/// Overwrites [`WIPED`] bytes of the stack below its caller: about a microsecond.
///
/// Arithmetic leaves copies of its operands on the stack, in frames that are gone and that nothing else wipes. Whoever
/// runs a session calls this after every call that it made.
pub fn wipe_stack() {
    zeroize::zeroize_stack::<WIPED>();
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
