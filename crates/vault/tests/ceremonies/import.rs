//! A vault from a seed phrase (CEREMONY 11).

use std::collections::BTreeSet;
use std::convert::Infallible;

use quorate_chain::Signature as RawSignature;
use quorate_chain::chain::{self, Chain};
use quorate_core::session::{ChannelKey, Kind as MessageKind, Outgoing, Session, Step};
use quorate_core::{Abort, Alone, Committee, PartyIndex, Workers};
use quorate_ecdsa::dkg::Params;
use quorate_ecdsa::import as ecdsa;
use quorate_eddsa::import as eddsa;
use quorate_vault::ceremony::keysign::Intent;
use quorate_vault::ceremony::{Event, Outcome, Route, reshare};
use quorate_vault::certificate;
use quorate_vault::failure::Kind;
use quorate_vault::run::Run;
use quorate_vault::store::{PublicKey, Sharing, Store, Trust};
use quorate_wire::frame::{Enclosure, Exchange};
use quorate_wire::link::{Library, Link};
use quorate_wire::relay_api::{Message, Namespace, PartyId, message_hash};
use quorate_wire::seal::SessionKey;
use quorate_wire::setup::{Setup, Suite};
use rand_chacha::ChaCha20Rng;
use rand_core::CryptoRng;
use serde_json::Value;

use super::band::Band;

const CHAINS: [&str; 4] = ["Bitcoin", "Ethereum", "Solana", "Sui"];

fn recorded() -> Value {
    serde_json::from_str(include_str!("../../../../vectors/app/key_import.json")).unwrap()
}

fn chain(name: &str) -> &'static Chain {
    chain::find(name).unwrap()
}

fn address(sharing: &Sharing, name: &str) -> String {
    let chain = chain(name);
    chain.address(sharing.key_of(chain).unwrap().key).unwrap()
}

fn imported(test: &str, names: &[&str], others: &[&str], seed: u64) -> Band {
    let all: Vec<&str> = names.iter().chain(others).copied().collect();
    let mut band = Band::new(test, &all, seed);
    band.begin_import(names, &CHAINS);
    band.world.run(200_000);
    for name in names {
        assert!(band.active(name).is_some(), "{name}: {:?}", band.outcome(name));
    }
    band
}

/// Whether these devices sign, with the vault's two keys and with each key that it has for a chain.
fn all_keys_sign(band: &mut Band, names: &[&str]) {
    for name in ["Bitcoin", "Ethereum", "BSC", "Solana", "Sui", "Dogecoin", "Ton"] {
        let sharing = band.active(names[0]).unwrap();
        let own = sharing.key_of(chain(name)).unwrap();
        let digest = [name.as_bytes()[0]; 32];
        let intent =
            Intent::Digest { digest, chain: chain(name), path: chain(name).path.to_owned() };
        band.begin_signing(names, &intent).unwrap();
        band.world.run(100_000);
        for device in names {
            let Ok(Outcome::Signed(signed)) = band.outcome(device) else {
                panic!("{name}, {device}: {:?}", band.outcome(device))
            };
            let [made] = &signed.signatures[..] else { panic!("one signature") };
            let (key, path, of) = (made.signing.key, &*made.signing.path, &made.signing.bytes);
            assert_eq!((key, path), (own.key, own.path));
            let verifies = match (key, made.raw) {
                (PublicKey::Ecdsa(key), RawSignature::Ecdsa(signature)) => {
                    quorate_ecdsa::verify(&key, &digest, &signature)
                }
                (PublicKey::Eddsa(key), RawSignature::Eddsa(signature)) => {
                    quorate_eddsa::verify(&key, of.as_bytes(), &signature)
                }
                _ => false,
            };
            assert!(verifies, "{name}, {device}");
        }
    }
}

