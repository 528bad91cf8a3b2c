//! A recorded ceremony, seen from a party whose randomness is known: its setup, and its frames opened.

use chacha20::{R20, hchacha};
use chacha20poly1305::aead::array::Array;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{ChaCha20Poly1305, KeyInit};
use curve25519_dalek::MontgomeryPoint;
use quorate_core::PartyIndex;
use quorate_core::simulation::recorded::{array, bytes};
use serde_json::Value;
use sha2::{Digest, Sha256};

const HEADER_LEN: usize = 36;
const SIGNATURE_LEN: usize = 64;
const MAC_LEN: usize = 16;
const NONCE_LEN: usize = 12;
const KEY_LEN: usize = 32;

/// How a frame is protected.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Signed,
    Private,
    /// Private, with the sender's key in front.
    Enclosed,
}

/// One ceremony.
pub(crate) struct Recorded<'a> {
    value: &'a Value,
    /// Our party.
    pub(crate) name: &'a str,
    /// What it draws, by name.
    pub(crate) random: &'a Value,
    /// The setup's items, in order.
    items: Vec<(u16, Vec<u8>)>,
}

/// One message of it.
pub(crate) struct Sent {
    pub(crate) from: PartyIndex,
    pub(crate) to: Option<PartyIndex>,
    pub(crate) tag: u64,
    pub(crate) payload: Vec<u8>,
}

impl<'a> Recorded<'a> {
    /// With the production engine as the other parties.
    pub(crate) fn ours(value: &'a Value) -> Self {
        Self::of(value, value["our_party"].as_str().unwrap(), &value["our_random"])
    }

    /// From this party's side.
    pub(crate) fn of(value: &'a Value, name: &'a str, random: &'a Value) -> Self {
        let setup = bytes(&value["setup"]);
        let mut rest = &setup[HEADER_LEN..setup.len() - SIGNATURE_LEN];
        let mut items = Vec::new();
        while let [tag_low, tag_high, len_low, len_high, after @ ..] = rest {
            let len = usize::from(u16::from_le_bytes([*len_low, *len_high])) + 1;
            items.push((u16::from_le_bytes([*tag_low, *tag_high]), after[..len].to_vec()));
            rest = &after[len..];
        }
        Self { value, name, random, items }
    }

    /// The values of this tag in the setup, in order.
    pub(crate) fn setup(&self, tag: u16) -> Vec<&Vec<u8>> {
        self.items.iter().filter(|item| item.0 == tag).map(|item| &item.1).collect()
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let names = self.setup(0x40).into_iter();
        names.map(|name| String::from_utf8(name.clone()).unwrap()).collect()
    }

    pub(crate) fn me(&self) -> PartyIndex {
        self.index_of(self.name)
    }

    fn index_of(&self, name: &str) -> PartyIndex {
        let position = self.names().iter().position(|other| other == name).unwrap();
        PartyIndex::new(u8::try_from(position).unwrap())
    }

    /// A recorded random value of 32 bytes.
    pub(crate) fn drawn(&self, name: &str) -> [u8; 32] {
        let values = self.random.as_array().unwrap();
        array(&values.iter().find(|value| value[0] == name).unwrap()[1])
    }

    /// Our key for key agreement.
    pub(crate) fn channel(&self) -> [u8; 32] {
        public(&self.drawn("x25519_secret"))
    }

    /// What our party is fed, in order.
    pub(crate) fn received(&self) -> Vec<Sent> {
        let is_for =
            |message: &&Value| message["to"].as_array().unwrap().contains(&self.name.into());
        self.messages().filter(is_for).map(|message| self.opened(message)).collect()
    }

    /// What our party sends, in order.
    pub(crate) fn sent(&self) -> Vec<Sent> {
        let own = self.messages().filter(|message| message["frm"] == self.name);
        own.map(|message| self.opened(message)).collect()
    }

    fn messages(&self) -> impl Iterator<Item = &Value> {
        self.value["messages"].as_array().unwrap().iter()
    }

