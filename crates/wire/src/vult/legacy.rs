//! The JSON that came before containers, as `.dat` files (`spec/backups.md`, `VULT 5`).

use quorate_core::Secret;
use quorate_core::check::require_some;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::contents::{MAX_KEYS, MAX_MEMBERS, Unknown};
use super::fields::push;
use super::{Check, KeyShare, Unreadable, VaultContents};

/// As some apps have wrapped it.
#[derive(Deserialize)]
struct Wrapped {
    vault: Vault,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Vault {
    name: String,
    #[serde(rename = "pubKeyECDSA")]
    public_key_ecdsa: String,
    #[serde(rename = "pubKeyEdDSA", alias = "pubKeyEDDSA")]
    public_key_eddsa: String,
    signers: Vec<String>,
    hex_chain_code: String,
    #[serde(rename = "localPartyID")]
    local_party_id: String,
    reshare_prefix: Option<String>,
    keyshares: Vec<Share>,
    lib_type: serde_json::Value,
}

#[derive(Deserialize)]
struct Share {
    #[serde(rename = "pubkey", alias = "pubKey")]
    public_key: String,
    keyshare: String,
}

/// `VULT 5`: reads the JSON, or hex of it.
pub(super) fn read(text: &[u8]) -> Result<VaultContents, Unreadable> {
    let text = text.trim_ascii();
    let unhexed = hex::decode(text).map(Zeroizing::new);
    let json = unhexed.as_ref().map_or(text, |unhexed| unhexed);
    let wrapped = serde_json::from_slice(json).map(|Wrapped { vault }| vault);
    let vault = wrapped.or_else(|_| serde_json::from_slice(json)).ok();
    let vault: Vault = require_some(vault, Check::FieldsAreWhole, Vault::default)?;

    let mut contents = VaultContents {
        name: vault.name,
        public_key_ecdsa: vault.public_key_ecdsa,
        public_key_eddsa: vault.public_key_eddsa,
        hex_chain_code: vault.hex_chain_code,
        local_party_id: vault.local_party_id,
        reshare_prefix: vault.reshare_prefix.unwrap_or_default(),
        lib_type: library(&vault.lib_type),
        ..VaultContents::default()
    };
    for signer in vault.signers {
        push(&mut contents.signers, MAX_MEMBERS, signer)?;
    }
    for Share { public_key, keyshare } in vault.keyshares {
        let keyshare = Secret::of(keyshare);
        let share = KeyShare { public_key, keyshare, unknown: Unknown::default() };
        push(&mut contents.key_shares, MAX_KEYS, share)?;
    }
    contents.names_a_key()?;
    Ok(contents)
}

/// A number, or a name in any case; whatever else counts as absent.
fn library(value: &serde_json::Value) -> u64 {
    let name = value.as_str().unwrap_or_default().to_ascii_lowercase();
    match &*name {
        "dkls" => 1,
        "keyimport" => 2,
        _ => value.as_u64().unwrap_or(0),
    }
}
