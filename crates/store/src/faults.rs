//! A store that fails, or whose device dies, at the call it is told to: for sweeps over every crash point.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quorate_vault::store::{
    Ban, Change, Entry, Fsid, Presignature, Secret, Shares, Store, StoreError, Vault,
};

/// What happens at the chosen call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The disk is full: the call changes nothing and says so. Later calls succeed.
    Full,
    /// The disk fails: the call changes nothing and says so. Later calls succeed.
    Io,
    /// The device dies before the call takes effect. Every later call fails.
    CrashBefore,
    /// The call takes effect, and the device dies before it returns. Every later call fails.
    CrashAfter,
}

impl Fault {
    /// Every fault, for a sweep.
    pub const ALL: [Self; 4] = [Self::Full, Self::Io, Self::CrashBefore, Self::CrashAfter];
}

/// How many calls a store has had. Cloned out of it before the store is given away.
#[derive(Clone, Debug, Default)]
pub struct Calls(Arc<AtomicU64>);

impl Calls {
    /// The number of calls so far.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    /// Counts one call; its number, from 1.
    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst).saturating_add(1)
    }
}

/// A store around another, with at most one fault.
#[derive(Debug)]
pub struct Faulty<S> {
    inner: S,
    plan: Option<(u64, Fault)>,
    calls: Calls,
}

impl<S> Faulty<S> {
    /// Behaves as `inner` does, and counts.
    pub fn counting(inner: S) -> Self {
        Self { inner, plan: None, calls: Calls::default() }
    }

    /// Behaves as `inner` does until the call number `at`, counted from 1, over all methods of [`Store`].
    pub fn failing(inner: S, at: u64, fault: Fault) -> Self {
        Self { inner, plan: Some((at, fault)), calls: Calls::default() }
    }

    /// The counter.
    #[must_use]
    pub fn calls(&self) -> Calls {
        self.calls.clone()
    }

    /// The store inside: what the disk holds when the device is switched on again.
    #[must_use]
    pub fn into_inner(self) -> S {
        self.inner
    }

    /// What is to happen to the call that begins now.
    fn next(&self) -> Next {
        let call = self.calls.next();
        match self.plan {
            Some((at, fault)) if call == at => match fault {
                Fault::Full => Next::Fail(StoreError::Full { place: "test store".to_owned() }),
                Fault::Io => Next::Fail(io("the disk failed")),
                Fault::CrashBefore => Next::Fail(io("the device died")),
                Fault::CrashAfter => Next::ActThenFail(io("the device died")),
            },
            Some((at, Fault::CrashBefore | Fault::CrashAfter)) if call > at => {
                Next::Fail(io("the device is dead"))
            }
            _ => Next::Act,
        }
    }

    fn read<T>(&self, read: impl FnOnce(&S) -> Result<T, StoreError>) -> Result<T, StoreError> {
        match self.next() {
            Next::Act => read(&self.inner),
            Next::Fail(error) | Next::ActThenFail(error) => Err(error),
        }
    }
}

enum Next {
    Act,
    Fail(StoreError),
    ActThenFail(StoreError),
}

fn io(what: &str) -> StoreError {
    StoreError::Io { place: "test store".to_owned(), what: what.to_owned() }
}

impl<S: Store> Store for Faulty<S> {
    fn device_suffix(&self) -> Result<String, StoreError> {
        self.read(S::device_suffix)
    }

    fn vaults(&self) -> Result<Vec<Vault>, StoreError> {
        self.read(S::vaults)
    }

    fn shares(&self, fsid: Fsid) -> Result<Shares, StoreError> {
        self.read(|inner| inner.shares(fsid))
    }

    fn bans(&self, fsid: Fsid) -> Result<Vec<Ban>, StoreError> {
        self.read(|inner| inner.bans(fsid))
    }

    fn journal(&self) -> Result<Vec<Entry>, StoreError> {
        self.read(Store::journal)
    }

    fn presignatures(&self, fsid: Fsid) -> Result<Vec<Presignature>, StoreError> {
        self.read(|inner| inner.presignatures(fsid))
    }

    fn take_presignature(
        &mut self,
        id: &[u8; 32],
    ) -> Result<(Presignature, Secret<Vec<u8>>), StoreError> {
        match self.next() {
            Next::Act => self.inner.take_presignature(id),
            Next::Fail(error) => Err(error),
            Next::ActThenFail(error) => self.inner.take_presignature(id).and(Err(error)),
        }
    }

    fn commit(&mut self, change: Change) -> Result<(), StoreError> {
        match self.next() {
            Next::Act => self.inner.commit(change),
            Next::Fail(error) => Err(error),
            Next::ActThenFail(error) => self.inner.commit(change).and(Err(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Scratch, passphrase, rng, stage};
    use crate::{Home, SqliteStore};

    fn store(scratch: &Scratch) -> SqliteStore {
        Home::create_weak(&scratch.home(), &passphrase(), rng(1)).unwrap()
    }

    #[test]
    fn every_call_is_counted() {
        let scratch = Scratch::new();
        let mut faulty = Faulty::counting(store(&scratch));
        let calls = faulty.calls();
        faulty.device_suffix().unwrap();
        faulty.commit(stage(1)).unwrap();
        faulty.vaults().unwrap();
        faulty.shares(Fsid([1; 32])).unwrap();
        faulty.bans(Fsid([1; 32])).unwrap();
        faulty.journal().unwrap();
        faulty.presignatures(Fsid([1; 32])).unwrap();
        faulty.take_presignature(&[0; 32]).unwrap_err();
        assert_eq!(calls.count(), 8);
    }

    #[test]
    fn a_fault_strikes_the_call_it_was_meant_for() {
        // What the call says, what the next one says, and what is on the disk after both.
        for (fault, expected) in [
            (Fault::Full, (false, true, 1)),
            (Fault::Io, (false, true, 1)),
            (Fault::CrashBefore, (false, false, 0)),
            (Fault::CrashAfter, (false, false, 1)),
        ] {
            let scratch = Scratch::new();
            let mut faulty = Faulty::failing(store(&scratch), 2, fault);
            assert!(faulty.vaults().unwrap().is_empty());
            let struck = faulty.commit(stage(1)).is_ok();
            let next = faulty.commit(stage(2)).is_ok();
            let disk = faulty.into_inner().vaults().unwrap().len();
            assert_eq!((struck, next, disk), expected, "{fault:?}");
        }
    }
}
