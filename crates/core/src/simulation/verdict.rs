//! Whom a party names.

use super::{Outcomes, p};
use crate::abort::Abort;
use crate::check::Check;

/// Switches off the check that the environment names, so that the test that needs it can be seen to fail.
#[cfg(feature = "switch-checks-off")]
#[expect(
    clippy::disallowed_methods,
    reason = "the test program itself decides which check it does without"
)]
pub fn switch() {
    if let Ok(id) = std::env::var("QUORATE_CHECK_OFF") {
        crate::check::switch::off(id);
    }
}

/// The verdict that names one party.
pub fn blame<C: Check>(j: u8, check: C) -> Abort<C> {
    Abort::blame(p(j), check)
}

/// The verdict that blames nobody.
pub fn suspect<C: Check, const N: usize>(check: C, among: [u8; N]) -> Abort<C> {
    Abort::suspect(check, &among.map(p).into())
}

/// How party `i` ended: an abort, or nothing at all.
#[must_use]
pub fn verdict<O, C>(outcomes: &Outcomes<O, C>, i: u8) -> Option<&Abort<C>> {
    outcomes.get(&p(i)).and_then(|outcome| outcome.as_ref().err())
}
