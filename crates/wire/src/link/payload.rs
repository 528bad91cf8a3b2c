//! What keysign links carry to be signed (`spec/links.md` 4): only what a link needs of it itself.

use prost::Message;

use super::LinkError;

/// A transaction to be rebuilt and signed by every device: the bytes of a protobuf message, whose schema belongs to the
/// chains.
#[derive(Clone, PartialEq, Eq)]
pub struct KeysignPayload {
    bytes: Vec<u8>,
    named: Named,
}

/// Who is asked, and who asks.
#[derive(Clone, PartialEq, Eq, Message)]
struct Named {
    #[prost(string, tag = "31")]
    vault_public_key_ecdsa: String,
    #[prost(string, tag = "32")]
    vault_local_party_id: String,
    #[prost(string, tag = "33")]
    lib_type: String,
}

impl KeysignPayload {
    /// Takes the bytes of the message.
    ///
    /// # Errors
    ///
    /// [`LinkError::Protobuf`] if they are none.
    pub fn new(bytes: Vec<u8>) -> Result<Self, LinkError> {
        let named = Named::decode(bytes.as_slice()).map_err(|_| LinkError::Protobuf)?;
        Ok(Self { bytes, named })
    }

    /// The bytes of the message, as they came.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The vault: its root ECDSA public key, hex.
    #[must_use]
    pub fn vault_public_key_ecdsa(&self) -> &str {
        &self.named.vault_public_key_ecdsa
    }

    /// The initiator's party id.
    #[must_use]
    pub fn vault_local_party_id(&self) -> &str {
        &self.named.vault_local_party_id
    }

    /// Whether it holds anything to sign, or only names vault and initiator.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.len() == self.named.encoded_len()
    }

    /// Whether it is for a vault of the kind before DKLS. Clients write the kind in any case.
    #[must_use]
    pub fn is_of_gg20(&self) -> bool {
        let kind = &self.named.lib_type;
        let ours = ["", "dkls", "keyimport"];
        !ours.iter().any(|known| kind.eq_ignore_ascii_case(known))
    }
}

impl core::fmt::Debug for KeysignPayload {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "KeysignPayload({})", hex::encode(&self.bytes))
    }
}

/// A message to be signed.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct CustomMessagePayload {
    /// By which rule, such as `personal_sign`.
    #[prost(string, tag = "1")]
    pub method: String,
    /// Hex if it begins with `0x`, text otherwise.
    #[prost(string, tag = "2")]
    pub message: String,
    /// The vault: its root ECDSA public key, hex.
    #[prost(string, tag = "3")]
    pub vault_public_key_ecdsa: String,
    /// The initiator's party id.
    #[prost(string, tag = "4")]
    pub vault_local_party_id: String,
    /// The chain; Ethereum if absent.
    #[prost(string, optional, tag = "5")]
    pub chain: Option<String>,
}