#[test]
fn a_phrase_becomes_a_vault_with_the_addresses_that_its_wallets_show() {
    let recorded = recorded();
    for (seed, names) in [(301, &["A", "B"][..]), (302, &["A", "B", "C"])] {
        let mut band = imported(&format!("import-{}", names.len()), names, &[], seed);
        for name in names {
            let sharing = band.active(name).unwrap();
            assert!(sharing.imported);
            assert!(certificate::certifies(sharing.certificate.as_ref().unwrap(), &sharing));
            assert_eq!(hex::encode(sharing.vault.0), recorded["ecdsa_master_public"]);
            assert_eq!(hex::encode(sharing.chain_code), recorded["chain_code"]);
            let eddsa = sharing.keys.root_eddsa().map(hex::encode);
            assert_eq!(eddsa.as_deref(), recorded["eddsa_public"].as_str());
            for chain in CHAINS {
                assert_eq!(address(&sharing, chain), recorded["chains"][chain]["address"]);
            }
            assert_eq!(address(&sharing, "Base"), recorded["chains"]["Ethereum"]["address"]);
            // Without a key of its own, a chain has one below the vault's.
            assert_ne!(address(&sharing, "Litecoin"), recorded["chains"]["Litecoin"]["address"]);
            let device = &band.world.devices[band.index(name)];
            assert_eq!(device.store.shares(sharing.fsid).unwrap().of.len(), 2 + CHAINS.len());
            let lines = device.asked[0].lines().join("\n");
            assert!(lines.contains("IMPORTED") && lines.contains("Bitcoin, Ethereum"), "{lines}");
            assert_eq!(device.asked.len(), 1);
        }
        let last = &names[names.len() - 2..];
        all_keys_sign(&mut band, last);
    }
}

#[test]
fn a_link_of_an_import_names_one_chain_for_each_path() {
    let mut band = Band::new("import-link", &["A", "B"], 303);
    let chains = ["BSC", "Base", "Polkadot", "Bittensor", "Cosmos"];
    let link = band.begin_import(&["A", "B"], &chains);
    let Link::Keygen(mut link) = Link::parse(&link).unwrap() else { panic!("no keygen") };
    assert_eq!(link.library, Library::KeyImport);
    assert_eq!(link.chains, ["BSC", "Polkadot", "Cosmos"]);
    for (wrong, word) in [
        ("Cardano", "Cardano"),
        ("QBTC", "QBTC"),
        ("Cosmos", "twice"),
        ("Osmosis", "one key twice"),
    ] {
        link.chains = vec!["Cosmos".to_owned(), wrong.to_owned()];
        let text = Link::Keygen(link).to_url();
        let refused = band.join("B", &text).unwrap_err();
        assert_eq!(refused.kind, Kind::Invalid);
        assert!(refused.message.contains(word), "{}", refused.message);
        let Link::Keygen(again) = Link::parse(&text).unwrap() else { panic!("no keygen") };
        link = again;
    }
}

/// CEREMONY 11.6: whichever protocol is cut short, nobody keeps anything; and whoever misses the vote has all keys or none.
#[test]
fn whatever_moment_a_device_dies_at_nobody_has_one_key_without_the_others() {
    let mut ended = false;
    for moment in (4..400).step_by(9) {
        let test = format!("import-moment-{moment}");
        let mut band = Band::new(&test, &["A", "B"], 310);
        band.begin_import(&["A", "B"], &["Bitcoin", "Solana"]);
        band.world.run(moment * 100);
        let b = band.index("B");
        ended = band.world.devices[b].outcome.is_some();
        band.world.devices[b].dead = true;
        band.world.run(1_200_000);
        for name in ["A", "B"] {
            band.restart(name);
            let Some(vault) = band.vault(name) else { continue };
            let sharing = vault.active().or(vault.pending()).unwrap();
            let shares = band.world.devices[band.index(name)].store.shares(sharing.fsid).unwrap();
            assert_eq!(shares.of.len(), 4, "{test}");
            assert_eq!(sharing.keys.chains().count(), 2);
        }
        if ended {
            assert!(band.can_sign(&["A", "B"]), "{test}");
            break;
        }
    }
    assert!(ended, "the import never ended");
}

#[test]
fn whoever_lies_about_the_key_of_a_chain_is_named() {
    let lies: [(&str, Start); 2] = [
        ("Bitcoin", |setup| {
            liar(setup, |params, enclosed, channel| {
                ecdsa::Session::start(params, enclosed, channel).unwrap()
            })
        }),
        ("Solana", |setup| {
            liar(setup, |params: quorate_ecdsa::dkg::Params, enclosed, _| {
                let Params { committee, key_id } = params;
                let params = quorate_eddsa::dkg::Params { committee, key_id };
                eddsa::Session::start(params, enclosed).unwrap()
            })
        }),
    ];
    for (chain, start) in lies {
        let mut band = Band::new(&format!("lie-{chain}"), &["A", "B"], 320);
        band.begin_import(&["A", "B"], &["Ethereum", chain, "Ton"]);
        lie(&mut band, chain, start);
        let failure = band.failure("A");
        let [blamed] = failure.blamed.as_slice() else { panic!("{chain}: {failure:#?}") };
        assert_eq!(blamed.party, "B");
        assert!(blamed.check.contains("DKG"), "{failure:#?}");
        for name in ["A", "B"] {
            assert!(band.vault(name).is_none(), "{chain}: {name} kept something");
        }
    }
}

