//! Writing a setup message.

use ed25519_dalek::{Signer as _, SigningKey};
use quorate_core::Secret;
use rand_core::CryptoRng;

use super::items::{put, tag};
use super::{Body, Setup, SetupError, TTL};
use crate::frame::MessageId;

/// Writes a setup with a fresh instance key and a fresh signing key for each party, in production's order of items.
///
/// Draws from `rng`, in this order: the instance's Ed25519 seed (32 bytes), then one seed (32 bytes) for each party
/// by position. The instance's private key signs this one message and is gone.
///
/// # Errors
///
/// [`SetupError`] if the result would not pass [`Setup::parse`]: what is not accepted is not sent.
pub fn build(
    body: &Body,
    names: &[impl AsRef<str>],
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, SetupError> {
    let instance_seed = Secret::<[u8; 32]>::fill(|seed| rng.fill_bytes(seed));
    let instance = SigningKey::from_bytes(instance_seed.expose());
    let id = instance.verifying_key().to_bytes();

    let mut out = Vec::new();
    out.extend_from_slice(MessageId::of_setup(&id).as_bytes());
    out.extend_from_slice(&TTL.to_le_bytes());
    out.extend_from_slice(&0_u16.to_le_bytes());
    put_head(&mut out, body, &id);
    for name in names {
        put(&mut out, tag::NAME, name.as_ref().as_bytes());
        if let Body::Dkg { .. } = body {
            put(&mut out, tag::RANK, &[0]);
        }
        let seed = Secret::<[u8; 32]>::fill(|seed| rng.fill_bytes(seed));
        put(&mut out, tag::SEED, seed.expose());
    }
    put_tail(&mut out, body);
    let signature = instance.sign(&out);
    out.extend_from_slice(&signature.to_bytes());

    Setup::parse(&out)?;
    Ok(out)
}

/// What stands before the parties.
fn put_head(out: &mut Vec<u8>, body: &Body, instance: &[u8; 32]) {
    match body {
        Body::Dkg { key_id, .. } => {
            put(out, tag::KIND, b"DKG");
            put(out, tag::INSTANCE, instance);
            if let Some(key_id) = key_id {
                put(out, tag::KEY_ID, key_id);
            }
        }
        Body::Dsg { key_id, path, hash } => {
            put(out, tag::KIND, b"DSG");
            put(out, tag::KEY_ID, key_id);
            put(out, tag::INSTANCE, instance);
            put(out, tag::PATH, path.as_bytes());
            if let Some(hash) = hash {
                put(out, tag::HASH, hash);
                put(out, tag::HASH_ALGORITHM, &[0]);
            }
        }
        Body::Qc { key_id, public_key, .. } => {
            put(out, tag::KIND, b"QC");
            put(out, tag::KEY_ID, key_id);
            put(out, tag::PUBLIC_KEY, public_key);
            put(out, tag::INSTANCE, instance);
        }
    }
}

/// What stands after the parties.
fn put_tail(out: &mut Vec<u8>, body: &Body) {
    match body {
        Body::Dkg { threshold, .. } => put(out, tag::THRESHOLD, &[*threshold]),
        Body::Dsg { .. } => {}
        Body::Qc { old, new, threshold, .. } => {
            for j in old {
                put(out, tag::OLD, &[j.get()]);
            }
            for j in new {
                put(out, tag::NEW, &[j.get()]);
                put(out, tag::RANK, &[0]);
            }
            put(out, tag::THRESHOLD, &[*threshold]);
        }
    }
}
