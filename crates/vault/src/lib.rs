//! What one device is: its sharings by epoch, its ceremonies, its consent, its ledger of bans.
//!
//! * [`store`]: what a device keeps, and the trait through which it is kept. * [`home`]: reading it.
//! * [`ceremony`]: keygen, keysign and reshare as sans-IO machines. * [`certificate`]: what members compare and sign.
//! * [`run`]: one seat in one run of one protocol. * [`failure`]: why a ceremony ended, in words.
//! * [`keyring`]: a vault's public keys, and which of them a chain uses. * [`share`]: a share of one.
//! * [`phrase`]: the keys of a seed phrase, for an import.
//! * [`presign`]: presignatures, each finished once.
//! * [`mod@backup`]: files that outlive the device, and what they mean to one.
//!
//! Nothing here opens a socket, a file or a terminal, reads a clock, or draws randomness of its own.

pub mod backup;
pub mod ceremony;
pub mod certificate;
pub mod failure;
pub mod home;
pub mod keyring;
pub mod phrase;
pub mod presign;
pub mod run;
pub mod share;
pub mod store;
