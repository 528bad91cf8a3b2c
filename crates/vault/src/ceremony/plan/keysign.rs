//! Starting a signature, or several of one act: what is asked for, decoded on this device, and who signs it.

use quorate_chain::message::Method;
use quorate_chain::payment::{Initiator, Payment, Swap};
use quorate_chain::{Chain, Curve, RequestError, Signer, ToSign};
use quorate_wire::link::{CustomMessagePayload, KeysignPayload, Link};
use rand_core::CryptoRng;

use super::Plan;
use super::finish::{Finish, Publication};
use super::gathering::{Gathering, Strangers};
use super::invite::{Invitation, Route, keysign_link, unusable};
use crate::ceremony::context::{Device, Role};
use crate::ceremony::machine::Ceremony;
use crate::ceremony::proposal::Proposal;
use crate::ceremony::run::signing::{Approved, SigningRun};
use crate::certificate;
use crate::failure::{Failure, Kind};
use crate::home::{self, own_name, signing};
use crate::store::{Sharing, Trust, Vault};

pub use quorate_chain::{Intent, Request};

/// What no vault signs, before anything else is asked.
///
/// # Errors
///
/// As for [`read`].
pub fn check(intent: &Intent) -> Result<(), Failure> {
    intent.check().map_err(|why| refused(&why))
}

/// Decodes what is asked for on this device, a member of this sharing: what would be signed, and what it does.
///
/// # Errors
///
/// [`Kind::Invalid`] for what cannot be signed; [`Kind::Forbidden`] for what could pass for a certificate, and for a
/// vault without the key that signs it.
pub fn read(intent: &Intent, sharing: &Sharing) -> Result<Request, Failure> {
    let chain = intent.chain().map_err(unusable)?;
    let signer = signer(sharing, chain, intent.path().map_err(unusable)?)?;
    let request = intent.request(&signer).map_err(|why| refused(&why))?;
    match request.signings.iter().find(|signing| could_certify(&signing.bytes)) {
        None => Ok(request),
        Some(_) => Err(Failure::new(
            Kind::Forbidden,
            "this message begins as what certifies a new sharing does, and is signed for nobody",
            "whoever asked for it may mean to deceive you",
        )),
    }
}

/// The key that signs for a chain at a path below the vault's; the chain's own, if it has one.
///
/// # Errors
///
/// [`Kind::Invalid`] for a path that is none, or is hardened; [`Kind::Forbidden`] for a vault without the key.
pub fn signer(sharing: &Sharing, chain: &Chain, path: &str) -> Result<Signer, Failure> {
    let (key, path) = match (sharing.keys.imported_for(chain), chain.curve()) {
        (Some(key), _) => (key, "m"),
        (None, Curve::Secp256k1) => (sharing.derived(Curve::Secp256k1, path)?, path),
        (None, Curve::Ed25519) => (sharing.derived(Curve::Ed25519, path)?, "m"),
    };
    Ok(Signer { key, path: path.to_owned() })
}

/// What a payment of this vault is as it travels between devices.
///
/// # Errors
///
/// [`Kind::Invalid`] for what cannot be paid; as for [`signer`].
pub fn payment(payment: &Payment, sharing: &Sharing) -> Result<Intent, Failure> {
    let signer = signer(sharing, payment.chain, payment.chain.path)?;
    payment.payload(&signer, &initiator(sharing)?).map(Intent::Transaction).map_err(invalid)
}

/// The same of a call that takes what it moves, with leave for it where it needs one.
///
/// # Errors
///
/// As for [`payment`].
pub fn swap(swap: &Swap, sharing: &Sharing) -> Result<Intent, Failure> {
    let signer = signer(sharing, swap.chain, swap.chain.path)?;
    swap.payload(&signer, &initiator(sharing)?).map(Intent::Transaction).map_err(invalid)
}

fn initiator(sharing: &Sharing) -> Result<Initiator, Failure> {
    Ok(Initiator {
        vault: sharing.vault.to_string(),
        party: own_name(sharing)?,
        lib_type: if sharing.imported { "KeyImport" } else { "DKLS" }.to_owned(),
    })
}

/// The Ed25519 key has no paths to tell a certificate from a message: the first bytes do (COMMIT 2).
fn could_certify(bytes: &ToSign) -> bool {
    matches!(bytes, ToSign::Bytes(message) if certificate::is_reserved(message))
}

/// What the chain does not sign, in words with a next step.
fn refused(why: &RequestError) -> Failure {
    match why {
        RequestError::RootKey => Failure::new(
            Kind::Forbidden,
            why.to_string(),
            "give the path of a chain, such as m/44/60/0/0/0",
        ),
        RequestError::NoPaths(_) | RequestError::OwnKey(_) => {
            Failure::new(Kind::Invalid, why.to_string(), "leave the path out")
        }
        RequestError::NoTypedData(_) => {
            Failure::new(Kind::Invalid, why.to_string(), "name a chain of the Ethereum family")
        }
        RequestError::Payload(why) => unusable(why),
        why => invalid(why),
    }
}

fn invalid(why: impl core::fmt::Display) -> Failure {
    Failure::new(Kind::Invalid, why.to_string(), "check what was asked for")
}

