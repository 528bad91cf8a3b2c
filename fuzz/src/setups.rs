//! Setup messages: as they are, and signed again after every change, so that the reader behind the signature is met.

use std::sync::LazyLock;

use ed25519_dalek::{Signer, SigningKey};
use quorate_core::PartyIndex;
use quorate_wire::frame::Exchange;
use quorate_wire::setup::{Body, PublicKey, Setup, Suite, ToSign, build};
use rand_core::Rng;

use crate::input::Input;
use crate::run::{p, seeded};
use crate::{Target, moded};

/// Setup messages.
pub const SETUPS: Target = Target { name: "setup", seeds, read };

const HEADER_LEN: usize = 36;
const SIGNATURE_LEN: usize = 64;

const SUITES: [Suite; 2] = [Suite::Ecdsa, Suite::Eddsa];

/// One setup of each kind, all signed by [`instance`].
fn examples() -> Vec<Vec<u8>> {
    let [key_id, hash] = [[3; 32], [4; 32]];
    let signing = |to_sign| Body::Dsg { key_id, path: "m/44/60/0/0/0".to_owned(), to_sign };
    let change = |public_key| {
        let (old, new) = (vec![p(0), p(1)], vec![p(2), p(1)]);
        Body::Qc { key_id, public_key, old, new, threshold: 2 }
    };
    let of_ecdsa = [
        Body::Dkg { threshold: 2, key_id: None },
        Body::Dkg { threshold: 2, key_id: Some(key_id) },
        signing(ToSign::Hash(hash)),
        signing(ToSign::Nothing),
        Body::Fsg { presignature: [5; 32], hash },
        change(PublicKey::Ecdsa([2; 33])),
        Body::Export { key_id, receiver_key: [9; 32] },
    ];
    let of_eddsa =
        [signing(ToSign::Message(b"message".to_vec())), change(PublicKey::Eddsa([1; 32]))];
    let bodies = of_ecdsa.map(|body| (Suite::Ecdsa, body)).into_iter();
    let names = ["Phone-1A2", "Laptop-3B4", "Server-5C6"];
    bodies
        .chain(of_eddsa.map(|body| (Suite::Eddsa, body)))
        .map(|(suite, body)| build(suite, &body, &names, &mut seeded(0)).expect("a setup"))
        .collect()
}

/// The key that signs what `build` makes with this randomness: its first draw.
fn instance() -> SigningKey {
    let mut seed = [0; 32];
    seeded(0).fill_bytes(&mut seed);
    SigningKey::from_bytes(&seed)
}

fn seeds() -> Vec<Vec<u8>> {
    let whole = examples();
    let bodies = whole.iter().map(|setup| &setup[HEADER_LEN..setup.len() - SIGNATURE_LEN]);
    [moded(0, &whole), moded(1, bodies)].concat()
}

fn read(data: &[u8]) {
    let mut input = Input::new(data);
    if input.byte() % 2 == 0 {
        return parse(input.rest());
    }
    static HEADER: LazyLock<Vec<u8>> = LazyLock::new(|| examples()[0][..HEADER_LEN].to_vec());
    let mut setup = HEADER.clone();
    setup.extend(input.rest());
    let signature = instance().sign(&setup);
    setup.extend(signature.to_bytes());
    parse(&setup);
}

fn parse(bytes: &[u8]) {
    for suite in SUITES {
        if let Ok(setup) = Setup::parse(suite, bytes) {
            check(&setup);
        }
    }
}

fn check(setup: &Setup) {
    for j in PartyIndex::first(setup.size()) {
        let name = setup.name_of(j).expect("every position has a name");
        assert_eq!(setup.index_of(name), Some(j), "names are distinct");
    }
    Exchange::new(setup, p(0), &mut seeded(0)).expect("there is a first party");
}
