//! FROST(Ed25519, SHA-512), RFC 9591, with its distributed key generation.

use std::collections::BTreeMap;

use frost_ed25519::keys::{KeyPackage, PublicKeyPackage, dkg};
use frost_ed25519::{Identifier, SigningPackage, aggregate, round1, round2};
use rand_core::OsRng;

use crate::{Result, Size, Took, timed};

type Keys = (BTreeMap<Identifier, KeyPackage>, PublicKeyPackage);

/// Keys that have been made, by size.
#[derive(Default)]
pub(crate) struct Peer(BTreeMap<Size, Keys>);

impl Peer {
    pub(crate) fn keygen(&mut self, size: Size) -> Result<Took> {
        let (keys, took) = timed(|| keygen(size))?;
        self.0.insert(size, keys);
        Ok(took)
    }

    /// Every signer assembles the signature for itself, as every device of a vault does.
    pub(crate) fn sign(&mut self, size: Size) -> Result<Took> {
        if !self.0.contains_key(&size) {
            self.keygen(size)?;
        }
        let (keys, public) = self.0.get(&size).ok_or("no key")?;
        let message = [7; 32];
        let (signatures, took) = timed(|| {
            let signers = || keys.iter().take(size.threshold.into());
            let (mut nonces, mut commitments) = (BTreeMap::new(), BTreeMap::new());
            for (name, key) in signers() {
                let (nonce, commitment) = round1::commit(key.signing_share(), &mut OsRng);
                nonces.insert(*name, nonce);
                commitments.insert(*name, commitment);
            }
            let package = SigningPackage::new(commitments, &message);
            let mut shares = BTreeMap::new();
            for (name, key) in signers() {
                let nonces = nonces.get(name).ok_or("no nonce")?;
                shares.insert(*name, round2::sign(&package, nonces, key)?);
            }
            signers().map(|_| Ok(aggregate(&package, &shares, public)?)).collect::<Result<Vec<_>>>()
        })?;
        for signature in signatures {
            public.verifying_key().verify(&message, &signature)?;
        }
        Ok(took)
    }
}

fn keygen(Size { threshold, parties }: Size) -> Result<Keys> {
    let names: Vec<Identifier> =
        (1..=u16::from(parties)).map(Identifier::try_from).collect::<Result<_, _>>()?;
    let others = |me: Identifier| names.iter().copied().filter(move |name| *name != me);

    let (mut secrets, mut openings) = (BTreeMap::new(), BTreeMap::new());
    for name in &names {
        let (secret, opening) = dkg::part1(*name, parties.into(), threshold.into(), OsRng)?;
        secrets.insert(*name, secret);
        openings.insert(*name, opening);
    }
    let from_others = |me| -> BTreeMap<_, _> {
        others(me).filter_map(|name| Some((name, openings.get(&name)?.clone()))).collect()
    };

    let (mut kept, mut sent) = (BTreeMap::new(), BTreeMap::new());
    for (name, secret) in secrets {
        let (secret, shares) = dkg::part2(secret, &from_others(name))?;
        kept.insert(name, secret);
        sent.insert(name, shares);
    }

    let mut keys = BTreeMap::new();
    let mut public = None;
    for (name, secret) in &kept {
        let shares: BTreeMap<_, _> = others(*name)
            .filter_map(|other| Some((other, sent.get(&other)?.get(name)?.clone())))
            .collect();
        let (key, package) = dkg::part3(secret, &from_others(*name), &shares)?;
        keys.insert(*name, key);
        public = Some(package);
    }
    Ok((keys, public.ok_or("nobody has generated a key")?))
}
