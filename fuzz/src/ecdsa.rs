//! The ECDSA engine.

use std::sync::{Arc, LazyLock};

use quorate_core::Committee;
use quorate_ecdsa::derive::DerivationPath;
use quorate_ecdsa::presign::Presignature;
use quorate_ecdsa::refresh::Given;
use quorate_ecdsa::{
    KeyShare, dkg, export, finish, import, presign, quorum_change, refresh, sign, verify,
};

use crate::edit::edit;
use crate::input::Input;
use crate::run::{Heard, Party, Post, honest, lied_to, p, seeded};
use crate::{Target, lies, moded};

/// Key generation of 2-of-2, and the refresh of its shares.
pub const KEYGEN: Target = Target { name: "ecdsa_keygen", seeds: || lies(2), read: keygen };
/// Signing by two of two: in one run, short of the hash, and from there on.
pub const SIGN: Target = Target { name: "ecdsa_sign", seeds: || lies(3), read: signing };
/// Quorum change, seen by a party that stays, one that joins and one that leaves.
pub const RESHARE: Target = Target { name: "ecdsa_reshare", seeds: || lies(3), read: reshare };
/// Import, seen by the one who knows the key and by another; export, seen by its receiver.
pub const IMPORT: Target = Target { name: "ecdsa_import", seeds: || lies(3), read: importing };
/// Stored shares.
pub const SHARES: Target = Target { name: "ecdsa_share", seeds: share_seeds, read: share };
/// Stored presignatures.
pub const PRESIGNATURES: Target =
    Target { name: "ecdsa_presignature", seeds: presignature_seeds, read: presignature };

static SHARING: LazyLock<(Vec<Arc<KeyShare>>, Heard)> = LazyLock::new(|| {
    let (shares, heard) = honest((0..2).map(dealer).collect());
    (shares.into_iter().map(Arc::new).collect(), heard)
});

pub(crate) fn share_of(i: u8) -> Arc<KeyShare> {
    Arc::clone(&SHARING.0[usize::from(i)])
}

fn params(i: u8) -> dkg::Params {
    dkg::Params { committee: Committee::new(p(i), 2, 2).expect("a committee"), key_id: None }
}

fn dealer(i: u8) -> Party<dkg::Session> {
    let mut rng = seeded(i.into());
    let (session, sent) = dkg::Session::start(params(i), [i + 1; 32], &mut rng);
    (session, sent, rng)
}

fn refresher(i: u8) -> Party<dkg::Session> {
    let mut rng = seeded(i.into());
    let given = Given::of_share(&share_of(i), &params(i).committee).expect("all take part");
    let (session, sent) = refresh::start(params(i), given, [i + 1; 32], &mut rng);
    (session, sent, rng)
}

fn keygen(data: &[u8]) {
    static REFRESH: LazyLock<Heard> = LazyLock::new(|| honest((0..2).map(refresher).collect()).1);
    let mut input = Input::new(data);
    let share = match input.byte() % 2 {
        0 => lied_to(dealer(0), &SHARING.1[0], &mut input),
        _ => lied_to(refresher(0), &REFRESH[0], &mut input),
    };
    if let Some(share) = share {
        KeyShare::from_bytes(share.to_bytes().expose()).expect("what is made can be read");
    }
}

const HASH: [u8; 32] = [0x5a; 32];

fn signer(i: u8) -> Party<sign::Session> {
    let (mut rng, path) = (seeded(i.into()), DerivationPath::root());
    let params = sign::Params { share: share_of(i), me: p(i), signers: 2, path, hash: HASH };
    let (session, sent) = sign::Session::start(params, [i + 1; 32], &mut rng).expect("enough");
    (session, sent, rng)
}

fn presigner(i: u8) -> Party<presign::Session> {
    let (mut rng, path) = (seeded(i.into()), DerivationPath::root());
    let params = presign::Params { share: share_of(i), me: p(i), signers: 2, path };
    let (session, sent) = presign::Session::start(params, [i + 1; 32], &mut rng).expect("enough");
    (session, sent, rng)
}

static PRESIGNING: LazyLock<(Vec<Vec<u8>>, Heard)> = LazyLock::new(|| {
    let (made, heard) = honest((0..2).map(presigner).collect());
    (made.iter().map(|made| made.to_bytes().expose().clone()).collect(), heard)
});

fn finisher(i: u8) -> Party<finish::Session> {
    let presignature = Presignature::from_bytes(&PRESIGNING.0[usize::from(i)]).expect("its own");
    let params = finish::Params { presignature, me: p(i), signers: 2, hash: HASH };
    let (session, sent) = finish::Session::start(params).expect("two");
    (session, sent, seeded(i.into()))
}