/// Opens the lobby for a signature and makes the link that brings the others.
///
/// # Errors
///
/// [`Kind::NotFound`] where this device holds no share that signs, [`Kind::Invalid`] for what cannot be signed.
pub fn initiate(
    device: &Device<'_>,
    vault: &Vault,
    intent: &Intent,
    route: &Route,
    rng: &mut dyn CryptoRng,
) -> Result<(Ceremony, Link), Failure> {
    let sharing = signing(vault)?.clone();
    let me = own_name(&sharing)?;
    let request = read(intent, &sharing)?;
    let invitation = Invitation::draw(rng)?;
    let chain = request.chain;
    // Below the vault's key, whether the chain has one of its own or not: the others see for themselves.
    let path = match chain.curve() {
        Curve::Secp256k1 => Some(intent.path().map_err(invalid)?),
        Curve::Ed25519 => None,
    };
    let mut link = keysign_link(invitation.at(route)?, &sharing, Some(chain), path);
    match intent {
        Intent::Digest { digest, .. } => {
            link.quorate.get_or_insert_default().digests.push(*digest);
        }
        Intent::Message { payload: message, .. } | Intent::TypedData { json: message, .. } => {
            let method = match intent {
                Intent::TypedData { .. } => Method::TypedData,
                _ => Method::of_messages(chain),
            };
            link.custom = Some(CustomMessagePayload {
                method: method.to_string(),
                message: message.clone(),
                vault_public_key_ecdsa: vault.key.to_string(),
                vault_local_party_id: me.clone(),
                chain: Some(chain.name.to_owned()),
            });
        }
        Intent::Transaction(payload) => {
            let payload = KeysignPayload::new(payload.bytes().to_vec()).map_err(unusable)?;
            link.payload = Some(payload);
        }
    }
    let plan = plan(device, vault.name.clone(), sharing, request)?;
    Ok((
        Ceremony::open(device, invitation.meeting(me, Role::Initiator), plan, rng),
        Link::Keysign(Box::new(link)),
    ))
}

/// The signings of a request, one after the other in the order of their bytes in hex, as every client has it.
///
/// # Errors
///
/// [`Kind::Store`]; [`Kind::Forbidden`] where this device has no share of the key.
pub(super) fn plan(
    device: &Device<'_>,
    name: String,
    sharing: Sharing,
    request: Request,
) -> Result<Plan, Failure> {
    let keys = home::open_keys(device.store, &sharing)?;
    let bans = device.store.bans(sharing.fsid).map_err(|error| home::unreadable(&error))?;
    let mut signings: Vec<_> = request.signings.iter().collect();
    // Lower-case hex sorts as the bytes do.
    signings.sort_by_key(|signing| signing.bytes.as_bytes());
    let runs = signings.into_iter().map(|signing| {
        SigningRun::of(signing, request.chain, &sharing).and_then(|signing| signing.run(&keys))
    });
    let trust = sharing.trust();
    let mut gathering = Gathering::of_signers(&sharing.parties, sharing.threshold, bans);
    if trust == Trust::Mixed {
        gathering.strangers = Strangers::AskedAbout;
    }
    Ok(Plan {
        vault: name.clone(),
        gathering,
        threshold: Some(sharing.threshold),
        runs: runs.collect::<Result<_, _>>()?,
        // Other clients make the setup of each message when its turn has come.
        setups_may_be_late: trust == Trust::Mixed,
        proposal: Proposal::Sign {
            reading: Box::new(request.reading.clone()),
            strangers: Vec::new(),
        },
        finish: Finish::Publish(Box::new(Publication {
            name,
            fsid: sharing.fsid,
            approved: Approved(request),
        })),
        trust,
        held: Some(sharing),
    })
}

#[cfg(test)]
mod tests {
    use quorate_chain::{PublicKey, chain};
    use serde_json::Value;

    use super::*;

    const MESSAGES: &str = include_str!("../../../../../vectors/app/custom_messages.json");

    fn signed(chain: &str, method: &str, message: &str) -> Result<String, RequestError> {
        let chain = chain::find(chain).unwrap();
        let (text, path) = (message.to_owned(), chain.path.to_owned());
        let intent = match Method::read(method).unwrap() {
            Method::TypedData => Intent::TypedData { json: text, chain, path },
            _ => Intent::Message { payload: text, chain, path },
        };
        let mut generator = [0x79; 33];
        hex::decode_to_slice(
            "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
            &mut generator,
        )
        .unwrap();
        let key = match chain.curve() {
            Curve::Secp256k1 => PublicKey::Ecdsa(generator),
            Curve::Ed25519 => PublicKey::Eddsa([0x66; 32]),
        };
        let request = intent.request(&Signer { key, path: chain.path.to_owned() })?;
        Ok(hex::encode(request.signings[0].bytes.as_bytes()))
    }

    #[test]
    fn every_message_of_the_field_is_signed_as_the_field_signs_it_whatever_it_is_called() {
        let vectors: Value = serde_json::from_str(MESSAGES).unwrap();
        let cases = vectors["cases"].as_array().unwrap();
        assert_eq!(cases.len(), 13);
        for case in cases {
            let text = |field: &str| case[field].as_str().unwrap();
            for method in ["personal_sign", "sign_message", ""] {
                let bytes = signed(text("chain"), method, text("message")).unwrap();
                assert_eq!(bytes, text("keysign_message"), "{} {method}", text("chain"));
            }
        }
    }

    #[test]
    fn typed_data_is_a_digest_of_the_ethereum_family_only() {
        let vectors: Value =
            serde_json::from_str(include_str!("../../../../../vectors/app/typed_data.json"))
                .unwrap();
        let case = &vectors["cases"][0];
        let json = case["document"].to_string();
        assert_eq!(
            signed("Base", "eth_signTypedData_v4", &json).unwrap(),
            case["digest"].as_str().unwrap()
        );
        for name in ["Tron", "Cosmos", "Solana", "Bitcoin"] {
            let why = signed(name, "eth_signTypedData_v4", &json).unwrap_err();
            assert!(!why.is_forbidden(), "{name}");
        }
    }
}
