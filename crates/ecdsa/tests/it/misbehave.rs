//! Each check against a party that lies so that only this check can tell.
//!
//! The liar is an honest session whose payloads are rewritten on their way; where it has to commit to its lie first,
//! the commitment is rewritten too. `QUORATE_CHECK_OFF` takes one check away, and then its test must fail.

mod dkg;
mod import_export;
mod presign;
mod quorum_change;
mod refresh;
mod several;
mod share;
mod sign;
