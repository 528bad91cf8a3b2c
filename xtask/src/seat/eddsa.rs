//! Our seats in the Ed25519 protocols.

use std::sync::Arc;

use quorate_core::{Committee, PartyIndex};
use quorate_eddsa::refresh::{self, Given};
use quorate_eddsa::{
    KeyShare, NewShare, Signature, dkg, export, import, quorum_change, sign, verify,
};
use quorate_vault::run::Run;
use quorate_wire::frame::{Enclosure, Exchange};
use quorate_wire::setup::{Body, PublicKey, Setup, ToSign};
use rand_core::CryptoRng;

use super::{Facts, Outcome, Seat, Task};
use crate::Result;
use crate::script::Script;

impl From<NewShare> for Outcome {
    fn from(NewShare { share, .. }: NewShare) -> Self {
        Self::Share(share.to_bytes().expose().clone())
    }
}

impl From<Signature> for Outcome {
    fn from(signature: Signature) -> Self {
        Self::Signature(signature.to_bytes().to_vec())
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
            Box::new(Run::start(exchange, |_| Result::Ok(dkg::Session::start(params, rng)))?)
        }
        (Body::Dkg { threshold, key_id }, Task::Refresh { share }) => {
            let params = params(*threshold, key_id)?;
            let given = Given::of_share(&KeyShare::from_bytes(&share)?, parties)?;
            Box::new(Run::start(exchange, |_| Result::Ok(refresh::start(params, given, rng)))?)
        }
        (Body::Dkg { threshold, key_id }, Task::Migrate { part, public_key, chain_code }) => {
            let params = params(*threshold, key_id)?;
            let public_key = public_key.as_slice().try_into()?;
            let given = Given::from_outside(&part, &public_key, chain_code)?;
            Box::new(Run::start(exchange, |_| Result::Ok(refresh::start(params, given, rng)))?)
        }
        (Body::Dkg { threshold, key_id }, Task::ImportKey { private_key, chain_code }) => {
            let params = params(*threshold, key_id)?;
            let exchange = exchange.with_enclosure(Enclosure::draw(rng));
            Box::new(Run::start(exchange, |_| {
                import::Session::start_initiator(params, &private_key, chain_code, rng)
            })?)
        }
        (Body::Dkg { threshold, key_id }, Task::Import) => {
            let params = params(*threshold, key_id)?;
            let enclosure = Enclosure::draw(rng);
            let key = enclosure.public_key();
            let exchange = exchange.with_enclosure(enclosure);
            Box::new(Run::start(exchange, |_| import::Session::start(params, key))?)
        }
        (Body::Dsg { to_sign: ToSign::Message(message), .. }, Task::Sign { share }) => {
            let share = Arc::new(KeyShare::from_bytes(&share)?);
            let params = sign::Params { share, me, signers: parties, message: message.clone() };
            Box::new(Run::start(exchange, |_| sign::Session::start(params, rng))?)
        }
        (
            Body::Qc { public_key: PublicKey::Eddsa(public_key), old, new, threshold, .. },
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

pub(super) fn verifies(share: &[u8], message: &[u8], signature: &[u8]) -> Result<bool> {
    let key = KeyShare::from_bytes(share)?.public_key();
    Ok(verify(&key, message, signature.try_into()?))
}
