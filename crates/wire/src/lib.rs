//! Bytes that leave a process.
//!
//! * [`setup`]: the document that every run of a protocol begins with.
//! * [`frame`]: a protocol's payloads as authenticated bytes.
//! * [`link`]: how a ceremony reaches the other devices.
//! * [`seal`]: the ceremony's key, under which everything travels.
//! * [`relay_api`]: the mailbox server that the devices meet at: its paths, names and messages.
//! * [`vult`]: how a share is kept outside its device.
//! * [`hello`], [`commit`]: what our devices say to each other beside the protocol.
//!
//! A link that a phone shows, read; and a letter sealed with its key:
//!
//! ```
//! use quorate_wire::link::{Library, Link};
//! use quorate_wire::relay_api::BaseUrl;
//!
//! let text = "vultisig://?type=NewVault&tssType=Keygen&jsonData=%2FTd6WFoAAAFpIt42AgAhAQAAAAA3J5fW4ADHAFBd\
//!             AAUF5m%2FgswO2Dh2pgU7Y54QXkWYv0Wf%2BkNCnaMDwfjOtg2H4ViLnRlVDDZDeHD2D%2FddmQrp6pgSZcQPxu4U2RR\
//!             gT5Gkw1DhaFZr2MgN%2BExsAAOOxwPQAAWjIAQAAAJWdK0Y%2BMA2LAgAAAAABWVo%3D";
//! let Link::Keygen(keygen) = Link::parse(text)? else { panic!("it begins a vault") };
//! assert_eq!(keygen.library, Library::KeyImport);
//! assert_eq!(keygen.at.session.as_str(), "sess-nontty-join-test");
//! assert_eq!(keygen.at.relay(), Some(BaseUrl::public()));
//!
//! # use rand_chacha::rand_core::SeedableRng;
//! # let rng = &mut rand_chacha::ChaCha20Rng::seed_from_u64(7);
//! let sealed = keygen.at.key.seal(b"a round's payload", rng);
//! assert_eq!(keygen.at.key.open(&sealed).unwrap(), b"a round's payload");
//!
//! // A stranger's text is refused by what is wrong with it.
//! assert!(Link::parse("https://example.com").is_err());
//! # Ok::<(), quorate_wire::link::LinkError>(())
//! ```

pub mod commit;
pub mod frame;
pub mod hello;
mod json;
pub mod link;
pub mod percent;
pub mod relay_api;
pub mod seal;
pub mod setup;
pub mod vult;

#[cfg(test)]
mod testing;