/// Begins to speak for B.
type Start = fn(&Setup) -> Box<dyn Impostor>;

/// Whoever speaks for B in one protocol of an import.
trait Impostor {
    fn hear(&mut self, frame: Option<&[u8]>) -> Vec<Vec<u8>>;
}

struct Liar<S: Session>(Run<Twisted<S>>, ChaCha20Rng);

impl<S: Session> Impostor for Liar<S> {
    fn hear(&mut self, frame: Option<&[u8]>) -> Vec<Vec<u8>> {
        match frame {
            Some(frame) => drop(self.0.receive(frame, &mut self.1, &Alone)),
            None => drop(self.0.advance(&mut self.1, &Alone)),
        }
        self.0.take_frames().into_iter().map(|frame| frame.bytes).collect()
    }
}

/// A session whose second words, which open what the first have committed to, are changed.
struct Twisted<S> {
    inner: S,
    sent: u32,
}

impl<S: Session> Session for Twisted<S> {
    type Output = S::Output;
    type Check = S::Check;

    fn expects(&self) -> BTreeSet<(PartyIndex, MessageKind)> {
        self.inner.expects()
    }

    fn deliver(&mut self, from: PartyIndex, tag: u64, payload: &[u8]) {
        self.inner.deliver(from, tag, payload);
    }

    fn advance(
        &mut self,
        rng: &mut dyn CryptoRng,
        workers: &dyn Workers,
    ) -> Result<Step<S::Output>, Abort<S::Check>> {
        let mut step = self.inner.advance(rng, workers)?;
        if let Step::Send(messages) = &mut step {
            self.sent += 1;
            if self.sent == 2 {
                for message in messages {
                    message.payload[40] ^= 1;
                }
            }
        }
        Ok(step)
    }

    fn awaiting(&self) -> BTreeSet<PartyIndex> {
        self.inner.awaiting()
    }

    fn round(&self) -> (u8, u8) {
        self.inner.round()
    }
}

fn liar<S: Session + 'static>(
    setup: &Setup,
    start: impl FnOnce(Params, ChannelKey, ChannelKey) -> (S, Vec<Outgoing>),
) -> Box<dyn Impostor> {
    let mut rng = super::band::rng(5);
    let me = setup.index_of("B").unwrap();
    let enclosure = Enclosure::draw(&mut rng);
    let enclosed = enclosure.public_key();
    let exchange = Exchange::new(setup, me, &mut rng).unwrap().with_enclosure(enclosure);
    let params = Params { committee: Committee::new(me, 2, 2).unwrap(), key_id: None };
    let run = Run::start(exchange, |channel| {
        let (inner, first) = start(params, enclosed, channel);
        Ok::<_, Infallible>((Twisted { inner, sent: 0 }, first))
    });
    Box::new(Liar(run.unwrap(), rng))
}

/// B is itself until the key before this one is made; then a liar speaks for it.
fn lie(band: &mut Band, chain: &str, start: Start) {
    let (key, session) = {
        let meeting = band.world.devices[0].ceremony.as_ref().unwrap().meeting();
        (SessionKey::from_hex(&meeting.key.to_hex()).unwrap(), meeting.session.clone())
    };
    let is_last = |event: &Event| {
        matches!(event, Event::Progress { chain: Some(chain), round, of, .. }
            if chain == "Ethereum" && round == of)
    };
    let mut steps = 0;
    while !band.world.devices.iter().all(|device| device.events.iter().any(is_last)) {
        band.world.run(100);
        steps += 1;
        assert!(steps < 1_000, "the key before was never made");
    }
    // The last messages come; the next protocol begins after a second.
    band.world.run(400);
    let b = band.index("B");
    band.world.devices[b].dead = true;

    let slot = Namespace::parse(chain).unwrap();
    let suite = if chain == "Solana" { Suite::Eddsa } else { Suite::Ecdsa };
    let sealed = &band.world.relay.setups[&slot];
    let setup = Setup::parse(suite, &key.open(sealed).unwrap()).unwrap();
    let mut impostor = start(&setup);
    let mut said = impostor.hear(None);
    let party = |name: &str| PartyId::parse(name).unwrap();
    for _ in 0..200 {
        let mail = band.world.relay.mailboxes.remove(&("B".to_owned(), Namespace::default()));
        for message in mail.unwrap_or_default() {
            said.extend(impostor.hear(Some(&key.open(&message.body).unwrap())));
        }
        for frame in said.drain(..) {
            let message = Message {
                session_id: session.clone(),
                from: party("B"),
                to: vec![party("A")],
                body: key.seal(&frame, &mut band.world.rng),
                hash: message_hash(&frame),
                sequence_no: 0,
            };
            let mailbox = ("A".to_owned(), Namespace::default());
            band.world.relay.mailboxes.entry(mailbox).or_default().push(message);
        }
        band.world.run(100);
    }
}

