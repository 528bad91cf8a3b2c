//! Writing a setup message.

use ed25519_dalek::{Signer as _, SigningKey};
use quorate_core::Secret;
use rand_core::CryptoRng;

use super::items::{put, tag};
use super::{Body, Setup, SetupError, TTL};
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
    body: Body,
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

    Setup::parse(&out)?;
    Ok(out)
}

/// The items before and after the parties, in production's order.
fn around(body: Body, instance: [u8; 32]) -> (Vec<Item>, Vec<Item>) {
    let instance = (tag::INSTANCE, instance.to_vec());
    let kind = |name: &[u8]| (tag::KIND, name.to_vec());
    match body {
        Body::Dkg { threshold, key_id } => {
            let mut head = vec![kind(b"DKG"), instance];
            head.extend(key_id.map(|id| (tag::KEY_ID, id.to_vec())));
            (head, vec![(tag::THRESHOLD, vec![threshold])])
        }
        Body::Dsg { key_id, path, hash } => {
            let key_id = (tag::KEY_ID, key_id.to_vec());
            let mut head = vec![kind(b"DSG"), key_id, instance, (tag::PATH, path.into_bytes())];
            if let Some(hash) = hash {
                head.extend([(tag::HASH, hash.to_vec()), (tag::HASH_ALGORITHM, vec![0])]);
            }
            (head, Vec::new())
        }
        Body::Qc { key_id, public_key, old, new, threshold } => {
            let key_id = (tag::KEY_ID, key_id.to_vec());
            let public_key = (tag::PUBLIC_KEY, public_key.to_vec());
            let old = old.iter().map(|j| (tag::OLD, vec![j.get()]));
            let new = new.iter().flat_map(|j| [(tag::NEW, vec![j.get()]), (tag::RANK, vec![0])]);
            let tail = old.chain(new).chain([(tag::THRESHOLD, vec![threshold])]).collect();
            (vec![kind(b"QC"), key_id, public_key, instance], tail)
        }
    }
}
