use std::collections::BTreeSet;
use std::sync::Arc;

use k256::ecdsa::signature::hazmat::PrehashVerifier;
use k256::ecdsa::{self, VerifyingKey};
use quorate_core::simulation::{all_done, honestly, run};
use quorate_ecdsa::derive::{DerivationPath, derive};
use quorate_ecdsa::presign::PRESIGNATURE_LEN;
use quorate_ecdsa::{KeyShare, Presignature, Signature, verify};

use crate::dealer::deal;
use crate::forge::Q;
use crate::signing::{HASH, finishers, presigners, signers};

fn presign(shares: &[Arc<KeyShare>], path: &str, seed: u64) -> Vec<Presignature> {
    all_done(run(presigners(shares, path, seed), seed, honestly))
}

/// Everybody's signature, which is one.
fn finish(presignatures: Vec<Presignature>, seed: u64) -> Signature {
    finish_on(&HASH, presignatures, seed)
}

fn finish_on(hash: &[u8; 32], presignatures: Vec<Presignature>, seed: u64) -> Signature {
    let signatures = all_done(run(finishers(presignatures, |_| *hash), seed, honestly));
    let distinct: BTreeSet<_> = signatures.iter().map(Signature::to_bytes).collect();
    assert_eq!(distinct.len(), 1);
    signatures[0]
}

#[test]
fn quorums_of_every_size_presign_store_and_finish_in_another_order() {
    for (n, t, m, path) in
        [(2, 2, 2, "m/44/60/0/0/0"), (3, 2, 2, "m"), (3, 2, 3, "m/0"), (4, 3, 3, "m/1/2")]
    {
        let shares = deal(n, t, u64::from(n));
        let quorum = &shares[usize::from(n - m)..];
        let presignatures = presign(quorum, path, u64::from(m));
        let key = derive(
            &shares[0].public_key(),
            &shares[0].chain_code(),
            &DerivationPath::parse(path).unwrap(),
        );
        for (presignature, share) in presignatures.iter().zip(quorum) {
            assert_eq!(presignature.id(), presignatures[0].id());
            assert_eq!(Ok(presignature.public_key()), key);
            assert_eq!(presignature.party_id(), share.party_id());
        }

        let stored = presignatures.iter().map(Presignature::to_bytes);
        let mut again: Vec<_> = stored
            .map(|bytes| {
                assert_eq!(bytes.expose().len(), PRESIGNATURE_LEN);
                let again = Presignature::from_bytes(bytes.expose()).unwrap();
                assert!(again.to_bytes().expose() == bytes.expose());
                again
            })
            .collect();
        again.rotate_left(1);
        let signature = finish(again, u64::from(m));
        assert!(verify(&key.unwrap(), &HASH, &signature.to_bytes()));
    }
}

#[test]
fn signing_in_one_run_and_in_two_comes_to_the_same() {
    let shares = deal(3, 2, 1);
    let in_two = finish(presign(&shares, "m/7", 5), 5);
    let in_one = all_done(run(signers(&shares, |_| "m/7", 5), 6, honestly));
    assert_eq!(in_one[0], in_two);
}

#[test]
fn a_hash_that_is_no_scalar_is_signed_as_other_verifiers_read_it() {
    let shares = deal(2, 2, 1);
    let key = VerifyingKey::from_sec1_bytes(&shares[0].public_key()).unwrap();
    // As it is, the order itself stands for zero.
    for (hash, seed) in [Q, [0xff; 32]].iter().zip(0..) {
        let signature = finish_on(hash, presign(&shares, "m", seed), seed);
        assert!(verify(&shares[0].public_key(), hash, &signature.to_bytes()));
        let signature = ecdsa::Signature::from_scalars(signature.r, signature.s).unwrap();
        key.verify_prehash(hash, &signature).unwrap();
    }
}
