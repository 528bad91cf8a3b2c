//! From what a store keeps to the contents of a file.

use quorate_chain::Curve;
use quorate_wire::vult::{Created, Extension, KeyShare, Unreadable, VaultContents};

use super::chains;
use super::read::{in_order_of_shares, printable};
use crate::store::{PublicKey, Secret, Shares, Sharing};

/// What `lib_type` says of the two kinds of vault that sign here.
const DKLS: u64 = 1;
const KEY_IMPORT: u64 = 2;

/// `BACKUP 5`: what the backup of a sharing says.
///
/// What the backup from which the vault was restored says of other things ([`Shares::rest`]) is said again.
///
/// # Errors
///
/// [`Unreadable`] if the rest is none.
pub fn contents(
    name: &str,
    sharing: &Sharing,
    shares: &Shares,
) -> Result<VaultContents, Unreadable> {
    let rest = shares.rest.as_ref();
    let is_new = rest.is_none();
    let mut vault = rest.map(|rest| VaultContents::decode(rest.expose())).transpose()?;
    let mut vault = vault.take().unwrap_or_default();
    // Each is put in front of those before it: the ECDSA share comes first.
    for root in [Curve::Ed25519, Curve::Secp256k1].iter().filter_map(|c| sharing.keys.root(*c)) {
        if let Some(share) = shares.of.get(&root) {
            put(&mut vault.key_shares, &root, share, 0);
        }
    }
    chains::write(&mut vault, sharing, shares);

    let me = sharing.parties.get(usize::from(sharing.me)).cloned().unwrap_or_default();
    let listed = core::mem::take(&mut vault.signers);
    vault.signers = if in_order_of_shares(listed.clone(), &me, sharing.me) == sharing.parties {
        listed
    } else {
        sharing.parties.clone()
    };
    vault.local_party_id = me;
    if printable(&vault.name) != name {
        name.clone_into(&mut vault.name);
    }
    say(&mut vault.public_key_ecdsa, hex::encode(sharing.vault.0));
    say(
        &mut vault.public_key_eddsa,
        sharing.keys.root_eddsa().map(hex::encode).unwrap_or_default(),
    );
    say(&mut vault.hex_chain_code, hex::encode(sharing.chain_code));
    // Apps take a vault that does not say it for the kind before DKLS.
    vault.lib_type = vault.lib_type.max(if sharing.imported { KEY_IMPORT } else { DKLS });
    if is_new {
        vault.created_at = Some(Created { seconds: sharing.created.0, ..Created::default() });
    }
    vault.quorate = extension(sharing, vault.quorate.take());
    Ok(vault)
}

/// Puts a share wherever the file had it, or else in this place among the others.
pub(super) fn put(
    shares: &mut Vec<KeyShare>,
    key: &PublicKey,
    share: &Secret<Vec<u8>>,
    place: usize,
) {
    let mut found = false;
    for had in shares.iter_mut().filter(|had| chains::writes(&had.public_key, key)) {
        had.keyshare = KeyShare::new(key.as_bytes(), share).keyshare;
        found = true;
    }
    if !found {
        shares.insert(place.min(shares.len()), KeyShare::new(key.as_bytes(), share));
    }
}

/// Hex, in the case in which the file had it.
fn say(field: &mut String, hex: String) {
    if !field.eq_ignore_ascii_case(&hex) {
        *field = hex;
    }
}

/// What only our devices say; nothing, if nothing is known.
fn extension(sharing: &Sharing, rest: Option<Extension>) -> Option<Extension> {
    let certificate = sharing.certificate.as_deref().and_then(|bytes| bytes.try_into().ok());
    let extension = Extension {
        epoch: sharing.epoch,
        previous: sharing.previous.map(|fsid| fsid.0),
        session: sharing.session.clone(),
        digest: certificate.and(sharing.digest),
        certificate,
        ..rest.unwrap_or_default()
    };
    (extension != Extension::default()).then_some(extension)
}

/// `BACKUP 5.4`: what a file said besides, for the next sharing of the same vault: all of it but what was said of this one.
///
/// # Errors
///
/// [`Unreadable`] if the rest is none.
pub fn carried(rest: &Secret<Vec<u8>>) -> Result<Secret<Vec<u8>>, Unreadable> {
    let mut vault = VaultContents::decode(rest.expose())?;
    vault.quorate = None;
    vault.key_shares.retain(|share| !share.keyshare.expose().is_empty());
    Ok(Secret::take(&mut *vault.encode()))
}