fn signing(data: &[u8]) {
    static SIGN: LazyLock<Heard> = LazyLock::new(|| honest((0..2).map(signer).collect()).1);
    static FINISH: LazyLock<Heard> = LazyLock::new(|| honest((0..2).map(finisher).collect()).1);
    let mut input = Input::new(data);
    let signature =
        match input.byte() % 3 {
            0 => lied_to(signer(0), &SIGN[0], &mut input),
            1 => {
                let made = lied_to(presigner(0), &PRESIGNING.1[0], &mut input);
                drop(made.map(|made| {
                    Presignature::from_bytes(made.to_bytes().expose()).expect("its own")
                }));
                None
            }
            _ => lied_to(finisher(0), &FINISH[0], &mut input),
        };
    if let Some(signature) = signature {
        let key = share_of(0).public_key();
        assert!(verify(&key, &HASH, &signature.to_bytes()), "a wrong signature is released");
    }
}

/// Who has a share, and who gets one. Party 0 stays, joins, or leaves.
const CHANGES: [([Option<u8>; 3], [u8; 2]); 3] = [
    ([Some(0), Some(1), None], [0, 2]),
    ([None, Some(0), Some(1)], [0, 1]),
    ([Some(0), Some(1), None], [1, 2]),
];

fn changer(variant: usize, i: u8) -> Party<quorum_change::Session> {
    let (held, new) = CHANGES[variant];
    let params = quorum_change::Params {
        me: p(i),
        parties: 3,
        old: (0..3).filter(|&j| held[usize::from(j)].is_some()).map(p).collect(),
        new: new.map(p).to_vec(),
        threshold: 2,
        public_key: share_of(0).public_key(),
        share: held[usize::from(i)].map(share_of),
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
    let (mut rng, channel) = (seeded(i.into()), [i + 1; 32]);
    let start = match i {
        0 => import::Session::start_initiator(params(0), &[1; 32], [2; 32], channel, &mut rng),
        i => import::Session::start(params(i), [i + 101; 32], channel),
    };
    let (session, sent) = start.expect("an import");
    (session, sent, rng)
}

fn exported() -> Vec<Post> {
    let params = export::Params { share: share_of(1), me: p(1), parties: 2 };
    let (_, sent) = export::Exporter::start(&params, [7; 32]).expect("enough");
    sent.iter().map(|message| Post::of(p(1), p(0), message)).collect()
}

fn importing(data: &[u8]) {
    static IMPORT: LazyLock<Heard> = LazyLock::new(|| honest((0..2).map(importer).collect()).1);
    let mut input = Input::new(data);
    match input.byte() % 3 {
        i @ (0 | 1) => drop(lied_to(importer(i), &IMPORT[usize::from(i)], &mut input)),
        _ => {
            let params = export::Params { share: share_of(0), me: p(0), parties: 2 };
            let receiver = export::Receiver::start(params).expect("enough");
            drop(lied_to((receiver, Vec::new(), seeded(0)), &exported(), &mut input));
        }
    }
}

fn share_seeds() -> Vec<Vec<u8>> {
    let head = share_of(0).to_bytes().expose()[..400].to_vec();
    [moded(0, [head]), moded(1, lies(2))].concat()
}

fn share(data: &[u8]) {
    let bytes = stored(data, |i| share_of(i).to_bytes().expose().clone());
    if let Ok(share) = KeyShare::from_bytes(&bytes) {
        assert!(*share.to_bytes().expose() == bytes, "two encodings of one share");
    }
}

fn presignature_seeds() -> Vec<Vec<u8>> {
    [moded(0, &PRESIGNING.0), moded(1, lies(2))].concat()
}

fn presignature(data: &[u8]) {
    let bytes = stored(data, |i| PRESIGNING.0[usize::from(i)].clone());
    if let Ok(made) = Presignature::from_bytes(&bytes) {
        assert!(*made.to_bytes().expose() == bytes, "two encodings of one presignature");
    }
}

/// The input as it is, or what it makes of one of two stored documents.
fn stored(data: &[u8], document: impl Fn(u8) -> Vec<u8>) -> Vec<u8> {
    let mut input = Input::new(data);
    if input.byte() % 2 == 0 {
        return input.rest().to_vec();
    }
    let mut bytes = document(input.byte() % 2);
    while !input.is_empty() {
        edit(&mut bytes, &mut input);
    }
    bytes
}
