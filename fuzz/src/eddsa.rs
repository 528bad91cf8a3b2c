//! The Ed25519 engine.

use std::sync::{Arc, LazyLock};

use quorate_core::Committee;
use quorate_eddsa::refresh::Given;
use quorate_eddsa::{KeyShare, dkg, export, import, quorum_change, refresh, sign, verify};

use crate::edit::edit;
use crate::input::Input;
use crate::run::{Heard, Party, Post, honest, lied_to, p, seeded};
use crate::{Target, lies, moded};

/// Key generation of 2-of-3, and the refresh of its shares.
pub const KEYGEN: Target = Target { name: "eddsa_keygen", seeds: || lies(2), read: keygen };
/// Signing by two and by three of three.
pub const SIGN: Target = Target { name: "eddsa_sign", seeds: || lies(2), read: signing };
/// Quorum change, seen by a party that stays, one that joins and one that leaves.
pub const RESHARE: Target = Target { name: "eddsa_reshare", seeds: || lies(3), read: reshare };
/// Import, seen by the one who knows the key and by another; export, seen by its receiver.
pub const IMPORT: Target = Target { name: "eddsa_import", seeds: || lies(3), read: importing };
/// Stored shares.
pub const SHARES: Target = Target { name: "eddsa_share", seeds: share_seeds, read: share };

static SHARING: LazyLock<(Vec<Arc<KeyShare>>, Heard)> = LazyLock::new(|| {
    let (shares, heard) = honest((0..3).map(dealer).collect());
    (shares.into_iter().map(|new| Arc::new(new.share)).collect(), heard)
});

fn shares() -> &'static [Arc<KeyShare>] {
    &SHARING.0
}

fn params(i: u8) -> dkg::Params {
    dkg::Params { committee: Committee::new(p(i), 3, 2).expect("a committee"), key_id: None }
}

fn dealer(i: u8) -> Party<dkg::Session> {
    let mut rng = seeded(i.into());
    let (session, sent) = dkg::Session::start(params(i), &mut rng);
    (session, sent, rng)
}

fn refresher(i: u8) -> Party<dkg::Session> {
    let mut rng = seeded(i.into());
    let given = Given::of_share(&shares()[usize::from(i)], 3).expect("all take part");
    let (session, sent) = refresh::start(params(i), given, &mut rng);
    (session, sent, rng)
}

fn keygen(data: &[u8]) {
    static REFRESH: LazyLock<Heard> = LazyLock::new(|| honest((0..3).map(refresher).collect()).1);
    let mut input = Input::new(data);
    let share = match input.byte() % 2 {
        0 => lied_to(dealer(0), &SHARING.1[0], &mut input),
        _ => lied_to(refresher(0), &REFRESH[0], &mut input),
    };
    if let Some(new) = share {
        KeyShare::from_bytes(new.share.to_bytes().expose()).expect("what is made can be read");
    }
}

const MESSAGE: &[u8] = b"message";

fn signer(i: u8, signers: u8) -> Party<sign::Session> {
    let mut rng = seeded(i.into());
    let share = Arc::clone(&shares()[usize::from(i)]);
    let params = sign::Params { share, me: p(i), signers, message: MESSAGE.to_vec() };
    let (session, sent) = sign::Session::start(params, &mut rng).expect("enough signers");
    (session, sent, rng)
}

fn signing(data: &[u8]) {
    static HEARD: LazyLock<[Heard; 2]> =
        LazyLock::new(|| [2, 3].map(|m| honest((0..m).map(|i| signer(i, m)).collect()).1));
    let mut input = Input::new(data);
    let variant = input.byte() % 2;
    let heard = &HEARD[usize::from(variant)][0];
    if let Some(signature) = lied_to(signer(0, 2 + variant), heard, &mut input) {
        let key = shares()[0].public_key();
        assert!(verify(&key, MESSAGE, &signature.to_bytes()), "a wrong signature is released");
    }
}

/// Who has a share, and who gets one. Party 0 stays, joins, or leaves.
const CHANGES: [([Option<usize>; 3], [u8; 2]); 3] = [
    ([Some(0), Some(1), None], [0, 2]),
    ([None, Some(0), Some(1)], [0, 1]),
    ([Some(0), Some(1), None], [1, 2]),
];

fn changer(variant: usize, i: u8) -> Party<quorum_change::Session> {
    let (held, new) = CHANGES[variant];
    let old = (0..3).filter(|&j| held[usize::from(j)].is_some()).map(p).collect();
    let share = held[usize::from(i)].map(|at| Arc::clone(&shares()[at]));
    let params = quorum_change::Params {
        me: p(i),
        parties: 3,
        old,
        new: new.map(p).to_vec(),
        threshold: 2,
        public_key: shares()[0].public_key(),
        share,
    };
    let (session, sent) = quorum_change::Session::start(params, [i + 1; 32]).expect("a change");
    (session, sent, seeded(i.into()))
}

fn reshare(data: &[u8]) {
    static HEARD: LazyLock<[Heard; 3]> =
        LazyLock::new(|| [0, 1, 2].map(|v| honest((0..3).map(|i| changer(v, i)).collect()).1));
    let mut input = Input::new(data);
    let variant = usize::from(input.byte() % 3);
    lied_to(changer(variant, 0), &HEARD[variant][0], &mut input);
}

fn importer(i: u8) -> Party<import::Session> {
    let mut rng = seeded(i.into());
    let start = match i {
        0 => import::Session::start_initiator(params(0), &[1; 32], [2; 32], &mut rng),
        i => import::Session::start(params(i), [i + 101; 32]),
    };
    let (session, sent) = start.expect("an import");
    (session, sent, rng)
}

fn exported() -> Vec<Post> {
    let sent = [1, 2].map(|i| {
        let share = Arc::clone(&shares()[usize::from(i)]);
        let params = export::Params { share, me: p(i), parties: 3 };
        (p(i), export::Exporter::start(&params, [7; 32]).expect("enough").1)
    });
    sent.iter()
        .flat_map(|(i, sent)| sent.iter().map(|message| Post::of(*i, p(0), message)))
        .collect()
}

fn importing(data: &[u8]) {
    static IMPORT: LazyLock<Heard> = LazyLock::new(|| honest((0..3).map(importer).collect()).1);
    let mut input = Input::new(data);
    match input.byte() % 3 {
        i @ (0 | 1) => drop(lied_to(importer(i), &IMPORT[usize::from(i)], &mut input)),
        _ => {
            let params = export::Params { share: Arc::clone(&shares()[0]), me: p(0), parties: 3 };
            let receiver = export::Receiver::start(params).expect("enough");
            drop(lied_to((receiver, Vec::new(), seeded(0)), &exported(), &mut input));
        }
    }
}

fn share_seeds() -> Vec<Vec<u8>> {
    let whole = shares().iter().map(|share| share.to_bytes().expose().clone());
    [moded(0, whole), moded(1, lies(3))].concat()
}

fn share(data: &[u8]) {
    let mut input = Input::new(data);
    let bytes = if input.byte() % 2 == 0 {
        input.rest().to_vec()
    } else {
        let mut bytes = shares()[input.below(3)].to_bytes().expose().clone();
        while !input.is_empty() {
            edit(&mut bytes, &mut input);
        }
        bytes
    };
    if let Ok(share) = KeyShare::from_bytes(&bytes) {
        assert!(*share.to_bytes().expose() == bytes, "two encodings of one share");
    }
}
