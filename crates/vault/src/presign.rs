//! Signing in two parts (`spec/dkls23/presign.md`): keeping a presignature, and finishing it once.
//!
//! Whoever learns what two digests made of one presignature computes the key. So [`finish`] first has the store destroy
//! it, durably, and only then makes the run whose frames can be sent. A crash in between costs a presignature.

use std::collections::BTreeSet;

use quorate_chain::{Curve, PublicKey};
use quorate_ecdsa::{finish as engine, presign};
use quorate_wire::frame::Exchange;
use quorate_wire::setup::{Body, Setup};
use rand_core::CryptoRng;

use crate::failure::{Failure, Kind};
use crate::home;
use crate::run::Run;
use crate::store::{Change, Presignature, Sharing, Store, StoreError, Timestamp};

/// Keeps what a presigning of these signers at this path has left.
///
/// # Errors
///
/// [`Kind::Forbidden`] for one that is not of this sharing's key at this path, or for the root key, which signs
/// certificates only; [`Kind::Store`].
pub fn keep(
    store: &mut dyn Store,
    sharing: &Sharing,
    signers: &[String],
    path: &str,
    presignature: &presign::Presignature,
    made: Timestamp,
) -> Result<(), Failure> {
    judge(presignature, sharing, path)?;
    let about = Presignature {
        id: presignature.id(),
        fsid: sharing.fsid,
        signers: signers.to_vec(),
        path: path.to_owned(),
        made,
    };
    let kept = store.commit(Change::Presigned { about, secret: presignature.to_bytes() });
    kept.map_err(|error| not_stored(&error))
}

/// Takes the presignature that the setup names out of the store, and starts the run that signs `digest` with it.
///
/// # Errors
///
/// [`Kind::Forbidden`] for a setup that asks for anything else, or names a banned device: the presignature stays.
/// [`Kind::NotFound`] if it is not here; [`Kind::Store`] if it could not be destroyed. Whatever fails after that has cost
/// the presignature.
pub fn finish(
    store: &mut dyn Store,
    sharing: &Sharing,
    setup: &Setup,
    path: &str,
    digest: [u8; 32],
    rng: &mut dyn CryptoRng,
) -> Result<Run<engine::Session>, Failure> {
    let refuse =
        |what: &str| Failure::new(Kind::Forbidden, what, "do not approve it on any device");
    let &Body::Fsg { presignature: id, hash } = setup.body() else {
        return Err(refuse("the setup does not finish a presignature"));
    };
    if hash != digest {
        return Err(refuse("the setup asks to sign another digest than the one computed here"));
    }
    let kept = store.presignatures(sharing.fsid).map_err(|error| home::unreadable(&error))?;
    let about = kept.into_iter().find(|about| about.id == id).ok_or_else(gone)?;
    let named: BTreeSet<&String> = setup.names().iter().collect();
    if named != about.signers.iter().collect() || about.path != path {
        return Err(refuse("the presignature was made by other devices, or for another path"));
    }
    let bans = store.bans(sharing.fsid).map_err(|error| home::unreadable(&error))?;
    if let Some(ban) = bans.iter().find(|ban| named.contains(&ban.party)) {
        return Err(refuse(&format!("{} is banned from this sharing", ban.party)));
    }
    let name = sharing.parties.get(usize::from(sharing.me)).map(String::as_str);
    let me = name.and_then(|name| setup.index_of(name));
    let me = me.ok_or_else(|| refuse("the setup does not name this device"))?;
    let exchange = Exchange::new(setup, me, rng).map_err(|why| refuse(&why.to_string()))?;

    let (_, secret) = store.take_presignature(&id).map_err(|error| match error {
        StoreError::NotFound(_) => gone(),
        error => not_stored(&error),
    })?;
    let presignature = presign::Presignature::from_bytes(secret.expose())
        .map_err(|why| Failure::fault(&why.to_string()))?;
    judge(&presignature, sharing, path)?;
    Run::start(exchange, |_| {
        engine::Session::start(engine::Params { presignature, me, signers: setup.size(), hash })
            .map_err(|why| Failure::fault(&why.to_string()))
    })
}

/// It is of this device's share, and signs with the key at this path, which is not the root.
fn judge(
    presignature: &presign::Presignature,
    sharing: &Sharing,
    path: &str,
) -> Result<(), Failure> {
    let refuse = |what: &str| Failure::new(Kind::Forbidden, what, "presign again");
    if path == "m" {
        return Err(refuse("the vault's root key signs certificates only"));
    }
    if PublicKey::Ecdsa(presignature.public_key()) != sharing.derived(Curve::Secp256k1, path)?
        || presignature.party_id() != sharing.me
    {
        return Err(refuse("the presignature is not of this vault's key at this path"));
    }
    Ok(())
}

fn gone() -> Failure {
    Failure::new(
        Kind::NotFound,
        "this device has no such presignature: each can be used once",
        "sign without one, or presign again",
    )
}

fn not_stored(error: &StoreError) -> Failure {
    Failure::new(Kind::Store, error.to_string(), "mend that, then presign again")
}