#[test]
fn a_reshare_and_a_refresh_move_every_key() {
    let mut band = imported("import-reshare", &["A", "B", "C"], &["D"], 330);
    let before = band.active("A").unwrap();
    band.begin_reshare(&["A", "B", "D"], &["C"], None).unwrap();
    band.world.run(200_000);
    for name in ["A", "B", "D"] {
        let after = band.active(name).unwrap_or_else(|| panic!("{:?}", band.outcome(name)));
        assert_eq!((after.epoch, after.imported), (2, true));
        assert_eq!(after.keys, before.keys);
        for chain in CHAINS {
            assert_eq!(address(&after, chain), address(&before, chain));
        }
    }
    all_keys_sign(&mut band, &["D", "B"]);
    let old = band.world.devices[0].store.shares(band.active("A").unwrap().fsid).unwrap();
    band.refresh(&["B", "A", "D"]);
    assert_eq!(band.active("D").unwrap().epoch, 3, "{:?}", band.outcome("D"));
    let new = band.world.devices[0].store.shares(band.active("A").unwrap().fsid).unwrap();
    for (key, share) in &new.of {
        assert_ne!(share.expose(), old.of[key].expose());
    }
    all_keys_sign(&mut band, &["D", "A"]);
}

#[test]
fn a_reshare_with_other_clients_is_refused_for_they_would_leave_the_chains_keys_behind() {
    let mut band = imported("import-open", &["A", "B"], &["C"], 340);
    let vault = band.vault("A").unwrap();
    let route = Route { trust: Trust::Mixed, ..Route::default() };
    let aim = reshare::Aim { devices: 3, threshold: None, removed: Vec::new() };
    let refused = band
        .initiate("A", |seat, rng| reshare::initiate(seat, &vault, aim, &route, rng))
        .unwrap_err();
    assert_eq!(refused.kind, Kind::Forbidden);
    // Nor does a device follow another client's link to one.
    band.begin_reshare(&["A"], &[], None).unwrap_err();
    let aim = reshare::Aim { devices: 3, threshold: None, removed: Vec::new() };
    band.clear();
    let link = band
        .initiate("A", |seat, rng| reshare::initiate(seat, &vault, aim, &Route::default(), rng))
        .unwrap();
    let Link::Reshare(mut link) = Link::parse(&link).unwrap() else { panic!("no reshare") };
    link.quorate = None;
    for name in ["B", "C"] {
        let text = Link::Reshare(link).to_url();
        assert_eq!(band.join(name, &text).unwrap_err().kind, Kind::Forbidden, "{name}");
        let Link::Reshare(again) = Link::parse(&text).unwrap() else { panic!("no reshare") };
        link = again;
    }
}

#[test]
fn a_key_of_a_chain_has_no_paths_and_the_root_signs_certificates_only() {
    let mut band = imported("import-paths", &["A", "B"], &[], 350);
    for (name, path) in [("Bitcoin", "m/84/0/0/0/1"), ("Ethereum", "m"), ("Dogecoin", "m")] {
        let intent = Intent::Digest { digest: [1; 32], chain: chain(name), path: path.to_owned() };
        let refused = band.begin_signing(&["A"], &intent).unwrap_err();
        assert!(matches!(refused.kind, Kind::Invalid | Kind::Forbidden), "{name}: {refused:?}");
    }
}

/// The setup of a chain's key lies under that chain's name, where other clients look for it.
#[test]
fn setups_lie_where_other_clients_look_for_them() {
    let mut band = imported("import-slots", &["A", "B"], &[], 360);
    for slot in ["", "eddsa_key_import", "Bitcoin", "Ethereum", "Solana", "Sui"] {
        let slot = Namespace::parse(slot).unwrap();
        assert!(band.world.relay.setups.contains_key(&slot), "{slot}");
    }
    band.clear();
}
