//! Setups that were recorded, read and written as the production engine does.

use super::*;

const VECTORS: &[u8] = include_bytes!("../../../../../vectors/dkls23/setup_messages.json.xz");
const EDDSA: &[u8] = include_bytes!("../../../../../vectors/eddsa/primitives.json.xz");

/// A recorded setup.
pub(super) struct Recorded {
    pub(super) bytes: Vec<u8>,
    tlv: Vec<(String, Vec<u8>)>,
    instance: [u8; 32],
    names: Vec<String>,
    seeds: Vec<[u8; 32]>,
}

impl Recorded {
    pub(super) fn ecdsa() -> Vec<(Self, [u8; 32])> {
        let read = |case: &serde_json::Value| {
            let item =
                |item: &serde_json::Value| (item[0].as_str().unwrap().into(), unhex(&item[1]));
            let recorded = Self {
                bytes: unhex(&case["setup"]),
                tlv: case["tlv"].as_array().unwrap().iter().map(item).collect(),
                instance: unhex_array(&case["instance_id"]),
                names: strings(&case["party_names"]),
                seeds: case["party_seeds"].as_array().unwrap().iter().map(unhex_array).collect(),
            };
            (recorded, unhex_array(&case["instance_seed"]))
        };
        vector(VECTORS).as_array().unwrap().iter().map(read).collect()
    }

    fn eddsa(setup: &serde_json::Value) -> Self {
        let item = |item: &serde_json::Value| {
            (format!("{:#04x}", item[0].as_u64().unwrap()), unhex(&item[1]))
        };
        let parties = setup["parties"].as_array().unwrap();
        Self {
            bytes: unhex(&setup["raw"]),
            tlv: setup["tlv"].as_array().unwrap().iter().map(item).collect(),
            instance: unhex_array(&setup["instance_id"]),
            names: parties.iter().map(|party| party["id"].as_str().unwrap().into()).collect(),
            seeds: parties.iter().map(|party| unhex_array(&party["signing_seed"])).collect(),
        }
    }

    /// What it is for, read a second time.
    fn body(&self, suite: Suite) -> Body {
        let all = |tag: &'static str| self.tlv.iter().filter(move |(t, _)| t == tag);
        let one = |tag| all(tag).next().map(|(_, value)| value.clone());
        let fixed = |tag| -> [u8; 32] { one(tag).unwrap().try_into().unwrap() };
        let indices = |tag| all(tag).map(|(_, j)| index(j[0])).collect();
        match &*one("0x00").unwrap() {
            b"DKG" => Body::Dkg {
                threshold: one("0x01").unwrap()[0],
                key_id: one("0x04").map(|id| id.try_into().unwrap()),
            },
            b"DSG" => Body::Dsg {
                key_id: fixed("0x04"),
                path: String::from_utf8(one("0x21").unwrap()).unwrap(),
                to_sign: match (suite, one("0x23")) {
                    (Suite::Ecdsa, None) => ToSign::Nothing,
                    (Suite::Ecdsa, Some(hash)) => ToSign::Hash(hash.try_into().unwrap()),
                    (Suite::Eddsa, message) => ToSign::Message(message.unwrap()),
                },
            },
            b"FSG" => Body::Fsg { presignature: fixed("0x04"), hash: fixed("0x23") },
            b"QC" => Body::Qc {
                key_id: fixed("0x04"),
                public_key: match suite {
                    Suite::Ecdsa => PublicKey::Ecdsa(one("0x16").unwrap().try_into().unwrap()),
                    Suite::Eddsa => PublicKey::Eddsa(fixed("0x16")),
                },
                old: indices("0x15"),
                new: indices("0x14"),
                threshold: one("0x01").unwrap()[0],
            },
            b"EXPORT" => Body::Export { key_id: fixed("0x04"), receiver_key: fixed("0x25") },
            other => panic!("{other:?} is not recorded"),
        }
    }

    fn is_read_as(&self, suite: Suite, body: &Body) {
        let read = Setup::parse(suite, &self.bytes).unwrap();
        assert_eq!(read.suite(), suite);
        assert_eq!(read.instance(), self.instance);
        assert_eq!(read.names(), self.names);
        assert_eq!(read.body(), body);
        assert_eq!(read.index_of(&self.names[1]), Some(index(1)));
        assert_eq!(read.name_of(index(1)), Some(&*self.names[1]));
        assert_eq!(read.index_of("mallory"), None);
        assert!(read.seeds().iter().map(quorate_core::Secret::expose).eq(&self.seeds));
    }

    fn is_written_of(&self, suite: Suite, body: &Body, instance_seed: [u8; 32]) {
        let drawn = [instance_seed].into_iter().chain(self.seeds.iter().copied());
        let mut drawn = Script(drawn.flatten().collect());
        let written = build(suite, body, &self.names, &mut drawn).unwrap();
        assert_eq!(hex::encode(written), hex::encode(&self.bytes));
    }
}

#[test]
fn setups_are_written_and_read_as_production_does() {
    let mut kinds = 0;
    for (recorded, instance_seed) in Recorded::ecdsa() {
        let body = recorded.body(Suite::Ecdsa);
        recorded.is_read_as(Suite::Ecdsa, &body);
        recorded.is_written_of(Suite::Ecdsa, &body, instance_seed);
        kinds += 1;
    }
    assert_eq!(kinds, 7);
}

#[test]
fn ed25519_setups_are_written_and_read_as_production_does() {
    let setups = &vector(EDDSA)["setups"];
    for kind in ["keygen", "sign", "qc", "export"] {
        let recorded = Recorded::eddsa(&setups[kind]);
        let body = recorded.body(Suite::Eddsa);
        recorded.is_read_as(Suite::Eddsa, &body);
        // The instance of all of them.
        assert_eq!(SigningKey::from_bytes(&[9; 32]).verifying_key().to_bytes(), recorded.instance);
        recorded.is_written_of(Suite::Eddsa, &body, [9; 32]);
    }
}

#[test]
fn the_setup_of_every_recorded_ed25519_ceremony_is_read() {
    for (name, ceremony) in crate::testing::eddsa_ceremonies() {
        let recorded = Recorded::eddsa(&ceremony["setup"]);
        let body = recorded.body(Suite::Eddsa);
        recorded.is_read_as(Suite::Eddsa, &body);
        let of_both = matches!(body, Body::Dkg { .. } | Body::Export { .. });
        assert_eq!(Setup::parse(Suite::Ecdsa, &recorded.bytes).is_ok(), of_both, "{name}");
    }
}

#[test]
fn message_ids_are_those_of_production() {
    for case in vector(VECTORS).as_array().unwrap() {
        let instance = unhex_array(&case["instance_id"]);
        let keys: Vec<[u8; 32]> =
            case["party_vk"].as_array().unwrap().iter().map(unhex_array).collect();
        for (name, id) in case["message_ids"].as_object().unwrap() {
            let (message_tag, way) = name.split_once(':').unwrap();
            let (from, to) = way.split_once("->").unwrap();
            let key = |j: &str| &keys[j.parse::<usize>().unwrap()];
            let to = (to != "*").then(|| key(to));
            let made = MessageId::new(message_tag.parse().unwrap(), key(from), to, &instance);
            assert_eq!(made.as_bytes()[..], unhex(id), "{name}");
        }
    }
}
