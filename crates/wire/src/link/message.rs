//! The protobuf messages of links, as they travel. Private: they hold the ceremony's key as plain text.

use prost::Message;
use zeroize::Zeroize as _;

use super::payload::CustomMessagePayload;

#[derive(Clone, PartialEq, Message)]
#[prost(skip_debug)]
pub(super) struct KeygenMessage {
    #[prost(string, tag = "1")]
    pub(super) session_id: String,
    #[prost(string, tag = "2")]
    pub(super) hex_chain_code: String,
    #[prost(string, tag = "3")]
    pub(super) service_name: String,
    #[prost(string, tag = "4")]
    pub(super) encryption_key_hex: String,
    #[prost(bool, tag = "5")]
    pub(super) use_vultisig_relay: bool,
    #[prost(string, tag = "6")]
    pub(super) vault_name: String,
    #[prost(int32, tag = "7")]
    pub(super) lib_type: i32,
    #[prost(string, repeated, tag = "8")]
    pub(super) chains: Vec<String>,
    #[prost(bool, tag = "9")]
    pub(super) is_tss_batch: bool,
    #[prost(message, optional, tag = "1000")]
    pub(super) quorate: Option<Quorate>,
}

#[derive(Clone, PartialEq, Message)]
#[prost(skip_debug)]
pub(super) struct ReshareMessage {
    #[prost(string, tag = "1")]
    pub(super) session_id: String,
    #[prost(string, tag = "2")]
    pub(super) hex_chain_code: String,
    #[prost(string, tag = "3")]
    pub(super) service_name: String,
    #[prost(string, tag = "4")]
    pub(super) public_key_ecdsa: String,
    #[prost(string, repeated, tag = "5")]
    pub(super) old_parties: Vec<String>,
    #[prost(string, tag = "6")]
    pub(super) encryption_key_hex: String,
    #[prost(bool, tag = "7")]
    pub(super) use_vultisig_relay: bool,
    #[prost(string, tag = "8")]
    pub(super) old_reshare_prefix: String,
    #[prost(string, tag = "9")]
    pub(super) vault_name: String,
    #[prost(bool, tag = "10")]
    pub(super) is_tss_batch: bool,
    #[prost(int32, tag = "20")]
    pub(super) lib_type: i32,
    #[prost(message, optional, tag = "1000")]
    pub(super) quorate: Option<Quorate>,
}

#[derive(Clone, PartialEq, Message)]
#[prost(skip_debug)]
pub(super) struct KeysignMessage {
    #[prost(string, tag = "1")]
    pub(super) session_id: String,
    #[prost(string, tag = "2")]
    pub(super) service_name: String,
    #[prost(string, tag = "4")]
    pub(super) encryption_key_hex: String,
    /// A message of its own: on the wire, these are its bytes.
    #[prost(bytes = "vec", optional, tag = "5")]
    pub(super) keysign_payload: Option<Vec<u8>>,
    #[prost(bool, tag = "6")]
    pub(super) use_vultisig_relay: bool,
    #[prost(string, tag = "7")]
    pub(super) payload_id: String,
    #[prost(message, optional, tag = "8")]
    pub(super) custom_message_payload: Option<CustomMessagePayload>,
    #[prost(string, optional, tag = "9")]
    pub(super) custom_payload_id: Option<String>,
    #[prost(message, optional, tag = "1000")]
    pub(super) quorate: Option<Quorate>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Quorate {
    #[prost(uint32, tag = "1")]
    pub(super) version: u32,
    #[prost(uint32, tag = "2")]
    pub(super) threshold: u32,
    #[prost(uint32, tag = "3")]
    pub(super) devices: u32,
    #[prost(uint64, tag = "4")]
    pub(super) epoch: u64,
    #[prost(bytes = "vec", tag = "5")]
    pub(super) fsid: Vec<u8>,
    #[prost(string, tag = "6")]
    pub(super) chain: String,
    #[prost(string, tag = "7")]
    pub(super) path: String,
    #[prost(bytes = "vec", repeated, tag = "8")]
    pub(super) digests: Vec<Vec<u8>>,
    #[prost(bytes = "vec", tag = "9")]
    pub(super) public_key_eddsa: Vec<u8>,
    #[prost(bool, tag = "10")]
    pub(super) open: bool,
    #[prost(message, repeated, tag = "11")]
    pub(super) chains: Vec<ChainKey>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct ChainKey {
    #[prost(string, tag = "1")]
    pub(super) chain: String,
    #[prost(bytes = "vec", tag = "2")]
    pub(super) key: Vec<u8>,
}

macro_rules! wiped {
    ($($message:ty),*) => {$(
        impl Drop for $message {
            fn drop(&mut self) {
                self.encryption_key_hex.zeroize();
            }
        }
    )*};
}

wiped!(KeygenMessage, ReshareMessage, KeysignMessage);
