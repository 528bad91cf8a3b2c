//! From what a store keeps to the contents of a file.

use quorate_wire::vult::{Created, Extension, KeyShare, Unreadable, VaultContents};

use crate::store::{Secret, Shares, Sharing};

/// `BACKUP 5`: what the backup of a sharing says.
///
/// `rest` is that of the backup from which the vault was restored, if it was: what it says of other things is said
/// again.
///
/// # Errors
///
/// [`Unreadable`] if `rest` is none.
pub fn contents(
    name: &str,
    sharing: &Sharing,
    shares: &Shares,
    rest: Option<&Secret<Vec<u8>>>,
) -> Result<VaultContents, Unreadable> {
    let mut vault = rest.map(|rest| VaultContents::decode(rest.expose())).transpose()?;
    let mut vault = vault.take().unwrap_or_default();
    let eddsa = sharing.public_key_eddsa.as_ref().zip(shares.eddsa.as_ref());
    let eddsa = eddsa.map(|(key, share)| KeyShare::new(key, share));
    let ours = [Some(KeyShare::new(&sharing.vault.0, &shares.ecdsa)), eddsa].into_iter().flatten();
    let others = core::mem::take(&mut vault.key_shares);
    let me = sharing.parties.get(usize::from(sharing.me));

    vault.key_shares = ours.chain(others).collect();
    name.clone_into(&mut vault.name);
    vault.public_key_ecdsa = hex::encode(sharing.vault.0);
    vault.public_key_eddsa = sharing.public_key_eddsa.map(hex::encode).unwrap_or_default();
    vault.hex_chain_code = hex::encode(sharing.chain_code);
    vault.signers.clone_from(&sharing.parties);
    vault.local_party_id = me.cloned().unwrap_or_default();
    // DKLS. Apps take a vault that does not say it for the kind before.
    vault.lib_type = vault.lib_type.max(1);
    vault
        .created_at
        .get_or_insert_with(|| Created { seconds: sharing.created.0, ..Created::default() });
    vault.quorate = extension(sharing, vault.quorate.take());
    Ok(vault)
}

/// What only our devices say; nothing, if nothing is known.
fn extension(sharing: &Sharing, rest: Option<Extension>) -> Option<Extension> {
    let certificate = sharing.certificate.as_deref().and_then(|bytes| bytes.try_into().ok());
    let extension = Extension {
        epoch: sharing.epoch,
        previous: sharing.previous.map(|fsid| fsid.0),
        session: sharing.session.clone(),
        digest: certificate.is_some().then_some(sharing.digest),
        certificate,
        ..rest.unwrap_or_default()
    };
    (extension != Extension::default()).then_some(extension)
}
