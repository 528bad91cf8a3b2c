//! Writing links, as current clients write them.

use prost::Message as _;
use zeroize::Zeroizing;

use super::message::{KeygenMessage, KeysignMessage, ReshareMessage};
use super::{Extension, Keygen, Keysign, Library, Link, Rendezvous, Reshare, fields, pack};
use crate::percent;

impl Link {
    /// The link as text. It is as secret as the ceremony's key, which it holds.
    #[must_use]
    pub fn to_url(&self) -> String {
        match self {
            Self::Keygen(link) => {
                let tss_type = match link.library {
                    Library::KeyImport => "KeyImport",
                    Library::Gg20 | Library::Dkls => "Keygen",
                };
                url(&format!("NewVault&tssType={tss_type}"), &self.message(), &link.at)
            }
            Self::Reshare(link) => url("NewVault&tssType=Reshare", &self.message(), &link.at),
            Self::Keysign(link) => {
                let vault = link.vault.map(hex::encode).unwrap_or_default();
                url(&format!("SignTransaction&vault={vault}"), &self.message(), &link.at)
            }
        }
    }

    /// The protobuf message inside.
    pub(super) fn message(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(match self {
            Self::Keygen(link) => keygen(link).encode_to_vec(),
            Self::Reshare(link) => reshare(link).encode_to_vec(),
            Self::Keysign(link) => keysign(link).encode_to_vec(),
        })
    }
}

/// LINK 1.4: jsonData stands unescaped, as other clients write it; the relay comes last.
fn url(kind: &str, message: &[u8], at: &Rendezvous) -> String {
    let json_data = pack::pack(message);
    let mut link = format!("https://vultisig.com?type={kind}&jsonData={json_data}");
    if let Some(server) = &at.server {
        link.push_str("&serverUrl=");
        link.push_str(&percent::encode(server.as_str()));
    }
    link
}

fn keygen(link: &Keygen) -> KeygenMessage {
    KeygenMessage {
        session_id: link.at.session.to_string(),
        hex_chain_code: fields::hex(link.chain_code.as_ref()),
        service_name: link.at.service_name.clone(),
        encryption_key_hex: link.at.key.to_hex().to_string(),
        use_vultisig_relay: link.at.public_relay,
        vault_name: link.vault_name.clone(),
        lib_type: fields::library_number(link.library),
        chains: link.chains.clone(),
        is_tss_batch: link.batch,
        quorate: link.quorate.as_ref().map(Extension::write),
    }
}

fn reshare(link: &Reshare) -> ReshareMessage {
    ReshareMessage {
        session_id: link.at.session.to_string(),
        hex_chain_code: fields::hex(link.chain_code.as_ref()),
        service_name: link.at.service_name.clone(),
        public_key_ecdsa: hex::encode(link.public_key),
        old_parties: link.old_parties.iter().map(ToString::to_string).collect(),
        encryption_key_hex: link.at.key.to_hex().to_string(),
        use_vultisig_relay: link.at.public_relay,
        old_reshare_prefix: link.old_prefix.clone(),
        vault_name: link.vault_name.clone(),
        is_tss_batch: link.batch,
        lib_type: fields::library_number(link.library),
        quorate: link.quorate.as_ref().map(Extension::write),
    }
}

fn keysign(link: &Keysign) -> KeysignMessage {
    KeysignMessage {
        session_id: link.at.session.to_string(),
        service_name: link.at.service_name.clone(),
        encryption_key_hex: link.at.key.to_hex().to_string(),
        keysign_payload: link.payload.as_ref().map(|payload| payload.bytes().to_vec()),
        use_vultisig_relay: link.at.public_relay,
        payload_id: fields::hex(link.payload_id.as_ref()),
        custom_message_payload: link.custom.clone(),
        custom_payload_id: link.custom_id.as_ref().map(hex::encode),
        quorate: link.quorate.as_ref().map(Extension::write),
    }
}
