//! Our seats in the secp256k1 protocols.

use std::sync::Arc;

use quorate_core::{Committee, PartyIndex};
use quorate_ecdsa::derive::{DerivationPath, derive};
use quorate_ecdsa::presign::Presignature;
use quorate_ecdsa::refresh::{self, Given};
use quorate_ecdsa::{
    KeyShare, Signature, dkg, export, finish, import, presign, quorum_change, sign, verify,
};
use quorate_vault::run::Run;
use quorate_wire::frame::{Enclosure, Exchange};
use quorate_wire::setup::{Body, PublicKey, Setup, ToSign};
use rand_core::CryptoRng;

use super::{Facts, Outcome, Seat, Task};
use crate::Result;
use crate::script::Script;

impl From<KeyShare> for Outcome {
    fn from(share: KeyShare) -> Self {
        Self::Share(share.to_bytes().expose().clone())
    }
}

impl From<Signature> for Outcome {
    fn from(signature: Signature) -> Self {
        Self::Signature(signature.to_bytes().to_vec())
    }
}

impl From<Presignature> for Outcome {
    fn from(presignature: Presignature) -> Self {
        Self::Presignature(presignature.to_bytes().expose().clone())
    }
}

pub(super) fn take(
    setup: &Setup,
    me: PartyIndex,
    task: Task,
    rng: &mut dyn CryptoRng,
) -> Result<Box<dyn Seat>> {
    let parties = setup.size();
    let exchange = Exchange::new(setup, me, rng)?;
    let params = |threshold: u8, key_id: &Option<[u8; 32]>| {
        let committee = Committee::new(me, parties, threshold)?;
        Result::Ok(dkg::Params { committee, key_id: *key_id })
    };
    Ok(match (setup.body(), task) {
        (Body::Dkg { threshold, key_id }, Task::Keygen) => {
            let params = params(*threshold, key_id)?;
            Box::new(Run::start(exchange, |key| Result::Ok(dkg::Session::start(params, key, rng)))?)
        }
        (Body::Dkg { threshold, key_id }, Task::Refresh { share }) => {
            let params = params(*threshold, key_id)?;
            let given = Given::of_share(&KeyShare::from_bytes(&share)?, &params.committee)?;
            let start = |key| Result::Ok(refresh::start(params, given, key, rng));
            Box::new(Run::start(exchange, start)?)
        }
        (Body::Dkg { threshold, key_id }, Task::Migrate { part, public_key, chain_code }) => {
            let params = params(*threshold, key_id)?;
            let given = Given::from_outside(&part, public_key.as_slice().try_into()?, chain_code)?;
            let start = |key| Result::Ok(refresh::start(params, given, key, rng));
            Box::new(Run::start(exchange, start)?)
        }
        (Body::Dkg { threshold, key_id }, Task::ImportKey { private_key, chain_code }) => {
            let params = params(*threshold, key_id)?;
            let exchange = exchange.with_enclosure(Enclosure::draw(rng));
            Box::new(Run::start(exchange, |key| {
                import::Session::start_initiator(params, &private_key, chain_code, key, rng)
            })?)
        }
        (Body::Dkg { threshold, key_id }, Task::Import) => {
            let params = params(*threshold, key_id)?;
            let enclosure = Enclosure::draw(rng);
            let enclosure_key = enclosure.public_key();
            Box::new(Run::start(exchange.with_enclosure(enclosure), |key| {
                import::Session::start(params, enclosure_key, key)
            })?)
        }
        (Body::Dsg { path, to_sign: ToSign::Hash(hash), .. }, Task::Sign { share }) => {
            let (share, path) =
                (Arc::new(KeyShare::from_bytes(&share)?), DerivationPath::parse(path)?);
            let params = sign::Params { share, me, signers: parties, path, hash: *hash };
            Box::new(Run::start(exchange, |key| sign::Session::start(params, key, rng))?)
        }
        (Body::Dsg { path, to_sign: ToSign::Nothing, .. }, Task::Presign { share }) => {
            let (share, path) =
                (Arc::new(KeyShare::from_bytes(&share)?), DerivationPath::parse(path)?);
            let params = presign::Params { share, me, signers: parties, path };
            Box::new(Run::start(exchange, |key| presign::Session::start(params, key, rng))?)
        }
        (Body::Fsg { hash, .. }, Task::Finish { presignature }) => {
            let presignature = Presignature::from_bytes(&presignature)?;
            let params = finish::Params { presignature, me, signers: parties, hash: *hash };
            Box::new(Run::start(exchange, |_| finish::Session::start(params))?)
        }
        (
            Body::Qc { public_key: PublicKey::Ecdsa(public_key), old, new, threshold, .. },
            Task::ChangeQuorum { share },
        ) => {
            let share = share.as_deref().map(KeyShare::from_bytes).transpose()?.map(Arc::new);
            let params = quorum_change::Params {
                me,
                parties,
                old: old.iter().copied().collect(),
                new: new.clone(),
                threshold: *threshold,
                public_key: *public_key,
                share,
            };
            Box::new(Run::start(exchange, |key| quorum_change::Session::start(params, key))?)
        }
        (Body::Export { .. }, Task::ExportKey { share, secret }) => {
            let params =
                export::Params { share: Arc::new(KeyShare::from_bytes(&share)?), me, parties };
            let exchange = exchange.with_enclosure(Enclosure::draw(&mut Script::of(secret)));
            let receiver = export::Receiver::start(params)?;
            Box::new(Run::start(exchange, |_| Result::Ok((receiver, Vec::new())))?)
        }
        (Body::Export { receiver_key, .. }, Task::Export { share }) => {
            let params =
                export::Params { share: Arc::new(KeyShare::from_bytes(&share)?), me, parties };
            let exchange = exchange.with_enclosure(Enclosure::draw(rng));
            Box::new(Run::start(exchange, |_| export::Exporter::start(&params, *receiver_key))?)
        }
        (body, _) => return Err(format!("no such seat in {body:?}").into()),
    })
}

pub(super) fn read(share: &[u8]) -> Result<Facts> {
    let share = KeyShare::from_bytes(share)?;
    Ok(Facts {
        public_key: share.public_key().to_vec(),
        chain_code: share.chain_code().to_vec(),
        key_id: share.key_id().to_vec(),
        share: share.to_bytes().expose().clone(),
    })
}

pub(super) fn verifies(share: &[u8], path: &str, hash: &[u8], signature: &[u8]) -> Result<bool> {
    let share = KeyShare::from_bytes(share)?;
    let key = derive(&share.public_key(), &share.chain_code(), &DerivationPath::parse(path)?)?;
    Ok(verify(&key, hash.try_into()?, signature.try_into()?))
}
