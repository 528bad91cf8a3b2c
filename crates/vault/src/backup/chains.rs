//! The keys of single chains that a vault from a seed phrase has beside its own (`BACKUP 2.12`).

use std::collections::BTreeMap;

use quorate_chain::Curve;
use quorate_wire::vult::{ChainPublicKey, VaultContents};

use super::Refused;
use super::read::one_share;
use crate::share::{Place, Share};
use crate::store::{PublicKey, Secret, Shares, Sharing};

/// What a file says of its chains.
#[derive(Debug, Default)]
pub(super) struct Chains {
    /// The keys of which it has a share that fits, with their chains.
    pub(super) keys: Vec<(String, PublicKey)>,
    /// Those shares.
    pub(super) shares: BTreeMap<PublicKey, Secret<Vec<u8>>>,
    /// The chains of all other keys that it names.
    pub(super) without_share: Vec<String>,
}

/// 2.12: takes the shares of the chains' keys out of their places, which stay. A share that is not of its key, or not of
/// this member, stays in the file, and its chain is named.
pub(super) fn read(vault: &mut VaultContents, place: Place) -> Result<Chains, Refused> {
    let mut chains = Chains::default();
    for ChainPublicKey { public_key: text, chain, is_eddsa, .. } in &vault.chain_public_keys {
        let known =
            chains.keys.iter().find(|(_, known)| writes(text, known)).map(|(_, known)| *known);
        let offered = || {
            let share = vault.key_shares.iter().find(|share| share.is_of(text))?.share()?;
            key_of(&share, *is_eddsa, place).filter(|key| writes(text, key))
        };
        let fitting = known.or_else(offered);
        let Some(key) = fitting else {
            chains.without_share.push(chain.clone());
            continue;
        };
        if known.is_none()
            && let Some(share) = one_share(&mut vault.key_shares, text)?
        {
            chains.shares.insert(key, share);
        }
        chains.keys.push((chain.clone(), key));
    }
    Ok(chains)
}

/// Whether a file names this key so: in hex of any case, or, as early apps did with ECDSA keys, by its x alone.
pub(super) fn writes(text: &str, key: &PublicKey) -> bool {
    let named = key.to_string();
    let x = match key {
        PublicKey::Ecdsa(_) => named.get(2..),
        PublicKey::Eddsa(_) => None,
    };
    text.eq_ignore_ascii_case(&named) || x.is_some_and(|x| text.eq_ignore_ascii_case(x))
}

/// The key of a share that passes every check of its engine and stands in this place.
fn key_of(share: &Secret<Vec<u8>>, is_eddsa: bool, place: Place) -> Option<PublicKey> {
    let share = if is_eddsa {
        Share::from(quorate_eddsa::KeyShare::from_bytes(share.expose()).ok()?)
    } else {
        Share::from(quorate_ecdsa::KeyShare::from_bytes(share.expose()).ok()?)
    };
    (share.place() == place).then(|| share.public_key())
}

/// `BACKUP 5.1`: the chains' keys and their shares, where the file had them, or else behind what there is.
pub(super) fn write(vault: &mut VaultContents, sharing: &Sharing, shares: &Shares) {
    for (chain, key) in sharing.keys.chains() {
        let said = vault.chain_public_keys.iter().any(|known| known.chain == chain);
        if !said {
            vault.chain_public_keys.push(ChainPublicKey {
                public_key: key.to_string(),
                chain: chain.to_owned(),
                is_eddsa: key.curve() == Curve::Ed25519,
                ..ChainPublicKey::default()
            });
        }
    }
    let roots = [Curve::Secp256k1, Curve::Ed25519].map(|curve| sharing.keys.root(curve));
    for (key, share) in shares.of.iter().filter(|(key, _)| !roots.contains(&Some(**key))) {
        super::write::put(&mut vault.key_shares, key, share, usize::MAX);
    }
}
