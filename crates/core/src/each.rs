//! Exact collections: one value for every party named, no more and no fewer.
//!
//! Joining two of them cannot drop a party the way `Iterator::zip` drops the tail of the longer list.

use std::collections::{BTreeMap, BTreeSet};

use crate::abort::Abort;
use crate::party::PartyIndex;
use crate::workers::{Task, Workers};

/// Exactly one value from every party of a known set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FromEach<T>(BTreeMap<PartyIndex, T>);

impl<T> FromEach<T> {
    /// `None` while somebody's value is missing, or if a stranger's is present.
    #[must_use]
    pub fn complete(
        expected: &BTreeSet<PartyIndex>,
        received: BTreeMap<PartyIndex, T>,
    ) -> Option<Self> {
        received.keys().eq(expected.iter()).then_some(Self(received))
    }

    /// Exactly these: for a set of parties that these values themselves define.
    #[must_use]
    pub fn of_all(values: BTreeMap<PartyIndex, T>) -> Self {
        Self(values)
    }

    /// Makes one value for every party of `parties`.
    #[must_use]
    pub fn make(parties: &BTreeSet<PartyIndex>, mut value: impl FnMut(PartyIndex) -> T) -> Self {
        Self(parties.iter().map(|&j| (j, value(j))).collect())
    }

    /// Puts each party's two values side by side.
    ///
    /// # Panics
    ///
    /// If the two were collected from different parties, which is a bug in the caller.
    #[must_use]
    pub fn beside<U>(self, other: FromEach<U>) -> FromEach<(T, U)> {
        assert!(self.0.keys().eq(other.0.keys()), "collections of different parties");
        FromEach(self.0.into_iter().zip(other.0).map(|((j, t), (_, u))| (j, (t, u))).collect())
    }

    /// The same parties, with their values borrowed.
    #[must_use]
    pub fn as_ref(&self) -> FromEach<&T> {
        FromEach(self.0.iter().map(|(&j, value)| (j, value)).collect())
    }

    /// Adds this party's own value, for the sums that run over everybody.
    ///
    /// # Panics
    ///
    /// If `me` already is among the parties, which is a bug in the caller.
    #[must_use]
    pub fn with_own(mut self, me: PartyIndex, own: T) -> Self {
        assert!(self.0.insert(me, own).is_none(), "own value given twice");
        self
    }

    /// Changes every value.
    #[must_use]
    pub fn map<U>(self, mut change: impl FnMut(PartyIndex, T) -> U) -> FromEach<U> {
        FromEach(self.0.into_iter().map(|(j, value)| (j, change(j, value))).collect())
    }

    /// As [`FromEach::map`], every value a task of its own where there are several.
    ///
    /// # Panics
    ///
    /// If `change` panics, or the workers leave a task out, which are bugs.
    #[must_use]
    pub fn map_on<U: Send>(
        self,
        workers: &dyn Workers,
        change: impl Fn(PartyIndex, T) -> U + Sync,
    ) -> FromEach<U>
    where
        T: Send,
    {
        if self.len() < 2 {
            return self.map(change);
        }
        let mut changed: BTreeMap<PartyIndex, Option<U>> =
            self.parties().map(|j| (j, None)).collect();
        let change = &change;
        let places = changed.values_mut();
        let tasks = self.0.into_iter().zip(places).map(|((j, value), place)| {
            Task::new(move || {
                *place = Some(change(j, value));
            })
        });
        workers.run(tasks.collect());
        assert!(changed.values().all(Option::is_some), "a task that was not run");
        FromEach(changed.into_iter().filter_map(|(j, value)| Some((j, value?))).collect())
    }

    /// As [`FromEach::check_each`], every check a task of its own where there are several.
    ///
    /// # Errors
    ///
    /// [`Abort::Blame`] with every party whose `check` failed: the same ones, however the tasks were run.
    ///
    /// # Panics
    ///
    /// As [`FromEach::map_on`].
    pub fn check_each_on<U: Send, C: Send>(
        self,
        workers: &dyn Workers,
        check: impl Fn(PartyIndex, T) -> Result<U, C> + Sync,
    ) -> Result<FromEach<U>, Abort<C>>
    where
        T: Send,
    {
        self.map_on(workers, check).check_each(|_, checked| checked)
    }

    /// Checks every party's value and names *all* who fail, not only the first.
    ///
    /// # Errors
    ///
    /// [`Abort::Blame`] with every party whose `check` failed.
    pub fn check_each<U, C>(
        self,
        mut check: impl FnMut(PartyIndex, T) -> Result<U, C>,
    ) -> Result<FromEach<U>, Abort<C>> {
        let mut passed = BTreeMap::new();
        let mut failed = BTreeMap::new();
        for (j, value) in self.0 {
            match check(j, value) {
                Ok(value) => {
                    passed.insert(j, value);
                }
                Err(check) => {
                    failed.insert(j, check);
                }
            }
        }
        if failed.is_empty() { Ok(FromEach(passed)) } else { Err(Abort::Blame(failed)) }
    }

    /// The parties whose value somebody else has too.
    #[must_use]
    pub fn repeated(&self) -> BTreeSet<PartyIndex>
    where
        T: PartialEq,
    {
        let repeats = |j, value| self.0.iter().any(|(&k, other)| k != j && other == value);
        self.0.iter().filter(|&(&j, value)| repeats(j, value)).map(|(&j, _)| j).collect()
    }

    /// The value of party `j`, if `j` is one of the parties.
    #[must_use]
    pub fn of(&self, j: PartyIndex) -> Option<&T> {
        self.0.get(&j)
    }

    /// The parties, ascending.
    pub fn parties(&self) -> impl Iterator<Item = PartyIndex> + '_ {
        self.0.keys().copied()
    }

    /// The parties and their values, in party order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (PartyIndex, &T)> {
        self.0.iter().map(|(&j, value)| (j, value))
    }

    /// The values, in party order.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.0.values()
    }

    /// How many parties there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no party at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T, U> FromEach<(T, U)> {
    /// Takes [`FromEach::beside`] apart again.
    #[must_use]
    pub fn apart(self) -> (FromEach<T>, FromEach<U>) {
        let (left, right) = self.0.into_iter().map(|(j, (t, u))| ((j, t), (j, u))).unzip();
        (FromEach(left), FromEach(right))
    }
}

impl<T> IntoIterator for FromEach<T> {
    type Item = (PartyIndex, T);
    type IntoIter = std::collections::btree_map::IntoIter<PartyIndex, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
