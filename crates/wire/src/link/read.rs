//! Reading links.

use prost::Message;

use super::message::{KeygenMessage, KeysignMessage, Quorate, ReshareMessage};
use super::url::{Parameters, text};
use super::{
    Extension, Keygen, Keysign, KeysignPayload, Link, LinkError, Rendezvous, Reshare, fields, pack,
};
use crate::relay_api::BaseUrl;

impl Link {
    /// Reads a link of either form, from any client.
    ///
    /// # Errors
    ///
    /// [`LinkError`], which says what is wrong with the link.
    pub fn parse(link: &str) -> Result<Self, LinkError> {
        let parameters = Parameters::read(link)?;
        match parameters.kind.ok_or(LinkError::Missing("type"))? {
            "SignTransaction" => keysign(&parameters),
            "NewVault" => match parameters.tss_type.ok_or(LinkError::Missing("tssType"))? {
                "Keygen" | "KeyImport" => keygen(&parameters),
                "Reshare" => reshare(&parameters),
                "Migrate" => Err(LinkError::Unsupported("moving a GG20 vault to DKLS".to_owned())),
                "SingleKeygen" => {
                    Err(LinkError::Unsupported("adding an ML-DSA key to a vault".to_owned()))
                }
                other => Err(LinkError::unsupported(other)),
            },
            other => Err(LinkError::unsupported(other)),
        }
    }
}

fn keygen(parameters: &Parameters<'_>) -> Result<Link, LinkError> {
    let message: KeygenMessage = message(parameters)?;
    Ok(Link::Keygen(Keygen {
        at: Rendezvous {
            session: fields::session(&message.session_id)?,
            key: fields::key(&message.encryption_key_hex)?,
            service_name: fields::name(&message.service_name, "service name")?,
            public_relay: message.use_vultisig_relay,
            server: server(parameters)?,
        },
        vault_name: fields::name(&message.vault_name, "vault name")?,
        chain_code: fields::chain_code(&message.hex_chain_code),
        library: fields::library(message.lib_type)?,
        chains: names(&message.chains)?,
        batch: message.is_tss_batch || parameters.tss_batching == Some("1"),
        quorate: extension(message.quorate.as_ref())?,
    }))
}

fn reshare(parameters: &Parameters<'_>) -> Result<Link, LinkError> {
    let message: ReshareMessage = message(parameters)?;
    Ok(Link::Reshare(Reshare {
        at: Rendezvous {
            session: fields::session(&message.session_id)?,
            key: fields::key(&message.encryption_key_hex)?,
            service_name: fields::name(&message.service_name, "service name")?,
            public_relay: message.use_vultisig_relay,
            server: server(parameters)?,
        },
        vault_name: fields::name(&message.vault_name, "vault name")?,
        public_key: fields::public_key(&message.public_key_ecdsa)?,
        chain_code: fields::chain_code(&message.hex_chain_code),
        old_parties: fields::parties(&message.old_parties)?,
        old_prefix: fields::name(&message.old_reshare_prefix, "reshare prefix")?,
        library: fields::library(message.lib_type)?,
        batch: message.is_tss_batch,
        quorate: extension(message.quorate.as_ref())?,
    }))
}

fn keysign(parameters: &Parameters<'_>) -> Result<Link, LinkError> {
    let mut message: KeysignMessage = message(parameters)?;
    // LINK 3.1: beside an embedded payload, other clients write ids that name nothing.
    let embedded = message.keysign_payload.is_some() || message.custom_message_payload.is_some();
    let id = |text: &str| if embedded { Ok(None) } else { fields::payload_id(text) };
    let mut keysign = Keysign {
        at: Rendezvous {
            session: fields::session(&message.session_id)?,
            key: fields::key(&message.encryption_key_hex)?,
            service_name: fields::name(&message.service_name, "service name")?,
            public_relay: message.use_vultisig_relay,
            server: server(parameters)?,
        },
        vault: fields::vault(&text(parameters.vault.unwrap_or_default(), "vault")?)?,
        payload: None,
        payload_id: id(&message.payload_id)?,
        custom: None,
        custom_id: id(message.custom_payload_id.as_deref().unwrap_or_default())?,
        quorate: extension(message.quorate.as_ref())?,
    };
    if let Some(payload) = message.keysign_payload.take() {
        keysign.embed(KeysignPayload::new(payload)?)?;
    }
    if let Some(custom) = message.custom_message_payload.take() {
        keysign.embed_custom(custom)?;
    }
    Ok(Link::Keysign(Box::new(keysign)))
}

fn message<M: Message + Default>(parameters: &Parameters<'_>) -> Result<M, LinkError> {
    let json_data = parameters.json_data.ok_or(LinkError::Missing("jsonData"))?;
    // A reader before us may have turned a `+` of the base64 into a space.
    let packed = text(json_data, "jsonData")?.replace(' ', "+");
    decode(&packed)
}

/// LINK 2: base64, XZ, protobuf.
pub(super) fn decode<M: Message + Default>(packed: &str) -> Result<M, LinkError> {
    M::decode(pack::unpack(packed)?.as_slice()).map_err(|_| LinkError::Protobuf)
}

fn server(parameters: &Parameters<'_>) -> Result<Option<BaseUrl>, LinkError> {
    let Some(server) = parameters.server_url.filter(|server| !server.is_empty()) else {
        return Ok(None);
    };
    let expected = "the address of a relay";
    BaseUrl::parse(&text(server, "serverUrl")?)
        .map(Some)
        .map_err(|_| LinkError::field("serverUrl", expected))
}

fn names(chains: &[String]) -> Result<Vec<String>, LinkError> {
    chains.iter().map(|chain| fields::name(chain, "list of chains")).collect()
}

fn extension(message: Option<&Quorate>) -> Result<Option<Extension>, LinkError> {
    message.map(Extension::read).transpose()
}
