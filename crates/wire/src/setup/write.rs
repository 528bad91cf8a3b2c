//! Writing a setup message.

use ed25519_dalek::{Signer as _, SigningKey};
use quorate_core::Secret;
use rand_core::CryptoRng;

use super::items::{put, tag};
use super::{Body, PublicKey, Setup, SetupError, Suite, TTL, ToSign};
use crate::frame::MessageId;

/// A tag and its value.
type Item = (u16, Vec<u8>);

/// Writes a setup with a fresh instance key and a fresh signing key for each party, in production's order of items.
///
/// Draws from `rng`, in this order: the instance's Ed25519 seed (32 bytes), then one seed (32 bytes) for each party
/// by position. The instance's private key signs this one message and is gone.
///
/// # Errors
///
/// [`SetupError`] if the result would not pass [`Setup::parse`]: what is not accepted is not sent.
pub fn build(
    suite: Suite,
    body: &Body,
    names: &[impl AsRef<str>],
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, SetupError> {
    let instance_seed = Secret::<[u8; 32]>::fill(|seed| rng.fill_bytes(seed));
    let instance = SigningKey::from_bytes(instance_seed.expose());
    let id = instance.verifying_key().to_bytes();

    let ranked = matches!(body, Body::Dkg { .. });
    let (head, tail) = around(body, id);

    let mut out = Vec::new();
    out.extend_from_slice(MessageId::of_setup(&id).as_bytes());
    out.extend_from_slice(&TTL.to_le_bytes());
    out.extend_from_slice(&0_u16.to_le_bytes());
    for (tag, value) in head {
        put(&mut out, tag, &value);
    }
    for name in names {
        put(&mut out, tag::NAME, name.as_ref().as_bytes());
        if ranked {
            put(&mut out, tag::RANK, &[0]);
        }
        let seed = Secret::<[u8; 32]>::fill(|seed| rng.fill_bytes(seed));
        put(&mut out, tag::SEED, seed.expose());
    }
    for (tag, value) in tail {
        put(&mut out, tag, &value);
    }
    let signature = instance.sign(&out);
    out.extend_from_slice(&signature.to_bytes());

    let read = Setup::parse(suite, &out)?;
    if read.body == *body { Ok(out) } else { Err(SetupError::OtherSuite) }
}

/// The items before and after the parties, in production's order.
fn around(body: &Body, instance: [u8; 32]) -> (Vec<Item>, Vec<Item>) {
    let kind = |name: &[u8]| (tag::KIND, name.to_vec());
    let key_id = |id: &[u8; 32]| (tag::KEY_ID, id.to_vec());
    let instance = (tag::INSTANCE, instance.to_vec());
    let signed =
        |what: &[u8], hashing| [(tag::TO_SIGN, what.to_vec()), (tag::HASHING, vec![hashing])];
    match body {
        Body::Dkg { threshold, key_id: id } => {
            let head = [kind(b"DKG"), instance].into_iter().chain(id.as_ref().map(key_id));
            (head.collect(), vec![(tag::THRESHOLD, vec![*threshold])])
        }
        Body::Dsg { key_id: id, path, to_sign } => {
            let path = (tag::PATH, path.as_bytes().to_vec());
            let mut head = vec![kind(b"DSG"), key_id(id), instance, path];
            match to_sign {
                ToSign::Nothing => {}
                ToSign::Hash(hash) => head.extend(signed(hash, tag::HASHED)),
                ToSign::Message(message) => head.extend(signed(message, tag::AS_IT_IS)),
            }
            (head, Vec::new())
        }
        Body::Fsg { presignature, hash } => {
            let [hash, hashing] = signed(hash, tag::HASHED);
            (vec![kind(b"FSG"), key_id(presignature), instance, hash, hashing], Vec::new())
        }
        Body::Qc { key_id: id, public_key, old, new, threshold } => {
            let public_key = match public_key {
                PublicKey::Ecdsa(key) => key.to_vec(),
                PublicKey::Eddsa(key) => key.to_vec(),
            };
            let public_key = (tag::PUBLIC_KEY, public_key);
            let old = old.iter().map(|j| (tag::OLD, vec![j.get()]));
            let new = new.iter().flat_map(|j| [(tag::NEW, vec![j.get()]), (tag::RANK, vec![0])]);
            let tail = old.chain(new).chain([(tag::THRESHOLD, vec![*threshold])]).collect();
            (vec![kind(b"QC"), key_id(id), public_key, instance], tail)
        }
        Body::Export { key_id: id, receiver_key } => {
            let receiver_key = (tag::RECEIVER_KEY, receiver_key.to_vec());
            (vec![kind(b"EXPORT"), key_id(id), receiver_key, instance], Vec::new())
        }
    }
}