    /// The message, opened by our party, which sent or receives it.
    fn opened(&self, message: &Value) -> Sent {
        let frame = bytes(&message["msg"]);
        let from = message["frm"].as_str().unwrap();
        let (tag, form) = self.kind(frame.len());
        let broadcast = form == Form::Signed && tag < 1000;
        let to = (!broadcast).then(|| message["to"][0].as_str().unwrap());
        let payload = match (form, to) {
            (Form::Private, Some(to)) => {
                let peer = if from == self.name { to } else { from };
                let keys = [self.announced(peer), self.announced(to)];
                decrypt(&frame, HEADER_LEN, &self.drawn("x25519_secret"), keys)
            }
            (Form::Enclosed, Some(to)) => {
                let sender: [u8; KEY_LEN] = frame[HEADER_LEN..][..KEY_LEN].try_into().unwrap();
                let receiver = self.enclosure_of(to);
                let peer = if from == self.name { receiver } else { sender };
                decrypt(&frame, HEADER_LEN + KEY_LEN, &self.enclosing(), [peer, receiver])
            }
            _ => frame[HEADER_LEN..frame.len() - SIGNATURE_LEN].to_vec(),
        };
        Sent { from: self.index_of(from), to: to.map(|to| self.index_of(to)), tag, payload }
    }

    /// The tag of a frame, which its length tells, and its form. All thresholds here are 2.
    fn kind(&self, len: usize) -> (u64, Form) {
        let kind = String::from_utf8(self.setup(0x00)[0].clone()).unwrap();
        let record = HEADER_LEN + KEY_LEN + 103 + 33 * self.names().len() + MAC_LEN + NONCE_LEN;
        match (&*kind, len) {
            ("DKG", 228) | ("DSG", 197) => (1, Form::Signed),
            ("DKG", 360) => (2, Form::Signed),
            ("DKG", 16960) | ("DSG", 49572) => (3, Form::Private),
            ("DKG", 37634) => (4, Form::Private),
            ("DKG", 231) => (5, Form::Signed),
            ("DKG", 132) => (1000, Form::Signed),
            ("DKG", len) if len == record => (1001, Form::Enclosed),
            ("DSG", 9328) => (2, Form::Private),
            ("FSG", 196) => (4, Form::Signed),
            ("EXPORT", 129) => (1, Form::Enclosed),
            other => panic!("a frame of no kind: {other:?}"),
        }
    }

    /// The key that this party announces in round 1.
    fn announced(&self, party: &str) -> [u8; 32] {
        let first = |(message, frame): &(&Value, Vec<u8>)| {
            message["frm"] == party && self.kind(frame.len()) == (1, Form::Signed)
        };
        let frames = self.messages().map(|message| (message, bytes(&message["msg"])));
        let (_, frame) = frames.into_iter().find(first).unwrap();
        let at = if frame.len() == 228 { 96 } else { 64 };
        frame[HEADER_LEN + at..][..KEY_LEN].try_into().unwrap()
    }

    /// The key that what is enclosed for this party is enclosed to.
    fn enclosure_of(&self, party: &str) -> [u8; 32] {
        if let Some(receiver) = self.setup(0x25).first() {
            return receiver.as_slice().try_into().unwrap();
        }
        let frames = self.messages().filter(|message| message["frm"] == party);
        let mut frames = frames.map(|message| bytes(&message["msg"]));
        let frame = frames.find(|frame| self.kind(frame.len()).0 == 1000).unwrap();
        frame[HEADER_LEN..][..KEY_LEN].try_into().unwrap()
    }

    /// Our secret for what is enclosed.
    fn enclosing(&self) -> [u8; 32] {
        let names =
            ["import_x25519_secret", "export_x25519_secret", "export_receiver_x25519_secret"];
        let values = self.random.as_array().unwrap();
        let known = |name: &&&str| values.iter().any(|value| value[0] == **name);
        self.drawn(names.iter().find(known).unwrap())
    }
}

/// The public key of an X25519 secret.
pub(crate) fn public(secret: &[u8; 32]) -> [u8; 32] {
    MontgomeryPoint::mul_base_clamped(*secret).to_bytes()
}

/// Opens a private frame with one end's secret, the other's key and the receiver's key.
fn decrypt(
    frame: &[u8],
    clear: usize,
    secret: &[u8; 32],
    [peer, receiver]: [[u8; 32]; 2],
) -> Vec<u8> {
    let shared = MontgomeryPoint(peer).mul_clamped(*secret).to_bytes();
    let mixed = hchacha::<R20>(&shared.into(), &Array::default());
    let key = Sha256::new().chain_update(receiver).chain_update(mixed).finalize();
    let (aad, rest) = frame.split_at(clear);
    let (msg, nonce) = rest.split_at(rest.len() - NONCE_LEN);
    let nonce: [u8; NONCE_LEN] = nonce.try_into().unwrap();
    let cipher = ChaCha20Poly1305::new(&key);
    cipher.decrypt(&nonce.into(), Payload { msg, aad }).unwrap()
}
