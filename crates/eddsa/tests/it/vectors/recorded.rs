//! A recorded ceremony: its setup, its secrets, and its frames opened.

use chacha20::{R20, hchacha};
use chacha20poly1305::aead::array::Array;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{ChaCha20Poly1305, KeyInit};
use curve25519_dalek::MontgomeryPoint;
use quorate_core::PartyIndex;
use quorate_core::simulation::recorded::{self, array, bytes};
use serde_json::Value;
use sha2::{Digest, Sha256};

const HEADER_LEN: usize = 36;
const SIGNATURE_LEN: usize = 64;
const NONCE_LEN: usize = 12;

pub(crate) fn vectors(name: &str) -> Value {
    recorded::vectors("eddsa", name)
}

/// One ceremony.
pub(crate) struct Recorded {
    pub(crate) value: Value,
}

/// One message of it.
pub(crate) struct Sent {
    pub(crate) from: PartyIndex,
    pub(crate) to: Option<PartyIndex>,
    pub(crate) tag: u64,
    pub(crate) payload: Vec<u8>,
}

impl Recorded {
    pub(crate) fn open(name: &str) -> Self {
        Self { value: vectors(name) }
    }

    /// The parties whose randomness is recorded.
    pub(crate) fn known(&self) -> impl Iterator<Item = &str> {
        self.value["known_secrets"].as_object().unwrap().keys().map(String::as_str)
    }

    pub(crate) fn secrets(&self, party: &str) -> &Value {
        &self.value["known_secrets"][party]
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        let parties = self.value["setup"]["parties"].as_array().unwrap().iter();
        parties.map(|party| party["id"].as_str().unwrap()).collect()
    }

    pub(crate) fn index_of(&self, name: &str) -> PartyIndex {
        let position = self.names().iter().position(|other| *other == name).unwrap();
        PartyIndex::new(u8::try_from(position).unwrap())
    }

    /// The values of this tag in the setup, in order.
    pub(crate) fn setup(&self, tag: u64) -> Vec<Vec<u8>> {
        let fields = self.value["setup"]["tlv"].as_array().unwrap().iter();
        fields.filter(|field| field[0] == tag).map(|field| bytes(&field[1])).collect()
    }

    /// What the engine of this party is fed, in order.
    pub(crate) fn to(&self, me: &str) -> Vec<Sent> {
        let is_for = |message: &&Value| message["to"].as_array().unwrap().contains(&me.into());
        self.transcript().iter().filter(is_for).map(|message| self.opened(message, me)).collect()
    }

    /// What the engine of this party sends, in order.
    pub(crate) fn from(&self, me: &str) -> Vec<Sent> {
        let own = self.transcript().iter().filter(|message| message["from"] == me);
        own.map(|message| self.opened(message, me)).collect()
    }

    fn transcript(&self) -> &[Value] {
        self.value["transcript"].as_array().unwrap()
    }

    /// The message, opened by this party, which sent or receives it.
    fn opened(&self, message: &Value, me: &str) -> Sent {
        let from = message["from"].as_str().unwrap();
        let to = message["addressed_to"].as_str();
        let tag = message["tag"].as_u64().unwrap();
        let frame = bytes(&message["frame"]);
        let payload = match to {
            // The tags of an import.
            Some(_) if tag == 1001 => {
                open_announced(&frame, &array(&self.secrets(me)["imp_x25519"]))
            }
            Some(to) if tag != 1000 => {
                let peer = if from == me { to } else { from };
                let secret = array(&self.secrets(me)["x25519"]);
                let keys = [self.channel_key(peer), self.channel_key(to)];
                let payload = decrypt(&frame, 0, &secret, keys);
                if let Some(recorded) = message.get("plaintext") {
                    assert_eq!(payload, bytes(recorded));
                }
                payload
            }
            _ => frame[HEADER_LEN..frame.len() - SIGNATURE_LEN].to_vec(),
        };
        Sent { from: self.index_of(from), to: to.map(|to| self.index_of(to)), tag, payload }
    }

    /// The key that this party has announced in round 1 of a quorum change.
    fn channel_key(&self, party: &str) -> [u8; 32] {
        let announced =
            |message: &&Value| message["from"] == party && message["addressed_to"].is_null();
        let frame = bytes(&self.transcript().iter().find(announced).unwrap()["frame"]);
        frame[HEADER_LEN + 9..HEADER_LEN + 41].try_into().unwrap()
    }
}

/// The public key of an X25519 secret.
pub(crate) fn x25519_public(secret: &[u8; 32]) -> [u8; 32] {
    MontgomeryPoint::mul_base_clamped(*secret).to_bytes()
}

/// A private frame that carries its sender's key, opened by its receiver.
pub(crate) fn open_announced(frame: &[u8], secret: &[u8; 32]) -> Vec<u8> {
    let sender = frame[HEADER_LEN..HEADER_LEN + 32].try_into().unwrap();
    decrypt(frame, 32, secret, [sender, x25519_public(secret)])
}

/// Opens a private frame with one end's secret, the other's key and the receiver's key.
fn decrypt(
    frame: &[u8],
    announced: usize,
    secret: &[u8; 32],
    [peer, receiver]: [[u8; 32]; 2],
) -> Vec<u8> {
    let shared = MontgomeryPoint(peer).mul_clamped(*secret).to_bytes();
    let mixed = hchacha::<R20>(&shared.into(), &Array::default());
    let key = Sha256::new().chain_update(receiver).chain_update(mixed).finalize();
    let (aad, rest) = frame.split_at(HEADER_LEN + announced);
    let (msg, nonce) = rest.split_at(rest.len() - NONCE_LEN);
    let nonce: [u8; NONCE_LEN] = nonce.try_into().unwrap();
    let cipher = ChaCha20Poly1305::new(&key);
    cipher.decrypt(&nonce.into(), Payload { msg, aad }).unwrap()
}
